import base64
import csv
import io
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.crm_list_import_job import _NO_RUNTIME
from .common import CampaignCommon
from .test_import_tools import csv_bytes, xlsx_bytes

HEADERS = [
    "Ragione Sociale / Cognome Nome",
    "Indirizzo",
    "CAP",
    "Località",
    "Prov.",
    "Telefono",
    "Cellulare",
    "E-mail",
    "P.IVA/C.F.",
    "Note",
]
DIRTY = [
    HEADERS,
    # 2-5: names
    ["ROSSI ADA", "VIA ROMA, 3", "25121", "BRESCIA", "Bs", "030/9200669"]
    + ["", "ADA@EXAMPLE.ORG", "", "richiamare <dopo> le 18 & non prima"],
    ["Vivai Però S.r.l.", "Viale Europa 1", "4100", "Latina", "LT", "773 508352"]
    + ["3,33E+09", "", "99224880957", ""],
    ["Verdi Luca", "", "20121", "Milano", "", "02 87935112 / 3486955367"] + [""] * 4,
    ["Rossi Aldo", "Via Roma, 3", "25121", "Brescia", "BS", "0309200669"] + [""] * 4,
    # 6-9: the first again; somebody known; somebody archived; too many cells
    ["Rosis Ada", "", "", "", "", "+39 030 9200669", "", "", "", ""],
    ["NOTO MARIO", "", "", "", "", "", "335 1000001", "", "", ""],
    ["Perso Mario", "", "", "", "", "", "335 1000002", "", "", ""],
    ["Neri", "Via Po; 3", "25121", "Brescia", "BS", "030 1", "", "", "", "", "x"],
    # 10-16: no names
    [""] * 10,
    HEADERS,
    ["Totale", "", "", "", "", "4999", "", "", "", ""],
    ["", "Testa Ada", "Via Po 2", "23100", "Sondrio", "SO", "346 2592895", "", "", ""],
    ["", "Via Po 2", "23100", "Sondrio", "SO", "346 2592895", "", "", "", ""],
    ["=HYPERLINK(1)", "", "", "", "", "chiedere", "", "", "", ""],
    ["Bianchi Ugo", "Via Po 2"],
]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RESULTS = {
    2: "accepted",
    3: "accepted",
    4: "accepted",
    5: "accepted",
    6: "in_list",
    7: "existing",
    8: "archived",
    9: "too_many_cells",
    10: "empty",
    11: "repeated_header",
    12: "total",
    13: "shifted",
    14: "no_name",
    15: "unreadable_number",
    16: "too_few_cells",
}


