"""Imports and what others do at the same moment, on real connections."""

import contextlib
from unittest.mock import patch

from psycopg2.errors import LockNotAvailable

from odoo.tests import tagged

from .test_import_concurrency import ImportConnections
from .test_import_tools import csv_bytes


@tagged("post_install", "-at_install", "concurrency")
class TestImportRaces(ImportConnections):
    def _work(self, job_id):
        with self.connection() as env:
            self.assertTrue(env["crm.list.import.job"].browse(job_id)._work())

    def _begin_file(self, rows, **values):
        """Return the ids of an import of some rows and of its work."""
        path = self._file(0)
        with open(path, "wb") as file:
            file.write(csv_bytes(rows))
        with self.connection() as env:
            record = env["crm.list.import"].create(
                {
                    "campaign_id": self.campaign_id,
                    "list_id": self.list_id,
                    "filename": "names.csv",
                    "server_path": path,
                    **values,
                }
            )
            self.import_ids.append(record.id)
            record.action_read_file()
            record._start()
            return record.id, env["crm.list.import.job"]._begin(record, "import").id

    def _two_known_names(self):
        """Import two names, and return the ids of an import that brings a bit more."""
        names = [f"{self.mark} Ada", f"{self.mark} Ugo"]
        numbers = ["030 9200669", "030 9200670"]
        _record, job_id = self._begin_file(
            [
                ["Nome", "Telefono", "Email"],
                [names[0], numbers[0], "old@example.org"],
                [names[1], numbers[1], ""],
            ]
        )
        self._work(job_id)
        with self.connection() as env:
            leads = env["crm.lead"].search(
                [("contact_name", "ilike", f"{self.mark}%")], order="id"
            )
            lead_ids = leads.ids
        self.assertEqual(len(lead_ids), 2)
        # The one gets a town, the other one an address for mail.
        record_id, job_id = self._begin_file(
            [
                ["Nome", "Telefono", "Città", "Email"],
                [names[0], numbers[0], "Brescia", ""],
                [names[1], numbers[1], "", "new@example.org"],
            ],
            update_existing=True,
        )
        return lead_ids, record_id, job_id

    def _values(self, lead_ids):
        with self.connection() as env:
            leads = env["crm.lead"].browse(lead_ids)
            return [(lead.city, lead.email_from) for lead in leads]

    def _saves_behind(self, method, lead_id, said):
        """Let somebody save an address for mail behind the first call of a method.

        :param list said: gets whether it was saved, or had to wait
        """
        original = getattr(self.registry["crm.list.import"], method)

        def wrapped(record, *args, **kwargs):
            result = original(record, *args, **kwargs)
            if not said:
                said.append(self._save_mail(lead_id))
            return result

        return patch.object(self.registry["crm.list.import"], method, wrapped)

    def _save_mail(self, lead_id):
        with self.connection() as env:
            env.cr.execute("SET LOCAL lock_timeout = '300ms'")
            try:
                env.cr.execute(
                    "UPDATE crm_lead SET email_from = 'kept@example.org' WHERE id = %s",
                    [lead_id],
                    log_exceptions=False,
                )
            except LockNotAvailable:
                env.cr.rollback()
                return "waits"
        return "saved"

    def test_what_somebody_saves_meanwhile_is_kept(self):
        lead_ids, _record_id, job_id = self._two_known_names()
        said = []
        with self._saves_behind("_current_values", lead_ids[0], said):
            self._work(job_id)
        self.assertEqual(said, ["saved"])
        self.assertEqual(
            self._values(lead_ids),
            [("Brescia", "kept@example.org"), (False, "new@example.org")],
        )

    def test_who_saves_while_names_are_written_waits(self):
        lead_ids, record_id, job_id = self._two_known_names()
        said = []
        with self._saves_behind("_names_to_leave", lead_ids[0], said):
            self._work(job_id)
        self.assertEqual(said, ["waits"])
        job_id = self._begin_undo(record_id)
        said = []
        with self._saves_behind("_normalised_values", lead_ids[0], said):
            self._work(job_id)
        self.assertEqual(said, ["waits"])
        self.assertEqual(
            self._values(lead_ids), [(False, "old@example.org"), (False, False)]
        )

    def _begin_undo(self, record_id):
        with self.connection() as env:
            record = env["crm.list.import"].browse(record_id)
            record.write({"state": "running", "phase": "undo"})
            return env["crm.list.import.job"]._begin(record, "undo").id

    def test_a_name_of_the_file_can_not_go_meanwhile(self):
        lead_ids, record_id, job_id = self._two_known_names()
        original = self.registry["crm.list.import"]._describe_leads
        said = []

        def wrapped(record, *args):
            found = original(record, *args)
            said.append(self._delete_name(lead_ids[0]))
            return found

        with patch.object(self.registry["crm.list.import"], "_describe_leads", wrapped):
            self._work(job_id)
        self.assertEqual(said, ["waits"])
        with self.connection() as env:
            record = env["crm.list.import"].browse(record_id)
            self.assertEqual(record.state, "done", record.job_error)
            self.assertEqual(record.updated_count, 2)

    def _delete_name(self, lead_id):
        with self.connection() as env:
            env.cr.execute("SET LOCAL lock_timeout = '300ms'")
            env.cr.execute(
                "DELETE FROM crm_call_list_line WHERE lead_id = %s", [lead_id]
            )
            try:
                env.cr.execute(
                    "DELETE FROM crm_lead WHERE id = %s",
                    [lead_id],
                    log_exceptions=False,
                )
            except LockNotAvailable:
                env.cr.rollback()
                return "waits"
        return "gone"

    def test_an_undo_takes_no_name_out_of_somebodys_hands(self):
        record_id, job_id = self._begin(20)
        self._work(job_id)
        job_id = self._begin_undo(record_id)
        taken = []
        original = self.registry["crm.list.import"]._touched_names

        def wrapped(record, *args, **kwargs):
            found = original(record, *args, **kwargs)
            with self.connection() as env:
                # As names are claimed: what is locked is left to others.
                env.cr.execute(
                    """UPDATE crm_call_list_line
                          SET claimed_by_id = %s,
                              claimed_until = now() + interval '1 hour'
                        WHERE id = (SELECT id FROM crm_call_list_line
                                     WHERE list_id = %s AND claimed_by_id IS NULL
                                     LIMIT 1 FOR UPDATE SKIP LOCKED)
                    RETURNING lead_id""",
                    [env.uid, self.list_id],
                )
                taken.extend(env.cr.fetchall())
            return found

        with patch.object(self.registry["crm.list.import"], "_touched_names", wrapped):
            self._work(job_id)
        self.assertFalse(taken, "somebody got a name that was being deleted")
        self.assertEqual(self._figures(), (0, 0, 0))

    def test_names_that_are_taken_before_stay(self):
        record_id, job_id = self._begin(20)
        self._work(job_id)
        job_id = self._begin_undo(record_id)
        with self.connection() as env:
            env.cr.execute(
                """UPDATE crm_call_list_line
                      SET claimed_by_id = %s, claimed_until = now() + interval '1 hour'
                    WHERE id = (SELECT min(id) FROM crm_call_list_line
                                 WHERE list_id = %s)""",
                [env.uid, self.list_id],
            )
        self._work(job_id)
        self.assertEqual(self._figures(), (1, 1, 1))

    def test_a_small_import_sees_what_ended_just_before_it(self):
        with self.connection() as env:
            second_id = self._new_import(env, 20).id
        _first, first_job = self._begin(20)
        with contextlib.ExitStack() as stack:
            env = stack.enter_context(self.connection())
            record = env["crm.list.import"].browse(second_id)
            # From here on it sees no work of others.
            self.assertEqual(record.state, "mapped")
            self._work(first_job)
            record.action_import()
            self.assertEqual(record.state, "running", "it was done with an old look")
            job_id = record._last_job().id
        self._work(job_id)
        self.assertEqual(self._figures(), (20, 20, 20))
        with self.connection() as env:
            record = env["crm.list.import"].browse(second_id)
            self.assertEqual((record.accepted_count, record.existing_count), (0, 20))

    def test_a_small_import_that_is_alone_is_done_at_once(self):
        with self.connection() as env:
            record = self._new_import(env, 5)
            record.action_import()
            self.assertEqual((record.state, record.accepted_count), ("done", 5))
