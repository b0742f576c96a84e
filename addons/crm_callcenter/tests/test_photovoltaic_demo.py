from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import convert_file

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestPhotovoltaicDemo(CallcenterCommon):
    """The demo's fields: what a seller of photovoltaic plants wants to know."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("crm_callcenter.crm_scheme_photovoltaic").action_activate()
        convert_file(
            cls.env,
            "crm_callcenter",
            "demo/crm_custom_field_demo.xml",
            {},
            mode="init",
            noupdate=True,
        )
        cls.registry.signal_changes()
        cls.lead = cls.leads[0]

    def test_what_it_asks(self):
        group = self.env.ref("crm_callcenter.custom_group_photovoltaic")
        names = self.env["crm.custom.field"].search([("group_id", "=", group.id)])
        self.assertEqual(
            set(names.mapped("name")),
            {
                "x_cc_pv_tenure",
                "x_cc_pv_roof_kind",
                "x_cc_pv_roof_side",
                "x_cc_pv_roof_area",
                "x_cc_pv_kwh",
                "x_cc_pv_bill",
                "x_cc_pv_yearly_cost",
                "x_cc_pv_incentive",
                "x_cc_pv_financing",
            },
        )

    def test_consumption_is_checked_and_the_cost_of_a_year_computed(self):
        self.lead.write({"x_cc_pv_kwh": 3000, "x_cc_pv_bill": 150})
        self.assertEqual(self.lead.x_cc_pv_yearly_cost, 900)
        with self.assertRaisesRegex(ValidationError, "bolletta"):
            self.lead.x_cc_pv_kwh = -5

    def test_an_outcome_says_who_is_a_tenant(self):
        relation = self.env.ref("crm_callcenter.crm_relation_telemarketing_not_owner")
        self.lead._register_outcome(relation.outcome_id, relation.activity_type_id)
        self.assertEqual(
            self.lead.x_cc_pv_tenure,
            self.env.ref("crm_callcenter.custom_choice_pv_tenure_tenant"),
        )
