from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

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

    def test_exactly_one_row_per_name_whatever_is_archived(self):
        """A company and its contacts are one name; so is somebody lost three times."""
        company, lost = self.customers[2], self.customers[0]
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": company.id}
        )
        values = [{**self._lead_values(70 + at)} for at in range(6)]
        for at, partner in enumerate([contact, company, contact, lost, lost, lost]):
            values[at]["partner_id"] = partner.id
        leads = self.env["crm.lead"].create(values)
        every = self.env["crm.lead"].with_context(active_test=False)
        mine = [("id", "in", leads.ids), ("is_anchor", "=", True)]

        def rows():
            self.env.invalidate_all()
            return every.search(mine, order="id").mapped(
                "partner_id.commercial_partner_id"
            )

        for archived in ([], [0], [0, 3], [0, 1, 3, 4], [0, 1, 2, 3, 4, 5], [1, 4]):
            leads.action_unarchive()
            self.env["crm.lead"].browse(
                [leads[at].id for at in archived]
            ).active = False
            self.assertEqual(sorted(rows().ids), sorted((company | lost).ids), archived)
            self.assertEqual(len(every.search(mine)), 2, archived)
            self.assertEqual(
                leads.filtered("is_anchor"), every.search(mine).sorted("id"), archived
            )
        leads.action_archive()
        # Who is called again gets a name that can be called.
        anchors = (company | lost)._ensure_anchor()
        self.assertEqual(len(anchors), 2)
        self.assertTrue(all(anchors.mapped("active")))

    def test_a_company_whose_contact_has_a_name_needs_no_other(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customers[2].id}
        )
        lead = self.env["crm.lead"].create(
            {**self._lead_values(80), "partner_id": contact.id}
        )
        self.assertEqual(self.customers[2]._ensure_anchor(), lead)
        self.assertEqual((self.customers[2] | contact)._ensure_anchor(), lead)
        partners = self.env["res.partner"].with_user(self.manager)
        missing = partners.search(
            [("is_in_archive", "=", False), ("id", "in", self.customers.ids)]
        )
        self.assertEqual(missing, self.customers - self.customers[2])

    def test_the_back_office_works_on_customers_and_not_on_leads(self):
        anchors = self.customers.with_user(self.back_office)._ensure_anchor()
        self.assertEqual(anchors[0].name, "Customer 1")
        self.assertEqual(self._find("030 7770003", self.back_office), anchors[2])
        self.assertFalse(self._find("030 5550001", self.back_office))
        leads = self.env["crm.lead"].with_user(self.back_office)
        self.assertFalse(leads.search([("id", "in", self.leads.ids)]))
        anchors[0].with_user(self.back_office).street = "Via Nuova 1"

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
        for text in (
            "0039 030 777 0003",
            "+39 (030) 7770003",
            "030 77700 03",
            "030-777.00.03",
        ):
            self.assertEqual(self._find(text), company, text)
        # How a number begins, and the number of somebody who may be called later.
        self.assertEqual(self._find("030 77700"), self.customers._anchors())
        self.assertEqual(self._find("333 1112203"), self.leads[2])
        self.leads[0].phone_second = "02 87654321"
        self.assertEqual(self._find("+39 02 8765"), lead)
        for text in ("Nobody Anywhere", "030 0000000", "x@y.z", "98765432109"):
            self.assertFalse(self._find(text), text)
        self.assertFalse(self._find("%@"))
        with self.assertRaisesRegex(UserError, "at least 3 letters"):
            self._find("ab")

    def test_codes_are_found_however_they_are_written(self):
        lead, company = self.leads[0], self.leads[1]
        lead.fiscal_code = "rssmra80a01f205x"
        company.write({"lead_kind": "company", "vat_number": "IT 00743110157"})
        for text in ("RSSMRA80A01F205X", "rssmra80a01f205x", "RSS MRA 80A01 F205X"):
            self.assertEqual(self._find(text), lead, text)
        for text in ("00743110157", "IT00743110157", "it 0074 3110 157"):
            self.assertEqual(self._find(text), company, text)
        customer = self.customers[1]
        customer.fiscal_code = "VRDNNA85T50F205E"
        anchor = customer._ensure_anchor()
        self.assertEqual(self._find("vrdnna85t50f205e"), anchor)

    def test_words_in_any_order_with_or_without_accents(self):
        self.leads[0].write({"name": "Niccolò D'Agostino", "contact_name": False})
        self.env.flush_all()
        texts = ["D'AGOSTINO niccolò", "agostino NICC"]
        if self.registry.has_unaccent:
            texts += ["Niccolo", "NICCOLO dagostino".replace("dag", "d'ag")]
        for text in texts:
            self.assertEqual(self._find(text), self.leads[0], text)
        # No character stands for others.
        for text in ("Nicc_l", "Nicc%stino", "%%%a%%%"):
            if text == "%%%a%%%":
                with self.assertRaisesRegex(UserError, "at least 3 letters"):
                    self._find(text)
            else:
                self.assertFalse(self._find(text), text)

    def test_a_name_is_found_by_its_contacts_and_by_its_other_names(self):
        lead = self.leads[0]
        self.env["crm.lead.contact"].create(
            {
                "lead_id": lead.id,
                "name": "Anna Neri",
                "phone": "02 12345678",
                "email": "Anna.Neri@Example.org",
            }
        )
        for text in ("02 12345678", "0212345", "anna.neri@example.org", "anna.neri@ex"):
            self.assertEqual(self._find(text), lead, text)
        anchor = self.customers[0]._ensure_anchor()
        second = {**self._lead_values(61), "partner_id": self.customers[0].id}
        second = self.env["crm.lead"].create({**second, "phone": "06 55512345"})
        self.assertFalse(second.is_anchor)
        self.assertEqual(self._find("06 55512345"), anchor)
        self.customers[0].name = "Zanardelli Giuseppe"
        self.assertEqual(self._find("giuseppe zanardelli"), anchor)
        self.assertFalse(self._find("giuseppe zanardelli", self.operator))

    def test_every_kind_is_answered_by_an_index(self):
        """Also when nobody has analysed the table yet."""
        self._make_many(20_000)
        found = self.env["crm.lead"].with_user(self.manager)
        texts = {
            "name": "wordy bulk777",
            "surname": "BULK123",
            "phone": "030 9100777",
            "mobile": "3479000123",
            "start of a number": "030 91007",
            "e-mail": "bulk777@example.net",
            "codice fiscale": "RSSMRA80A01F205X",
            "partita IVA": "00743110157",
        }
        for analysed in (False, True):
            if analysed:
                self.env.cr.execute("ANALYZE crm_lead")
            for kind, text in texts.items():
                domain = [("is_anchor", "=", True), ("archive_text", "ilike", text)]
                with self.subTest(kind=kind, analysed=analysed):
                    most = self._rows_of_search(found, domain, analysed)
                    self.assertLess(most, 2000)

    def _make_many(self, count):
        """Insert names by SQL, of a kind that many others have as well."""
        zones = self.env["crm.zone"].create([{"name": f"Z{at}"} for at in range(3)])
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO crm_lead (
                   name, type, active, lead_kind, phone_e164, mobile_e164,
                   email_normalized, email_from, zone_id, city, portfolio_id,
                   commercial_state_id, stage_id, create_date)
               SELECT 'Bulk' || i || ' Wordy', 'lead', true, 'person',
                      '+39030' || 9100000 + i, '+39347' || 9000000 + i,
                      'bulk' || i || '@example.net', 'bulk' || i || '@example.net',
                      (%(zones)s::int[])[1 + i %% 3], 'City ' || i %% 50,
                      template.portfolio_id, template.commercial_state_id,
                      template.stage_id, now()
                 FROM generate_series(1, %(count)s) AS i,
                      crm_lead template WHERE template.id = %(template)s""",
            {
                "zones": zones.ids,
                "count": count,
                "template": self.leads[0].id,
            },
        )
        return zones

    def _rows_of_search(self, leads, domain, analysed):
        """Return how many rows PostgreSQL reads at most in one step of a search.

        Of few names, never analysed, it rightly reads all when it has their ids.
        """
        most, execute = [0], type(self.env).execute_query
        kinds = ("SELECT", "WITH") if analysed else ("WITH",)

        def explained(env, query):
            if query.code.lstrip().startswith(kinds):
                most.append(self._rows_touched(query))
            return execute(env, query)

        with patch.object(type(self.env), "execute_query", explained):
            leads.search(domain, order="id", limit=80)
        self.assertGreater(len(most), 1)
        return max(most)

    def _rows_touched(self, select):
        """Return how many rows PostgreSQL reads at most in one step of a query."""
        self.env.cr.execute(
            SQL("EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF, COSTS OFF) %s", select)
        )
        rows = self.env.cr.fetchall()

        def most(node):
            own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            own += node.get("Rows Removed by Index Recheck", 0)
            return max([own, *map(most, node.get("Plans", ()))])

        return most(rows[0][0][0]["Plan"])

    # ------------------------------------------------------------
    # SORTED IN ZONES
    # ------------------------------------------------------------

    def test_several_zones_are_sorted_by_reading_each_in_order(self):
        zones = self._make_many(3000)
        zones[1:].parent_id = zones[0]
        self.env.cr.execute("ANALYZE crm_lead")
        leads = self.env["crm.lead"].with_user(self.manager)
        branch = [("is_anchor", "=", True), ("zone_id", "child_of", zones[0].id)]
        every = leads.search(branch)
        self.assertEqual(len(every), 3000)
        for order, key in (
            ("name", lambda lead: (lead.name, lead.id)),
            ("city ASC, id ASC", lambda lead: (lead.city, lead.id)),
        ):
            expected = every.sorted(key)
            self.assertEqual(leads.search(branch, order=order, limit=7), expected[:7])
            self.assertEqual(
                leads.search(branch, order=order, limit=7, offset=100),
                expected[100:107],
            )
            backwards = order.replace("ASC", "DESC", 1).replace("name", "name DESC")
            found = leads.search(branch, order=backwards, limit=7)
            name = order.split(" ")[0]
            self.assertEqual(
                found.mapped(name), every.sorted(name, reverse=True)[:7].mapped(name)
            )
            for zone_ids in (zones.ids, zones[:1].ids):
                query = leads._search(
                    [("zone_id", "in", zone_ids)], order=order, limit=80
                )
                self.assertLess(self._rows_touched(query.select()), 600)
        # Whatever else is asked for still holds.
        every[:10].sudo().active = False
        archived = leads.search(
            [*branch, ("active", "=", False)], order="name", limit=80
        )
        self.assertEqual(set(archived), set(every[:10]))
        inactive = leads.search(branch, order="name", limit=3000)
        self.assertEqual(len(inactive), 2990)
        self.assertFalse(
            leads.with_user(self.operator).search(branch, order="name", limit=80)
        )

    def test_all_names_are_sorted_inside_zones_only(self):
        leads = self.env["crm.lead"].with_context(callcenter_all_names=True)
        mine = [("id", "in", self.leads.ids)]
        self.leads[5].name = "A first"

        def first(user, domain, order):
            page = leads.with_user(user).web_search_read(
                domain, {"name": {}}, limit=80, order=order
            )
            return page["records"][0]["id"]

        zone = [("zone_id", "child_of", self.zone.id)]
        for order in ("name ASC, id ASC", "phone"):
            self.assertEqual(first(self.manager, mine, order), self.leads[0].id)
        self.assertEqual(first(self.manager, mine + zone, "name"), self.leads[5].id)
        self.assertEqual(
            first(self.manager, mine + zone, "phone DESC"), self.leads[0].id
        )
        nowhere = [("zone_id", "=", False)]
        self.leads.zip = self.leads.state_id = False
        self.assertEqual(first(self.manager, mine + nowhere, "name"), self.leads[0].id)

    def test_the_list_of_names_sorts_like_the_archive_for_who_sees_all(self):
        view = self.env.ref("crm_callcenter.crm_lead_view_list_names")
        for user, kind in (
            (self.manager, "callcenter_archive_list"),
            (self.operator, "callcenter_names_list"),
            (self.coordinator, "callcenter_names_list"),
        ):
            arch = self.env["crm.lead"].with_user(user).get_view(view.id, "list")
            self.assertIn(f'js_class="{kind}"', arch["arch"])

    def test_names_are_grouped_by_their_class(self):
        self.customers._ensure_anchor()
        groups = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .web_read_group(
                [("is_anchor", "=", True), ("phone", "!=", False)],
                ["commercial_state_class"],
                ["__count"],
            )
        )
        counts = {
            group["commercial_state_class"]: group["__count"]
            for group in groups["groups"]
        }
        self.assertGreaterEqual(counts["customer"], 4)

    def test_classes_are_filtered_by_their_states(self):
        anchors = self.customers._ensure_anchor()
        leads = self.env["crm.lead"].with_user(self.manager)
        mine = [("id", "in", (anchors | self.leads).ids)]
        found = leads.search([*mine, ("commercial_state_class", "=", "customer")])
        self.assertEqual(set(found.ids), set(anchors.ids))
        for state in self.env["crm.commercial.state"].search([]):
            self.leads[0]._correct_state(state)
            found = leads.search(
                [*mine, ("commercial_state_class", "=", state.state_class)]
            )
            self.assertIn(self.leads[0], found, state.name)
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
