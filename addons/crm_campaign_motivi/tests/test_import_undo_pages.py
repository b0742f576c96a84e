"""Imports are taken back page by page, and stopped and continued in between."""

from odoo.tests import tagged

from ..models import crm_list_import_undo
from ..models.crm_list_import_job import _NO_RUNTIME
from .test_import_update import UpdateCommon


@tagged("post_install", "-at_install")
class TestImportUndoPages(UpdateCommon):
    KNOWN = ["Noto Mario", "335 1000001", "Via Po 3", "25121", "Brescia", *[""] * 3]
    NEW = ["Nuovo Nome", "030 9200670", *[""] * 6]
    MORE = [*NEW[:5], "nuovo@example.org", "", ""]

    def setUp(self):
        super().setUp()
        self.patch(crm_list_import_undo, "UNDO_BATCH", 1)

    def take_back(self, record):
        record.action_undo()
        self.env.flush_all()
        if record.state == "running":
            record._last_job().sudo()._work_at_once()
        self.env.invalidate_all()
        self.assertEqual(record.state, "undone")
        return record.undone_count, record.restored_count, record.kept_count

    def an_hour_ago(self):
        """Let all names be an hour older, as a later batch would find them."""
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE crm_lead SET create_date = create_date - interval '1 hour',
                                   write_date = write_date - interval '1 hour'"""
        )
        self.env.cr.execute(
            """UPDATE crm_list_import_row
                  SET system_date = system_date - interval '1 hour'"""
        )
        self.env.invalidate_all()

    def run_in_batches(self, rows):
        """Import rows one by one, an hour apart."""
        record = self.prepare(rows, update_existing=True)
        record._start()
        record._import_step(_NO_RUNTIME)
        for _row in rows:
            record._import_step(_NO_RUNTIME, 1)
            self.an_hour_ago()
        record._import_here(1)
        self.assertEqual(record.state, "done")
        return record

    def test_a_name_with_rows_on_two_pages_is_put_back_once(self):
        rows = [self.KNOWN, [*self.KNOWN[:5], "mario@example.org", "", ""]]
        record = self.run_rows(rows, update_existing=True, consent_date="2024-05-01")
        self.assertEqual((record.updated_count, record.merged_count), (1, 1))
        self.assertEqual(self.known.email_from, "mario@example.org")
        self.assertEqual(self.take_back(record), (0, 1, 0))
        self.assertFalse(self.known.street or self.known.email_from)
        self.assertFalse(any(record.row_ids.mapped("reason")[:1]))
        self.assertEqual(record.withdrawn_count, 1)

    def test_taken_back_again_after_a_stop_goes_on(self):
        record = self.run_rows([self.KNOWN, self.NEW], update_existing=True)
        new = self.lead_at(record, 3)
        record.action_undo()
        self.env.flush_all()
        job = record._last_job()
        for _step in ("begins", "first page"):
            self.assertTrue(job.sudo()._job_batch([]))
        record.action_cancel()
        self.assertEqual((record.state, record.restored_count), ("stopped", 1))
        self.assertFalse(self.known.street)
        self.assertTrue(new.exists())
        self.assertEqual(self.take_back(record), (1, 1, 0))
        self.assertEqual(record._last_job(), job)
        self.assertFalse(new.exists())

    def test_a_new_name_that_a_later_row_filled_up_goes(self):
        record = self.run_in_batches([self.NEW, self.MORE])
        lead = self.lead_at(record, 2)
        self.assertEqual(lead.email_from, "nuovo@example.org")
        self.assertGreater(lead.write_date, lead.create_date)
        self.assertEqual(self.take_back(record), (1, 0, 0))
        self.assertFalse(lead.exists())

    def test_a_new_name_that_another_file_filled_up_stays(self):
        record = self.run_in_batches([self.NEW])
        self.run_in_batches([self.MORE])
        lead = self.lead_at(record, 2)
        self.assertEqual(self.take_back(record), (0, 0, 1))
        self.assertEqual(lead.email_from, "nuovo@example.org")

    def test_a_new_name_that_stays_keeps_all_that_the_file_gave_it(self):
        record = self.run_in_batches([self.NEW, self.MORE])
        lead = self.lead_at(record, 2)
        lead.city = "Brescia"
        self.env.flush_all()
        self.assertEqual(self.take_back(record), (0, 0, 1))
        self.assertEqual(lead.email_from, "nuovo@example.org")
        self.assertEqual(self.target_list.line_ids.lead_id, lead)

    def test_a_name_that_somebody_put_into_the_list_stays_there(self):
        customer = self.env.ref("crm_callcenter.crm_commercial_state_customer")
        self.known._correct_state(customer, "correction")
        self.env.flush_all()
        record = self.run_rows([self.KNOWN])
        self.assertEqual(record.left_out_count, 1)
        self.assertFalse(self.target_list.line_ids)
        self.target_list._add_leads(self.known.ids)
        self.assertEqual(self.target_list.line_ids.lead_id, self.known)
        self.take_back(record)
        self.assertEqual(self.target_list.line_ids.lead_id, self.known)
