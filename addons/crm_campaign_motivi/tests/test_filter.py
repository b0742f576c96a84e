from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from ..models import crm_dispatch
from ..tools import claim_sql
from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestFilter(CampaignCommon):
    """The campaign's filter, changed while operators work."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        for lead, city in zip(
            self.leads, ("Ala", "Ala", "Meda", "Meda", "Bra", "Bra"), strict=True
        ):
            lead.city = city
        self.lines = self.call_list.line_ids.sorted("rank")

    def _filter(self, domain):
        self.campaign.with_user(self.manager).filter_domain = str(domain)

    def _work(self):
        self.env.flush_all()
        self.env["crm.queue.job"]._cron_work()
        self.env.invalidate_all()

    def _name_id(self, user=None):
        payload = self.next_name(user)
        return payload.get("lead", {}).get("id")

    def test_the_very_next_name_obeys(self):
        """Before any job has run: the claim asks the filter itself."""
        self._filter([("city", "=", "Meda")])
        self.assertEqual(self._name_id(), self.leads[2].id)
        self.assertFalse(any(self.lines.mapped("is_filtered")))

    def test_a_filter_that_changes_again_finds_names_left_out_before(self):
        self._filter([("city", "=", "Meda")])
        self._work()
        self.assertEqual(
            self.lines.mapped("is_filtered"), [True, True, False, False, True, True]
        )
        self.assertFalse(self.campaign.is_filter_pending)
        self._filter([("city", "=", "Bra")])
        self.assertTrue(self.campaign.is_filter_pending)
        self.assertEqual(self._name_id(), self.leads[4].id, "before the job")
        self._work()
        self.assertEqual(self._name_id(self.operator_two), self.leads[5].id)
        self.assertEqual(
            self.lines.mapped("is_filtered"), [True, True, True, True, False, False]
        )
        self._filter([])
        self.assertEqual(self.next_name()["lead"]["id"], self.leads[4].id, "in hand")
        self._work()
        self.assertFalse(any(self.lines.mapped("is_filtered")))

    def test_a_name_that_changes_is_asked_as_it_is_now(self):
        self._filter([("city", "=", "Meda")])
        self._work()
        self.leads[2].city = "Bra"
        self.assertEqual(self._name_id(), self.leads[3].id)

    def test_a_promised_recall_is_kept_whatever_the_filter_says(self):
        self.lines[0].write(
            {
                "category": "recall",
                "recall_scope": "public",
                "recall_at": self.in_hours(-1),
            }
        )
        self.lines[1].write(
            {
                "category": "recall",
                "recall_scope": "automatic",
                "recall_at": self.in_hours(-2),
            }
        )
        self._filter([("city", "=", "Bra")])
        self._work()
        self.assertEqual(self._name_id(), self.leads[0].id)
        self.assertEqual(self._name_id(self.operator_two), self.leads[4].id)

    def test_past_outcomes_and_links_may_be_asked(self):
        payload = self.next_name()
        self.confirm(payload, "N")
        self._filter(
            [
                "|",
                ("interaction_ids.outcome_id", "=", self.outcomes["N"].id),
                ("zone_id", "child_of", self.zone.id),
            ]
        )
        self.assertEqual(self._name_id(), self.leads[1].id)
        self._filter(
            [
                ("interaction_ids.outcome_id", "=", self.outcomes["N"].id),
            ]
        )
        self.assertTrue(self.next_name(self.operator_two)["empty"])

    def test_a_new_filter_finds_names_far_down_the_lists(self):
        """Also those that the filter before had left out."""
        self._filter([("id", "not in", self.leads[-2:].ids)])
        self._work()
        wanted = self.leads[3] | self.leads[-1]
        with patch.object(crm_dispatch, "_HEADS", (1, None)):
            self._filter([("id", "in", wanted.ids)])
            self.assertEqual(self._name_id(), wanted[0].id)
            self.assertEqual(self._name_id(self.operator_two), wanted[1].id)

    def test_a_filter_that_is_none_is_refused(self):
        for domain in (
            "[('nothing', '=', 1)]",
            "city = 'Ala'",
            "5",
            "[('city', '=', 'Ala')",
            "[('city', 'almost', 'Ala')]",
        ):
            with (
                self.subTest(domain),
                self.assertRaisesRegex(ValidationError, "Correct"),
            ):
                self.campaign.filter_domain = domain

    def test_a_filter_that_breaks_later_says_so_at_the_desk(self):
        self.env.cr.execute(
            "UPDATE utm_campaign SET filter_domain = %s WHERE id = %s",
            ["[('x_gone', '=', 1)]", self.campaign.id],
        )
        with self.assertRaisesRegex(UserError, "can't be used any more"):
            self.next_name()

    def test_names_that_cannot_be_called_leave_the_queue(self):
        """A claim would step over them again and again."""
        self.leads[0].active = False
        self.env["phone.blacklist"]._add(self.leads[1]._e164_numbers())
        self.campaign._refilter()
        self._work()
        self.assertEqual(self.lines.mapped("is_filtered"), [True] * 2 + [False] * 4)
        self.leads[0].active = True
        self.campaign._refilter()
        self._work()
        self.assertFalse(self.lines[0].is_filtered)

    def test_the_filter_looks_names_up_by_their_key(self):
        self._filter([("city", "=", "Meda"), ("zone_id", "child_of", self.zone.id)])
        self._work()
        self.env.flush_all()
        self.env.invalidate_all()
        dispatch = self.env["crm.dispatch"].with_user(self.operator)
        plan = dispatch._claim_plan(self.campaign)
        self.env.cr.execute(crm_dispatch._WALK_THE_INDEXES)
        self.env.cr.execute(
            SQL("EXPLAIN %s", claim_sql.claim(plan, "x", 2, claim_sql.NOTHING))
        )
        text = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertNotRegex(text, r"Seq Scan on crm_(call_list_line|lead)\b")
        self.assertNotRegex(text, r"crm_lead_(?!pkey)\w*idx", "an index of all names")

    def test_suspended_and_resting_names_are_outside_the_queue(self):
        self.lines[0].suspended = True
        self.lines[1].rest_until = self.in_hours(1)
        self.lines[2].rest_until = self.in_hours(-1)
        self.assertEqual(self._name_id(), self.leads[2].id)
        self.lines.invalidate_recordset()
        self.assertFalse(self.lines[2].rest_until, "woken up")
        self.lines[0].suspended = False
        self.assertEqual(self._name_id(self.operator_two), self.leads[0].id)
