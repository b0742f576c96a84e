from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestMandatory(CallcenterCommon):
    """A name lacks nothing that the company asks for, wherever people enter it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portfolio = cls.env["crm.portfolio"].create({"name": "Business"})
        cls.branch = cls.env["crm.portfolio"].create(
            {"name": "Shops", "parent_id": cls.portfolio.id}
        )
        cls.elsewhere = cls.env["crm.portfolio"].create({"name": "Elsewhere"})
        field = cls.env["ir.model.fields"]._get
        cls.portfolio.mandatory_field_ids = field("crm.lead", "email_from")
        cls.form_view = "crm_callcenter.crm_lead_view_form_name"

    def setUp(self):
        # First in, last out: after the test's own changes were taken back.
        self.addCleanup(self._set_models_up_again)
        super().setUp()

    def _save(self, lead=None, user=None, **values):
        leads = lead or self.env["crm.lead"]
        return leads.with_user(user or self.manager).web_save(values, {"name": {}})

    def _import(self, rows, user=None):
        leads = self.env["crm.lead"].with_user(user or self.manager)
        leads = leads.with_context(import_file=True, default_type="lead")
        return leads.load(["name", "phone", "portfolio_id"], rows)

    def test_a_new_name_needs_a_number_and_any_will_do(self):
        with self.assertRaisesRegex(ValidationError, "Rossi needs: Phone"):
            self._save(name="Rossi", type="lead")
        with self.assertRaisesRegex(ValidationError, "Rossi needs: Phone"):
            self._save(name="Rossi", type="lead", phone="   ")
        for number in ("phone", "mobile", "phone_second"):
            self._save(name="Rossi", type="lead", **{number: "030 5551111"})

    def test_a_portfolio_asks_for_more_and_so_do_those_inside(self):
        values = {"name": "Shop", "type": "lead", "phone": "030 5551111"}
        for portfolio in (self.portfolio, self.branch):
            with self.assertRaisesRegex(ValidationError, "Shop needs: Email"):
                self._save(**values, portfolio_id=portfolio.id)
            self._save(**values, portfolio_id=portfolio.id, email_from="a@b.it")
        self._save(**values)
        with self.assertRaisesRegex(ValidationError, "Name 1 needs: Email"):
            self._save(self.leads[0], portfolio_id=self.branch.id)

    def test_a_mandatory_field_is_not_emptied(self):
        with self.assertRaisesRegex(ValidationError, "Primary Portfolio"):
            self._save(self.leads[0], portfolio_id=False)
        self._save(self.leads[0], phone=False)
        with self.assertRaisesRegex(ValidationError, "Phone"):
            self._save(self.leads[0], mobile=False)

    def test_what_odoo_makes_stays_valid_and_can_be_worked_on(self):
        lead = self.env["crm.lead"].message_new(
            {"from": "Mario <m@example.com>", "subject": "Plant", "to": "x@y.it"}, {}
        )
        lead.type = "lead"
        self.assertFalse(lead.phone)
        self._save(lead, city="Brescia")
        self.assertEqual(lead.city, "Brescia")
        form = Form(lead.with_user(self.manager), self.form_view)
        form.street = "Via Roma 1"
        form.save()

    def test_forms_mark_the_fields(self):
        form = Form(
            self.env["crm.lead"]
            .with_user(self.manager)
            .with_context(default_type="lead"),
            self.form_view,
        )
        form.name = "New"
        with self.assertRaisesRegex(AssertionError, "phone is a required field"):
            form.save()
        form.mobile = "333 1234567"
        form.portfolio_id = self.branch
        with self.assertRaisesRegex(AssertionError, "email_from is a required"):
            form.save()
        form.email_from = "a@b.it"
        form.save()

    def test_the_setting_decides(self):
        field = self.env["ir.model.fields"]._get
        self.company.mandatory_field_ids = field("crm.lead", "city")
        self._save(name="Rossi", type="lead", city="Brescia")
        with self.assertRaisesRegex(ValidationError, "Rossi needs: City"):
            self._save(name="Rossi", type="lead", phone="030 5551111")

    def test_odoos_import_rejects_the_row_with_the_reason(self):
        portfolio = self.branch.complete_name
        result = self._import([["Rossi", "", ""], ["Verdi", "030 5551111", ""]])
        self.assertFalse(result["ids"])
        self.assertIn("Rossi needs: Phone", result["messages"][0]["message"])
        self.assertEqual(result["messages"][0]["record"], 0)
        result = self._import([["Verdi", "030 5551111", portfolio]])
        self.assertIn("Verdi needs: Email", result["messages"][0]["message"])
        result = self._import([["Verdi", "030 5551111", ""]])
        self.assertEqual(len(result["ids"]), 1, result)

    def test_a_name_is_not_made_by_a_few_letters_in_a_link(self):
        leads = self.env["crm.lead"].with_user(self.manager)
        with self.assertRaisesRegex(ValidationError, "Rossi needs: Phone"):
            leads.with_context(default_type="lead").name_create("Rossi")

    def test_a_custom_field_can_be_mandatory(self):
        custom = self.env["crm.custom.field"].create(
            {"label": "Roof", "field_type": "text", "binding": "all"}
        )
        self.portfolio.mandatory_field_ids += self.env["ir.model.fields"]._get(
            "crm.lead", custom.name
        )
        values = {
            "name": "Shop",
            "type": "lead",
            "phone": "030 5551111",
            "email_from": "a@b.it",
        }
        with self.assertRaisesRegex(ValidationError, "Shop needs: Roof"):
            self._save(**values, portfolio_id=self.branch.id)
        self._save(**values, portfolio_id=self.branch.id, **{custom.name: "Flat"})
        self._save(**values)
        # Whom it doesn't concern, or can't fill it in, is not asked.
        for change in (
            {"access_campaign_manager": "readonly"},
            {
                "access_campaign_manager": "edit",
                "binding": "portfolio",
                "portfolio_ids": [Command.set(self.elsewhere.ids)],
            },
        ):
            custom.write(change)
            self._save(**values, portfolio_id=self.branch.id)
        custom.binding = "all"
        with self.assertRaisesRegex(ValidationError, "Shop needs: Roof"):
            self._save(**values, portfolio_id=self.branch.id)
        with self.assertRaisesRegex(ValidationError, "mandatory fields"):
            custom._delete()
        self.portfolio.mandatory_field_ids = False
        custom._delete()
        self._save(**values, portfolio_id=self.branch.id)

    def test_opportunities_and_code_are_left_alone(self):
        self._save(name="Deal", type="opportunity")
        self.env["crm.lead"].create({"name": "By code", "type": "lead"})
