from datetime import date, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools.name_codes import read_date
from .test_import import ImportCommon
from .test_import_tools import csv_bytes

PERSON_CODE = "RCCMNL83S18D969H"
COMPANY_CODE = "00743110157"
HEADERS = (
    "Nominativo;Telefono;Codice Fiscale;Partita IVA;Data di nascita;Indirizzo 2"
    ";Data consenso;Fonte del consenso"
).split(";")


@tagged("post_install", "-at_install")
class TestImportIdentity(ImportCommon):
    """A list brings codes, days of birth and consents; bad ones lose nothing."""

    def _import(self, *rows, headers=HEADERS):
        return self.run_import(csv_bytes([headers, *rows]))

    def test_codes_and_days(self):
        list_import = self._import(
            [
                "Rossi Ada",
                "030 9200669",
                " rcc mnl 83s18 d969h",
                "",
                "",
                "scala b",
                "",
                "",
            ],
            ["Vivai S.r.l.", "030 9200670", "", "IT 743110157", "", "", "", ""],
            ["Verdi Ugo", "030 9200671", "", "", "1/2/1960 00:00", "", "", ""],
        )
        ada, vivai, ugo = (self.lead_at(list_import, row) for row in (2, 3, 4))
        self.assertEqual((ada.fiscal_code, ada.vat_number), (PERSON_CODE, False))
        self.assertEqual(ada.birth_date, date(1983, 11, 18), "said by the code")
        self.assertEqual(ada.street2, "Scala B")
        self.assertEqual(vivai.vat_number, COMPANY_CODE, "zeros lost in Excel")
        self.assertEqual(ugo.birth_date, date(1960, 2, 1))
        self.assertEqual(list_import.remark_count, 0)
        self.assertFalse(any(list_import.row_ids.mapped("reason")))

    def test_a_bad_code_loses_nothing(self):
        """The row comes in, the value stays in the notes, and the row says why."""
        bad = PERSON_CODE[:-1] + "A"
        list_import = self._import(
            [
                "Rossi Ada",
                "030 9200669",
                bad,
                "00743110158",
                "31/02/1980",
                "",
                "01/01/2199",
                "web",
            ],
        )
        ada = self.lead_at(list_import, 2)
        row = list_import.row_ids
        self.assertEqual((row.state, list_import.remark_count), ("accepted", 1))
        self.assertFalse(ada.fiscal_code or ada.vat_number or ada.birth_date)
        for written in (bad, "00743110158", "31/02/1980", "01/01/2199"):
            self.assertIn(written, row.reason)
            self.assertIn(written, ada.description)
        self.assertIn("is not valid: a character is missing or wrong", row.reason)
        self.assertFalse(ada._consent_history())
        action = list_import.action_open_remarks()
        self.assertTrue(action["context"]["search_default_remark"])

    def test_consents_of_a_list(self):
        """One per number, on the day in the file; said later, the later holds."""
        known, withdrawn = self.leads[:2]
        purpose = self.env.ref("crm_callcenter.crm_consent_purpose_calls")
        consents = self.env["crm.consent"]
        consents.create(
            {
                "value": withdrawn.phone_e164,
                "purpose_id": purpose.id,
                "action": "withdrawn",
                "source": "call",
                "text_version": "1",
                "date": "2025-06-01",
            }
        )
        rows = [
            [
                "Rossi Ada",
                "030 9200669 / 333 4445566",
                *[""] * 4,
                "01/02/2025",
                "Portal",
            ],
            [known.name, known.phone, *[""] * 4, "2025-02-01", ""],
            ["Other Name", withdrawn.phone, *[""] * 4, "01/02/2025", ""],
            ["No Day", "030 9200672", *[""] * 4, "", "Portal"],
        ]
        list_import = self._import(*rows)
        ada = self.lead_at(list_import, 2)
        history = ada._consent_history()
        self.assertEqual(set(history.mapped("value")), set(ada._e164_numbers()))
        self.assertEqual(len(history), 2)
        self.assertEqual(set(history.mapped("source_note")), {"Portal"})
        self.assertEqual(set(history.mapped("source")), {"list"})
        self.assertEqual(history.user_id, self.manager)
        self.assertEqual(history.mapped("lead_ref"), [ada.id] * 2)
        self.assertTrue(consents._is_given(known.phone_e164, purpose))
        self.assertFalse(consents._is_given(withdrawn.phone_e164, purpose))
        no_day = list_import.row_ids.filtered(lambda row: row.row_number == 5)
        self.assertIn("has no date and is not recorded", no_day.reason)
        count = consents.search_count([])
        self._import(*rows)
        self.assertEqual(consents.search_count([]), count, "once per day and number")

    def test_the_day_of_the_file_is_for_rows_without_one(self):
        """A cell that says no, or is no date, is no consent; nor is a rejected row."""
        days = ["", "NO", "revocato", "31/02/2026", "01/02/2025", "-"]
        rows = [
            [f"Nome {name}", f"030 92006{at}0", *[""] * 4, day, "Fair"]
            for at, (name, day) in enumerate(zip("abcdef", days, strict=True))
        ]
        self.archived.mobile = "335 1000002"
        rows.append(["Perso Mario", "335 1000002", *[""] * 6])
        record = self.run_import(
            csv_bytes([HEADERS, *rows]), consent_date="2025-01-31", filename="c.csv"
        )
        self.assertEqual((record.accepted_count, record.rejected_count), (6, 1))
        consents = self.env["crm.consent"].search([("import_ref", "=", record.id)])
        self.assertEqual(
            {(row.value, str(row.date)[:10], row.source_note) for row in consents},
            {
                ("+390309200600", "2025-01-31", "Fair"),
                ("+390309200640", "2025-02-01", "Fair"),
                ("+390309200650", "2025-01-31", "Fair"),
            },
        )
        self.assertEqual(record.remark_count, 3)

    def test_no_consent_is_given_tomorrow(self):
        tomorrow = self.company._local_day() + timedelta(days=1)
        with self.assertRaisesRegex(ValidationError, "dated in the future"):
            self.new_import(csv_bytes([HEADERS]), consent_date=tomorrow)
        self.new_import(csv_bytes([HEADERS]), consent_date=self.company._local_day())

    def test_erasure_reaches_the_file(self):
        """Rows that became no name, samples and the file itself go as well."""
        list_import = self._import(
            ["Rossi Ada", "030 9200669", PERSON_CODE, "", "", "", "", ""],
            ["Rossi Ada", "+39 030/9200669", "", "", "", "", "", ""],
            ["", "030-9200669", "", "", "", "", "", ""],
            ["Verdi Ugo", "030 9200671", "", "", "", "", "", ""],
            ["", "030 9200672", "", "", "", "", "", ""],
        )
        self.assertEqual((list_import.merged_count, list_import.rejected_count), (1, 2))
        ada = self.lead_at(list_import, 2)
        self.assertTrue(list_import.file and list_import.sample_rows)
        ada._erase("Letter")
        self.env["crm.list.import.row"].invalidate_model()
        rows = {row.row_number: row.summary for row in list_import.row_ids}
        self.assertEqual(
            [bool(rows[number]) for number in (2, 3, 4, 5, 6)],
            [False, False, False, True, True],
        )
        self.assertFalse(list_import.file or list_import.sample_rows)
        self.assertFalse(any(list_import.column_ids.mapped("samples")))
        self.assertIn(
            "030 9200672", self.report(list_import, rejected=True).decode("utf-8-sig")
        )
        self.assertNotIn(
            "9200669", self.report(list_import, rejected=True).decode("utf-8-sig")
        )

    def test_rejected_rows_leave_with_a_log(self):
        list_import = self._import(["", "030 9200669", *[""] * 6])
        list_import.with_user(self.manager).action_download_rejected()
        row = self.env["crm.export.log"].search([], limit=1)
        self.assertEqual((row.user_id, row.row_count), (self.manager, 1))
        self.assertIn(str(list_import.id), row.search_domain)

    def test_dates_as_they_are_written(self):
        for written, expected in (
            ("31/12/1980", date(1980, 12, 31)),
            ("1.2.80", date(1980, 2, 1)),
            ("01-02-2001 10:30", date(2001, 2, 1)),
            ("1980-12-31T00:00:00", date(1980, 12, 31)),
            ("31/02/1980", None),
            ("1/1/2999", None),
            ("1980", None),
            ("hello", None),
        ):
            self.assertEqual(read_date(written), expected, written)
