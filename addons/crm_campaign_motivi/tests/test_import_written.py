"""What stood in the file, of names that an import changed, and keys that follow."""

from odoo.tests import tagged

from .test_import_update import UpdateCommon

WRITTEN = ["NOTO MARIO", "335 1000001", "V.LE EUROPA, 1", "25121", "BRESCIA"]
WRITTEN += ["", "", ""]
CLEAN = ["Noto Mario", "335 1000001", "Via Roma 3", "25121", "Brescia", "", "", ""]
ALWAYS = dict.fromkeys(("Indirizzo", "CAP", "Citt\xe0"), "always")


@tagged("post_install", "-at_install")
class TestImportWritten(UpdateCommon):
    def written(self):
        self.env.invalidate_all()
        rows = self.known.written_originals or []
        return {row["field"]: row["written"] for row in rows}

    def stale(self):
        self.env.cr.execute(
            "SELECT count(*) FROM crm_dedup_stale WHERE holder = %s", [self.known.id]
        )
        return self.env.cr.fetchone()[0]

    def test_an_updated_name_shows_what_stood_in_the_file(self):
        self.env["crm.lead.original"]._store_originals(
            [(self.known.id, {"street": "v. vecchia 7", "mobile": "335.1000001"})]
        )
        self.run_rows([WRITTEN], update_existing=True, modes=ALWAYS)
        self.assertEqual(self.known.street, "Viale Europa 1")
        self.assertEqual(self.written()["street"], "V.LE EUROPA, 1")
        self.assertEqual(self.written()["city"], "BRESCIA")
        self.assertEqual(self.written()["mobile"], "335.1000001")
        # A value that was right leaves nothing of the last one.
        self.run_rows([CLEAN], update_existing=True, modes=ALWAYS)
        self.assertEqual(self.known.street, "Via Roma 3")
        self.assertNotIn("street", self.written())

    def test_names_that_stay_keep_their_originals(self):
        self.known.street = "Via Po 7"
        self.env["crm.lead.original"]._store_originals(
            [(self.known.id, {"street": "v. po 7"})]
        )
        self.run_rows([WRITTEN], update_existing=True)
        self.assertEqual(self.written()["street"], "v. po 7")

    def test_what_is_put_back_has_new_keys_and_no_original_of_the_file(self):
        record = self.run_rows([WRITTEN], update_existing=True, modes=ALWAYS)
        self.assertIn("street", self.written())
        self.env.cr.execute("DELETE FROM crm_dedup_stale")
        record.action_undo()
        self.assertFalse(self.known.street)
        self.assertTrue(self.stale())
        self.assertNotIn("street", self.written())
