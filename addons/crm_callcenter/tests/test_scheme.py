from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestScheme(CallcenterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.scheme"].search([("state", "=", "on")]).action_deactivate()
        cls.default = cls.env.ref("crm_callcenter.crm_scheme_default")
        cls.photovoltaic = cls.env.ref("crm_callcenter.crm_scheme_photovoltaic")

    def records(self, scheme):
        return [
            scheme[name]
            for name in (
                "activity_type_ids",
                "outcome_ids",
                "commercial_state_ids",
                "process_ids",
                "relation_ids",
            )
        ]

    def assert_active(self, scheme, active):
        for records in self.records(scheme):
            self.assertTrue(records)
            self.assertEqual(set(records.mapped("active")), {active}, records._name)

    def test_on_and_off_again(self):
        for scheme in (self.default, self.photovoltaic):
            self.assert_active(scheme, False)
            scheme.with_user(self.manager).action_activate()
            self.assert_active(scheme, True)
            self.assertEqual(scheme.state, "on")
            scheme.with_user(self.manager).action_deactivate()
            self.assert_active(scheme, False)
            self.assertEqual(scheme.state, "off")

    def test_what_is_always_there_stays(self):
        self.photovoltaic.action_activate()
        self.photovoltaic.action_deactivate()
        self.assertTrue(all(outcome.active for outcome in self.outcomes.values()))
        self.assertTrue(self.env.ref("crm_callcenter.crm_commercial_state_lead").active)

    def test_a_record_of_two_schemes_stays_while_one_is_active(self):
        shared = self.default.outcome_ids[0]
        self.photovoltaic.outcome_ids |= shared
        (self.default | self.photovoltaic).action_activate()
        self.default.action_deactivate()
        self.assertTrue(shared.active)
        self.photovoltaic.action_deactivate()
        self.assertFalse(shared.active)

    def test_planned_actions_keep_it_on(self):
        self.photovoltaic.action_activate()
        telemarketing = self.env.ref("crm_callcenter.activity_type_telemarketing")
        for lead in self.leads[:2]:
            lead.with_context(mail_activity_quick_update=True).activity_schedule(
                activity_type_id=telemarketing.id, user_id=self.operator.id
            )
        with self.assertRaisesRegex(UserError, r"Telemarketing \(2\)"):
            self.photovoltaic.action_deactivate()
        self.assert_active(self.photovoltaic, True)

    def test_a_state_with_names_stays_and_is_told(self):
        self.default.action_activate()
        member = self.env.ref("crm_callcenter.crm_commercial_state_member")
        self.leads[0]._correct_state(member)
        action = self.default.action_deactivate()
        self.assertTrue(member.active)
        self.assertIn("Member", action["params"]["message"])
        self.assertFalse(
            (self.default.commercial_state_ids - member).filtered("active")
        )

    def test_a_relation_that_was_switched_off_stays_so(self):
        """What the manager took out of a scheme doesn't come back with it."""
        self.default.action_activate()
        relations = self.default.relation_ids
        relations[0].active = False
        added = self.env["crm.relation"].create(
            {
                "activity_type_id": relations[0].activity_type_id.id,
                "outcome_id": self.outcomes["R"].id,
            }
        )
        self.default.action_deactivate()
        self.assertFalse(added.active)
        self.default.action_activate()
        self.assertFalse(relations[0].active)
        self.assertTrue(added.active)
        self.assertTrue(all((relations - relations[0]).mapped("active")))

    def test_what_was_replaced_stays_off(self):
        self.photovoltaic.action_activate()
        survey = self.env.ref("crm_callcenter.activity_type_survey")
        other = self.env["mail.activity.type"].create(
            {"name": "Inspection", "is_commercial": True, "is_meeting": True}
        )
        survey._replace_by(other)
        self.photovoltaic.action_deactivate()
        self.photovoltaic.action_activate()
        self.assertFalse(survey.active)
        self.assertTrue(other.active)
        relation = self.env.ref("crm_callcenter.crm_relation_telemarketing_appointment")
        self.assertEqual(relation.next_type_id, other)

    def test_the_first_choice(self):
        todo = self.env.ref("crm_callcenter.crm_scheme_first_choice_todo")
        todo.state = "open"
        wizard = self.env["crm.scheme.choice.wizard"].with_user(self.manager).create({})
        with self.assertRaisesRegex(UserError, "Choose a scheme"):
            wizard.action_confirm()
        wizard.scheme_ids = [fields.Command.set(self.photovoltaic.ids)]
        wizard.action_confirm()
        self.assert_active(self.photovoltaic, True)
        self.assert_active(self.default, False)
        self.assertEqual(todo.state, "done")

    def test_only_managers_configure(self):
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                self.default.with_user(user).action_activate()
            for model in ("crm.relation", "crm.process", "mail.activity.type"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).check_access("write")
