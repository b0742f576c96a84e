from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestMergeWizard(CallcenterCommon):
    """Of several records that are merged, somebody chooses what stays of each field."""

    def setUp(self):
        super().setUp()
        # Merges commit in a transaction of their own, here within that of the test.
        self.registry_enter_test_mode()
        self.names = self.leads[:3]
        for name, mobile, city, job in zip(
            self.names,
            ("335 1000011", "335 1000012", "335 1000013"),
            ("Brescia", "Milano", "Milano"),
            (False, "Geometra", "Architetto"),
            strict=True,
        ):
            name.write({"mobile": mobile, "city": city, "function": job})

    def open_wizard(self, records=None, survivor=None):
        records = records or self.names
        wizard = (
            self.env["crm.merge.wizard"]
            .with_user(self.manager)
            .with_context(active_model=records._name, active_ids=records.ids)
            .create({})
        )
        for line in wizard.line_ids:
            line.is_survivor = line.res_ref == (survivor or records[0]).id
        return wizard

    def choose(self, wizard, field_name, record):
        shown = self.env["crm.merge.review"]._shown(record, field_name)
        line = wizard.value_ids.filtered(
            lambda one: one.field_name == field_name and one.value == shown
        )
        self.assertEqual(len(line), 1)
        line.is_chosen = True

    def merge(self, wizard):
        self.env.flush_all()
        wizard.action_merge()
        self.env.invalidate_all()

    def test_only_what_differs_is_offered_and_equal_values_once(self):
        self.names[2].function = "geometra"
        wizard = self.open_wizard()
        of_job = wizard.value_ids.filtered(lambda one: one.field_name == "function")
        self.assertFalse(of_job, "one value, however it is written, is no choice")
        mobiles = wizard.value_ids.filtered(lambda one: one.field_name == "mobile")
        self.assertEqual(mobiles.mapped("res_ref"), self.names.ids)

    def test_the_value_of_any_record_may_stay(self):
        first, second, third = self.names
        wizard = self.open_wizard()
        self.choose(wizard, "mobile", third)
        self.choose(wizard, "address", second)
        self.choose(wizard, "function", third)
        self.merge(wizard)
        self.assertEqual((second | third).mapped("merged_into_id"), first)
        self.assertEqual(first.mobile_e164, "+393351000013")
        self.assertEqual((first.city, first.function), ("Milano", "Architetto"))

    def test_without_a_mark_the_value_of_whoever_stays_is_kept(self):
        wizard = self.open_wizard(survivor=self.names[1])
        self.merge(wizard)
        self.assertEqual(self.names[1].function, "Geometra")
        self.assertEqual(self.names[1].city, "Milano")

    def test_two_values_of_one_field_are_refused(self):
        wizard = self.open_wizard()
        self.choose(wizard, "mobile", self.names[1])
        self.choose(wizard, "mobile", self.names[2])
        with self.assertRaisesRegex(UserError, "Two values are marked"):
            wizard.action_merge()
        self.assertFalse(self.names.merged_into_id)

    def test_customers(self):
        partners = self.env["res.partner"].create(
            [{"name": name, "function": name} for name in ("Ada", "Ida", "Eva")]
        )
        wizard = self.open_wizard(partners)
        self.choose(wizard, "function", partners[2])
        self.merge(wizard)
        self.assertEqual(partners[0].function, "Eva")
