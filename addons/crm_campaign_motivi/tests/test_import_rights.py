"""An import reads no file of the server, and tells and changes nothing of others."""

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_import_update import UpdateCommon


@tagged("post_install", "-at_install")
class TestImportRights(UpdateCommon):
    ROW = ["Noto Mario", "335 1000001", "Via Po 3", "25121", "Brescia", *[""] * 3]

    # ------------------------------------------------------------
    # Files of the server
    # ------------------------------------------------------------

    def test_no_context_gives_a_path_on_the_server(self):
        imports = self.env["crm.list.import"].with_user(self.manager)
        imports = imports.with_context(default_server_path=__file__)
        with self.assertRaisesRegex(AccessError, "command line reads files"):
            imports.create({"filename": "x"})
        with self.assertRaisesRegex(AccessError, "command line reads files"):
            imports.default_get(["server_path"])

    def test_a_form_reads_no_file_of_the_server(self):
        imports = self.env["crm.list.import"].with_user(self.manager)
        self.assertFalse(imports.new({"server_path": __file__}).file_size)
        said = imports.onchange(
            {"server_path": __file__}, ["server_path"], {"file_size": {}}
        )
        self.assertFalse(said["value"].get("file_size"))

    # ------------------------------------------------------------
    # Names of others
    # ------------------------------------------------------------

    def test_names_of_other_branches_are_neither_told_nor_changed(self):
        portfolios = self.env["crm.portfolio"].create(
            [{"name": "Mine of test"}, {"name": "Theirs of test"}]
        )
        self.known.portfolio_id = portfolios[1]
        self.manager.portfolio_ids = portfolios[0]
        self.env.flush_all()
        record = self.prepare(
            [self.ROW], update_existing=True, portfolio_id=portfolios[0].id
        )
        preview = str(record.preview)
        self.assertIn("known: somebody whom you don", preview)
        self.assertNotIn("known: Noto", preview)
        record._import_all()
        self.env.invalidate_all()
        row = record.row_ids
        self.assertEqual((row.state, row.problem), ("rejected", "hidden"))
        self.assertNotIn("Noto", row.reason)
        self.assertFalse(row.lead_id or self.known.street)
        self.assertFalse(self.target_list.line_ids)
        self.known.portfolio_id = portfolios[0]
        self.env.flush_all()
        record = self.run_rows(
            [self.ROW], update_existing=True, portfolio_id=portfolios[0].id
        )
        self.assertEqual(record.row_ids.state, "updated")

    def test_names_of_strange_companies_are_others(self):
        stranger = self.env["res.company"].create({"name": "Stranger of test"})
        second = self.env["res.company"].create({"name": "Second of test"})
        self.manager.company_ids = [fields.Command.link(second.id)]
        self.campaign.company_id = False
        for company, state in ((stranger, "accepted"), (second, "existing")):
            with self.subTest(company=company.name):
                self.known.company_id = company
                self.env.flush_all()
                record = self.run_rows([self.ROW])
                self.assertEqual(record.row_ids.state, state)
                (record.row_ids.lead_id - self.known).unlink()

    def test_nobody_writes_what_became_of_a_row(self):
        record = self.run_rows([["Nuovo Nome", "030 9200670", *[""] * 6]])
        row = record.row_ids.with_user(self.manager)
        self.assertEqual(row.state, "accepted")
        with self.assertRaises(AccessError):
            row.lead_id = self.known
        with self.assertRaises(AccessError):
            row.unlink()
        # It goes with its import all the same.
        record.action_undo()
        record.with_user(self.manager).unlink()
        self.assertFalse(row.exists())
