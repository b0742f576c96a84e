from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon

from .link_rows import LinkRows
from .merge_case import dump_tables


@tagged("post_install", "-at_install")
class TestMergeValues(CallcenterCommon):
    """What the record that stays has afterwards, and who stays."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.merge = self.env["crm.merge"]
        self.kept, self.gone = self.leads[:2]

    def _merge_and_undo(self, survivor, loser, check):
        before = dump_tables(self.env)
        journal = self.merge._merge(survivor, loser)
        self.env.invalidate_all()
        check()
        journal.action_undo()
        after = dump_tables(self.env)
        self.assertEqual(
            {table for table in before if before[table] != after[table]}, set()
        )

    def test_what_is_empty_is_filled_and_numbers_find_a_place(self):
        self.kept.write({"phone": "030 7770001", "mobile": False, "email_from": False})
        self.gone.write(
            {
                "phone": "030 7770002",
                "mobile": "333 7770003",
                "email_from": "new@example.com",
                "contact_name": "Rossi Mario",
            }
        )
        contact = self.kept.contact_name

        def check():
            self.assertEqual(self.kept.phone, "030 7770001")
            self.assertEqual(self.kept.mobile, "333 7770003")
            self.assertEqual(self.kept.phone_second, "030 7770002")
            self.assertEqual(self.kept.phone_second_e164, "+390307770002")
            self.assertEqual(self.kept.email_normalized, "new@example.com")
            self.assertEqual(self.kept.contact_name, contact or "Rossi Mario")

        self._merge_and_undo(self.kept, self.gone, check)

    def test_numbers_without_a_place_become_a_contact(self):
        self.kept.write(
            {
                "phone": "030 7770001",
                "mobile": "333 7770002",
                "phone_second": "030 7770003",
            }
        )
        self.gone.write({"phone": "030 7770004", "mobile": "3337770002"})

        def check():
            contact = self.kept.contact_ids
            self.assertEqual(contact.mapped("phone_e164"), ["+390307770004"])

        self._merge_and_undo(self.kept, self.gone, check)

    def test_a_refusal_of_the_one_that_goes_stays(self):
        blocked = self.env["crm.commercial.state"].search(
            [("state_class", "=", "blocked")], limit=1
        )
        self.gone._correct_state(blocked)

        def check():
            self.assertEqual(self.kept.commercial_state_id, blocked)
            last = self.env["crm.interaction"].search(
                [("lead_id", "=", self.kept.id)], order="date desc, id desc", limit=1
            )
            self.assertEqual(last.state_after_id, blocked)

        self._merge_and_undo(self.kept, self.gone, check)

    def test_a_customer_of_the_one_that_goes_is_the_customer(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        self.gone.partner_id = partner
        self.env.flush_all()

        def check():
            self.assertEqual(self.kept.partner_id, partner)
            self.assertEqual(self.kept.commercial_state_id, partner.commercial_state_id)

        self._merge_and_undo(self.kept, self.gone, check)

    def test_moments_go_to_a_name_with_a_customer(self):
        """Its values are written by Odoo, so that the customer follows."""
        self.kept.partner_id = self.env["res.partner"].create({"name": "Customer"})
        self.gone.type = "opportunity"
        self.gone._take_charge_batch(self.agent)
        moment = fields.Datetime.now().replace(microsecond=0)
        self.gone.date_conversion = moment
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET charge_date = charge_date + interval '5 microseconds'"
            " WHERE id = %s",
            [self.gone.id],
        )
        self.env.invalidate_all()
        charged = self.gone.charge_date.replace(microsecond=0)

        def check():
            self.assertEqual(self.kept.type, "opportunity")
            self.assertEqual(self.kept.date_conversion, moment)
            self.assertEqual(self.kept.charge_date, charged)

        self._merge_and_undo(self.kept, self.gone, check)

    def test_names_of_two_customers_are_not_merged(self):
        partners = self.env["res.partner"].create([{"name": "One"}, {"name": "Two"}])
        self.kept.partner_id, self.gone.partner_id = partners
        with self.assertRaisesRegex(UserError, "Merge the customers first"):
            self.merge._merge(self.kept, self.gone)

    def test_what_was_changed_since_stays(self):
        self.kept.street = False
        self.gone.street = "Via Roma 1"
        journal = self.merge._merge(self.kept, self.gone)
        self.env.invalidate_all()
        self.kept.city = "Brescia"
        self.kept.street = "Via Po 2"
        journal.action_undo()
        self.env.invalidate_all()
        self.assertEqual((self.kept.street, self.kept.city), ("Via Po 2", "Brescia"))
        with self.assertRaisesRegex(UserError, "taken back already"):
            journal.action_undo()

    def test_who_stays(self):
        company = self.env.company
        company.merge_customer_first = True
        choose = self.merge._choose_survivor
        both = self.kept | self.gone
        company.merge_survivor_rule = "complete"
        self.gone.write({"street": "Via Roma", "city": "Brescia", "function": "Owner"})
        self.assertEqual(choose(both), self.gone)
        company.merge_survivor_rule = "history"
        self.kept._register_outcome(self.outcomes["R"])
        self.assertEqual(choose(both), self.kept)
        self.gone.type = "opportunity"
        self.assertEqual(choose(both), self.gone)
        company.merge_customer_first = False
        self.assertEqual(choose(both), self.kept)
        company.merge_survivor_rule = "oldest"
        self.assertEqual(choose(both), self.kept)

    def test_a_merged_name_is_not_restored_by_hand(self):
        self.merge._merge(self.kept, self.gone)
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Take the merge back"):
            self.gone.active = True
        self.assertEqual(self.gone.action_open_merged_into()["res_id"], self.kept.id)

    def test_the_dialog_merges_and_asks_for_rights(self):
        wizards = self.env["crm.merge.wizard"].with_context(
            active_model="crm.lead", active_ids=(self.kept | self.gone).ids
        )
        with self.assertRaises(AccessError):
            wizards.with_user(self.operator).create({})
        wizard = wizards.with_user(self.manager).create({})
        self.assertEqual(len(wizard.line_ids.filtered("is_survivor")), 1)
        wizard.line_ids.is_survivor = False
        with self.assertRaisesRegex(UserError, "Mark the one"):
            wizard.action_merge()
        wizard.line_ids.filtered(
            lambda line: line.res_ref == self.kept.id
        ).is_survivor = True
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertEqual(self.gone.merged_into_id, self.kept)

    # ------------------------------------------------------------
    # CUSTOMERS
    # ------------------------------------------------------------

    def _customers(self):
        partners = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "child_ids": [
                        Command.create({"name": f"Contact of {name}"}),
                        Command.create(
                            {"name": "Site", "type": "delivery", "street": name}
                        ),
                    ],
                }
                for name in ("Alfa", "Alfa SRL")
            ]
        )
        self.kept.partner_id, self.gone.partner_id = partners
        self.env.flush_all()
        return partners

    def test_contacts_sites_and_names_follow_their_customer(self):
        first, second = self._customers()
        children = second.child_ids

        def check():
            self.assertEqual(children.parent_id, first)
            self.assertEqual(children.commercial_partner_id, first)
            self.assertEqual(self.gone.partner_id, first)
            self.assertEqual(self.gone.commercial_state_id, first.commercial_state_id)
            self.assertFalse(second.active)

        self._merge_and_undo(first, second, check)

    def test_a_company_and_its_contact_are_not_one(self):
        first = self._customers()[0]
        with self.assertRaisesRegex(UserError, "a company and its contact"):
            self.merge._merge(first, first.child_ids[0])

    def test_posted_entries_are_never_touched(self):
        if "account.move" not in self.env:
            self.skipTest("account is not installed")
        first, second = self._customers()
        maker = LinkRows(self.env)
        for link in self.env["crm.merge.links"]._links("res_partner"):
            if (link.table, link.column) == ("account_move", "partner_id"):
                self.assertTrue(maker.make(link, second.id, "res.partner", "x"))
        self.env.cr.execute(
            "UPDATE account_move SET state = 'posted' WHERE partner_id = %s",
            [second.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "posted accounting entries"):
            self.merge._merge(first, second)
        self.assertEqual(self.merge._choose_survivor(first | second), second)
        before = dump_tables(self.env)["account_move"]
        self.merge._merge(second, first)
        self.assertEqual(before, dump_tables(self.env)["account_move"])

    def test_entries_that_are_posted_late_stay_with_who_went(self):
        if "account.move" not in self.env:
            self.skipTest("account is not installed")
        first, second = self._customers()
        journal = self.merge._merge(first, second)
        maker = LinkRows(self.env)
        for link in self.env["crm.merge.links"]._links("res_partner"):
            if (link.table, link.column) == ("account_move", "partner_id"):
                self.assertTrue(maker.make(link, second.id, "res.partner", "x"))
        self.env.cr.execute(
            "UPDATE account_move SET state = 'posted' WHERE partner_id = %s",
            [second.id],
        )
        self.env.invalidate_all()
        before = dump_tables(self.env)
        self.assertEqual(journal._fetch_latecomers(), 0)
        self.assertEqual(before, dump_tables(self.env))
        self.assertTrue(journal.has_posted_since)
        self.env.cr.execute(
            "UPDATE account_move SET state = 'draft' WHERE partner_id = %s", [second.id]
        )
        self.env.invalidate_all()
        self.assertEqual(journal._fetch_latecomers(), 1)

    def test_an_entry_that_was_posted_since_holds_the_merge(self):
        if "account.move" not in self.env:
            self.skipTest("account is not installed")
        first, second = self._customers()
        maker = LinkRows(self.env)
        for link in self.env["crm.merge.links"]._links("res_partner"):
            if (link.table, link.column) == ("account_move", "partner_id"):
                maker.make(link, second.id, "res.partner", "x")
        journal = self.merge._merge(first, second)
        self.env.cr.execute(
            "UPDATE account_move SET state = 'posted' WHERE partner_id = %s",
            [first.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "was posted since the merge"):
            journal.action_undo()
