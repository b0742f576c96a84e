from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon

from .merge_case import dump_tables


@tagged("post_install", "-at_install")
class TestMergeContacts(CallcenterCommon):
    """Numbers, e-mails and values of single companies are kept, and given back."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.merge = self.env["crm.merge"]
        self.kept, self.gone = self.leads[:2]

    def _merge_and_undo(self, survivor, loser, check, choices=None):
        before = dump_tables(self.env)
        journal = self.merge._merge(survivor, loser, choices)
        self.env.invalidate_all()
        check()
        journal.action_undo()
        after = dump_tables(self.env)
        self.assertEqual(
            {table for table in before if before[table] != after[table]}, set()
        )

    def test_second_email_of_a_name_becomes_a_contact(self):
        self.kept.email_from = "one@posta.example"
        self.gone.write({"email_from": "Two@posta.example", "contact_name": "Two"})

        def check():
            self.assertEqual(self.kept.email_from, "one@posta.example")
            contact = self.kept.contact_ids
            self.assertEqual(
                (contact.name, contact.email), ("Two", "two@posta.example")
            )

        self._merge_and_undo(self.kept, self.gone, check)

    def test_email_that_somebody_chose(self):
        self.kept.email_from = "one@posta.example"
        self.gone.email_from = "two@posta.example"

        def check():
            self.assertEqual(self.kept.email_from, "two@posta.example")
            self.assertEqual(self.kept.contact_ids.email, "one@posta.example")

        choices = {"email_from": self.gone.id}
        self._merge_and_undo(self.kept, self.gone, check, choices)

    def test_number_and_email_make_one_contact(self):
        self.kept.write(
            {
                "phone": "030 7770001",
                "mobile": "333 7770002",
                "phone_second": "030 7770003",
                "email_from": "one@posta.example",
            }
        )
        self.gone.write(
            {
                "phone": "030 7770004",
                "mobile": False,
                "email_from": "two@posta.example",
            }
        )

        def check():
            contact = self.kept.contact_ids
            self.assertEqual(contact.phone_e164, "+390307770004")
            self.assertEqual(contact.email, "two@posta.example")

        self._merge_and_undo(self.kept, self.gone, check)

    def test_the_same_email_makes_no_contact(self):
        self.kept.email_from = "one@posta.example"
        self.gone.write(
            {"email_from": "ONE@posta.example ", "phone": False, "mobile": False}
        )
        self.merge._merge(self.kept, self.gone)
        self.env.invalidate_all()
        self.assertFalse(self.kept.contact_ids)

    def test_email_of_a_name_with_a_customer(self):
        partner = self.env["res.partner"].create(
            {"name": "Customer", "email": "one@posta.example"}
        )
        self.kept.partner_id = partner
        self.gone.email_from = "two@posta.example"
        self.env.flush_all()
        self.env.cr.precommit.run()

        def check():
            self.assertEqual(self.kept.email_from, "one@posta.example")
            self.assertEqual(partner.child_ids.email, "two@posta.example")
            self.assertFalse(self.kept.contact_ids)

        self._merge_and_undo(self.kept, self.gone, check)

    def test_fourth_number_and_second_email_of_a_customer(self):
        kept, gone = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "phone": f"030 777000{number}",
                    "mobile": "333 7770002",
                    "phone_second": f"030 777100{number}",
                    "email": f"c{number}@posta.example",
                    "child_ids": [
                        Command.create(
                            {"name": "Known", "email": "known@posta.example"}
                        )
                    ],
                }
                for number in (1, 2)
            ]
        )
        before = kept.child_ids | gone.child_ids

        def check():
            contact = kept.child_ids - before
            self.assertEqual(contact.name, "Customer 2")
            self.assertEqual(contact.email, "c2@posta.example")
            self.assertEqual(
                {contact.phone, contact.mobile}, {"030 7770002", "030 7771002"}
            )

        self._merge_and_undo(kept, gone, check)

    def test_a_mobile_that_begins_like_the_prefix_of_italy(self):
        self.kept.write({"phone": "393 1234567", "mobile": False})
        self.gone.write({"phone": False, "mobile": "+39 393 1234567"})

        def check():
            numbers = [self.kept.phone, self.kept.mobile, self.kept.phone_second]
            self.assertEqual(len(list(filter(None, numbers))), 1)
            self.assertFalse(self.kept.contact_ids)

        self._merge_and_undo(self.kept, self.gone, check)

    # ------------------------------------------------------------
    # VALUES OF PARTS
    # ------------------------------------------------------------

    def test_values_of_single_companies_are_united(self):
        other = self.env["res.company"].create({"name": "Other"})
        kept, gone = self.env["res.partner"].create([{"name": "One"}, {"name": "Two"}])
        self.env["ir.default"].search([("field_id.name", "=", "barcode")]).unlink()
        kept.with_company(self.env.company).barcode = "KEPT"
        gone.with_company(self.env.company).barcode = "GONE"
        gone.with_company(other).barcode = "OTHER"

        def check():
            self.assertEqual(kept.with_company(self.env.company).barcode, "KEPT")
            self.assertEqual(kept.with_company(other).barcode, "OTHER")

        self._merge_and_undo(kept, gone, check)

    def test_links_in_properties_follow(self):
        team = self.env["crm.team"].create(
            {
                "name": "Team",
                "lead_properties_definition": [
                    {
                        "name": "aa11",
                        "type": "many2one",
                        "comodel": "res.partner",
                        "string": "One",
                    },
                    {
                        "name": "bb22",
                        "type": "many2many",
                        "comodel": "res.partner",
                        "string": "Several",
                    },
                    {"name": "cc33", "type": "integer", "string": "Number"},
                ],
            }
        )
        kept, gone, third = self.env["res.partner"].create(
            [{"name": name} for name in ("One", "Two", "Three")]
        )
        lead = self.leads[3]
        lead.team_id = team
        lead.lead_properties = {
            "aa11": gone.id,
            "bb22": [third.id, gone.id, kept.id],
            "cc33": gone.id,
        }
        self.env.flush_all()

        def check():
            self.env.cr.execute(
                "SELECT lead_properties FROM crm_lead WHERE id = %s", [lead.id]
            )
            self.assertEqual(
                self.env.cr.fetchone()[0],
                {"aa11": kept.id, "bb22": [third.id, kept.id], "cc33": gone.id},
            )

        self._merge_and_undo(kept, gone, check)

    def test_properties_of_two_names_are_united(self):
        team = self.env["crm.team"].create(
            {
                "name": "Team",
                "lead_properties_definition": [
                    {"name": name, "type": "char", "string": name}
                    for name in ("aa11", "bb22")
                ],
            }
        )
        (self.kept | self.gone).team_id = team
        self.kept.lead_properties = {"aa11": "kept", "bb22": False}
        self.gone.lead_properties = {"aa11": "gone", "bb22": "gone"}
        self.env.flush_all()

        def check():
            values = dict(self.kept.lead_properties)
            self.assertEqual(values, {"aa11": "kept", "bb22": "gone"})

        self._merge_and_undo(self.kept, self.gone, check)
