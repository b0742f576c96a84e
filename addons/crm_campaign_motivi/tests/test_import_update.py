"""Known names: by which keys they are found, what they get, and taking it back."""

import io
from datetime import timedelta

import openpyxl

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..models import (
    crm_list_import_clean,
    crm_list_import_first_load,
    crm_list_import_report,
)
from ..models.crm_list_import_job import _NO_RUNTIME
from .test_import import ImportCommon
from .test_import_tools import csv_bytes

TITLES = ["Nome", "Telefono", "Indirizzo", "CAP", "Città", "Email", "CF", "Note"]


class UpdateCommon(ImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.custom = cls.env["crm.custom.field"].create(
            [
                {"label": "Import kWh", "field_type": "integer"},
                {"label": "Import code", "field_type": "text", "is_indexed": True},
                {
                    "label": "Import roof",
                    "field_type": "choice",
                    "choice_ids": [
                        fields.Command.create({"name": name})
                        for name in ("Flat", "Tile")
                    ],
                },
                {
                    "label": "Import wishes",
                    "field_type": "choices",
                    "choice_ids": [
                        fields.Command.create({"name": name})
                        for name in ("Sun", "Heat")
                    ],
                },
            ]
        )
        cls.kwh, cls.code, cls.roof, cls.wishes = cls.custom.mapped("name")
        cls.others = cls.env["crm.custom.field"].create(
            [
                {"label": f"Import {kind}", "field_type": kind}
                for kind in (
                    "decimal",
                    "date",
                    "datetime",
                    "yes_no",
                    "contact",
                    "amount",
                )
            ]
        )

    def prepare(self, rows, titles=None, modes=None, **values):
        """Return an import whose columns are read, ready to begin."""
        record = self.new_import(csv_bytes([titles or TITLES, *rows]), **values)
        record.action_read_file()
        if record.header_row != 1:
            record.header_row = 1
            record.action_read_file()
        for column in record.column_ids:
            column.update_mode = (modes or {}).get(column.name, "empty")
        record.write({name: values[name] for name in values if name != "filename"})
        return record

    def run_rows(self, rows, **values):
        record = self.prepare(rows, **values)
        record._import_all()
        self.env.invalidate_all()
        return record

    def state_of(self, record, number=2):
        return record.row_ids.filtered(lambda row: row.row_number == number).state


@tagged("post_install", "-at_install")
class TestImportUpdate(UpdateCommon):
    ROW = ["Noto Mario", "335 1000001", "Via Po 3", "25121", "Brescia"]
    ROW += ["mario@example.org", "", "richiamare"]

    def test_known_names_stay_as_they_are_unless_asked(self):
        self.run_rows([self.ROW])
        self.assertFalse(self.known.email_from)

    def test_each_column_says_when(self):
        self.known.write({"email_from": "old@example.org", "city": "Brescia"})
        record = self.run_rows(
            [self.ROW], update_existing=True, modes={"Note": "never"}
        )
        self.assertEqual(self.state_of(record), "updated")
        self.assertEqual(record.updated_count, 1)
        self.assertEqual(self.known.email_from, "old@example.org")
        self.assertEqual((self.known.street, self.known.zip), ("Via Po 3", "25121"))
        self.assertFalse(self.known.description)
        self.run_rows([self.ROW], update_existing=True, modes={"Email": "always"})
        self.assertEqual(self.known.email_normalized, "mario@example.org")

    def test_an_address_for_mail_changes_as_a_whole(self):
        self.known.email_from = "mario(at)example.org"
        self.assertFalse(self.known.email_normalized)
        self.run_rows([self.ROW], update_existing=True)
        self.assertEqual(self.known.street, "Via Po 3")
        self.assertEqual(self.known.email_from, "mario(at)example.org")
        self.assertFalse(self.known.email_normalized)
        self.known.email_from = "old@firm.example.org"
        self.run_rows([self.ROW], update_existing=True, modes={"Email": "always"})
        self.assertEqual(self.known.email_normalized, "mario@example.org")
        self.assertEqual(self.known.email_domain_criterion, "@example.org")

    def test_the_first_number_is_the_one_that_is_searched(self):
        self.assertEqual(self.known.phone_sanitized, "+393351000001")
        row = ["Noto Mario", "335 1000009", *[""] * 3, "noto@example.org", "", ""]
        self.known.email_from = "noto@example.org"
        self.run_rows(
            [row],
            update_existing=True,
            modes={"Telefono": "always"},
            key_ids=self.keys(["by_email"]),
        )
        self.assertEqual(self.known.mobile_e164, "+393351000009")
        self.assertEqual(self.known.phone_sanitized, "+393351000009")

    def test_zero_is_a_value(self):
        self.known[self.kwh] = 3
        record = self.prepare(
            [["Noto Mario", "335 1000001", "0"]],
            titles=["Nome", "Telefono", "kWh"],
            modes={"kWh": "always"},
            update_existing=True,
        )
        record.column_ids[2].target = self.kwh
        record._import_all()
        self.env.invalidate_all()
        self.assertEqual(self.known[self.kwh], 0)
        self.assertEqual(self.state_of(record), "updated")
        record.action_undo()
        self.env.invalidate_all()
        self.assertEqual(self.known[self.kwh], 3)

    def test_an_address_is_not_filled_up_with_parts_of_another(self):
        self.known.write({"street": "Via Roma 1", "city": "Milano"})
        self.run_rows([self.ROW], update_existing=True)
        self.assertEqual((self.known.street, self.known.city), ("Via Roma 1", "Milano"))
        self.assertFalse(self.known.zip)

    def test_the_zone_follows_the_address(self):
        titles = [*TITLES, "Prov"]
        self.run_rows([[*self.ROW, "BS"]], titles=titles, update_existing=True)
        self.assertEqual(self.known.zone_id, self.zone)

    def test_numbers_go_into_a_free_place(self):
        row = ["Noto Mario", "335 1000001 / 030 9200669", *[""] * 6]
        self.run_rows([row], update_existing=True)
        self.assertEqual(self.known.mobile_e164, "+393351000001")
        self.assertEqual(self.known.phone_e164, "+390309200669")

    def test_the_same_file_again_changes_nothing(self):
        first = self.run_rows([self.ROW], update_existing=True)
        before = self.known.write_date
        again = self.run_rows([self.ROW], update_existing=True)
        self.assertEqual((again.updated_count, again.existing_count), (0, 1))
        self.assertEqual(self.known.write_date, before)
        self.assertEqual(again.same_file_id, first)

    def test_customers_and_names_in_hand_are_left_alone(self):
        self.known.partner_id = self.env["res.partner"].create({"name": "Noto Mario"})
        record = self.run_rows([self.ROW], update_existing=True)
        self.assertEqual(self.state_of(record), "existing")
        self.assertIn("customer", record.row_ids.reason)
        self.assertFalse(self.known.street)
        self.known.partner_id = False
        line = self.target_list.line_ids.filtered(lambda one: one.lead_id == self.known)
        line.sudo().write(
            {
                "claimed_by_id": self.operator.id,
                "claimed_until": fields.Datetime.now() + timedelta(hours=1),
            }
        )
        self.env.flush_all()
        record = self.run_rows([self.ROW], update_existing=True)
        self.assertIn("in hand", record.row_ids.reason)
        self.assertFalse(self.known.street)

    def test_only_known_names(self):
        rows = [self.ROW, ["Nuovo Nome", "030 9200670", *[""] * 6]]
        record = self.run_rows(rows, only_update=True, update_existing=True)
        self.assertEqual(
            (record.accepted_count, record.updated_count, record.rejected_count),
            (0, 1, 1),
        )
        self.assertEqual(record.row_ids[1].problem, "not_known")

    def test_into_the_archive_only(self):
        before = self.env["crm.call.list.line"].search_count([])
        record = self.run_rows(
            [["Nuovo Nome", "030 9200670", *[""] * 6]],
            destination="archive",
            campaign_id=False,
            list_id=False,
        )
        lead = self.lead_at(record, 2)
        self.assertEqual(lead.name, "Nuovo Nome")
        self.assertEqual(lead.company_id, self.manager.company_id)
        self.assertEqual(self.env["crm.call.list.line"].search_count([]), before)

    def test_the_preview_says_who_is_known(self):
        record = self.prepare([self.ROW, ["Nuovo Nome", "030 9200670", *[""] * 6]])
        preview = str(record.preview)
        self.assertIn("known: Noto Mario", preview)
        self.assertIn("<td>new</td>", preview)

    # ------------------------------------------------------------
    # Keys
    # ------------------------------------------------------------

    def keys(self, *keys):
        return [
            fields.Command.clear(),
            *(fields.Command.create({part: True for part in key}) for key in keys),
        ]

    def test_keys_are_asked_in_their_order(self):
        code = "RSSMRA80A01F205X"
        other = self.env["crm.lead"].create(
            {"name": "Rossi Maria", "fiscal_code": code, "email_from": "r@example.org"}
        )
        row = ["Rossi Mario", "030 9200671", "", "", "", "R@example.org", code, ""]
        record = self.run_rows([row])
        self.assertEqual(self.state_of(record), "accepted")
        self.lead_at(record, 2).unlink()
        for key in ("by_fiscal_code", "by_email"):
            record = self.run_rows([row], key_ids=self.keys([key]))
            self.assertEqual(self.lead_at(record, 2), other)

    def test_a_custom_code_is_a_key(self):
        self.env["crm.lead"].flush_model()
        self.known[self.code] = "C-77"
        record = self.prepare(
            [["C-77", "1200"]],
            titles=["Import code", "Import kWh"],
            only_update=True,
            update_existing=True,
            key_ids=[
                fields.Command.clear(),
                fields.Command.create({"custom_field_id": self.custom[1].id}),
            ],
        )
        for column in record.column_ids:
            column.target = {"Import code": self.code, "Import kWh": self.kwh}[
                column.name
            ]
        record._import_all()
        self.env.invalidate_all()
        self.assertEqual(self.known[self.kwh], 1200)
        self.assertEqual(record.updated_count, 1)

    def test_a_key_that_thousands_share_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "are no key"):
            self.prepare([self.ROW], key_ids=self.keys(["by_name", "by_city"]))

    def test_a_key_that_the_file_has_not_is_said(self):
        record = self.prepare(
            [["Rossi", "030 9200671"]],
            titles=["Nome", "Telefono"],
            only_update=True,
            key_ids=self.keys(["by_email"]),
        )
        with self.assertRaisesRegex(UserError, "No key can find"):
            record._import_all()

    # ------------------------------------------------------------
    # Custom fields
    # ------------------------------------------------------------

    def test_custom_fields_of_every_kind(self):
        custom = self.others
        partner = self.env["res.partner"].create({"name": "Studio Unico Bianchi"})
        names = [self.kwh, self.code, self.roof, self.wishes, *custom.mapped("name")]
        values = ["1.200", "x-1", "TILE", "sun, heat", "3,5", "31/12/2024"]
        values += ["2024-12-31 10:30", "sì", "studio unico bianchi", "€ 1.234,50"]
        titles = ["Nome", "Telefono", *(f"F{at}" for at in range(len(names)))]
        bad = ["Verdi Ugo", "030 9200673", "tanti", "y", "Slate", "moon", "x"]
        bad += ["31/31/2024", "?", "forse", "nobody", "x"]
        self.manager.tz = "Europe/Rome"
        record = self.prepare(
            [["Rossi Ada", "030 9200672", *values], bad],
            titles=titles,
        )
        for column in record.column_ids.filtered(lambda one: one.name.startswith("F")):
            column.target = names[int(column.name[1:])]
        record._import_all()
        self.env.invalidate_all()
        lead = self.lead_at(record, 2)
        self.assertEqual(lead[self.kwh], 1200)
        self.assertEqual(lead[self.code], "x-1")
        self.assertEqual(lead[self.roof].name, "Tile")
        self.assertEqual(lead[self.wishes].mapped("name"), ["Sun", "Heat"])
        decimal, day, moment, yes, contact, amount = custom.mapped("name")
        self.assertEqual(lead[decimal], 3.5)
        self.assertEqual(str(lead[day]), "2024-12-31")
        # Written in Rome, kept in UTC.
        self.assertEqual(str(lead[moment]), "2024-12-31 09:30:00")
        self.assertTrue(lead[yes])
        self.assertEqual(lead[contact], partner)
        self.assertEqual(lead[amount], 1234.5)
        wrong = self.lead_at(record, 3)
        self.assertFalse(any(wrong[name] for name in names if name != self.code))
        self.assertIn("moon", record.row_ids[1].reason)
        self.assertEqual(record.remark_count, 1)

    def test_custom_fields_alone_are_filled(self):
        """Nothing else of a known name changes, and all of it can be taken back."""
        self.known[self.kwh] = 7
        record = self.prepare(
            [["Noto Mario", "335 1000001", "1200", "x-9", "Brescia"]],
            titles=["Nome", "Telefono", "kWh", "Codice sorgente", "Città"],
            modes={"kWh": "always"},
            fill_custom=True,
        )
        record.column_ids[2].target = self.kwh
        record.column_ids[3].target = self.code
        record._import_all()
        self.env.invalidate_all()
        self.assertEqual((self.known[self.kwh], self.known[self.code]), (1200, "x-9"))
        self.assertFalse(self.known.city)
        self.assertEqual(record.updated_count, 1)
        record.action_undo()
        self.env.invalidate_all()
        self.assertEqual((self.known[self.kwh], self.known[self.code]), (7, False))

    def test_the_rule_of_a_field_holds_for_files(self):
        self.custom[0].write(
            {"rule_expression": "value < 100", "rule_message": "too much"}
        )
        self.known.write({self.kwh: 7, "contact_name": "Noto Mario"})
        rows = [
            ["Rossi Ada", "030 9200672", "500"],
            ["Noto Mario", "335 1000001", "900"],
        ]
        record = self.prepare(
            rows,
            titles=["Nome", "Telefono", "kWh"],
            modes={"kWh": "always"},
            update_existing=True,
        )
        record.column_ids[2].target = self.kwh
        record._import_all()
        self.env.invalidate_all()
        self.assertFalse(self.lead_at(record, 2)[self.kwh])
        self.assertEqual(self.known[self.kwh], 7)
        for row in record.row_ids:
            self.assertIn("refuses", row.reason)
        # Nothing of the known name has changed, so nothing is put back.
        self.assertEqual((record.updated_count, record.existing_count), (0, 1))
        record.action_undo()
        self.assertEqual((record.restored_count, record.kept_count), (0, 0))

    def test_a_rule_takes_back_only_what_the_file_brought(self):
        """A field that the file doesn't bring keeps its value, whatever its rule."""
        self.known[self.kwh] = 700
        self.env.flush_all()
        self.custom[0].write(
            {
                "rule_expression": f"value < 100 or {self.code} == 'x'",
                "rule_message": "too much",
            }
        )
        record = self.prepare(
            [["Noto Mario", "335 1000001", "y"]],
            titles=["Nome", "Telefono", "Code"],
            update_existing=True,
        )
        record.column_ids[2].target = self.code
        record._import_all()
        self.env.invalidate_all()
        self.assertEqual((self.known[self.kwh], self.known[self.code]), (700, "y"))
        self.assertEqual(self.state_of(record), "updated")

    def test_a_read_only_field_is_no_target(self):
        self.custom[0].access_campaign_manager = "readonly"
        record = self.prepare([self.ROW])
        targets = dict(record.column_ids._selection_target())
        self.assertNotIn(self.kwh, targets)
        self.assertIn(self.code, targets)

    # ------------------------------------------------------------
    # Undo
    # ------------------------------------------------------------

    def test_a_whole_import_is_taken_back(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM crm_lead ORDER BY id")
        before = self.env.cr.fetchall()
        rows = [self.ROW, ["Nuovo Nome", "030 9200670", *[""] * 6]]
        record = self.run_rows(rows, update_existing=True)
        new = self.lead_at(record, 3)
        record.action_undo()
        self.env.invalidate_all()
        self.assertEqual(record.state, "undone")
        self.assertEqual(
            (record.undone_count, record.restored_count, record.kept_count), (1, 1, 0)
        )
        self.assertFalse(new.exists())
        self.assertFalse(self.known.street or self.known.email_from)
        self.assertFalse(self.target_list.line_ids)
        self.env.cr.execute("SELECT * FROM crm_lead ORDER BY id")
        names = [column.name for column in self.env.cr.description]
        stamps = {names.index("write_date"), names.index("write_uid")}
        for old, now in zip(before, self.env.cr.fetchall(), strict=True):
            for at, name in enumerate(names):
                if at not in stamps:
                    self.assertEqual(old[at], now[at], name)

    def test_names_used_since_are_kept_with_a_reason(self):
        rows = [
            ["Nome Uno", "030 9200670", *[""] * 6],
            ["Nome Due", "030 9200671", *[""] * 6],
            ["Nome Tre", "030 9200672", *[""] * 6],
            ["Nome Quattro", "030 9200673", *[""] * 6],
            ["Nome Cinque", "030 9200674", *[""] * 6],
            self.ROW,
        ]
        record = self.run_rows(rows, update_existing=True)
        leads = [self.lead_at(record, number) for number in range(2, 7)]
        leads[0].with_user(self.env.user)._register_outcome(self.outcomes["R"])
        self.env.cr.execute(
            "UPDATE crm_lead SET city = 'Roma', write_date = create_date + '1 min'"
            " WHERE id = %s",
            [leads[1].id],
        )
        leads[2].message_post(body="call him")
        self.env.cr.execute(
            "UPDATE crm_lead SET write_date = create_date WHERE id = %s", [leads[2].id]
        )
        self.call_list._add_leads(leads[3].ids)
        self.known.sudo().city = "Torino"
        self.env.flush_all()
        record.action_undo()
        self.env.invalidate_all()
        self.assertEqual([bool(lead.exists()) for lead in leads], [True] * 4 + [False])
        self.assertEqual(record.kept_count, 5)
        self.assertEqual(self.known.city, "Torino")
        self.assertFalse(self.known.email_from)
        kept = self.env["crm.list.import.row"].search(
            record.action_open_kept()["domain"]
        )
        self.assertEqual(len(kept), 5)
        self.assertTrue(all(kept.mapped("reason")))

    def test_nothing_is_taken_back_twice(self):
        record = self.run_rows([self.ROW])
        record.action_undo()
        with self.assertRaisesRegex(UserError, "nothing to take back"):
            record.action_undo()

    # ------------------------------------------------------------
    # Saved columns, report, cleaning
    # ------------------------------------------------------------

    def test_saved_columns_are_used_by_themselves(self):
        titles = ["Colonna A", "Colonna B", "Nota"]
        record = self.prepare([["x", "y", "z"]], titles=titles)
        record.column_ids[0].target = "full_name"
        record.column_ids[1].target = "phone"
        record.column_ids[2].write({"target": "note", "update_mode": "never"})
        record.write({"update_existing": True, "key_ids": self.keys(["by_phone"])})
        with self.assertRaisesRegex(UserError, "Write the name"):
            record.action_save_mapping()
        record.mapping_name = "Seller Rossi"
        record.action_save_mapping()
        again = self.new_import(
            csv_bytes(
                [["NOTA", "Colonna B", "colonna a"], ["n", "030 9200670", "Ada Po"]]
            )
        )
        again.action_read_file()
        self.assertEqual(again.mapping_id.name, "Seller Rossi")
        self.assertEqual(
            again.column_ids.mapped("target"), ["note", "phone", "full_name"]
        )
        self.assertTrue(again.update_existing)
        self.assertEqual(again.key_ids.mapped("by_phone"), [True])
        self.assertEqual(again.column_ids[0].update_mode, "never")
        again._import_all()
        self.assertEqual(again.mapping_id.use_count, 1)
        # Other columns, but the seller's name.
        other = self.new_import(
            csv_bytes([["Colonna A", "Colonna B", "X"], ["a", "b", "c"]]),
            "seller_rossi_2026.csv",
        )
        other.action_read_file()
        self.assertEqual(other.mapping_id.name, "Seller Rossi")

    def test_reports_hold_every_row_and_no_formula(self):
        rows = [["Nuovo Nome", "030 9200670", "=1+1", *[""] * 5], ["x", "y", *[""] * 6]]
        record = self.run_rows(rows)
        book = openpyxl.load_workbook(
            io.BytesIO(self.report(record, "xlsx")), data_only=False
        )
        found = list(book.active.iter_rows(values_only=True))
        self.assertEqual(len(found), 3)
        self.assertEqual(found[1][2], "'=1+1")
        self.assertTrue(
            all(cell.data_type != "f" for row in book.active for cell in row)
        )
        self.assertEqual(found[2][9], "Rejected")
        text = self.report(record).decode("utf-8-sig")
        self.assertEqual(len(text.splitlines()), 3)
        self.assertIn("report.xlsx", record.action_download_report_xlsx()["url"])
        self.patch(crm_list_import_report, "XLSX_MOST", 1)
        with self.assertRaisesRegex(UserError, "as CSV"):
            record.action_download_report_xlsx()

    def test_old_rows_go_and_the_figures_stay(self):
        record = self.run_rows([self.ROW, ["x", "y", *[""] * 6]])
        summary = str(record.rejected_summary)
        record.date_done = fields.Datetime.now() - timedelta(days=400)
        self.env.flush_all()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 1)
        self.env["ir.config_parameter"].sudo().set_param(
            "crm_campaign_motivi.import_keep_days", "0"
        )
        self.env["crm.list.import"]._clean_old_rows()
        self.assertTrue(record.row_ids)
        self.env["ir.config_parameter"].sudo().set_param(
            "crm_campaign_motivi.import_keep_days", "30"
        )
        self.env["crm.list.import"]._clean_old_rows()
        self.env.invalidate_all()
        self.assertFalse(record.row_ids)
        self.assertEqual((record.existing_count, record.rejected_count), (1, 1))
        self.assertEqual(str(record.rejected_summary), summary)
        with self.assertRaisesRegex(UserError, "have been cleaned"):
            record.action_undo()

    def test_what_a_night_had_no_time_for_goes_in_the_next_one(self):
        record = self.run_rows([self.ROW, ["x", "y", *[""] * 6]])
        summary = str(record.rejected_summary)
        record.date_done = fields.Datetime.now() - timedelta(days=400)
        self.env.flush_all()
        self.patch(crm_list_import_clean, "CLEAN_BATCH", 1)
        left = [0]
        self.patch(
            type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: left[0]
        )
        for _night in range(4):
            self.env["crm.list.import"]._clean_old_rows()
            self.env.invalidate_all()
        self.assertFalse(record.row_ids)
        self.assertFalse(self.env["crm.list.import"]._to_clean(fields.Datetime.now()))
        self.assertEqual(str(record.rejected_summary), summary)

    def test_an_index_that_was_forgotten_is_built_at_night(self):
        name = "crm_lead_forgotten_index"
        self.env["crm.list.import.index"].create(
            {
                "name": name,
                "definition": f"CREATE INDEX {name} ON crm_lead (referred)",
            }
        )
        self.env["crm.list.import"]._clean_old_rows()
        self.assertFalse(self.env["crm.list.import.index"].search([]))
        self.env.cr.execute("SELECT 1 FROM pg_indexes WHERE indexname = %s", [name])
        self.assertEqual(self.env.cr.rowcount, 1)

    def test_nobody_deletes_what_is_half_in(self):
        record = self.prepare([["Nuovo Nome", f"030 920067{at}"] for at in range(4)])
        record._start()
        record._import_step(_NO_RUNTIME)
        with self.assertRaisesRegex(UserError, "is not done"):
            record.unlink()
        record._import_step(_NO_RUNTIME, 2)
        record.state = "stopped"
        with self.assertRaisesRegex(UserError, "take it back"):
            record.unlink()
        record.state = "done"
        record.unlink()

    def test_consents_of_the_whole_file(self):
        self.run_rows(
            [["Nuovo Nome", "030 9200670", *[""] * 6]],
            consent_date="2024-05-01",
            consent_source="Fair",
        )
        consent = self.env["crm.consent"].search([("value", "=", "+390309200670")])
        self.assertEqual(
            (consent.source_note, str(consent.date)[:10]), ("Fair", "2024-05-01")
        )


