from odoo.fields import Command
from odoo.tests import tagged

from .duplicate_case import DuplicateCase
from .merge_case import dump_tables


@tagged("post_install", "-at_install")
class TestDuplicateKin(DuplicateCase):
    """Households and branches that are known in the data never pair."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = "12345670017"

    def loosen(self):
        """Let a rule say that whoever has one telephone is one."""
        self.env["crm.duplicate.rule"].create(
            {
                "name": "Same phone",
                "sequence": 1,
                "active": True,
                "name_must_agree": False,
                "field_ids": [
                    Command.set(
                        self.env["ir.model.fields"]._get("crm.lead", "phone").ids
                    )
                ],
            }
        )

    def test_member_of_the_household(self):
        self.loosen()
        self.mario.household_ids = [
            Command.create({"name": "Anna Bianchi", "kind": "household"})
        ]
        wife = self.new_lead("Bianchi Anna")
        self.assertFalse(self.pairs_of(wife))
        self.run_archive(makes_keys=True)
        self.assertFalse(self.pairs_of(wife))
        stranger = self.new_lead("Verdi Ugo")
        self.assertIn(self.mario, self.others(stranger), "The rule itself hits")

    def test_same_name_as_the_household_says_of_itself(self):
        """Mario is listed in his own household: he is a duplicate all the same."""
        self.mario.household_ids = [
            Command.create({"name": "Mario Rossi", "kind": "household"})
        ]
        self.assertEqual(self.others(self.new_lead("Mario Rossi")), self.mario)

    def test_contact_of_a_company(self):
        self.loosen()
        company = self.new_lead(
            False,
            name="Alfa Solar Srl",
            partner_name="Alfa Solar Srl",
            lead_kind="company",
        )
        company.contact_ids = [Command.create({"name": "Ugo Verdi"})]
        self.commit()
        person = self.new_lead("Verdi Ugo")
        self.assertNotIn(company, self.others(person))

    def test_site_of_a_company(self):
        company = self.new_lead(
            False,
            name="Alfa Solar Srl",
            partner_name="Alfa Solar Srl",
            lead_kind="company",
            vat_number=self.vat,
            mobile=False,
        )
        company.site_ids = [
            Command.create(
                {"name": "Shed", "street": "Via Milano 80", "city": "Bergamo"}
            )
        ]
        self.commit()
        values = {
            "name": "Alfa Solar",
            "partner_name": "Alfa Solar",
            "lead_kind": "company",
            "vat_number": self.vat,
            "mobile": False,
        }
        branch = self.new_lead(
            False,
            **values,
            street="Via Milano 80",
            city="Bergamo",
            zip="24121",
            phone="035 7788991",
        )
        self.assertFalse(self.pairs_of(branch))
        double = self.new_lead(False, **values)
        self.assertEqual(self.others(double), company)

    def test_two_names_of_one_customer(self):
        customer = self.new_customer(mobile=False, street=False)
        self.mario.partner_id = customer
        self.commit()
        second = self.new_lead("Mario Rossi", partner_id=customer.id)
        self.assertFalse(self.pairs_of(second))


@tagged("post_install", "-at_install")
class TestDuplicateCustomer(DuplicateCase):
    """Customers among themselves, and new names that are customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mario.unlink()
        cls.customer = cls.new_customer(phone="030 2211334")

    def test_customers_are_compared(self):
        double = self.new_customer("Mario Rossi")
        [pair] = self.pairs_of(double)
        self.assertEqual(pair.kind, "partner")
        self.assertEqual(pair.first_partner_id, self.customer)
        self.assertEqual(pair.verdict, "same")

    def test_contact_and_sites_of_a_company(self):
        company = self.new_customer(
            "Beta Impianti Srl", is_company=True, vat="IT12345670017"
        )
        branch = self.new_customer(
            "Beta Impianti Srl", parent_id=company.id, type="other", street="Via Po 2"
        )
        contact = self.new_customer("Beta Impianti", parent_id=company.id)
        for partner in (company, branch, contact):
            self.assertFalse(self.pairs_of(partner) - self.pairs_of(self.customer))

    def test_contacts_of_two_companies(self):
        first, second = (
            self.new_customer(
                name, is_company=True, mobile=False, street=street, city="Brescia"
            )
            for name, street in (("Gamma Spa", "Via Po 1"), ("Delta Snc", "Via Adda 9"))
        )
        one, other = (
            self.new_customer(
                "Verdi Ugo",
                parent_id=company.id,
                mobile="348 5556667",
                email="ugo.verdi@posta.example",
            )
            for company in (first, second)
        )
        self.assertEqual(self.others(other), one)

    def test_colleague_is_no_duplicate(self):
        self.manager.partner_id.write({"name": "Mario Rossi", "mobile": "347 2213344"})
        self.commit()
        self.assertFalse(self.pairs_of(self.manager.partner_id))

    def test_new_name_is_linked(self):
        state = self.env["crm.commercial.state"].search([], limit=1, order="id DESC")
        self.env.cr.execute(
            "UPDATE res_partner SET commercial_state_id = %s WHERE id = %s",
            [state.id, self.customer.id],
        )
        self.env.invalidate_all()
        lead = self.new_lead("MARIO ROSSI", phone="030 7776665")
        self.assertEqual(lead.partner_id, self.customer)
        self.assertEqual(lead.commercial_state_id, state)
        self.assertEqual(lead.phone, "030 7776665", "Its own number stays")
        self.assertEqual(self.customer.phone, "030 2211334")
        self.assertFalse(self.pairs_of(lead))
        self.assertIn("Linked to the customer", lead.message_ids[:1].body)

    def test_a_link_is_taken_back_whole(self):
        """As one that a person made: state, history and contacts as well."""
        state = self.env["crm.commercial.state"].search([], limit=1, order="id DESC")
        self.env.cr.execute(
            "UPDATE res_partner SET commercial_state_id = %s WHERE id = %s",
            [state.id, self.customer.id],
        )
        self.env.invalidate_all()
        self.env.company.links_new_names = False
        lead = self.new_lead(
            "MARIO ROSSI",
            contact_ids=[Command.create({"name": "Verdi Ugo", "phone": "030 7776665"})],
        )
        lead._register_outcome(self.outcomes["R"])
        self.commit()
        self.env.company.links_new_names = True
        before = dump_tables(self.env)
        self.env["crm.dedup.key"]._mark_stale(lead.ids)
        self.env["crm.dedup"]._compare_stale(100)
        self.env.invalidate_all()
        self.assertEqual(lead.partner_id, self.customer)
        self.assertEqual(lead.commercial_state_id, state)
        self.assertEqual(self.customer.child_ids.name, "Verdi Ugo")
        self.assertEqual(lead.interaction_ids.partner_id, self.customer)
        [journal] = self.env["crm.merge.journal"].search([])
        self.assertEqual(journal.reason, "customer")
        self.assertEqual(journal.survivor_name, "Rossi Mario")
        journal._undo()
        after = dump_tables(self.env)
        self.assertLessEqual(
            {table for table in before if before[table] != after[table]},
            # What the chatter says of it; and the pair, which holds no more.
            {"mail_message", "crm_duplicate_pair", "crm_dedup_key"},
        )

    def test_a_link_that_was_taken_back_is_left_to_a_person(self):
        lead = self.new_lead("Mario Rossi")
        self.assertEqual(lead.partner_id, self.customer)
        self.env["crm.merge.journal"].search([])._undo()
        self.env.invalidate_all()
        self.env["crm.dedup"]._compare_stale(100)
        self.env.invalidate_all()
        self.assertFalse(lead.partner_id)
        self.assertEqual(self.pairs_of(lead).kind, "customer")

    def test_imported_names_are_linked(self):
        lead = self.new_lead("Verdi Ugo", mobile=False, phone=False, street=False)
        imported = self.copy_by_sql(
            lead, contact_name="Mario Rossi", mobile_e164="+393472213344"
        )
        old = self.copy_by_sql(
            lead, contact_name="Mario Rossi", mobile_e164="+393472213344"
        )
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = now() AT TIME ZONE 'UTC' WHERE id = %s",
            [imported.id],
        )
        self.env["crm.dedup.key"]._mark_stale([imported.id, old.id])
        self.env["crm.dedup"]._compare_stale(100)
        self.env.invalidate_all()
        self.assertEqual(imported.partner_id, self.customer)
        self.assertFalse(old.partner_id, "It has been there for long")

    def test_link_taken_back_stays_so(self):
        lead = self.new_lead("Mario Rossi")
        self.assertEqual(lead.partner_id, self.customer)
        lead.partner_id = False
        lead.write({"contact_name": "Mario Rossi"})
        self.commit()
        self.env["crm.dedup"]._compare_stale(100)
        self.env.invalidate_all()
        self.assertFalse(lead.partner_id)
        self.assertEqual(self.pairs_of(lead).kind, "customer")

    def test_button_of_the_customer(self):
        self.new_customer("Mario Rossi")
        customer = self.customer.with_user(self.manager)
        self.assertEqual(customer.duplicate_pair_count, 1)
        action = customer.action_compare_duplicates()
        self.assertEqual(self.pairs.search_count(action["domain"]), 1)
        for user in (self.operator, self.coordinator):
            self.assertFalse(self.pairs.with_user(user).has_access("read"))

    def test_unsure_name_is_a_pair(self):
        lead = self.new_lead("Rossi M.", phone="030 2211334", mobile=False)
        self.assertFalse(lead.partner_id)
        for pair in self.pairs_of(lead):
            self.assertEqual(pair.kind, "customer")
            self.assertEqual(pair.verdict, "review")

    def test_two_customers_are_left_to_a_person(self):
        double = self.new_customer("Mario Rossi")
        lead = self.new_lead("Mario Rossi")
        self.assertFalse(lead.partner_id)
        pairs = self.pairs_of(lead)
        self.assertEqual(set(pairs.mapped("kind")), {"customer"})
        self.assertEqual(pairs.second_partner_id, self.customer | double)

    def test_company_that_wants_no_links(self):
        self.env.company.links_new_names = False
        lead = self.new_lead("Mario Rossi")
        self.assertFalse(lead.partner_id)
        self.assertEqual(self.pairs_of(lead).kind, "customer")

    def test_old_name_is_not_linked(self):
        """Only somebody new: a name of long standing is a person's to decide."""
        lead = self.new_lead("Verdi Ugo", mobile=False, phone=False, street=False)
        lead.write({"contact_name": "Mario Rossi", "mobile": "347 2213344"})
        self.commit()
        self.assertFalse(lead.partner_id)
        self.assertEqual(self.pairs_of(lead).kind, "customer")
