from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_import import ImportCommon

HEADER = "Nome;Telefono;Citta;Email\n"


@tagged("post_install", "-at_install")
class TestPortfolioLists(ImportCommon):
    """Lists and imports that hang on a branch, and mandatory fields of imports."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        portfolios = cls.env["crm.portfolio"]
        cls.business = portfolios.create({"name": "Business"})
        cls.shops = portfolios.create({"name": "Shops", "parent_id": cls.business.id})
        cls.retail = portfolios.create({"name": "Retail"})
        cls.solar = portfolios.create({"name": "Solar", "unit": 2})
        cls.bound = cls.env["crm.call.list"].create(
            {
                "name": "Shops only",
                "campaign_id": cls.campaign.id,
                "portfolio_id": cls.business.id,
            }
        )

    @classmethod
    def run_import(cls, content, *args, **values):
        return super().run_import(content.encode(), *args, **values)

    def _reasons(self, list_import):
        rows = list_import.row_ids.filtered(lambda row: row.state == "rejected")
        return {row.row_number: row.reason for row in rows}

    def test_a_bound_list_takes_names_of_its_branch_only(self):
        inside, outside = self.leads[0], self.leads[1]
        inside.portfolio_id = self.shops
        self.assertEqual(self.bound._add_leads((inside | outside).ids), 1)
        self.assertEqual(self.bound.line_ids.lead_id, inside)
        with self.assertRaisesRegex(ValidationError, "which is not in Retail"):
            self.bound.portfolio_id = self.retail

    def test_any_unit_binds_a_list(self):
        self.bound.portfolio_id = self.solar
        self.assertFalse(self.bound._add_leads(self.leads.ids))
        self.leads[2].portfolio_2_id = self.solar
        self.assertEqual(self.bound._add_leads(self.leads.ids), 1)

    def test_an_operator_bound_to_a_branch_gets_lists_inside_it_only(self):
        with self.assertRaisesRegex(ValidationError, "sees only names in Business"):
            # Works on the list of the campaign, which is bound to nothing.
            self.operator.portfolio_ids = self.business
        self.call_list.operator_ids = [Command.unlink(self.operator.id)]
        self.operator.portfolio_ids = self.business
        self.bound.operator_ids = self.operator
        with self.assertRaisesRegex(ValidationError, "sees only names in Business"):
            self.bound.portfolio_id = False
        with self.assertRaisesRegex(ValidationError, "sees only names in Business"):
            self.call_list.operator_ids = self.operator

    def test_new_names_get_the_portfolio_of_the_import(self):
        done = self.run_import(
            HEADER + "Rossi Mario;030 5551111;Brescia;\n",
            list_id=self.bound.id,
            portfolio_id=self.shops.id,
        )
        self.assertEqual(self.lead_at(done, 2).portfolio_id, self.shops)
        done = self.run_import(
            HEADER + "Verdi Anna;030 5551112;Brescia;\n", list_id=self.call_list.id
        )
        self.assertEqual(
            self.lead_at(done, 2).portfolio_id,
            self.env.ref("crm_callcenter.crm_portfolio_default"),
        )
        with self.assertRaisesRegex(UserError, "takes only names of Business"):
            self.run_import(
                HEADER + "Bianchi Ida;030 5551113;Brescia;\n",
                list_id=self.bound.id,
                portfolio_id=self.retail.id,
            )

    def test_a_known_name_of_another_portfolio_is_rejected_with_the_reason(self):
        done = self.run_import(
            HEADER + "Name 1;030 5550001;Brescia;\n", list_id=self.bound.id
        )
        self.assertIn("Name 1 is not in the portfolio Business", self._reasons(done)[2])
        self.assertFalse(self.bound.line_ids)

    def test_a_row_without_a_mandatory_field_is_rejected_with_the_reason(self):
        self.business.mandatory_field_ids = self.env["ir.model.fields"]._get(
            "crm.lead", "email_from"
        )
        content = (
            HEADER
            + "Rossi Mario;030 5551111;Brescia;\n"
            + "Verdi Anna;030 5551112;Brescia;anna@example.com\n"
        )
        done = self.run_import(content, list_id=self.bound.id)
        self.assertEqual(self._reasons(done), {2: "The row lacks: Email."})
        self.assertEqual(done.accepted_count, 1)
        # Elsewhere nobody asks for it, and a known name is not new.
        done = self.run_import(content, list_id=self.call_list.id)
        self.assertEqual(done.accepted_count, 1)
        self.leads[0].portfolio_id = self.shops
        done = self.run_import(
            HEADER + "Name 1;030 5550001;Brescia;\n", list_id=self.bound.id
        )
        self.assertEqual(done.existing_count, 1)

    def test_a_column_of_the_file_says_the_portfolio(self):
        north = self.env["crm.portfolio"].create(
            [
                {"name": "North", "parent_id": self.business.id},
                {"name": "North", "parent_id": self.retail.id},
            ]
        )[0]
        header = "Nome;Telefono;Citta;Portafoglio\n"
        content = (
            header
            + "Rossi Mario;030 5551111;Brescia;shops\n"
            + "Verdi Anna;030 5551112;Brescia;Business / North\n"
            + "Neri Ugo;030 5551113;Brescia;North\n"
            + "Bianchi Ida;030 5551114;Brescia;\n"
            + "Gialli Eva;030 5551115;Brescia;Nowhere\n"
            + "Viola Lia;030 5551116;Brescia;Retail\n"
            + "Blu Leo;030 5551117;Brescia;Solar\n"
        )
        done = self.run_import(content, list_id=self.bound.id)
        names = {number: self.lead_at(done, number) for number in (2, 3, 5, 8)}
        self.assertEqual(names[2].portfolio_id, self.shops)
        self.assertEqual(names[3].portfolio_id, north)
        self.assertEqual(names[5].portfolio_id, self.business)
        self.assertEqual(names[8].portfolio_id, self.business)
        self.assertEqual(names[8].portfolio_2_id, self.solar)
        reasons = self._reasons(done)
        self.assertEqual(sorted(reasons), [4, 6, 7])
        self.assertIn("North is no portfolio that you may use", reasons[4])
        self.assertIn("Nowhere is no portfolio that you may use", reasons[6])
        self.assertIn("Viola Lia is not in the portfolio Business", reasons[7])
        self.assertEqual(len(self.bound.line_ids), 4)

    def test_what_a_portfolio_of_the_file_asks_for_is_mandatory(self):
        self.shops.mandatory_field_ids = self.env["ir.model.fields"]._get(
            "crm.lead", "email_from"
        )
        content = (
            "Nome;Telefono;Portafoglio\n"
            + "Rossi Mario;030 5551111;Shops\n"
            + "Verdi Anna;030 5551112;Retail\n"
        )
        done = self.run_import(content, list_id=self.call_list.id)
        self.assertEqual(self._reasons(done), {2: "The row lacks: Email."})
        self.assertEqual(self.lead_at(done, 3).portfolio_id, self.retail)

    def test_who_is_bound_imports_into_its_branches_only(self):
        self.manager.portfolio_ids = self.retail
        imports = self.env["crm.list.import"].with_user(self.manager)
        names = imports._portfolios_by_name()
        self.assertIn("retail", names)
        self.assertNotIn("business", names)
        record = imports.create({"campaign_id": self.campaign.id})
        self.assertEqual(record.portfolio_id, self.retail)
        record.write({"portfolio_id": self.shops.id, "new_list_name": "Mine"})
        with self.assertRaisesRegex(UserError, "You see no names of Business / Shops"):
            record._choose_list()

    def test_what_imports_kept_is_seen_by_branches(self):
        record = self.env["crm.list.import"].create({"campaign_id": self.campaign.id})
        mine, other = self.leads[:2]
        mine.portfolio_id = self.retail
        other.portfolio_id = self.business
        changes = self.env["crm.list.import.change"].create(
            [{"import_id": record.id, "lead_id": lead.id} for lead in (mine, other)]
        )
        stage = self.env["crm.list.import.stage"].create(
            {"import_id": record.id, "row_number": 1, "cells": ["Rossi"]}
        )
        self.assertEqual(changes.with_user(self.manager).search([]), changes)
        self.assertTrue(stage.with_user(self.manager).search([]))
        self.manager.portfolio_ids = self.retail
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(changes.with_user(self.manager).search([]).ids, changes[0].ids)
        self.assertFalse(stage.with_user(self.manager).search([]))

    def test_a_list_is_built_from_customers(self):
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {at}", "phone": f"030 88800{at}"} for at in range(3)]
        )
        wizard = self.env["crm.add.customers.wizard"].with_user(self.manager)
        wizard = wizard.with_context(active_ids=customers.ids)
        wizard.create({"list_id": self.call_list.id}).action_add()
        added = self.call_list.line_ids.lead_id.filtered("partner_id")
        self.assertEqual(added.partner_id, customers)
        self.assertTrue(all(added.mapped("is_anchor")))
        with self.assertRaisesRegex(UserError, "None of them was added"):
            wizard.create({"list_id": self.call_list.id}).action_add()
        for user in (self.operator, self.coordinator, self.back_office):
            with self.assertRaises(AccessError):
                self.env["crm.add.customers.wizard"].with_user(user).create({})
