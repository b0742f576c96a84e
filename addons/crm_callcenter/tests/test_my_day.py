from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.crm_callcenter.tests.planned_action_case import PlannedActionCase


@tagged("post_install", "-at_install")
class TestMyDay(PlannedActionCase):
    """What stands in My Day, in the pool and in the banner, and for whom."""

    def _listed(self, xmlid, user):
        action = self.env.ref(f"crm_callcenter.{xmlid}")
        domain = safe_eval(action.domain, {"uid": user.id})
        return self.env[action.res_model].with_user(user).search(domain)

    def test_own_actions_only(self):
        mine = self._new_action()
        self._new_action(user=self.agent_two)
        self._new_action(user=self.env["res.users"])
        listed = self._listed("mail_activity_action_my_day", self.agent)
        self.assertEqual(listed, mine)

    def test_data_of_the_name_keeps_to_rights(self):
        """Phone and address of a name that the user may not read stay empty."""
        own = self._new_action()
        blind = self._new_action(lead=self.leads[1])
        todo = self.env["mail.activity"].create(
            {
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "user_id": self.agent.id,
            }
        )
        self.env.invalidate_all()
        actions = (own | blind | todo).with_user(self.agent)
        rows = actions.read(["lead_phone", "lead_address", "lead_map_url", "lead_id"])
        self.assertEqual(rows[0]["lead_phone"], "333 1112201")
        self.assertEqual(rows[0]["lead_address"], "Via Roma 1, 25121 Brescia (BS)")
        self.assertTrue(
            rows[0]["lead_map_url"].endswith(
                "query=Via+Roma+1%2C+25121+Brescia+%28BS%29"
            )
        )
        for row in rows[1:]:
            self.assertFalse(
                any(row[name] for name in row if name != "id"), "nothing leaks"
            )

    def test_a_number_that_may_not_be_called_is_not_shown(self):
        lead = self.leads[0]
        lead.write({"phone": "030 1112201", "mobile": "333 1112201"})
        action = self._new_action().with_user(self.agent)
        self.assertEqual(action.lead_phone, "333 1112201")
        for number, shown in (
            (lead.mobile_e164, "030 1112201"),
            (lead.phone_e164, False),
        ):
            self.env["phone.blacklist"]._forbid_numbers([number], "asked", "test")
            action.invalidate_recordset()
            self.assertEqual(action.lead_phone, shown)

    def test_data_of_names_is_read_in_batch(self):
        """Forty cards need no more queries than four."""
        self.leads[:4].user_id = self.agent

        def queries(actions):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            actions.with_user(self.agent).read(["lead_phone", "lead_address"])
            return self.cr.sql_log_count - before

        few = self.env["mail.activity"].union(
            *(self._new_action(lead=lead) for lead in self.leads[:4])
        )
        queries(few)
        base = queries(few)
        many = few.union(*(self._new_action(lead=self.leads[i % 4]) for i in range(36)))
        self.assertEqual(queries(many), base)

    def test_pool_shows_own_names_only(self):
        """A page of the pool is full of what the user may take, however big it is."""
        nobody = self.env["res.users"]
        self.env["mail.activity"].union(
            *(self._new_action(lead=self.leads[1], user=nobody) for _index in range(5))
        )
        mine = self._new_action(user=nobody)
        self.assertEqual(self._listed("mail_activity_action_pool", self.agent), mine)
        domain = [("user_id", "=", False), ("is_on_own_name", "=", True)]
        actions = self.env["mail.activity"].with_user(self.agent)
        self.assertEqual(actions.search(domain, limit=1), mine)
        self.assertEqual(actions.search_count(domain), 1)

    def test_take(self):
        action = self._new_action(user=self.env["res.users"])
        with self.assertRaises(AccessError):
            action.with_user(self.agent_two).action_take()
        action.with_user(self.agent).action_take()
        self.assertEqual(action.user_id, self.agent)
        action.with_user(self.agent).action_take()
        with self.assertRaisesRegex(UserError, "Agent One has taken this action"):
            action.with_user(self.manager).action_take()
        action.with_user(self.agent)._close_with_outcome(self.refuses)
        with self.assertRaisesRegex(UserError, "closed this action already"):
            action.with_user(self.manager).action_take()

    def test_take_what_one_may_not_plan(self):
        """Taking isn't planning: the right to plan it doesn't matter."""
        self.env["crm.planning.right"].create(
            {
                "activity_type_id": self.call_type.id,
                "planner_group_id": self.env.ref("crm_callcenter.group_back_office").id,
                "target": "anyone",
            }
        )
        action = self._new_action(user=self.env["res.users"])
        action.with_user(self.agent).action_take()
        self.assertEqual(action.user_id, self.agent)

    def test_counts(self):
        now = fields.Datetime.now()
        self._new_action(date_planned=now - timedelta(hours=2))
        self._new_action(user=self.agent_two, date_planned=now - timedelta(hours=2))
        self._new_action(date_planned=now + timedelta(days=3))
        self.env["crm.planner"]._insert_actions(
            self.visit_type,
            now + timedelta(days=2),
            self.env["crm.planner"]._one_source(self.lead, self.agent),
        )
        self._new_appointment()
        self.leads[2].user_id = self.agent
        counts = self.env["mail.activity"].with_user(self.agent).get_my_day_counts()
        self.assertEqual(
            {name: counts[name] for name in counts if name != "today"},
            {
                "overdue": 1,
                "to_schedule": 1,
                "appointments": 1,
                "no_next_step": 1,
            },
        )

    def test_overdue_is_found_by_the_hour(self):
        now = fields.Datetime.now()
        late = self._new_action(date_planned=now - timedelta(minutes=5))
        later = self._new_action(date_planned=now + timedelta(minutes=5))
        self.assertEqual((late | later).mapped("is_overdue"), [True, False])
        found = self.env["mail.activity"].search(
            [("user_id", "=", self.agent.id), ("is_overdue", "=", True)]
        )
        self.assertEqual(found, late)

    def test_open_and_reschedule(self):
        action = self._new_action().with_user(self.agent)
        self.assertEqual(action.action_open_name()["res_id"], self.lead.id)
        self.assertEqual(action.action_reschedule()["res_id"], action.id)
        blind = self._new_action(lead=self.leads[1]).with_user(self.agent)
        self.assertEqual(blind.action_open_name()["res_model"], "mail.activity")

    def test_meeting_that_waits_gets_its_time(self):
        """From My Day into the calendar: the event knows its kind and its name."""
        [action_id] = self.env["crm.planner"]._insert_actions(
            self.visit_type,
            fields.Datetime.now(),
            self.env["crm.planner"]._one_source(self.lead, self.agent),
        )
        action = self.env["mail.activity"].browse(action_id).with_user(self.agent)
        self.assertTrue(action.needs_scheduling)
        context = action.action_create_calendar_event()["context"]
        event = (
            self.env["calendar.event"]
            .with_user(self.agent)
            .with_context(**context)
            .create({"start": "2031-04-01 08:00:00", "stop": "2031-04-01 09:00:00"})
        )
        self.assertEqual(event.action_type_id, self.visit_type)
        self.assertEqual(event.opportunity_id, self.lead)
        self.assertEqual(action.calendar_event_id, event)
        self.assertEqual(action.date_planned, event.start)
        self.assertFalse(action.needs_scheduling)
        self.assertEqual(len(self.lead.activity_ids), 1)

    def test_legend(self):
        legend = self.env["mail.activity.type"].with_user(self.agent).get_graph_legend()
        names = {row["name"]: row for row in legend["types"]}
        self.assertEqual(names["Survey"]["icon"], "fa-home")
        self.assertNotIn("Import", names)
        self.assertIn("Refuses", [row["name"] for row in legend["outcomes"]])
        self.assertIn("Won over", [row["name"] for row in legend["states"]])


