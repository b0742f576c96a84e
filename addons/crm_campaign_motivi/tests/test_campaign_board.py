from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.api import Environment
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import CampaignCommon

#: Half past noon in Rome on a Tuesday.
NOW = datetime(2026, 3, 10, 11, 30)


class BoardCase(CampaignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._new_user("coordinator_stranger", "group_coordinator")
        cls.company.resource_calendar_id.tz = "Europe/Rome"

    def board(self, user=None, period="today"):
        self.env.flush_all()
        self.env.invalidate_all()
        board = self.env["crm.campaign.board"].with_user(user or self.coordinator)
        return board.get_board(self.campaign.id, period)

    def register(self, kind, user, at, lead=None, campaign=None):
        return (lead or self.leads[0])._register_outcome(
            self.outcomes[kind],
            user=user,
            campaign=campaign or self.campaign,
            date=at,
        )

    def allow_monitoring(self):
        self.company.write(
            {
                "monitoring_agreement_date": "2026-01-01",
                "monitoring_agreement_reference": "Agreement 1",
                "individual_monitoring": True,
            }
        )


@tagged("post_install", "-at_install")
class TestCampaignBoard(BoardCase):
    """The figures of the page, against an example counted by hand."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    @freeze_time(NOW)
    def test_a_morning_by_hand(self):
        self.allow_monitoring()
        minutes = timedelta(minutes=1)
        yesterday_night = datetime(2026, 3, 9, 22, 59)  # 23:59 in Rome
        for kind, user, at in (
            ("N", self.operator, yesterday_night),
            ("N", self.operator, datetime(2026, 3, 9, 23)),  # midnight in Rome
            ("N", self.operator, datetime(2026, 3, 10, 8, 59)),
            ("T", self.operator, datetime(2026, 3, 10, 9)),
            ("R", self.operator_two, NOW - 61 * minutes),
            ("R", self.operator_two, NOW - 59 * minutes),
            ("C", self.operator_two, NOW - 5 * minutes),
        ):
            self.register(kind, user, at)
        mistake = self.register("T", self.operator_two, NOW - 4 * minutes)
        mistake._reverse("Wrong name")
        elsewhere = self.campaign.copy({"title": "Elsewhere"})
        self.register("T", self.operator, NOW, campaign=elsewhere)
        board = self.board()
        self.assertEqual(board["calls"], 6)
        self.assertEqual(board["appointments"], 1)
        self.assertEqual(board["calls_last_hour"], 2)
        self.assertEqual(board["at_work"], 1)
        self.assertEqual(
            [(row["kind"], row["count"]) for row in board["outcomes"]],
            [("T", 1), ("C", 1), ("R", 2), ("N", 2)],
        )
        self.assertEqual(board["outcomes"][0]["color"], self.outcomes["T"].color)
        chart = {step["label"]: step["total"] for step in board["chart"]["steps"]}
        worked = {label: total for label, total in chart.items() if total}
        self.assertEqual(worked, {"0": 1, "9": 1, "10": 1, "11": 2, "12": 1})
        self.assertEqual(board["chart"]["most"], 2)
        people = {row["name"]: row for row in board["people"]}
        self.assertEqual(set(people), {"Op One", "Op Two"})
        self.assertEqual(people["Op One"]["calls"], 3)
        self.assertEqual(people["Op One"]["appointments"], 1)
        self.assertEqual(people["Op Two"]["calls"], 3)
        self.assertEqual(people["Op Two"]["appointments"], 0)
        self.assertEqual(people["Op Two"]["sales"], 1)
        week = self.board(period="week")
        self.assertEqual(week["calls"], 7)
        self.assertEqual(
            {s["label"]: s["total"] for s in week["chart"]["steps"] if s["total"]},
            {"09/03": 1, "10/03": 6},
        )
        self.assertEqual(len(week["chart"]["steps"]), 7)

    def test_names_by_list_state(self):
        states = self.env["crm.list.state"]
        lines = self.call_list.line_ids
        negative = states._get_by_category("closed_negative")
        recall = states._get_by_category("recall")
        lines[0].write({"category": "closed_negative", "list_state_id": negative.id})
        lines[1].write(
            {
                "category": "recall",
                "list_state_id": recall.id,
                "recall_at": fields.Datetime.now() + timedelta(days=9),
            }
        )
        payload = self.next_name()
        board = self.board()
        self.assertEqual(board["total"], 6)
        self.assertEqual(board["left"], 5)
        self.assertEqual(board["in_hand"], 1)
        self.assertEqual(board["at_work"], 1)
        counts = {row["id"]: row["count"] for row in board["states"]}
        self.assertEqual(counts[negative.id], 1)
        self.assertEqual(counts[recall.id], 1)
        self.assertEqual(sum(counts.values()), 6)
        self.assertEqual(round(sum(row["share"] for row in board["states"])), 100)
        self.assertIsNone(board["hours_left"])
        self.confirm(payload, "N")
        board = self.board()
        self.assertEqual(board["left"], 4)
        self.assertEqual(board["hours_left"], 4)
        self.assertEqual(board["in_hand"], 0)

    @freeze_time(NOW)
    def test_recalls_to_come_by_half_hour(self):
        recall = self.env["crm.list.state"]._get_by_category("recall")
        for line, at in zip(
            self.call_list.line_ids,
            (
                NOW - timedelta(days=2),
                NOW,
                NOW + timedelta(minutes=29, seconds=59),
                NOW + timedelta(minutes=30),
                datetime(2026, 3, 11, 22, 59),  # tomorrow, 23:59 in Rome
                datetime(2026, 3, 11, 23),  # the day after tomorrow
            ),
            strict=True,
        ):
            line.write(
                {"category": "recall", "list_state_id": recall.id, "recall_at": at}
            )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_call_list_line SET recall_scope = 'automatic'"
            " WHERE recall_at = %s",
            [NOW],
        )
        forecast = self.board()["forecast"]
        self.assertEqual(forecast["overdue"], 1)
        self.assertEqual(forecast["most"], 2)
        today, tomorrow = (
            {
                slot["label"]: (slot["promised"], slot["automatic"])
                for slot in day["slots"]
                if slot["promised"] + slot["automatic"]
            }
            for day in forecast["days"]
        )
        self.assertEqual(today, {"12:30": (1, 1), "13:00": (1, 0)})
        self.assertEqual(tomorrow, {"23:30": (1, 0)})
        self.assertEqual(forecast["days"][0]["promised"], 2)
        self.call_list.active = False
        self.assertEqual(self.board()["forecast"]["overdue"], 0)

    @freeze_time(NOW)
    def test_recalls_of_the_period_that_ended(self):
        line = self.call_list.line_ids[0]
        for ago, late in ((0, 5), (3, 30), (24, 5), (192, 5)):
            promised = NOW - timedelta(hours=ago + 1)
            line.write({"category": "recall", "recall_at": promised})
            line.flush_recordset()
            line.write(
                {
                    "category": "closed_negative",
                    "last_contact_at": promised + timedelta(minutes=late),
                }
            )
            line.flush_recordset()
        self.env["crm.recall"].invalidate_model()
        self.assertEqual(self.board()["recalls"], {"kept": 1, "late": 1, "lost": 0})
        week = self.board(period="week")["recalls"]
        self.assertEqual(week, {"kept": 2, "late": 1, "lost": 0})

    # ------------------------------------------------------------

    def test_who_may_watch(self):
        boards = self.env["crm.campaign.board"]
        for user in (self.coordinator, self.manager):
            self.assertEqual(self.board(user)["campaign"]["id"], self.campaign.id)
            ids = [row["id"] for row in boards.with_user(user).get_campaigns()]
            self.assertIn(self.campaign.id, ids)
        for user in (self.operator, self.stranger, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                self.board(user)
            ids = [row["id"] for row in boards.with_user(user).get_campaigns()]
            self.assertNotIn(self.campaign.id, ids)

    def test_campaigns_of_another_company_stay_closed(self):
        self.campaign.company_id = self.env["res.company"].create({"name": "Other"})
        for user in (self.coordinator, self.manager):
            with self.assertRaises(AccessError):
                self.board(user)

    def test_what_is_no_call_campaign_has_no_page(self):
        mailing = self.env["utm.campaign"].create({"title": "Mailing"})
        board = self.env["crm.campaign.board"].with_user(self.manager)
        with self.assertRaises(AccessError):
            board.get_board(mailing.id)
        with self.assertRaises(AccessError):
            board.get_board(2**31 - 1)
        with self.assertRaises(UserError):
            board.get_board(self.campaign.id, "century")

    def test_no_figures_per_person_without_the_agreement(self):
        now = fields.Datetime.now()
        self.register("N", self.operator, now)
        self.register("T", self.operator_two, now)
        for user in (self.coordinator, self.manager):
            board = self.board(user)
            self.assertEqual(board["people"], [])
            self.assertIn("union agreement", board["notice"])
            # The whole is everybody's, and stays.
            self.assertEqual(board["calls"], 2)
            self.assertNotIn(self.operator.name, str(board))
        # One's own figures stay one's own.
        self.register("N", self.coordinator, now)
        [own] = self.board()["people"]
        self.assertEqual((own["id"], own["calls"]), (self.coordinator.id, 1))
        self.allow_monitoring()
        board = self.board()
        self.assertFalse(board["notice"])
        self.assertEqual(len(board["people"]), 3)

    def test_who_leads_a_group_watches_its_part(self):
        self.allow_monitoring()
        leader, shared = self.lead_a_group()
        now = fields.Datetime.now()
        for user in (self.operator, self.operator_two):
            self.register("T", user, now)
        recall_at = fields.Datetime.add(now, minutes=-30)
        for call_list in self.call_list | shared:
            call_list.line_ids[0].write(
                {
                    "category": "recall",
                    "recall_at": recall_at,
                    "recall_scope": "public",
                }
            )
        whole, part = self.board(), self.board(leader)
        self.assertEqual((whole["total"], part["total"]), (8, 2))
        self.assertEqual((whole["calls"], part["calls"]), (2, 1))
        self.assertEqual((whole["at_work"], part["at_work"]), (2, 1))
        self.assertEqual([row["id"] for row in part["people"]], [self.operator.id])
        self.assertEqual(
            (whole["forecast"]["overdue"], part["forecast"]["overdue"]), (2, 1)
        )
        ids = [row["id"] for row in self.boards_of(leader)]
        self.assertEqual(ids, [self.campaign.id])
        wizard = self.campaign.with_user(leader).action_why_not()
        found = self.env["crm.why.not.wizard"].browse(wizard["res_id"])
        self.assertEqual(sum(found.reason_ids.mapped("name_count")), 2)
        self.assertIn("2 names", found.summary)
        shared.group_ids = False
        with self.assertRaises(AccessError):
            self.board(leader)

    def test_recalls_of_a_part_of_the_campaign(self):
        leader, shared = self.lead_a_group()
        now = fields.Datetime.now()
        for call_list in self.call_list | shared:
            line = call_list.line_ids[0]
            self.env["crm.recall"].create(
                {
                    "line_id": line.id,
                    "lead_id": line.lead_id.id,
                    "campaign_id": self.campaign.id,
                    "promised_at": now,
                    "result": "late",
                }
            )
        self.assertEqual(self.board()["recalls"]["late"], 2)
        self.assertEqual(self.board(leader)["recalls"]["late"], 1)

    def lead_a_group(self):
        """Return who leads a group of the campaign, and the list of that group."""
        leader = self._new_user("leader", "group_coordinator")
        group = self.env["crm.operator.group"].create(
            {
                "name": "Group of test",
                "coordinator_id": leader.id,
                "member_ids": [fields.Command.set(self.operator.ids)],
            }
        )
        shared = self.env["crm.call.list"].create(
            {
                "name": "Shared",
                "campaign_id": self.campaign.id,
                "group_ids": [fields.Command.set(group.ids)],
            }
        )
        shared._add_leads(self.leads[:2].ids)
        return leader, shared

    def boards_of(self, user):
        return self.env["crm.campaign.board"].with_user(user).get_campaigns()

    def test_templates_have_no_page(self):
        template = self.campaign.copy({"title": "Set-up", "is_template": True})
        ids = [row["id"] for row in self.boards_of(self.manager)]
        self.assertIn(self.campaign.id, ids)
        self.assertNotIn(template.id, ids)

    # ------------------------------------------------------------

    def test_the_number_of_queries_does_not_grow(self):
        self.register("N", self.operator, fields.Datetime.now())
        # The first ones also read rules and groups, which the server keeps.
        few = min(self.count_queries() for _time in range(3))
        for number in range(30):
            self.register("NRT"[number % 3], self.operator_two, fields.Datetime.now())
        self.assertLessEqual(self.count_queries(), few)
        self.assertLessEqual(few, 30)

    def count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["crm.campaign.board"].with_user(self.coordinator).get_board(
            self.campaign.id
        )
        return self.env.cr.sql_log_count - before

    def test_indexes_answer_with_200000_lines(self):
        """Each of the page's big statements reads its index, not a table."""
        self.generate(campaigns=10, lists=10, names=2000)
        statements = []
        execute_query = Environment.execute_query

        def remember(env, query):
            statements.append(query)
            return execute_query(env, query)

        self.env.flush_all()
        with patch.object(Environment, "execute_query", remember):
            board = self.board()
        self.assertEqual(board["total"], 20_006)
        plans = ["\n".join(self.explain(statement)) for statement in statements]
        for table, index in (
            ("GROUP BY list_state_id", "line_campaign_state"),
            ("claimed_by_id IS NOT NULL", "using crm_call_list_line_claim"),
            ("FROM crm_interaction", "interaction_campaign_figures"),
            ("JOIN crm_call_list list", "line_campaign_recalls"),
            ("FROM crm_recall", "recall_campaign_figures"),
        ):
            with self.subTest(table=table):
                [plan] = [
                    plan
                    for plan, statement in zip(plans, statements, strict=True)
                    if table in f"{statement.code}\n"
                ]
                self.assertIn(index, plan)
                self.assertNotIn("Seq Scan on crm_call_list_line", plan)
                self.assertNotIn("Seq Scan on crm_interaction", plan)

    def explain(self, statement):
        self.env.cr.execute(f"EXPLAIN {statement.code}", statement.params)
        return [row[0] for row in self.env.cr.fetchall()]

    def generate(self, campaigns, lists, names):
        """Make names and put them into all lists, with a ledger of three years."""
        ids = [self.campaign.id] + [
            self.campaign.copy({"title": f"Campaign {number}"}).id
            for number in range(campaigns - 1)
        ]
        cr = self.env.cr
        cr.execute(
            """INSERT INTO crm_lead (name, type, active, lead_kind)
               SELECT 'Generated', 'lead', true, 'person'
                 FROM generate_series(1, %s) RETURNING id""",
            [names],
        )
        leads = [row[0] for row in cr.fetchall()]
        cr.execute(
            """INSERT INTO crm_call_list (name, campaign_id, active, live_every)
               SELECT 'Generated', campaign, true, 'day'
                 FROM unnest(%s) campaign, generate_series(1, %s) RETURNING id""",
            [ids, lists],
        )
        cr.execute(
            """INSERT INTO crm_call_list_line
                      (list_id, campaign_id, lead_id, category, list_state_id, rank,
                       attempts, recall_at)
               SELECT list.id, list.campaign_id, lead, state.category, state.id, lead,
                      0, CASE WHEN state.category = 'recall'
                         THEN now() + (lead %% 700) * interval '1 hour' END
                 FROM crm_call_list list, unnest(%s) lead
                 JOIN LATERAL (
                      SELECT id, category FROM crm_list_state
                       WHERE category = CASE WHEN lead %% 10 = 0 THEN 'recall'
                                             ELSE 'to_call' END
                       LIMIT 1) state ON true
                WHERE list.name = 'Generated'""",
            [leads],
        )
        cr.execute(
            """INSERT INTO crm_interaction
                      (lead_id, date, user_id, campaign_id, outcome_id, outcome_kind)
               SELECT lead, now() - (lead %% 1000) * interval '1 day', %s, campaign,
                      %s, 'N'
                 FROM unnest(%s) lead, unnest(%s) campaign""",
            [self.operator.id, self.outcomes["N"].id, leads, ids],
        )
        cr.execute(
            """INSERT INTO crm_recall (line_id, campaign_id, promised_at, result)
               SELECT line.id, line.campaign_id,
                      now() - (line.id % 1000) * interval '1 day', 'kept'
                 FROM crm_call_list_line line
                WHERE line.category = 'recall'"""
        )
        cr.execute(
            "ANALYZE crm_call_list_line, crm_interaction, crm_recall, crm_call_list"
        )
