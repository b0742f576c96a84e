from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestLeadProcess(CallcenterCommon):
    """The processes of a name: opened by hand, shown with their actions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Type, Outcome = cls.env["mail.activity.type"], cls.env["crm.outcome"]
        cls.call = Type.create({"name": "Call", "is_commercial": True})
        cls.offer = Type.create({"name": "Offer", "is_commercial": True})
        cls.yes = Outcome.create({"name": "Yes", "color": "#28a745"})
        cls.warm = cls.env["crm.commercial.state"].create({"name": "Warm"})
        cls.process = cls.env["crm.process"].create(
            {
                "name": "RINNOVO",
                "type_ids": [fields.Command.set((cls.call | cls.offer).ids)],
                "commercial_state_id": cls.warm.id,
            }
        )
        cls.env["crm.relation"].create(
            [
                {
                    "activity_type_id": cls.call.id,
                    "outcome_id": cls.yes.id,
                    "next_type_id": cls.offer.id,
                    "delay_days": 2,
                },
                {
                    "activity_type_id": cls.offer.id,
                    "outcome_id": cls.yes.id,
                    "is_conclusive": True,
                    "conclusion": "won",
                },
            ]
        )
        cls.lead = cls.leads[0]
        cls.lead.user_id = cls.agent

    def open(self, user, lead=None, **values):
        """Open the process as the button on the form does."""
        wizard = self.env["crm.open.process.wizard"].with_user(user)
        wizard = wizard.with_context(active_id=(lead or self.lead).id)
        return wizard.create({"process_id": self.process.id, **values}).action_confirm()

    def test_opened_by_hand(self):
        state = self.lead.commercial_state_id
        self.open(self.agent, note="Asked for it.")
        instance = self.lead.lead_process_ids
        self.assertEqual(instance.process_id, self.process)
        self.assertEqual(instance.result, "open")
        self.assertEqual(instance.commercial_state_id, self.warm)
        self.assertTrue(instance.state_date)
        # The process has a state of its own; the name keeps its.
        self.assertEqual(self.lead.commercial_state_id, state)
        row = self.lead.interaction_ids
        self.assertEqual(
            (row.outcome_id, row.activity_type_id, row.user_id, row.note),
            (
                self.env.ref("crm_callcenter.crm_outcome_process_opened"),
                self.env.ref("crm_callcenter.activity_type_process"),
                self.agent,
                "Asked for it.",
            ),
        )
        self.assertEqual(row.lead_process_id, instance)

    def test_not_twice_but_again_after_its_end(self):
        self.open(self.agent)
        with self.assertRaisesRegex(UserError, "RINNOVO is open already with Name 1"):
            self.open(self.agent)
        self.lead._register_outcome(self.yes, self.offer)
        self.assertEqual(self.lead.lead_process_ids.result, "won")
        self.open(self.agent)
        self.assertEqual(self.lead.lead_process_ids.mapped("result"), ["open", "won"])

    def test_refused(self):
        blocked = self.env["crm.commercial.state"].create(
            {"name": "Never again", "state_class": "blocked"}
        )
        self.leads[1]._correct_state(blocked)
        with self.assertRaisesRegex(UserError, "Name 2 is blocked"):
            self.open(self.manager, self.leads[1])
        self.process.active = False
        with self.assertRaisesRegex(UserError, "RINNOVO is no longer in use"):
            self.open(self.manager)

    def test_actions_are_grouped_with_their_process(self):
        self.open(self.agent)
        instance = self.lead.lead_process_ids
        self.env["crm.planner"]._plan(
            self.lead, self.call, self.agent, fields.Datetime.now()
        )
        self.assertEqual(instance.next_activity_id.activity_type_id, self.call)
        instance.activity_ids._close_with_outcome(self.yes)
        instance.invalidate_recordset()
        self.assertEqual(instance.activity_ids.activity_type_id, self.offer)
        self.assertEqual(instance.next_activity_id.activity_type_id, self.offer)
        self.assertEqual(
            instance.next_activity_date, instance.activity_ids.date_planned
        )
        self.assertEqual(
            instance.interaction_ids.sorted("id").mapped("outcome_id.name"),
            ["Process opened", "Yes"],
        )
        instance.activity_ids._close_with_outcome(self.yes)
        instance.invalidate_recordset()
        self.assertFalse(instance.next_activity_id)
        self.assertEqual(instance.result, "won")
        self.assertTrue(instance.date_close)

    def test_rights(self):
        self.open(self.agent)
        instance = self.lead.lead_process_ids
        Process = self.env["crm.lead.process"]
        for user, sees in (
            (self.agent, True),
            (self.agent_two, False),
            (self.operator, False),
            (self.coordinator, False),
            (self.back_office, False),
            (self.manager, True),
        ):
            with self.subTest(user.name):
                found = Process.with_user(user).search([("id", "=", instance.id)])
                self.assertEqual(bool(found), sees)
                if sees:
                    found.read(["state_date", "activity_ids", "interaction_ids"])
                else:
                    with self.assertRaises(AccessError):
                        instance.with_user(user).read(["state_date"])
                for change in ("write", "unlink", "create"):
                    with self.assertRaises(AccessError):
                        Process.with_user(user).check_access(change)
        self.lead.type = "opportunity"
        self.assertTrue(Process.with_user(self.back_office).search([]) & instance)

    def test_who_may_not_change_the_name_opens_nothing(self):
        for user in self.agent_two | self.operator | self.back_office:
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.open(user)
        self.assertFalse(self.lead.lead_process_ids)

    def test_state_date_and_result_are_criteria(self):
        self.open(self.agent)
        today = fields.Date.today()
        for condition, found in (
            (("result", "=", "open"), True),
            (("result", "=", "won"), False),
            (("state_date", ">=", today), True),
            (("state_date", "<", today), False),
            (("commercial_state_id", "=", self.warm.id), True),
        ):
            domain = [("lead_process_ids", "any", [condition])]
            names = self.env["crm.lead"].with_user(self.manager).search(domain)
            self.assertEqual(self.lead in names, found, condition)

    def test_screens_load_for_everyone(self):
        self.open(self.agent)
        for user in (self.agent, self.manager):
            form = (
                self.env["crm.lead"]
                .with_user(user)
                .get_view(self.env.ref("crm_callcenter.crm_lead_view_form_name").id)
            )
            self.assertIn("lead_process_ids", form["arch"])
        action = self.env.ref("crm_callcenter.crm_lead_process_action")
        groups = self.env["crm.lead.process"].with_user(self.manager)
        groups = groups._read_group([], ["process_id", "result"], ["__count"])
        self.assertTrue(groups)
        self.assertEqual(action.res_model, "crm.lead.process")
