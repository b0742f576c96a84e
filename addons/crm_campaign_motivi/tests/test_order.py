from datetime import datetime
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..models import crm_queue_job, utm_campaign_order
from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestOrder(CampaignCommon):
    """The manager composes the order; ranks are computed beforehand."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        for lead, city in zip(
            self.leads, ("Zone", "Ala", "Meda", "Ala", "Bra", "Meda"), strict=True
        ):
            lead.city = city
        self.campaign.work_mode = "group"

    def _order(self, *keys):
        self.campaign.order_key_ids.unlink()
        self.env["crm.campaign.order.key"].create(
            [
                {
                    "campaign_id": self.campaign.id,
                    "sequence": number,
                    "field_path": path,
                    "direction": direction,
                }
                for number, (path, direction) in enumerate(keys)
            ]
        )
        self._work()

    def _work(self):
        self.env.flush_all()
        self.env["crm.queue.job"]._cron_work()
        self.env.invalidate_all()
        failed = self.env["crm.queue.job"].search([("state", "!=", "done")])
        self.assertFalse(failed, failed.mapped("error"))

    def _served(self, count=6, user=None):
        """Return the numbers of the names in the order in which they are served."""
        numbers = []
        for _number in range(count):
            payload = self.next_name(user)
            numbers.append(self.leads.ids.index(payload["lead"]["id"]) + 1)
            self.confirm(payload, "N", user=user)
        return numbers

    def test_several_keys(self):
        self._order(("lead_id.city", "asc"), ("lead_id.name", "desc"))
        self.assertEqual(self._served(), [4, 2, 5, 6, 3, 1])

    def test_keys_of_the_line_and_empty_values_last(self):
        lines = self.call_list.line_ids.sorted("rank")
        for attempts, line in zip((3, 1, 2, 0, 1, 3), lines, strict=True):
            line.attempts = attempts
        self.leads[3].partner_name = "Filled"
        self._order(("lead_id.partner_name", "desc"), ("attempts", "asc"))
        self.assertEqual(self._served(), [4, 2, 5, 3, 1, 6])

    def test_a_path_through_a_link_and_a_field_of_the_name(self):
        self.leads[2].zone_id = self.env["crm.zone"].create({"name": "Aaa"})
        self._order(("zone_id.name", "asc"))
        self.assertEqual(
            self.campaign.order_key_ids.field_path, "zone_id.name", "kept as written"
        )
        self._order(("lead_id.zone_id", "asc"), ("lead_id.name", "asc"))
        self.assertEqual(self._served(2), [3, 1])

    def test_at_random(self):
        orders = set()
        for _number in range(5):
            self._order((False, "random"))
            lines = self.call_list.line_ids.sorted("rank")
            orders.add(tuple(lines.lead_id.ids))
        self.assertGreater(len(orders), 1)

    def test_what_is_not_stored_is_refused(self):
        for path in (
            "lead_id.next_step",
            "lead_id.nothing",
            "lead_id.call_list_line_ids.rank",
            "",
            "lead_id.city; DROP TABLE crm_lead",
        ):
            with self.assertRaisesRegex(ValidationError, "put in order"):
                self._order((path, "asc"))

    def test_new_ranks_lie_below_the_old_ones(self):
        lines = self.call_list.line_ids
        lowest = min(lines.mapped("rank"))
        self._order(("lead_id.city", "asc"))
        self.assertLess(max(lines.mapped("rank")), lowest)

    def test_ranks_move_up_when_the_room_is_used_up(self):
        lines = self.call_list.line_ids.sorted("rank")
        lines[0].write({"category": "closed_negative", "rank": -1_999_999_999})
        with patch.object(utm_campaign_order, "BATCH_SIZE", 2):
            self._order(("lead_id.name", "desc"))
        self.assertGreater(min(lines.mapped("rank")), -1_999_999_000)
        self.assertEqual(self._served(5), [6, 5, 4, 3, 2])

    def test_ranks_are_moved_up_with_the_last_names_last(self):
        """Also those added at the end, and when the first try was killed half-way."""
        lines = self.call_list.line_ids.sorted("rank")
        for number, line in enumerate(lines[:4]):
            line.rank = -1_999_999_990 + number
        lines[4].rank, lines[5].rank = 4, 5
        expected = lines.ids
        self.env.flush_all()
        with patch.object(utm_campaign_order, "BATCH_SIZE", 2):
            for _time in range(2):
                # The second time as if it had stopped before the first name.
                self.campaign._raise_ranks()
                lines.invalidate_recordset()
                self.assertEqual(lines.sorted("rank").ids, expected)
                self.assertGreater(min(lines.mapped("rank")), 0)
                lines[0].rank = -1_999_999_990
                self.env.flush_all()

    def test_batches_give_the_same_order(self):
        with patch.object(crm_queue_job, "BATCH_SIZE", 2):
            self._order(("lead_id.city", "asc"), ("lead_id.name", "asc"))
        self.assertEqual(self._served(), [2, 4, 5, 3, 6, 1])

    def test_lists_have_the_order_for_themselves(self):
        """In lists mode two lists advance evenly; in groups the best name is first."""
        second = self.env["crm.call.list"].create(
            {
                "name": "Second",
                "campaign_id": self.campaign.id,
                "operator_ids": [fields.Command.set(self.operator.ids)],
            }
        )
        moved = self.call_list.line_ids.filtered(
            lambda line: line.lead_id in self.leads[:3]
        )
        moved.list_id = second
        self._order(("lead_id.name", "asc"))
        self.assertEqual(self._served(2), [1, 2])
        self.campaign.work_mode = "list"
        self._work()
        self.assertEqual(sorted(self._served(2)), [3, 4])

    def test_an_operator_gets_the_first_name_of_the_own_lists(self):
        second = self.env["crm.call.list"].create(
            {
                "name": "Second",
                "campaign_id": self.campaign.id,
                "operator_ids": [fields.Command.set(self.operator_two.ids)],
            }
        )
        self.call_list.operator_ids = self.operator
        moved = self.call_list.line_ids.filtered(
            lambda line: line.lead_id in self.leads[1] | self.leads[4]
        )
        moved.list_id = second
        self._order(("lead_id.city", "asc"), ("lead_id.name", "asc"))
        self.assertEqual(self._served(2, self.operator_two), [2, 5])
        self.assertEqual(self._served(2), [4, 3])

    def test_best_names_are_kept_for_the_most_skilled(self):
        self.campaign.best_to_skilled = True
        self.env["crm.campaign.skill"].create(
            [
                {
                    "campaign_id": self.campaign.id,
                    "user_id": user.id,
                    "level": level,
                }
                for user, level in ((self.operator, 8), (self.operator_two, 3))
            ]
        )
        self._order(("lead_id.name", "asc"))
        # Nobody of a higher level is at work yet.
        first = self.next_name(self.operator_two)
        self.assertEqual(first["lead"]["id"], self.leads[0].id)
        self.confirm(first, "N", user=self.operator_two)
        self.assertEqual(self._served(1), [2])
        self.assertEqual(self._served(1, self.operator_two), [4])
        self.assertEqual(self._served(1), [3])
        self.assertEqual(self._served(1, self.operator_two), [6])
        self.assertEqual(
            self._served(1, self.operator_two), [5], "the last name is for anybody"
        )

    def test_progress_is_shown_and_a_failure_is_said(self):
        self.env["crm.queue.job"].search([]).unlink()
        self.campaign._rerank()
        self.campaign.invalidate_recordset()
        self.assertIn("Order", self.campaign.queue_progress)
        self._work()
        self.assertFalse(self.campaign.queue_progress)
        self.assertTrue(
            self.env["crm.queue.job"].search([("kind", "=", "rank")]).ended_at
        )

    def test_coordinators_change_no_order(self):
        self.assertFalse(
            self.env["crm.campaign.order.key"]
            .with_user(self.coordinator)
            .has_access("create")
        )
        self.assertFalse(
            self.env["crm.queue.job"].with_user(self.operator).has_access("read")
        )

    def test_in_order_again_every_night(self):
        """What names are ordered by has changed meanwhile."""
        self._order(("lead_id.city", "asc"))
        job = self.env["crm.queue.job"].search(
            [("campaign_id", "=", self.campaign.id), ("kind", "=", "rank")]
        )
        self.leads[5].city = "Abano"
        # Summer in Rome; work was asked for at ten in the evening.
        evening = datetime(2026, 7, 6, 20)
        for moment, is_due in (
            (datetime(2026, 7, 6, 23), False),  # one o'clock, three hours later
            (datetime(2026, 7, 7, 12), False),  # in the afternoon
            (datetime(2026, 7, 8, 1), True),  # three o'clock of the next night
            (datetime(2026, 7, 8, 12), True),  # the server was off at night
        ):
            job.asked_at = evening
            self.env.flush_all()
            with self.at(moment):
                self.env["crm.queue.job"]._ask_for_ranking()
            job.invalidate_recordset()
            self.assertEqual(job.state == "waiting", is_due, moment)
        self._work()
        self.assertEqual(self._served(1), [6])

    def test_only_what_has_an_order_and_runs(self):
        jobs = self.env["crm.queue.job"]
        self._order(("lead_id.city", "asc"))
        closed = self.campaign.copy({"title": "Not running"})
        self.campaign.order_key_ids.unlink()
        jobs.search([]).unlink()
        jobs._ask_for_ranking()
        of_these = jobs.search([("campaign_id", "in", (closed | self.campaign).ids)])
        self.assertFalse(of_these)
