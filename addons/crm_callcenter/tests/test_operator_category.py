from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestOperatorCategory(CallcenterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Category = cls.env["crm.operator.category"].with_user(cls.manager)
        cls.call_centre = Category.create({"name": "Call centre"})
        cls.evening = Category.create(
            {"name": "Evening", "parent_id": cls.call_centre.id}
        )

    def test_tree(self):
        self.assertEqual(self.evening.complete_name, "Call centre / Evening")
        with self.assertRaises(ValidationError):
            self.call_centre.parent_id = self.evening
        self.operator.operator_category_id = self.evening
        users = self.env["res.users"].search(
            [("operator_category_id", "child_of", self.call_centre.id)]
        )
        self.assertEqual(users, self.operator)

    def test_new_operators_get_the_default_one(self):
        self.company.operator_category_id = self.evening
        new = self._new_user("op_new", "group_operator")
        self.assertEqual(new.operator_category_id, self.evening)
        self.assertFalse(
            self._new_user("agent_new", "group_agent").operator_category_id
        )

    def test_who_becomes_operator_gets_it_and_keeps_an_own_one(self):
        self.company.operator_category_id = self.evening
        group = self.env.ref("crm_callcenter.group_operator")
        self.agent.group_ids |= group
        self.assertEqual(self.agent.operator_category_id, self.evening)
        self.agent_two.operator_category_id = self.call_centre
        self.agent_two.group_ids |= group
        self.assertEqual(self.agent_two.operator_category_id, self.call_centre)

    def test_without_a_default_nothing_is_given(self):
        self.company.operator_category_id = False
        new = self._new_user("op_new", "group_operator")
        self.assertFalse(new.operator_category_id)

    def test_category_in_use_stays_and_the_default_is_forgotten(self):
        self.company.operator_category_id = self.evening
        self.evening.sudo().unlink()
        self.assertFalse(self.company.operator_category_id)

    def test_only_managers_configure(self):
        for user in self.operator | self.coordinator | self.agent | self.back_office:
            category = self.evening.with_user(user)
            self.assertEqual(category.name, "Evening")
            with self.assertRaises(AccessError):
                category.name = "Mine"
            with self.assertRaises(AccessError):
                category.create({"name": "Mine"})

    def test_ledger_keeps_the_category_of_that_time(self):
        self.operator.operator_category_id = self.evening
        row = self.leads[0]._register_outcome(self.outcomes["N"], user=self.operator)
        self.operator.operator_category_id = self.call_centre
        self.assertEqual(row.operator_category_id, self.evening)

    def test_settings_and_user_form(self):
        calendar = self.env["resource.calendar"].create({"name": "Six days"})
        with Form(self.env["res.config.settings"]) as settings:
            settings.next_action_time = 8.5
            settings.action_calendar_id = calendar
            settings.charge_reset_days = 45
            settings.operator_category_id = self.evening
        settings.save().execute()
        self.assertEqual(
            (
                self.company.next_action_time,
                self.company.action_calendar_id,
                self.company.charge_reset_days,
                self.company.operator_category_id,
            ),
            (8.5, calendar, 45, self.evening),
        )
        with Form(self.operator, "base.view_users_form") as form:
            form.operator_category_id = self.call_centre
        self.assertEqual(self.operator.operator_category_id, self.call_centre)

    def test_parameters_out_of_range_are_refused(self):
        for field, value in (("next_action_time", 25.0), ("charge_reset_days", -1)):
            with (
                self.subTest(field),
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.company[field] = value
                self.env.flush_all()
