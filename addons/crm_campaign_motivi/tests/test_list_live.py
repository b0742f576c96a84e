from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_list_build import ListCommon

WIZARD = "odoo.addons.crm_campaign_motivi.wizard.crm_list_refresh_wizard"


@tagged("post_install", "-at_install")
class TestListLive(ListCommon):
    """A live list follows its search; names that were worked stay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second.with_user(cls.manager).write(
            {
                "domain": repr([("city", "=", "Brescia"), ("zip", "=", "25121")]),
                "is_live": True,
            }
        )

    def refresh(self):
        wizard = (
            self.env["crm.list.refresh.wizard"]
            .with_user(self.manager)
            .create({"list_id": self.second.id})
        )
        job = self.job(wizard.action_confirm())
        self.run_jobs()
        self.assertEqual(job.state, "done", job.error)
        return job

    def lines(self):
        self.second.invalidate_recordset()
        return {
            line.lead_id: (line.id, line.rank, line.category)
            for line in self.second.line_ids
        }

    def test_new_matches_enter_and_others_leave(self):
        self.refresh()
        self.assertEqual(self.names_in(self.second), self.extra)
        self.extra[0].city = "Milano"
        late = self.env["crm.lead"].create(self._lead_values(30))
        wizard = self.env["crm.list.refresh.wizard"].create({"list_id": self.second.id})
        self.assertEqual((wizard.entering, wizard.leaving), (1, 1))
        job = self.refresh()
        self.assertEqual(self.names_in(self.second), self.extra[1:] | late)
        self.assertIn("1 names left the list", job.result)

    def test_the_preview_looks_at_so_many_names_only(self):
        self.refresh()
        self.extra.city = "Milano"
        self.assertEqual(self.second._count_leaving(10), (len(self.extra), True))
        self.assertEqual(self.second._count_leaving(2), (2, False))
        with patch(f"{WIZARD}.PREVIEW_NAMES", 4):
            wizard = self.env["crm.list.refresh.wizard"].create(
                {"list_id": self.second.id}
            )
            self.assertEqual((wizard.leaving, wizard.is_leaving_estimate), (4, True))

    def test_twice_changes_nothing(self):
        self.refresh()
        before = self.lines()
        job = self.refresh()
        self.assertEqual(self.lines(), before)
        self.assertFalse(job.counts.get("left"))
        self.assertTrue(self.second.live_date)

    def test_names_that_were_worked_stay(self):
        self.refresh()
        worked, held, recall, fresh = self.second.line_ids.sorted("id")[:4]
        worked.write({"attempts": 1, "last_contact_at": fields.Datetime.now()})
        held.write(
            {
                "claimed_by_id": self.operator_two.id,
                "claimed_until": fields.Datetime.add(fields.Datetime.now(), hours=1),
            }
        )
        recall.write({"category": "recall", "recall_at": fields.Datetime.now()})
        names = self.extra
        names.city = "Milano"
        self.refresh()
        self.assertEqual(self.second.line_ids, worked | held | recall)
        self.assertFalse(fresh.exists())

    def test_whoever_refuses_meanwhile_is_called_no_more(self):
        """The outcome closes the name in the list, where it stays as worked."""
        self.refresh()
        self.extra[3]._register_outcome(self.outcomes["N"])
        self.refresh()
        line = self.second.line_ids.filtered(lambda li: li.lead_id == self.extra[3])
        self.assertEqual(line.category, "closed_negative")

    def test_whoever_becomes_a_customer_meanwhile_leaves(self):
        self.refresh()
        customer = self.env["crm.commercial.state"].search(
            [("state_class", "=", "customer")], limit=1
        )
        # As the engine does, without an outcome that would close the line.
        self.env.cr.execute(
            "UPDATE crm_lead SET commercial_state_id = %s WHERE id = %s",
            [customer.id, self.extra[3].id],
        )
        self.env.invalidate_all()
        self.refresh()
        self.assertNotIn(self.extra[3], self.names_in(self.second))

    def test_lists_follow_on_schedule(self):
        lists = self.env["crm.call.list"]
        self.assertEqual(lists._refresh_live().list_id, self.second)
        self.run_jobs()
        self.assertFalse(lists._refresh_live(), "not due yet")
        self.second.live_date = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self.assertTrue(lists._refresh_live())
        self.assertEqual(len(lists._refresh_live()), 1, "one that waits is enough")
        self.run_jobs()
        self.campaign.action_close()
        self.second.live_date = False
        self.assertFalse(lists._refresh_live())

    def import_names(self, *leads):
        done = self.env["crm.list.import"].create(
            {
                "name": "names.csv",
                "campaign_id": self.campaign.id,
                "row_ids": [
                    Command.create(
                        {"row_number": n, "lead_id": lead.id, "state": "existing"}
                    )
                    for n, lead in enumerate(leads)
                ],
            }
        )
        done.state = "done"
        return self.env["crm.list.job"].search([("import_id", "=", done.id)])

    def test_what_was_imported_enters(self):
        """Only those names are looked at, and nobody leaves before the time comes."""
        self.refresh()
        followed = self.second.live_date
        self.extra[0].city = "Milano"
        late, other, elsewhere = self.env["crm.lead"].create(
            [self._lead_values(number) for number in (30, 31, 32)]
        )
        elsewhere.city = "Milano"
        job = self.import_names(late, elsewhere)
        self.assertEqual((job.kind, job.state), ("refresh", "queued"))
        self.run_jobs()
        self.assertEqual((job.state, job.matched, job.done), ("done", 1, 1), job.error)
        self.assertEqual(self.names_in(self.second), self.extra | late)
        self.assertEqual(self.second.live_date, followed)
        self.refresh()
        self.assertEqual(self.names_in(self.second), self.extra[1:] | late | other)

    def test_the_schedule_does_not_wait_for_an_import(self):
        self.second.live_date = False
        job = self.import_names(self.extra[0])
        scheduled = self.env["crm.call.list"]._refresh_live()
        self.assertTrue(scheduled)
        self.assertNotEqual(scheduled, job)

    def test_without_a_search_there_is_nothing_to_follow(self):
        with self.assertRaisesRegex(UserError, "no search that it could follow"):
            self.call_list.is_live = True
        with self.assertRaisesRegex(UserError, "has no search"):
            self.call_list.action_preview_refresh()

    def test_a_search_that_broke_says_so(self):
        self.env.cr.execute(
            "UPDATE crm_call_list SET domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", self.second.id],
        )
        self.second.invalidate_recordset()
        job = self.second._queue_refresh()
        self.run_jobs()
        self.assertEqual(job.state, "failed")
        self.assertIn("can't be read", job.error)
