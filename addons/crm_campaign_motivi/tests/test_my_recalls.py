from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestMyRecalls(CampaignCommon):
    """What an operator has promised, in one list: recalls and planned actions."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.type = self.env["mail.activity.type"].create(
            {"name": "Send the offer", "res_model": "crm.lead"}
        )

    def promise(self, user=None, scope="private", hours=3):
        payload = self.next_name(user)
        self.confirm(
            payload,
            "R",
            user=user,
            recall_at=self.in_hours(hours),
            recall_scope=scope,
        )
        return self.line_of(payload)

    def plan(self, lead, user=None, **values):
        return self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "res_id": lead.id,
                "activity_type_id": self.type.id,
                "user_id": (user or self.operator).id,
                "date_deadline": fields.Date.today(),
                **values,
            }
        )

    def mine(self, user=None, domain=()):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["crm.my.recall"].with_user(user or self.operator)
        return rows.search(list(domain))

    def test_recalls_and_planned_actions_are_one_list(self):
        line = self.promise()
        self.promise(scope="public")
        self.promise(self.operator_two)
        activity = self.plan(self.leads[4], summary="Bill of the last year")
        self.plan(self.leads[5], self.operator_two)
        rows = self.mine()
        self.assertEqual(set(rows.mapped("kind")), {"recall", "action"})
        self.assertEqual(len(rows), 2)
        recall = rows.filtered(lambda row: row.kind == "recall")
        self.assertEqual(
            (recall.line_id, recall.moment, recall.campaign_id, recall.lead_name),
            (line, line.recall_at, self.campaign, line.lead_id.name),
        )
        self.assertEqual(recall.what, "Recall")
        action = rows - recall
        self.assertEqual(action.what, "Bill of the last year")
        self.assertEqual(action.lead_id, self.leads[4])
        self.assertTrue(action.lead_phone)
        activity.action_feedback()
        self.assertEqual(self.mine(), recall)

    def test_a_number_that_may_not_be_called_is_not_shown(self):
        lead = self.leads[4]
        self.plan(lead)
        self.assertEqual(self.mine().lead_phone, lead.mobile or lead.phone)
        self.env["phone.blacklist"]._forbid_numbers(
            lead._e164_numbers(), "asked", "test"
        )
        self.assertFalse(self.mine().lead_phone)

    def test_nothing_dials_past_the_desk(self):
        for name in ("crm.my.recall", "crm.call.list.line"):
            for kind in ("list", "form", "kanban"):
                arch = self.env[name].get_view(view_type=kind)["arch"]
                dialling = etree.fromstring(arch).xpath("//field[@widget='phone']")
                self.assertFalse(dialling, f"{kind} of {name}")

    def test_nobody_sees_those_of_others(self):
        self.promise()
        row = self.mine()
        self.assertFalse(self.mine(self.operator_two))
        self.assertFalse(self.mine(self.coordinator))
        for user in (self.operator_two, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["lead_name"])
        for user in (self.agent, self.back_office):
            with self.assertRaises(AccessError):
                self.mine(user)
        with self.assertRaises(AccessError):
            self.mine(domain=[("user_id", "=", self.operator_two.id)])

    def test_overdue_today_and_this_week(self):
        line = self.promise()
        line.recall_at = fields.Datetime.now() - timedelta(hours=30)
        yesterday = fields.Date.today() - timedelta(days=2)
        self.plan(self.leads[4], date_deadline=yesterday)
        later = self.plan(
            self.leads[5], date_deadline=fields.Date.today() + timedelta(days=20)
        )
        rows = self.mine()
        overdue = rows.filtered("is_overdue")
        self.assertEqual(overdue.lead_id, line.lead_id | self.leads[4])
        self.assertEqual((rows - overdue).lead_id.id, later.res_id)
        view = self.env.ref("crm_campaign_motivi.crm_my_recall_view_search")
        filters = {
            node.get("name"): literal_eval(node.get("domain"))
            for node in etree.fromstring(view.arch).iter("filter")
            if node.get("domain")
        }
        self.assertEqual(self.mine(domain=filters["overdue"]), overdue)
        self.assertEqual(len(self.mine(domain=filters["recalls"])), 1)
        self.plan(self.leads[3])
        today = self.mine(domain=filters["today"])
        self.assertEqual(today.lead_id, self.leads[3])
        self.assertLessEqual(today, self.mine(domain=filters["week"]))

    def test_the_list_is_quick_for_one_person(self):
        self.promise()
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM crm_my_recall WHERE user_id = %s",
            [self.operator.id],
        )
        plan = "\n".join(row for (row,) in self.env.cr.fetchall())
        # The person is asked for in either part, not of all rows put together.
        self.assertIn(f"recall_user_id = {self.operator.id}", plan)
        self.assertRegex(plan, rf"(?<!recall_)user_id = {self.operator.id}")

    def test_call_now_opens_the_desk(self):
        line = self.promise()
        action = self.mine().action_call_now()
        self.assertEqual(action["tag"], "crm_campaign_motivi.desk")
        current = self.desk().open()["current"]
        self.assertEqual(current["line_id"], line.id)
        self.confirm(current, "N")
        self.assertFalse(self.mine())
        self.plan(self.leads[4])
        self.mine().action_call_now()
        current = self.desk().open()["current"]
        self.assertEqual(current["lead"]["id"], self.leads[4].id)

    def test_its_form_opens(self):
        self.plan(self.leads[4])
        action = self.mine().action_open_name()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("crm.lead", self.leads[4].id)
        )
