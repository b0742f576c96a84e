"""The command of the server's line imports in the name of a user."""

import argparse
import io
import tempfile
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..cli.import_names import _ENCODINGS, _SEPARATORS, import_names
from ..models.crm_list_import_job import _NO_RUNTIME
from ..tools.table_reader import ENCODINGS, SEPARATORS
from .test_import import ImportCommon
from .test_import_formats import zip_bytes
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

    def test_how_the_file_is_written_is_said_before_it_is_read(self):
        """Without it the largest file of the archive is read, and fails."""
        letter = "\n".join(["Gentile cliente; la informiamo"] * 200)
        files = {"informativa.txt": letter, "lista.csv": csv_bytes(ROWS, "|")}
        with tempfile.NamedTemporaryFile(suffix=".zip") as file:
            file.write(zip_bytes(files))
            file.flush()
            self.patch(type(self), "path", file.name)
            _command, record = self.prepare(
                *("--archive", "--sheet", "lista.csv", "--separator", "|")
            )
            self.assertEqual(record.sheet_name, "lista.csv")
            self.assertEqual(record.column_ids.mapped("name"), ROWS[0])
            _command, record = self.prepare(
                *("--archive", "--sheet", "lista.csv", "--header-row", "0")
            )
            self.assertEqual(record.header_row, 0)
            self.assertEqual(record.row_count, 0)

    def test_the_command_knows_what_the_reader_knows(self):
        """It is loaded without the addon, and imports nothing of it."""
        self.assertEqual(_ENCODINGS, ENCODINGS)
        self.assertEqual(tuple(_SEPARATORS.values()), SEPARATORS)

    def test_an_option_that_cannot_be_is_refused_with_a_sentence(self):
        for wrong in (
            ("--encoding", "latin1"),
            ("--separator", ":"),
            ("--consent-date", "31/05/2026"),
            ("--key", "name,shoe"),
        ):
            with (
                self.subTest(wrong=wrong),
                patch("sys.stderr", io.StringIO()) as said,
                self.assertRaises(SystemExit) as ended,
            ):
                self.prepare("--archive", *wrong)
            self.assertEqual(ended.exception.code, 2)
            self.assertIn(wrong[0], said.getvalue())
        with self.assertRaisesRegex(UserError, "is no zone"):
            self.prepare("--archive", "--zone", "Nowhere")

    def test_what_all_names_have_in_common(self):
        zone = self.env["crm.zone"].create({"name": "East", "code": "E1"})
        seller = self.env["crm.list.seller"].create({"name": "Liste Italia"})
        _command, record = self.prepare(
            *("--archive", "--zone", "e1", "--seller", seller.name),
            *("--consent-date", "2026-05-31", "--consent-source", "Fair"),
            *("--key", "phone", "--key", "name,fiscal-code", "--separator", "tab"),
            *("--separator", ";"),
        )
        self.assertEqual((record.zone_id, record.seller_id), (zone, seller))
        self.assertEqual(str(record.consent_date), "2026-05-31")
        self.assertEqual(record.consent_source, "Fair")
        self.assertEqual(
            record.key_ids.sorted()._parts(),
            [("by_phone",), ("by_name", "by_fiscal_code")],
        )
        record._import_all()
        self.assertEqual(record.row_ids.lead_id.zone_id, zone)

    def test_what_it_would_do_is_shown_and_nothing_is_done(self):
        command, record = self.prepare("--archive")
        [line] = record._preview_lines()
        self.assertRegex(line, r"^ +2 Nuovo Nome +new$")
        with patch("sys.stdout", io.StringIO()) as said:
            command._show_columns(record)
        self.assertIn("Telefono", said.getvalue())
        self.assertEqual((record.state, record.row_count), ("mapped", 0))

    def test_imports_of_one_process_share_no_open_file(self):
        first, second = (
            _NO_RUNTIME.staged_rows(0, lambda name=name: iter([(1, [name])]))
            for name in ("one", "two")
        )
        self.assertEqual([[*first[1]], [*second[1]]], [[(1, ["one"])], [(1, ["two"])]])
        self.assertIsNone(_NO_RUNTIME._rows)

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
