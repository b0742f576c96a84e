from ast import literal_eval

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestMergeOdoo(CallcenterCommon):
    """Odoo's own dialogs merge with a journal, and nothing is deleted."""

    def press(self, wizard, button):
        """Call a button of a dialog with the context that its view gives it."""
        arch = etree.fromstring(
            wizard.get_views([(False, "form")])["views"]["form"]["arch"]
        )
        [node, *_others] = arch.xpath(f"//button[@name='{button}']")
        context = literal_eval(node.get("context") or "{}")
        return getattr(wizard.with_context(**context), button)()

    def journals_of(self, record):
        return self.env["crm.merge.journal"].search(
            [("model", "=", record._name), ("survivor_ref", "=", record.id)]
        )

    def test_opportunities(self):
        self.env.flush_all()
        kept, gone = self.leads[:2]
        kept.type = "opportunity"
        wizard = self.env["crm.merge.opportunity"].create(
            {
                "opportunity_ids": (kept | gone).ids,
                "user_id": self.manager.id,
            }
        )
        self.press(wizard, "action_merge")
        self.assertTrue(gone.exists())
        self.assertFalse(gone.active)
        self.assertEqual(gone.merged_into_id, kept)
        self.assertEqual(kept.user_id, self.manager)
        self.journals_of(kept)._undo()
        self.env.invalidate_all()
        self.assertTrue(gone.active)
        self.assertFalse(gone.merged_into_id)

    def test_code_that_merges_is_as_before(self):
        kept, gone = self.leads[:2]
        result = (kept | gone).merge_opportunity()
        self.assertEqual(len((kept | gone).exists()), 1)
        self.assertFalse(self.journals_of(result))

    def test_a_name_becomes_an_opportunity_with_others(self):
        one, two = self.leads[:2]
        wizard = self.env["crm.lead2opportunity.partner"].create(
            {
                "lead_id": one.id,
                "name": "merge",
                "action": "create",
                "duplicated_lead_ids": (one | two).ids,
                "user_id": self.manager.id,
            }
        )
        self.press(wizard, "action_apply")
        both = (one | two).exists()
        self.assertEqual(len(both), 2)
        stays = both.filtered("active")
        self.assertEqual(len(stays), 1)
        self.assertEqual((both - stays).merged_into_id, stays)
        self.assertEqual(stays.type, "opportunity")
        self.assertTrue(self.journals_of(stays))

    def test_customers(self):
        partners = self.env["res.partner"].create(
            [{"name": "Ada Bruni"}, {"name": "Ada Bruni", "phone": "030 2211334"}]
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {
                "state": "selection",
                "partner_ids": partners.ids,
                "dst_partner_id": partners[0].id,
            }
        )
        self.press(wizard, "action_merge")
        self.assertEqual(len(partners.exists()), 2)
        self.assertEqual(partners[1].merged_into_id, partners[0])
        self.assertEqual(partners[0].phone, "030 2211334")
        self.assertTrue(self.journals_of(partners[0]))

    def test_what_can_not_be_merged_is_told(self):
        one, two = self.leads[:2]
        one.company_id = self.company
        two.company_id = self.env["res.company"].create({"name": "Other"})
        wizard = self.env["crm.merge.opportunity"].create(
            {"opportunity_ids": (one | two).ids}
        )
        with self.assertRaisesRegex(UserError, "different companies"):
            self.press(wizard, "action_merge")
        self.assertFalse((one | two).merged_into_id)
