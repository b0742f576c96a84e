"""The command of the server's line imports in the name of a user."""

import argparse
import tempfile

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..cli.import_names import import_names
from .test_import import ImportCommon
from .test_import_tools import csv_bytes

ROWS = [["Nome", "Telefono"], ["Nuovo Nome", "030 9200670"]]


@tagged("post_install", "-at_install")
class TestImportCommand(ImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other Company"})
        cls.manager.write(
            {"company_ids": [(4, cls.other.id)], "company_id": cls.other.id}
        )
        file = tempfile.NamedTemporaryFile(suffix=".csv")
        cls.addClassCleanup(file.close)
        file.write(csv_bytes(ROWS))
        file.flush()
        cls.path = file.name

    def prepare(self, *args):
        command, parser = import_names(), argparse.ArgumentParser()
        command._add_arguments(parser)
        login = ["--user", self.manager.login]
        options = parser.parse_args([self.path, *login, *args])
        env = self.env(user=self.env.ref("base.user_root"), su=True)
        return command, command._prepare(env, self.manager, options)

    def test_names_are_of_the_users_company(self):
        command, record = self.prepare("--archive")
        self.assertEqual(record.company_id, self.other)
        self.assertEqual(record.create_uid, self.manager)
        self.assertEqual(record.server_path, self.path)
        job = command._job_of(record.sudo().env, record, self.manager)
        self.assertEqual(job.user_id, self.manager)
        record.with_user(self.manager)._import_here()
        self.assertEqual(record.row_ids.lead_id.company_id, self.other)

    def test_another_company_of_the_user(self):
        main = self.env.ref("base.main_company")
        _command, record = self.prepare("--archive", "--company", main.name)
        self.assertEqual(record.company_id, main)
        stranger = self.env["res.company"].create({"name": "Stranger"})
        with self.assertRaisesRegex(UserError, "0 records are called Stranger"):
            self.prepare("--archive", "--company", stranger.name)

    def test_saved_columns_of_other_companies_do_not_apply(self):
        stranger = self.env["res.company"].create({"name": "Stranger"})
        first = self.new_import(csv_bytes(ROWS))
        first.action_read_file()
        first.column_ids[0].target = "company"
        first.mapping_name = "Seller"
        first.action_save_mapping()
        first.mapping_id.sudo().company_id = stranger
        _command, record = self.prepare("--archive")
        self.assertFalse(record.mapping_id)

    def test_a_list_is_chosen_by_name(self):
        _command, record = self.prepare(
            "--campaign", self.campaign.title, "--list", self.target_list.name
        )
        self.assertEqual(record.list_id, self.target_list)
        _command, record = self.prepare(
            "--campaign", self.campaign.title, "--list", "A New One"
        )
        self.assertFalse(record.list_id)
        self.assertEqual(record.new_list_name, "A New One")