class ImportCommon(CampaignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.target_list = cls.env["crm.call.list"].create(
            {"name": "Imported", "campaign_id": cls.campaign.id}
        )
        cls.known, cls.archived = cls.env["crm.lead"].create(
            [
                {"name": "Noto Mario", "mobile": "+39 335 1000001"},
                {"name": "Mario Perso", "mobile": "+39 335 1000002"},
            ]
        )
        cls.archived.active = False

    @classmethod
    def new_import(cls, content, filename="names.csv", **values):
        return (
            cls.env["crm.list.import"]
            .with_user(cls.manager)
            .create(
                {
                    "campaign_id": cls.campaign.id,
                    "list_id": cls.target_list.id,
                    "filename": filename,
                    "file": base64.b64encode(content),
                    **values,
                }
            )
        )

    @classmethod
    def run_import(cls, content, filename="names.csv", batch_size=1000, **values):
        list_import = cls.new_import(content, filename, **values)
        list_import.action_read_file()
        list_import._import_all(batch_size)
        return list_import

    @staticmethod
    def report(list_import, kind="csv", rejected=False):
        """Return a report as it is downloaded, in bytes."""
        content = io.BytesIO()
        list_import._write_report(content, kind, rejected)
        return content.getvalue()

    def results(self, list_import):
        return {row.row_number: row.problem or row.state for row in list_import.row_ids}

    def lead_at(self, list_import, row_number):
        rows = list_import.row_ids.filtered(lambda row: row.row_number == row_number)
        return rows.lead_id


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    def test_a_dirty_file_is_in_the_list_or_in_the_report(self):
        before = self.env["crm.lead"].search([], order="id desc", limit=1).id
        list_import = self.run_import(csv_bytes(DIRTY, encoding="cp1252"))
        self.assertEqual(self.results(list_import), RESULTS)
        self.assertEqual(list_import.state, "done")
        self.assertEqual(list_import.row_count, 15)
        self.assertEqual(
            (
                list_import.accepted_count,
                list_import.existing_count,
                list_import.rejected_count,
                list_import.pending_count,
            ),
            (4, 1, 9, 0),
        )
        self.assertEqual(list_import.merged_count, 1)
        rejected = list_import.row_ids.filtered(lambda row: row.state == "rejected")
        self.assertTrue(all(row.reason.endswith((".", "e")) for row in rejected))
        lines = self.env["crm.call.list.line"].search(
            [("list_id", "=", self.target_list.id)], order="rank"
        )
        self.assertEqual(
            lines.lead_id.ids,
            [self.lead_at(list_import, number).id for number in (2, 3, 4, 5, 7)],
        )
        self.assertEqual(set(lines.mapped("category")), {"to_call"})
        self.assertEqual(self.lead_at(list_import, 7), self.known)
        self.assertEqual(len(self.env["crm.lead"].search([("id", ">", before)])), 4)

    def test_values_of_the_names(self):
        list_import = self.run_import(csv_bytes(DIRTY, encoding="cp1252"))
        ada, vivai, luca = (self.lead_at(list_import, row) for row in (2, 3, 4))
        self.assertEqual(ada.name, "Rossi Ada")
        self.assertEqual(ada.lead_kind, "person")
        self.assertEqual(ada.street, "Via Roma 3")
        self.assertEqual(ada.city, "Brescia")
        self.assertEqual(ada.state_id, self.province)
        self.assertEqual(ada.zone_id, self.zone)
        self.assertEqual(ada.phone_e164, "+390309200669")
        self.assertEqual(ada.email_normalized, "ada@example.org")
        self.assertEqual(
            str(ada.description), "<p>richiamare &lt;dopo&gt; le 18 &amp; non prima</p>"
        )
        self.assertFalse(ada.user_id)
        self.assertEqual(ada.type, "lead")
        self.assertEqual(vivai.partner_name, "Vivai Però S.r.l.")
        self.assertEqual(vivai.lead_kind, "company")
        self.assertEqual(vivai.zip, "04100")
        self.assertEqual(vivai.phone_e164, "+390773508352")
        self.assertEqual(str(vivai.description), "<p>Cellulare: 3,33E+09</p>")
        self.assertEqual(vivai.vat_number, "99224880957")
        self.assertEqual(luca.mobile, "+39 348 695 5367")
        self.assertEqual(luca.state_id.code, "MI")

    def test_people_come_from_logins_and_names(self):
        rows = [
            ["Nome", "Telefono", "Venditore", "Tecnico"],
            ["Rossi Ada", "030 9200669", "agent_one", "AGENT  TWO"],
            ["Bianchi Ugo", "030 9200670", "Nobody Known", ""],
        ]
        list_import = self.run_import(csv_bytes(rows))
        ada, ugo = (self.lead_at(list_import, row) for row in (2, 3))
        self.assertEqual(ada.user_id, self.agent)
        self.assertEqual(ada.technician_id, self.agent_two)
        self.assertFalse(ugo.user_id)
        self.assertIn("Venditore: Nobody Known", ugo.description)

    def test_reasons_name_the_row_and_the_name(self):
        list_import = self.run_import(csv_bytes(DIRTY, encoding="cp1252"))
        reasons = {row.row_number: row.reason for row in list_import.row_ids}
        self.assertEqual(reasons[6], "Already in this list: row 2, Rossi Ada.")
        self.assertIn("Mario Perso", reasons[8])
        self.assertIn("12 columns instead of 10", reasons[9])
        self.assertIn("chiedere", reasons[15])

    def test_every_column_is_what_create_would_have_made(self):
        """The names come by COPY: no column may differ from a lead of the ORM."""
        self.env["ir.config_parameter"].sudo().set_param(
            "crm.pls_fields", "country_id,state_id,email_state,phone_state"
        )
        self._teach_lead_scoring()
        list_import = self.run_import(csv_bytes(DIRTY, encoding="cp1252"))
        created_by_copy = self.env["crm.lead"].concat(
            *(self.lead_at(list_import, row) for row in (2, 3, 4, 5))
        )
        constants = list_import._prepare_lead_constants()
        written = (
            "name lead_kind contact_name partner_name phone mobile phone_second"
            " email_from street zip city description vat_number"
        ).split()
        created_by_orm = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .create(
                [
                    {
                        **constants,
                        **{field: lead[field] for field in written},
                        "state_id": lead.state_id.id,
                    }
                    for lead in created_by_copy
                ]
            )
        )
        self.env.flush_all()
        rows = [self._columns(leads) for leads in (created_by_copy, created_by_orm)]
        self.assertEqual(created_by_copy.write_uid, self.manager)
        for by_copy, by_orm in zip(*rows, strict=True):
            # The flush of a test writes as the superuser.
            for column in ("id", "write_uid"):
                del by_copy[column], by_orm[column]
            self.assertEqual(by_copy, by_orm)
        self.assertTrue(created_by_copy[0].automated_probability)
        self.assertGreater(len(set(created_by_copy.mapped("automated_probability"))), 1)

    def _columns(self, leads):
        self.env.cr.execute(
            "SELECT * FROM crm_lead WHERE id = ANY(%s) ORDER BY id", [leads.ids]
        )
        return self.env.cr.dictfetchall()

    def _teach_lead_scoring(self):
        """Give Odoo's lead scoring won and lost leads of different provinces."""
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Scored {number}",
                    "type": "opportunity",
                    "country_id": self.env.ref("base.it").id,
                    "state_id": (self.province, self.other_province)[number % 2].id,
                    "phone": "+39 030 9200669" if number % 3 else False,
                }
                for number in range(12)
            ]
        )
        leads[:5].action_set_won()
        leads[5:9].action_set_lost()

    def test_the_same_file_twice_changes_nothing(self):
        content = csv_bytes(DIRTY, encoding="cp1252")
        self.run_import(content)
        self.env.flush_all()
        counts = self._counts()
        again = self.run_import(content)
        self.assertEqual(self._counts(), counts)
        self.assertEqual(
            (again.accepted_count, again.existing_count, again.merged_count), (0, 5, 1)
        )
        self.assertEqual(again.rejected_count, 9)
        self.assertEqual(
            [number for number, result in self.results(again).items() if number <= 7],
            [2, 3, 4, 5, 6, 7],
        )
        results = self.results(again)
        self.assertEqual({results[number] for number in range(2, 8)}, {"in_list"})

    def _counts(self):
        self.env.cr.execute(
            "SELECT (SELECT count(*) FROM crm_lead), max(id) FROM crm_lead"
        )
        leads = self.env.cr.fetchone()
        self.env.cr.execute("SELECT count(*), max(id) FROM crm_call_list_line")
        return leads, self.env.cr.fetchone()

    def test_a_name_known_in_another_list_is_not_created_again(self):
        content = csv_bytes(DIRTY, encoding="cp1252")
        first = self.run_import(content)
        second = self.run_import(content, list_id=False, new_list_name="  Second  ")
        self.assertEqual(second.list_id.name, "Second")
        self.assertEqual(second.list_id.campaign_id, self.campaign)
        self.assertEqual((second.accepted_count, second.existing_count), (0, 5))
        self.assertEqual(self.lead_at(second, 2), self.lead_at(first, 2))

    def test_whom_the_list_leaves_out_stays_in_the_report(self):
        """Customers and households of a refusal come in, and are not called."""
        customer = self.env.ref("crm_callcenter.crm_commercial_state_customer")
        self.known._correct_state(customer, "correction")
        self.env["crm.lead"].create(
            {"name": "Rossi Ugo", "phone": "+39 030 9200669"}
        )._register_outcome(self.outcomes["N"])
        list_import = self.run_import(csv_bytes(DIRTY, encoding="cp1252"))
        self.assertEqual(self.results(list_import), RESULTS)
        self.assertEqual(
            {
                row.row_number: row.left_out
                for row in list_import.row_ids.filtered("left_out")
            },
            {2: "refusal", 5: "refusal", 7: "customer"},
        )
        self.assertEqual(
            self.target_list.line_ids.lead_id,
            self.lead_at(list_import, 3) | self.lead_at(list_import, 4),
        )
        self.assertEqual(self.lead_at(list_import, 2).zip, "25121")
        self.assertEqual(
            (
                list_import.accepted_count,
                list_import.existing_count,
                list_import.left_out_count,
                list_import.remark_count,
            ),
            (4, 1, 3, 0),
        )
        self.assertIn("2 refused recently", list_import.left_out_summary)
        self.assertIn("1 customers", list_import.left_out_summary)

    def test_a_list_may_let_everybody_in(self):
        customer = self.env.ref("crm_callcenter.crm_commercial_state_customer")
        self.known._correct_state(customer, "correction")
        self.target_list.leave_customers = False
        list_import = self.run_import(csv_bytes(DIRTY, encoding="cp1252"))
        self.assertIn(self.known, self.target_list.line_ids.lead_id)
        self.assertFalse(list_import.left_out_count)

    def test_names_of_another_company_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.known.write({"company_id": other.id})
        list_import = self.run_import(csv_bytes(DIRTY, encoding="cp1252"))
        self.assertEqual(self.results(list_import)[7], "accepted")

    def test_a_workbook(self):
        rows = [[cell or None for cell in row] for row in DIRTY]
        list_import = self.run_import(xlsx_bytes(rows, "Nomi"), "names.xlsx")
        self.assertEqual(list_import.file_kind, "xlsx")
        self.assertEqual(list_import.sheet_name, "Nomi")
        # A formula that no Excel has ever computed has no value.
        self.assertEqual(self.results(list_import), {**RESULTS, 15: "no_name"})

    def test_encodings_and_separators_give_the_same_names(self):
        for at, (encoding, separator) in enumerate(
            (("utf-8", ","), ("utf-8-sig", "\t"), ("cp1252", ";"), ("utf-16", "|"))
        ):
            rows = [["Nome", "Telefono"], ["Però Niccolò", f"030 920066{at}"]]
            list_import = self.run_import(csv_bytes(rows, separator, encoding))
            self.assertEqual(list_import.encoding, encoding)
            self.assertEqual(list_import.separator, separator)
            self.assertEqual(self.lead_at(list_import, 2).name, "Però Niccolò")

    def test_a_correction_survives_reading_again(self):
        list_import = self.new_import(csv_bytes(DIRTY))
        list_import.action_read_file()
        column = list_import.column_ids[9]
        self.assertEqual((column.name, column.target), ("Note", "note"))
        column.target = "ignore"
        list_import.header_row = 0
        list_import.action_read_file()
        self.assertEqual(list_import.column_ids[0].name, "Column 1")
        list_import.header_row = 1
        list_import.action_read_file()
        list_import.column_ids[9].target = "ignore"
        list_import.action_read_file()
        self.assertEqual(list_import.column_ids[9].target, "ignore")

    def test_another_file_begins_anew(self):
        list_import = self.new_import(csv_bytes(DIRTY))
        list_import.action_read_file()
        rows = [["Nome", "Tel"], ["Rossi", "030 9200669"]]
        list_import.file = base64.b64encode(csv_bytes(rows, ","))
        self.assertEqual(list_import.state, "draft")
        self.assertFalse(list_import.column_ids)
        list_import.action_read_file()
        self.assertEqual(list_import.separator, ",")
        list_import._import_all()
        with self.assertRaisesRegex(UserError, "has begun already"):
            list_import.file = base64.b64encode(csv_bytes(DIRTY))

    def test_the_preview_shows_names_and_reasons_and_no_markup(self):
        rows = [HEADERS, ["<b>Rossi</b>", "", "", "", "", "030 9200669"], *DIRTY[9:12]]
        list_import = self.new_import(csv_bytes(rows))
        list_import.action_read_file()
        preview = str(list_import.preview)
        self.assertIn("&lt;b&gt;Rossi&lt;/b&gt;", preview)
        self.assertIn("+39 030 920 0669", preview)
        self.assertIn("The row repeats the header.", preview)
        for column in list_import.column_ids:
            if column.target == "phone":
                column.target = "ignore"
        self.assertNotIn("+39 030 920 0669", str(list_import.preview))

    # ------------------------------------------------------------
    # Interrupted, at the same time, many
    # ------------------------------------------------------------

    def test_an_interrupted_import_goes_on_where_it_was(self):
        list_import = self.new_import(csv_bytes(DIRTY, encoding="cp1252"))
        list_import.action_read_file()
        list_import._start()
        list_import._import_step(_NO_RUNTIME)
        list_import._import_step(_NO_RUNTIME, 3)
        progress = list_import._progress()
        self.assertEqual((progress["pending"], progress["finished"]), (12, False))
        self.assertEqual(progress["accepted"], 3)
        add_leads = type(self.target_list)._add_leads

        def broken(call_list, lead_ids):
            add_leads(call_list, lead_ids)
            raise RuntimeError("the connection is lost")

        with (
            patch.object(type(self.target_list), "_add_leads", broken),
            self.assertRaises(RuntimeError),
            self.env.cr.savepoint(),
        ):
            list_import._import_step(_NO_RUNTIME, 3)
        self.assertEqual(list_import.pending_count, 12)
        lines = self.env["crm.call.list.line"].search_count(
            [("list_id", "=", self.target_list.id)]
        )
        self.assertEqual(lines, 3)
        # Another day.
        list_import._import_all(3)
        self.assertEqual(self.results(list_import), RESULTS)
        with self.assertRaisesRegex(UserError, "imported already"):
            list_import.action_import()
        self.assertFalse(list_import._import_step(_NO_RUNTIME))

    def test_a_batch_of_500_takes_as_many_queries_as_one_of_5(self):
        def rows(start, count):
            return csv_bytes(
                [["Nome", "Telefono", "CAP"]]
                + [
                    [f"Rossi {number} Ada", f"030 92{number:05d}", f"25{number:03d}"]
                    for number in range(start, start + count)
                ]
            )

        queries = []
        for start, count in ((0, 5), (10, 5), (100, 500)):
            list_import = self.new_import(rows(start, count))
            list_import.action_read_file()
            list_import._start()
            list_import._import_step(_NO_RUNTIME)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            list_import._import_step(_NO_RUNTIME, 1000)
            progress = list_import._progress()
            self.env.flush_all()
            queries.append(self.env.cr.sql_log_count - before)
            self.assertEqual(progress["accepted"], count)
        # The first one fills caches.
        self.assertLessEqual(queries[2], queries[1])
        self.assertLess(queries[2], 40)

    # ------------------------------------------------------------
    # Report
    # ------------------------------------------------------------

    def test_rejected_rows_are_downloaded_as_they_were_with_the_reason(self):
        list_import = self.run_import(csv_bytes(DIRTY, encoding="cp1252"))
        content = self.report(list_import, rejected=True)
        self.assertTrue(content.startswith(b"\xef\xbb\xbf"))
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
        self.assertEqual(rows[0], [*HEADERS, "Row", "Reason"])
        self.assertEqual(len(rows), 10)
        by_number = {row[-2]: row for row in rows[1:]}
        self.assertEqual(by_number["8"][6], "335 1000002")
        self.assertEqual(by_number["15"][0], "'=HYPERLINK(1)")
        self.assertIn("chiedere", by_number["15"][-1])
        # Corrected, it comes back in as it is.
        for row in rows:
            row[5:7] = ["0364 123456", ""] if row[-2] == "15" else row[5:7]
        again = self.run_import(csv_bytes(rows))
        self.assertEqual(again.column_ids.mapped("target")[-2:], ["ignore", "ignore"])
        self.assertEqual(again.accepted_count, 1)

    def test_no_cell_starts_a_formula(self):
        rows = [["Nome", "Telefono"]] + [
            [f"{sign}1+cmd", "x"] for sign in ("=", "+", "-", "@")
        ]
        list_import = self.run_import(csv_bytes(rows))
        content = self.report(list_import, rejected=True).decode("utf-8-sig")
        for line in content.splitlines()[1:]:
            self.assertTrue(line.startswith("'"), line)

    # ------------------------------------------------------------
    # What is refused
    # ------------------------------------------------------------

    def test_bad_files_get_a_sentence(self):
        workbook = xlsx_bytes(DIRTY[:2])
        for sentence, content in (
            ("is empty", b"\r\n"),
            ("neither a text file", b"\x89PNG\r\n\x1a\n\x00\x00"),
            ("password", OLE + "EncryptedPackage".encode("utf-16-le")),
            ("old Office", OLE + bytes(100)),
            ("is damaged", workbook[:300]),
            ("Only one column", b"Nome\nRossi\nBianchi"),
        ):
            with self.subTest(sentence=sentence):
                list_import = self.new_import(content)
                with self.assertRaisesRegex(UserError, sentence):
                    list_import.action_read_file()
                self.assertEqual(list_import.state, "draft")
                self.assertFalse(list_import.column_ids)

    def test_what_is_missing_is_said(self):
        content = csv_bytes(DIRTY)
        with self.assertRaisesRegex(UserError, "Read the file first"):
            self.new_import(content).action_import()
        with self.assertRaisesRegex(UserError, "Upload a file"):
            self.new_import(b"").action_read_file()
        nothing = self.new_import(csv_bytes([HEADERS]))
        nothing.action_read_file()
        with self.assertRaisesRegex(UserError, "no row below"):
            nothing.action_import()
        for values, sentence in (
            ({"campaign_id": False, "list_id": False}, "Choose the campaign"),
            ({"list_id": False}, "Choose a list"),
            ({"list_id": False, "new_list_name": "  "}, "Choose a list"),
        ):
            list_import = self.new_import(content)
            list_import.action_read_file()
            list_import.write(values)
            with self.assertRaisesRegex(UserError, sentence):
                list_import.action_import()
            self.assertFalse(list_import.row_ids)
            self.assertEqual(list_import.state, "mapped")
        for target, sentence in (("full_name", "the name"), ("phone", "a phone")):
            list_import = self.new_import(content)
            list_import.action_read_file()
            for column in list_import.column_ids:
                if column.target in (target, "mobile"):
                    column.target = "ignore"
            with self.assertRaisesRegex(UserError, f"goes into {sentence}"):
                list_import.action_import()

    def test_a_list_of_another_campaign_is_refused(self):
        other = self.campaign.copy({"title": "Another"})
        list_import = self.new_import(csv_bytes(DIRTY))
        list_import.action_read_file()
        list_import.write({"campaign_id": other.id, "list_id": self.target_list.id})
        with self.assertRaisesRegex(UserError, "belongs to another campaign"):
            list_import.action_import()

    def test_only_campaign_managers_import(self):
        list_import = self.run_import(csv_bytes(DIRTY))
        open_import = self.new_import(csv_bytes(DIRTY))
        open_import.action_read_file()
        open_import._start()
        self.env.flush_all()
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            done, running = list_import.with_user(user), open_import.with_user(user)
            rows, columns = (
                records.with_user(user)
                for records in (list_import.row_ids, list_import.column_ids)
            )
            for attempt, call in (
                ("create", lambda model=done: model.create({"filename": "x"})),
                ("search", lambda model=done: model.search([])),
                ("download", lambda record=done: record.action_download_rejected()),
                ("import", lambda record=running: record._import_step(_NO_RUNTIME)),
                ("undo", lambda record=done: record.action_undo()),
                ("report", lambda record=done: self.report(record)),
                ("start", lambda record=running: record.action_import()),
                ("read rows", lambda records=rows: records.mapped("reason")),
                ("map", lambda records=columns: records.write({"target": "note"})),
            ):
                self.env.invalidate_all()
                with (
                    self.subTest(user=user.login, attempt=attempt),
                    self.assertRaises(AccessError),
                ):
                    call()

    def test_deleting_a_report_keeps_the_names(self):
        list_import = self.run_import(csv_bytes(DIRTY))
        leads = list_import.row_ids.lead_id.with_user(self.env.user)
        list_import.unlink()
        self.assertEqual(len(leads.exists()), 6)


@tagged("post_install", "-at_install")
class TestImportDownload(ImportCommon, HttpCase):
    def test_the_button_leads_to_the_file(self):
        list_import = self.run_import(csv_bytes(DIRTY, encoding="cp1252"))
        action = list_import.action_download_rejected()
        self.authenticate(self.manager.login, self.manager.login)
        answer = self.url_open(action["url"])
        self.assertEqual(answer.status_code, 200)
        self.assertIn("names_rejected.csv", answer.headers["Content-Disposition"])
        self.assertEqual(answer.content, self.report(list_import, rejected=True))
        whole = self.url_open(list_import.action_download_report()["url"])
        self.assertEqual(whole.content, self.report(list_import))
        book = self.url_open(list_import.action_download_report_xlsx()["url"])
        sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
        self.assertEqual(sheet.max_row, 1 + list_import.row_count)
        self.authenticate(self.operator.login, self.operator.login)
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(action["url"]).status_code, 403)
            url = action["url"].replace(str(list_import.id), "999999")
            self.assertEqual(self.url_open(url).status_code, 404)