@tagged("post_install", "-at_install")
class TestImportFirstLoad(UpdateCommon):
    """A large first load builds the indexes of names at its end."""

    def setUp(self):
        super().setUp()
        self.patch(crm_list_import_first_load, "LARGE_FILE", 2)
        self.patch(crm_list_import_first_load, "SMALL_ARCHIVE", 10**9)

    def _indexes(self):
        self.env.cr.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'crm_lead'"
        )
        return dict(self.env.cr.fetchall())

    def _begin(self):
        rows = [
            [f"Nome {one}", f"030 920067{at}", *[""] * 6]
            for at, one in enumerate("abc")
        ]
        record = self.prepare(rows, destination="archive")
        record._start()
        record._import_step(_NO_RUNTIME)
        return record

    def test_indexes_are_the_same_in_the_end(self):
        before = self._indexes()
        record = self._begin()
        without = self._indexes()
        self.assertLess(len(without), len(before))
        self.assertIn("crm_lead_pkey", without)
        self.assertTrue(any("(phone_e164" in text for text in without.values()))
        record._import_here()
        self.assertEqual(record.state, "done")
        self.assertEqual(self._indexes(), before)
        self.assertFalse(self.env["crm.list.import.index"].sudo().search_count([]))

    def test_a_start_after_a_crash_builds_them_again(self):
        before = self._indexes()
        record = self._begin()
        indexes = self.env["crm.list.import.index"].sudo()
        indexes._register_hook()
        self.assertLess(
            len(self._indexes()), len(before), "built under a running import"
        )
        record.sudo().state = "stopped"
        self.env.flush_all()
        indexes._register_hook()
        self.assertEqual(self._indexes(), before)

    def test_an_archive_at_work_keeps_its_indexes(self):
        self.patch(crm_list_import_first_load, "SMALL_ARCHIVE", 0)
        before = self._indexes()
        self._begin()
        self.assertEqual(self._indexes(), before)
