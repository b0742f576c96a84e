from ast import literal_eval

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon

from ..wizard.odoo_merge import JOURNALED


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

    def test_who_merges_names_keeps_a_journal_by_whatever_call(self):
        kept, gone = self.leads[:2]
        result = (kept | gone).with_user(self.manager).merge_opportunity()
        self.env.invalidate_all()
        self.assertEqual(len((kept | gone).exists()), 2)
        self.assertEqual((kept | gone).merged_into_id.ids, result.ids)
        journal = self.journals_of(result)
        self.assertEqual(journal.create_uid, self.manager)
        journal._undo()
        self.env.invalidate_all()
        self.assertFalse((kept | gone).merged_into_id)

    def test_the_dialog_called_without_its_view_keeps_a_journal(self):
        one, two = self.leads[:2]
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.manager)
            .create(
                {
                    "lead_id": one.id,
                    "name": "merge",
                    "action": "create",
                    "duplicated_lead_ids": (one | two).ids,
                    "user_id": self.manager.id,
                }
            )
        )
        wizard.action_apply()
        self.env.invalidate_all()
        self.assertEqual(len((one | two).exists()), 2)
        self.assertEqual(len((one | two).merged_into_id), 1)

    def test_roles_that_merge_nothing_are_refused_by_whatever_call(self):
        names = self.leads[:2]
        names.user_id = self.agent
        partners = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        for context in ({}, {JOURNALED: True}):
            for user in (self.operator, self.coordinator, self.agent):
                asked = names.with_user(user).with_context(**context)
                with self.assertRaisesRegex(AccessError, "merge names"):
                    asked.merge_opportunity()
                wizard = self.env["base.partner.merge.automatic.wizard"]
                wizard = wizard.with_user(user).with_context(**context)
                with self.assertRaisesRegex(AccessError, "merge names"):
                    wizard._merge(partners.ids, partners[0])
        self.assertEqual(len(names.exists()), 2)
        self.assertFalse(names.merged_into_id)

    def test_users_of_odoo_alone_merge_as_before(self):
        user = new_test_user(
            self.env, "salesman", groups="sales_team.group_sale_salesman_all_leads"
        )
        names = self.leads[:2]
        result = names.with_user(user).merge_opportunity()
        self.assertEqual(names.exists(), result)
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
