from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL

from ..models import crm_lead_archive
from ..tools.archive_query import read_query
from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestArchive(CallcenterCommon):
    """Leads and customers in one list, one row each, found by whatever is typed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "is_company": number == 3,
                    "phone": f"030 77700{number:02}",
                    "mobile": f"333 77700{number:02}",
                    "email": f"Customer{number}@Example.com",
                    "vat": "IT12345670017" if number == 3 else False,
                    "zip": "25121",
                    "city": "Brescia",
                    "state_id": cls.province.id,
                    "country_id": cls.env.ref("base.it").id,
                }
                for number in range(1, 5)
            ]
        )

    def _find(self, text, user=None):
        leads = self.env["crm.lead"].with_user(user or self.manager)
        return leads.search(
            [("is_anchor", "=", True), ("archive_text", "ilike", text)], order="id"
        )

    # ------------------------------------------------------------
    # ANCHORS
    # ------------------------------------------------------------

    def test_customers_get_one_name_each_set_based(self):
        anchors = self.customers.with_user(self.back_office)._ensure_anchor()
        self.assertEqual(len(anchors), 4)
        self.assertEqual(anchors.partner_id, self.customers)
        self.assertEqual(self.customers._ensure_anchor(), anchors)
        third = anchors.filtered(lambda lead: lead.partner_id == self.customers[2])
        self.assertRecordValues(
            third.sudo(),
            [
                {
                    "name": "Customer 3",
                    "partner_name": "Customer 3",
                    "contact_name": False,
                    "lead_kind": "company",
                    "type": "lead",
                    "phone_e164": "+390307770003",
                    "mobile_e164": "+393337770003",
                    "email_normalized": "customer3@example.com",
                    "zone_id": self.zone.id,
                    "commercial_state_class": "customer",
                    "user_id": False,
                }
            ],
        )
        self.assertEqual(
            set(self.customers.mapped("commercial_state_class")), {"customer"}
        )
        self.assertTrue(all(partner.portfolio_id for partner in self.customers))

    def test_the_copied_names_are_what_create_would_have_made(self):
        """Every column of a copied name is that of a name made by the ORM alone."""
        anchors = self.customers._ensure_anchor().sorted("id")
        alone = self.customers[1].copy({"name": "Customer 2"})
        alone.write({"mobile": "333 7770002", "phone": "030 7770002"})
        alone = alone._ensure_anchor()
        copied = anchors[1]
        stored = [
            name
            for name, field in copied._fields.items()
            if field.store
            and field.column_type
            and name not in ("id", "partner_id", "date_last_stage_update")
            and not name.endswith(("_date", "_uid"))
        ]
        self.assertEqual(
            copied.read(stored)[0] | {"id": 0}, alone.read(stored)[0] | {"id": 0}
        )

    def test_many_customers_cost_a_fixed_number_of_queries(self):
        def new(count):
            partners = self.env["res.partner"].create(
                [{"name": f"P{number}", "phone": "030 1"} for number in range(count)]
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            partners._ensure_anchor()
            return self.env.cr.sql_log_count - before

        new(2)
        few, many = new(5), new(200)
        self.assertLessEqual(many, few + 5)

    def test_an_imported_customer_is_in_the_archive(self):
        partners = self.env["res.partner"].with_user(self.back_office)
        result = partners.with_context(import_file=True).load(
            ["name", "phone"], [["Imported One", "030 7771111"], ["Two", "030 7772222"]]
        )
        self.assertEqual(len(result["ids"]), 2, result["messages"])
        self.assertEqual(self._find("030 7771111").partner_id.id, result["ids"][0])

    def test_colleagues_are_not_called(self):
        with self.assertRaisesRegex(UserError, "is one of us"):
            (self.customers | self.operator.partner_id)._ensure_anchor()
        self.assertFalse(self.customers._anchors())

    def test_who_may_not_see_a_customer_may_not_choose_it(self):
        with self.assertRaises(AccessError):
            self.customers.with_user(self.operator)._ensure_anchor()

    def test_one_row_per_customer_the_oldest(self):
        first = self.customers[:1]._ensure_anchor()
        second = self.env["crm.lead"].create(
            {**self._lead_values(60), "partner_id": self.customers[0].id}
        )
        self.assertTrue(first.is_anchor)
        self.assertFalse(second.is_anchor)
        mine = [("id", "in", (first | second | self.leads).ids)]
        leads = self.env["crm.lead"]
        rows = leads.search([*mine, ("is_anchor", "=", True)])
        self.assertEqual(rows, (first | self.leads).sorted(leads._order))
        self.assertEqual(leads.search([*mine, ("is_anchor", "=", False)]), second)
        first.active = False
        self.assertTrue(
            leads.search([("id", "=", second.id), ("is_anchor", "=", True)])
        )

    # ------------------------------------------------------------
    # SEARCH
    # ------------------------------------------------------------

    def test_what_is_typed_is_understood(self):
        for text, expected in {
            "  ": {},
            "Rossi  Mario": {"name": ["Rossi", "Mario"]},
            "Mario.Rossi@Exa": {"email": "mario.rossi@exa"},
            "030 55500": {"phone": "030 55500"},
            "+39 (333) 111-2201": {"phone": "+39 (333) 111-2201"},
            "it12345670017": {"code": "12345670017"},
            "12345670017": {"code": "12345670017", "phone": "12345670017"},
            "rssmra80a01f205x": {"code": "RSSMRA80A01F205X"},
            "Via 12": {"name": ["Via", "12"]},
        }.items():
            self.assertEqual(read_query(text), expected, text)

    def test_everything_finds_the_name(self):
        self.customers._ensure_anchor()
        lead, company = self.leads[0], self._find("Customer 3")
        self.assertEqual(len(company), 1)
        for text in ("030 5550001", "+39 333 1112201", "0305550001"):
            self.assertEqual(self._find(text), lead, text)
        for text in (
            "12345670017",
            "IT 12345670017",
            "customer3@example.com",
            "customer3@exa",
            "3 customer",
            "0307770003",
        ):
            self.assertEqual(self._find(text), company, text)
        for text in ("Nobody Anywhere", "030 0000000", "x@y.z", "98765432109"):
            self.assertFalse(self._find(text), text)
        self.assertFalse(self._find("%@"))
        with self.assertRaisesRegex(UserError, "at least 3 letters"):
            self._find("ab")

    def test_few_names_are_looked_up_first_whatever_the_statistics_say(self):
        """The list reads them by their ids; of many it looks for its first page."""
        self.customers._ensure_anchor()
        leads = self.env["crm.lead"].with_user(self.manager)
        by_id = leads._search_archive_text("ilike", "Customer 2")
        self.assertEqual(by_id, Domain("id", "in", self._find("Customer 2").ids))
        with patch.object(crm_lead_archive, "FEW", 3):
            many = leads._search_archive_text("ilike", "Customer")
            self.assertNotIn("id", [leaf.field_expr for leaf in many.iter_conditions()])
            self.assertEqual(len(self._find("Customer")), 4)
        [[setting]] = self.env.execute_query(SQL("SHOW enable_seqscan"))
        self.assertEqual(setting, "on")

    def test_classes_are_filtered_by_their_states(self):
        anchors = self.customers._ensure_anchor()
        leads = self.env["crm.lead"].with_user(self.manager)
        mine = [("id", "in", (anchors | self.leads).ids)]
        found = leads.search([*mine, ("commercial_state_class", "=", "customer")])
        self.assertEqual(set(found.ids), set(anchors.ids))
        query = leads._search([("commercial_state_class", "=", "customer")])
        self.assertNotIn("crm_commercial_state", query.select().code)

    def test_the_search_goes_past_nobodys_rights(self):
        self.customers._ensure_anchor()
        for text in ("Customer 3", "12345670017", "030 7770003", "customer3@exa"):
            for user in (self.operator, self.coordinator, self.agent):
                self.assertFalse(self._find(text, user), (text, user.login))

    def test_buttons(self):
        customers = self.customers.with_user(self.back_office)
        done = customers.action_put_in_archive()
        self.assertIn("4 customers are new", done["params"]["message"])
        action = customers[0].action_open_anchor()
        self.assertEqual(
            action["res_id"], self.customers[0]._anchors().id, "its own name"
        )
        self.env["crm.lead"].search([("partner_id", "in", self.customers.ids)]).write(
            {"tag_ids": [Command.clear()]}
        )
