from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.crm_dedup.models import crm_duplicate_run

from .duplicate_case import DuplicateCase


@tagged("post_install", "-at_install")
class TestDuplicateRun(DuplicateCase):
    """The search over the whole archive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls.copy_by_sql(cls.mario)

    def test_keys_and_pairs_of_an_archive_that_has_none(self):
        self.env.cr.execute("DELETE FROM crm_dedup_key")
        run = self.run_archive(makes_keys=True)
        self.assertEqual(run.state, "done")
        self.assertEqual(run.phase, "end")
        self.assertEqual(run.seen, run.matched)
        self.assertGreaterEqual(run.pairs_new, 1)
        self.assertEqual(self.others(self.double), self.mario)
        again = self.run_archive()
        self.assertEqual(again.pairs_new, 0)

    def test_pair_that_holds_no_more(self):
        self.run_archive(makes_keys=True)
        pair = self.pairs_of(self.double)
        self.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET contact_name = 'Verdi Ugo', name = 'Verdi Ugo'"
                " WHERE id = %s",
                self.double.id,
            )
        )
        self.env["crm.dedup.key"]._refresh_keys([self.double.id], compared=True)
        self.env.invalidate_all()
        run = self.run_archive()
        self.assertEqual(run.pairs_dropped, 1)
        self.assertFalse(pair.exists())

    def test_decisions_stay(self):
        self.run_archive(makes_keys=True)
        pair = self.pairs_of(self.double)
        for state in ("postponed", "different"):
            with self.subTest(state=state):
                pair.state = state
                self.env.flush_all()
                self.run_archive()
                self.assertEqual(pair.exists().state, state)

    def test_batches_meet_each_pair_once(self):
        for _number in range(5):
            self.copy_by_sql(self.mario)
        with patch.object(crm_duplicate_run, "BATCH_SIZE", 2):
            self.run_archive(makes_keys=True)
        self.assertEqual(len(self.pairs_of(self.mario)), 6)
        self.assertEqual(
            self.pairs.search_count([("first_lead_id", ">=", self.mario.id)]),
            7 * 6 // 2,
        )

    def test_incremental_run_takes_what_waits(self):
        self.env["crm.dedup.key"]._mark_stale([self.double.id])
        run = self.run_archive("incremental")
        self.assertEqual(self.others(self.double), self.mario)
        self.assertEqual(run.seen, run.matched)
        [[waiting]] = self.env.execute_query(
            SQL("SELECT count(*) FROM crm_dedup_stale")
        )
        self.assertEqual(waiting, 0)

    def test_scheduled_action_without_a_run(self):
        self.run_archive(makes_keys=True)
        runs = self.env["crm.duplicate.run"].search_count([])
        third = self.copy_by_sql(self.mario)
        self.env["crm.dedup.key"]._mark_stale([third.id])
        with patch.object(
            self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kw: 1e9
        ):
            self.env["crm.duplicate.run"]._cron_work()
        self.assertEqual(self.others(third), self.mario | self.double)
        self.assertEqual(self.env["crm.duplicate.run"].search_count([]), runs)

    def test_nightly_run(self):
        self.env["crm.duplicate.run"]._cron_nightly()
        [run] = self.env["crm.duplicate.run"].search([("state", "=", "queued")])
        self.assertTrue(run.makes_keys, "The archive never had keys")
        self.env["crm.duplicate.run"]._cron_nightly()
        self.assertEqual(
            self.env["crm.duplicate.run"].search_count([("state", "=", "queued")]), 1
        )
        run._work_at_once()
        self.env["crm.duplicate.run"]._cron_nightly()
        [run] = self.env["crm.duplicate.run"].search([("state", "=", "queued")])
        self.assertFalse(run.makes_keys)

    def test_cancel_and_go_on(self):
        run = self.env["crm.duplicate.run"].create({"makes_keys": True})
        page = []
        with patch.object(crm_duplicate_run, "BATCH_SIZE", 2):
            for _batch in range(6):
                run._job_batch(page)
            seen = run.seen
            self.assertGreater(seen, 0)
            run.cancel_asked = True
            self.assertFalse(run._job_batch(page))
            self.assertEqual(run.state, "cancelled")
            run.action_continue()
            run._work_at_once()
        self.assertEqual(run.state, "done")
        self.assertEqual(run.seen, run.matched, "Nothing was done twice")
        self.assertEqual(self.others(self.double), self.mario)

    def test_failure_is_told(self):
        run = self.env["crm.duplicate.run"].create({"makes_keys": True})
        with (
            mute_logger("odoo.addons.crm_callcenter.models.crm_names_job_mixin"),
            patch.object(self.env.cr, "rollback"),
        ):
            run._job_fail(ValueError("broken"))
        self.assertEqual(run.state, "failed")
        self.assertIn("ValueError", run.error)

    def test_keys_of_deleted_names_go(self):
        self.run_archive(makes_keys=True)
        self.env.cr.execute(SQL("DELETE FROM crm_lead WHERE id = %s", self.double.id))
        self.run_archive()
        [[left]] = self.env.execute_query(
            SQL("SELECT count(*) FROM crm_dedup_key WHERE holder = %s", self.double.id)
        )
        self.assertEqual(left, 0)

    def test_started_by_hand(self):
        runs = self.env["crm.duplicate.run"].with_user(self.manager)
        action = runs.action_start()
        self.assertEqual(action["res_model"], "crm.duplicate.run")
        with self.assertRaises(UserError):
            runs.action_start()
        for user in (self.back_office, self.coordinator, self.operator):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                runs.with_user(user).action_start()

    def test_ten_thousand_names(self):
        """Bulk: names by SQL, keyed and compared in a few seconds."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_lead (name, contact_name, type, lead_kind, active,
                                         mobile_e164, street, city, zip)
                   SELECT name, name, 'lead', 'person', true,
                          '+39347' || lpad((n::bigint / 2 * 7919
                                             %% 10000000)::text, 7, '0'),
                          'Via Po ' || n, 'Torino', '10124'
                     FROM (SELECT n, translate(substr(word, 1, 9) || ' '
                                               || substr(word, 10, 7),
                                               '0123456789', 'ghilmnopqr') AS name
                             FROM generate_series(2000000, 2009999) n,
                                  md5((n / 2)::text) AS word) AS people
                RETURNING id"""
            )
        )
        ids = [lead_id for (lead_id,) in self.env.cr.fetchall()]
        self.env["crm.dedup.key"]._refresh_keys(ids, compared=True)
        # As the database does by itself, a minute after such a load.
        self.env.cr.execute("ANALYZE crm_lead, crm_dedup_key")
        run = self.run_archive()
        self.assertGreaterEqual(run.pairs_new, 5000)
        found = self.pairs.search([("first_lead_id", "in", ids)])
        together = [
            pair
            for pair in found
            if pair.first_lead_id.name == pair.second_lead_id.name
        ]
        self.assertEqual(len(together), 5000)


@tagged("post_install", "-at_install")
class TestDuplicateRights(DuplicateCase):
    """Who sees which pair."""

    def test_pairs_by_role(self):
        pair = self.pairs_of(self.new_lead("Mario Rossi"))
        both = self.mario | pair.second_lead_id
        manager = self.pairs.with_user(self.manager)
        self.assertEqual(manager.search([]), pair)
        back_office = self.pairs.with_user(self.back_office)
        self.assertFalse(back_office.search([]), "Names that nobody has converted")
        self.mario.type = "opportunity"
        self.env.flush_all()
        self.assertFalse(back_office.search([]), "One of the two only")
        both.type = "opportunity"
        self.env.flush_all()
        self.assertEqual(back_office.search([]), pair)
        pair.with_user(self.back_office).action_different()
        self.assertEqual(pair.decided_by_id, self.back_office)
        for user in (self.operator, self.coordinator, self.agent):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.pairs.with_user(user).search([])

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        mine = self.pairs_of(self.new_lead("Mario Rossi"))
        (self.mario | mine.second_lead_id).company_id = self.env.company
        theirs = self.new_lead("Mario Rossi", company_id=company.id)
        self.commit()
        self.run_archive(makes_keys=True)
        self.assertFalse(self.pairs_of(theirs), "Names of two companies never pair")
        self.assertEqual(mine.company_id, self.env.company)
        second = self.new_lead("Mario Rossi", company_id=company.id)
        self.assertEqual(self.others(second), theirs)
        seen = self.pairs.with_user(self.manager).search([])
        self.assertEqual(seen, mine)

    def test_portfolios(self):
        portfolio = self.env["crm.portfolio"].create({"name": "Elsewhere", "unit": 1})
        pair = self.pairs_of(self.new_lead("Mario Rossi"))
        self.manager.portfolio_ids = portfolio
        self.assertFalse(self.pairs.with_user(self.manager).search([]))
        self.mario.portfolio_id = portfolio
        self.env.flush_all()
        self.assertFalse(self.pairs.with_user(self.manager).search([]))
        pair.second_lead_id.portfolio_id = portfolio
        self.env.flush_all()
        self.assertEqual(self.pairs.with_user(self.manager).search([]), pair)

    def test_merged_pair_is_not_decided_again(self):
        pair = self.pairs_of(self.new_lead("Mario Rossi"))
        pair.state = "merged"
        with self.assertRaises(UserError):
            pair.action_different()
