"""Who is known: keys that a file lacks, imports of the last version, merged names."""

import importlib.util
import io
from pathlib import Path

from babel.messages import extract

from odoo import fields
from odoo.exceptions import UserError
from odoo.modules.module import get_module_path
from odoo.tests import tagged

from ..models import crm_list_import_column, crm_list_import_match
from .test_import import ImportCommon
from .test_import_tools import csv_bytes

ROWS = [["Nome", "Telefono"], ["Nuovo Nome", "030 9200670"]]
CODE_ONLY = [{"by_fiscal_code": True}]


def key_commands(*values):
    return [fields.Command.clear(), *map(fields.Command.create, values)]


@tagged("post_install", "-at_install")
class TestImportKnown(ImportCommon):
    def prepare(self, rows=None, **values):
        record = self.new_import(csv_bytes(rows or ROWS), **values)
        record.action_read_file()
        return record

    # ------------------------------------------------------------
    # Without a key
    # ------------------------------------------------------------

    def test_an_import_that_knows_nobody_is_refused(self):
        for keys in ([], CODE_ONLY):
            with self.subTest(keys=keys):
                record = self.prepare(key_ids=key_commands(*keys))
                with self.assertRaisesRegex(UserError, "every row would be new"):
                    record._import_all()
                self.assertEqual(record.state, "mapped")
                self.assertFalse(record.row_ids)

    def test_every_row_is_new_only_where_somebody_says_so(self):
        record = self.prepare(without_keys=True)
        self.assertTrue(record.key_ids)
        record._import_all()
        again = self.prepare(without_keys=True)
        again._import_all()
        self.assertEqual((record.accepted_count, again.accepted_count), (1, 1))
        # Of columns that are saved, nobody reads it again.
        record.mapping_name = "Seller"
        record.action_save_mapping()
        self.assertFalse(self.prepare().without_keys)

    def test_keys_that_a_file_lacks_are_shown(self):
        record = self.prepare()
        self.assertEqual(
            record.key_ids.sorted().mapped("missing"),
            [False, "Codice Fiscale", "Partita IVA"],
        )
        self.assertFalse(record.key_ids.new({"by_phone": True}).missing)

    def test_saved_columns_remember_what_belongs_to_the_source(self):
        seller = self.env["crm.list.seller"].create({"name": "Seller"})
        purpose = self.env["crm.consent.purpose"].create(
            {"name": "Offers", "code": "offers", "channel": "phone"}
        )
        portfolio = self.env["crm.portfolio"].create({"name": "Bought", "unit": 1})
        first = self.prepare(destination="archive")
        first.write(
            {
                "mapping_name": "Seller",
                "seller_id": seller.id,
                "consent_purpose_id": purpose.id,
                "consent_source": "Fair",
                "portfolio_id": portfolio.id,
            }
        )
        first.action_save_mapping()
        again = self.prepare(destination="archive")
        self.assertEqual(again.mapping_id.name, "Seller")
        self.assertEqual(again.seller_id, seller)
        self.assertEqual(again.consent_purpose_id, purpose)
        self.assertEqual(
            (again.consent_source, again.portfolio_id), ("Fair", portfolio)
        )
        # What somebody has said of this file comes first.
        other = self.env["crm.list.seller"].create({"name": "Other Seller"})
        said = self.prepare(seller_id=other.id, consent_source="Portal")
        self.assertEqual((said.seller_id, said.consent_source), (other, "Portal"))

    def test_only_labels_of_columns_are_terms(self):
        path = Path(crm_list_import_column.__file__)
        terms = {
            term
            for _line, term, *_rest in extract.extract(
                "odoo.tools.babel:extract_python",
                io.BytesIO(path.read_bytes()),
                keywords={"_": None, "_lt": None},
                options={"encoding": "UTF-8"},
            )
        }
        self.assertIn("Birth Date", terms)
        self.assertFalse(terms.intersection(crm_list_import_column.TARGETS))

    def test_very_many_with_one_number_are_known_the_second_time(self):
        self.patch(crm_list_import_match, "MOST_HOLDERS", 2)
        names = ["Rossi Ada", "BIANCHI UGO", "Verdi S.r.l.", "Però Aldo", "Neri Lia"]
        names += ["Gialli Eva", "Viola Pia", "Èlite Arredi snc"]
        rows = [["Nome", "Telefono"], *([name, "800 123456"] for name in names)]
        record = self.prepare(rows)
        record._import_all(5)
        self.assertEqual(record.accepted_count, 8)
        again = self.prepare([*rows, ["Rossi Ada", "800 123456"]])
        again._import_all(5)
        self.assertEqual((again.accepted_count, again.existing_count), (0, 8))
        self.assertEqual(again.merged_count, 1)
        # Twice in one file: within a batch, and in the next one.
        other = [[name[::-1].title(), "800 123457"] for name in names]
        twice = self.prepare([rows[0], *other, *other])
        twice._import_all(10)
        self.assertEqual((twice.accepted_count, twice.merged_count), (8, 8))

    # ------------------------------------------------------------
    # Imports of the last version
    # ------------------------------------------------------------

    def migrate(self):
        path = get_module_path("crm_campaign_motivi")
        path += "/migrations/19.0.5.0.0/post-import.py"
        spec = importlib.util.spec_from_file_location("post_import", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.env.flush_all()
        module.migrate(self.env.cr, "19.0.4.0.0")
        self.env.invalidate_all()

    def test_imports_of_the_last_version_know_names_by_the_same_keys(self):
        open_one = self.prepare([*ROWS, ["NOTO MARIO", "335 1000001"]])
        done = self.prepare()
        done._import_all()
        own = self.prepare(key_ids=key_commands(*CODE_ONLY))
        (open_one | done).key_ids.unlink()
        self.migrate()
        self.migrate()
        values = [
            (key["sequence"], key["by_name"], key["by_phone"], key["by_vat"])
            for key in open_one.key_ids.sorted()
        ]
        self.assertEqual(
            values,
            [(1, True, True, False), (2, True, False, False), (3, True, False, True)],
        )
        self.assertEqual(
            open_one.key_ids.sorted().mapped("display_name"),
            self.prepare().key_ids.sorted().mapped("display_name"),
        )
        self.assertFalse(done.key_ids)
        self.assertEqual(len(own.key_ids), 1)
        open_one._import_all()
        self.assertEqual((open_one.accepted_count, open_one.existing_count), (0, 2))

    # ------------------------------------------------------------
    # Merged names
    # ------------------------------------------------------------

    def merge_chain(self):
        """Return a name into which a chain of two was merged."""
        first, second, last = self.env["crm.lead"].create(
            [
                {"name": "Impresa Gialla", "phone": "030 9200680", "city": "Roma"},
                {"name": "Giallo Pietro", "mobile": "335 1000011"},
                {"name": "Giallo Piero", "mobile": "335 1000012"},
            ]
        )
        self.env["crm.merge"]._merge(second, first)
        self.env["crm.merge"]._merge(last, second)
        self.assertFalse(first.active or second.active)
        return last

    def test_a_row_of_a_merged_name_means_the_survivor(self):
        kept = self.merge_chain()
        rows = [
            ["Nome", "Telefono", "Email"],
            ["Impresa Gialla", "030 9200680", "info@example.org"],
            ["Giallo Pietro", "335 1000011", ""],
        ]
        record = self.prepare(rows, update_existing=True)
        record._import_all()
        self.env.invalidate_all()
        self.assertEqual(
            [(row.state, row.lead_id) for row in record.row_ids.sorted("row_number")],
            [("updated", kept), ("merged", kept)],
        )
        self.assertEqual(kept.email_from, "info@example.org")
        self.assertEqual(self.target_list.line_ids.lead_id, kept)
        again = self.prepare(rows)
        again._import_all()
        self.assertEqual(again.rejected_count, 0)
        self.assertEqual((again.existing_count, again.merged_count), (1, 1))

    def test_a_survivor_that_is_archived_is_called_so(self):
        kept = self.merge_chain()
        kept.active = False
        record = self.prepare([ROWS[0], ["Impresa Gialla", "030 9200680"]])
        record._import_all()
        self.assertEqual(self.results(record), {2: "archived"})
        self.assertIn(kept.name, record.row_ids.reason)