@tagged("post_install", "-at_install")
class TestAppointmentClosed(PlannedActionCase):
    """Visits are closed with an outcome; past ones that aren't stay in a red list."""

    def _close(self, event, user, outcome):
        window = event.with_user(user).action_close()
        wizard = (
            self.env["crm.close.action.wizard"]
            .with_user(user)
            .with_context(**window["context"])
            .create({"outcome_id": outcome.id})
        )
        wizard.action_confirm()
        return wizard

    def test_with_its_action(self):
        event = self._new_appointment()
        action = self._new_action(
            activity_type=self.visit_type, calendar_event_id=event.id
        )
        self.assertTrue(event.is_overdue_appointment)
        self._close(event, self.agent, self.refuses)
        self.assertEqual(event.outcome_id, self.refuses)
        self.assertFalse(action.active)
        self.assertFalse(event.is_overdue_appointment)
        self.assertEqual(len(self._ledger()), 1)
        with self.assertRaisesRegex(UserError, "closed already: Refuses"):
            event.with_user(self.agent).action_close()

    def test_without_action(self):
        event = self._new_appointment()
        wizard = self._close(event, self.agent, self.refuses)
        self.assertEqual(event.outcome_id, self.refuses)
        self.assertEqual(self._ledger().activity_type_id, self.visit_type)
        with self.assertRaisesRegex(UserError, "closed already"):
            wizard.action_confirm()
        self.assertEqual(len(self._ledger()), 1)

    def test_two_windows_at_once(self):
        """Whoever confirms second is told what the first one chose."""
        event = self._new_appointment()
        self._new_action(activity_type=self.visit_type, calendar_event_id=event.id)
        windows = [
            event.with_user(user).action_close() for user in (self.agent, self.manager)
        ]
        first, second = [
            self.env["crm.close.action.wizard"]
            .with_user(user)
            .with_context(**window["context"])
            .create({"outcome_id": self.refuses.id})
            for user, window in zip((self.agent, self.manager), windows, strict=True)
        ]
        first.action_confirm()
        second.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "Agent One closed this action already"):
            second.action_confirm()

    def test_outcome_is_not_written_by_hand(self):
        event = self._new_appointment()
        with self.assertRaisesRegex(UserError, "closed with 'Close'"):
            event.with_user(self.agent).outcome_id = self.refuses

    def test_stranger_may_not_close(self):
        event = self._new_appointment()
        with self.assertRaises(AccessError):
            self._close(event, self.agent_two, self.refuses)

    def test_red_list(self):
        past = self._new_appointment()
        by_hand = self.env["calendar.event"].create(
            {
                "name": "Visit by hand",
                "start": "2026-01-08 09:00:00",
                "stop": "2026-01-08 10:00:00",
                "opportunity_id": self.lead.id,
                "user_id": self.agent_two.id,
                "partner_ids": [fields.Command.set(self.agent_two.partner_id.ids)],
                "action_type_id": self.visit_type.id,
            }
        )
        self._new_appointment(start="2035-01-08 09:00:00")
        self._close(
            self._new_appointment(start="2026-01-09 09:00:00"), self.agent, self.refuses
        )
        lists = {
            "calendar_event_action_not_closed": (self.agent, past),
            "calendar_event_action_all_not_closed": (self.manager, past | by_hand),
        }
        for xmlid, (user, expected) in lists.items():
            action = self.env.ref(f"crm_callcenter.{xmlid}")
            domain = safe_eval(action.domain, {"uid": user.id})
            domain += [("opportunity_id", "=", self.lead.id)]
            found = self.env["calendar.event"].with_user(user).search(domain)
            self.assertEqual(found, expected, xmlid)
