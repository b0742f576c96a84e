from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestDeskAhead(CampaignCommon):
    """The name after this one is kept, and given to nobody who shouldn't have it."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def prefetch(self, user=None):
        return self.desk(user).prefetch(self.campaign.id)

    def take(self, kept, user=None, stamp=None):
        return self.desk(user).take_ahead(
            self.campaign.id,
            kept["line_id"],
            kept["claim_token"],
            stamp or kept["ahead_stamp"],
        )

    def hold_one_and_keep_one(self):
        served = self.next_name()
        return served, self.prefetch()

    def test_the_payload_holds(self):
        served, kept = self.hold_one_and_keep_one()
        self.assertNotEqual(kept["line_id"], served["line_id"])
        self.assertTrue(self.line_of(kept).claim_is_ahead)
        self.confirm(served, "N")
        taken = self.take(kept)
        self.assertTrue(taken["fresh"])
        line = self.line_of(kept)
        self.assertEqual(line.claimed_by_id, self.operator)
        self.assertFalse(line.claim_is_ahead)
        self.assertTrue(line.claimed_at)
        self.confirm(kept, "N")
        self.assertEqual(self.line_of(kept).category, "closed_negative")

    def test_what_is_kept_can_not_be_worked_on(self):
        _served, kept = self.hold_one_and_keep_one()
        line = self.line_of(kept)
        claim = kept["line_id"], kept["claim_token"]
        self.assertFalse(self.desk().heartbeat(*claim))
        self.assertFalse(self.desk().release(*claim))
        self.env.invalidate_all()
        self.assertFalse(line.rest_until)
        kept = self.prefetch()
        # A merge of names, say, ends the claim and leaves its token.
        self.line_of(kept).claimed_by_id = False
        with self.assertRaisesRegex(UserError, "no longer in your hands"):
            self.confirm(kept, "N")

    def test_a_second_prefetch_keeps_the_same_name(self):
        _served, kept = self.hold_one_and_keep_one()
        again = self.prefetch()
        self.assertEqual(again["line_id"], kept["line_id"])
        self.assertEqual(again["claim_token"], kept["claim_token"])

    def test_whoever_has_nothing_in_hand_keeps_nothing(self):
        self.assertIsNone(self.prefetch())

    def test_a_colleague_gets_another_name(self):
        _served, kept = self.hold_one_and_keep_one()
        other = self.next_name(self.operator_two)
        self.assertNotEqual(other["line_id"], kept["line_id"])

    def test_what_is_kept_is_not_in_hand(self):
        served, kept = self.hold_one_and_keep_one()
        with self.assertRaises(UserError):
            self.confirm(kept, "N")
        self.assertEqual(self.campaign._names_in_hand()[0], 1)
        board = self.env["crm.campaign.board"]._in_hand(self.campaign)
        self.assertEqual(board, [self.operator.id])
        # The desk that is opened again goes on with the name in hand.
        opened = self.desk().open()
        self.assertEqual(opened["current"]["line_id"], served["line_id"])
        # The name may be deleted, merged and called by hand: nobody works on it.
        lead = self.line_of(kept).lead_id
        self.assertFalse(lead._lock_hands())
        self.assertFalse(lead.with_user(self.operator_two)._held_by_others())

    def test_pause_gives_it_back_at_once(self):
        _served, kept = self.hold_one_and_keep_one()
        reason = self.env.ref("crm_campaign_motivi.crm_pause_reason_lunch")
        state = self.desk().pause(reason.id)
        self.assertEqual(state["wanted"]["id"], reason.id)
        self.assertFalse(self.line_of(kept).claimed_by_id)
        self.assertIsNone(self.prefetch(), "a name is kept for a pause")
        self.desk().resume()
        self.assertTrue(self.prefetch())

    def test_closing_the_name_gives_it_back(self):
        served, kept = self.hold_one_and_keep_one()
        self.desk().release(served["line_id"], served["claim_token"])
        self.assertFalse(self.line_of(kept).claimed_by_id)
        self.assertFalse(self.line_of(kept).rest_until)

    def test_asking_for_a_name_gives_it_back(self):
        served, kept = self.hold_one_and_keep_one()
        self.confirm(served, "N")
        again = self.next_name()
        self.assertEqual(again["line_id"], kept["line_id"], "the first in the order")
        self.assertFalse(self.line_of(kept).claim_is_ahead)

    def test_a_changed_name_is_described_anew(self):
        served, kept = self.hold_one_and_keep_one()
        self.confirm(served, "N")
        lead = self.line_of(kept).lead_id
        self.env.cr.execute(
            "UPDATE crm_lead SET city = 'Elsewhere',"
            " write_date = write_date + interval '1 minute' WHERE id = %s",
            [lead.id],
        )
        taken = self.take(kept)
        self.assertNotIn("fresh", taken)
        self.assertEqual(taken["line_id"], kept["line_id"])
        self.assertEqual(taken["lead"]["city"], "Elsewhere")

    def check_another_is_served(self, kept):
        taken = self.take(kept)
        self.assertNotEqual(taken["line_id"], kept["line_id"])
        self.assertFalse(self.line_of(kept).claimed_by_id)
        return taken

    def test_a_blocked_name_is_not_served(self):
        served, kept = self.hold_one_and_keep_one()
        self.confirm(served, "N")
        self.env["phone.blacklist"].sudo().create(
            [
                {"number": number}
                for number in self.line_of(kept).lead_id._e164_numbers()
            ]
        )
        self.check_another_is_served(kept)

    def test_a_suspended_name_is_not_served(self):
        served, kept = self.hold_one_and_keep_one()
        self.confirm(served, "N")
        self.assertEqual(self.line_of(kept)._bulk_suspend(), 1)
        self.check_another_is_served(kept)

    def test_a_name_whose_outcome_came_elsewhere_is_not_served(self):
        served, kept = self.hold_one_and_keep_one()
        self.confirm(served, "N")
        lead = self.line_of(kept).lead_id
        lead._register_outcome(
            self.outcomes["N"],
            self.campaign._get_activity_type(),
            campaign=self.campaign,
        )
        self.assertEqual(self.line_of(kept).category, "closed_negative")
        self.check_another_is_served(kept)

    def test_a_campaign_that_ends_serves_nothing(self):
        served, kept = self.hold_one_and_keep_one()
        self.confirm(served, "N")
        self.campaign.action_close()
        self.assertEqual(self.campaign.call_state, "closed")
        taken = self.take(kept)
        self.assertTrue(taken["empty"])
        self.assertTrue(taken["reason"])
        self.assertFalse(self.line_of(kept).claimed_by_id)

    def test_a_promised_recall_goes_first(self):
        served, kept = self.hold_one_and_keep_one()
        self.confirm(served, "N")
        promised = (self.call_list.line_ids - self.line_of(kept)).filtered(
            lambda line: line.category == "to_call"
        )[-1]
        state = self.env["crm.list.state"]._get_by_category("recall")
        promised.write(
            {
                "category": "recall",
                "list_state_id": state.id,
                "recall_at": fields.Datetime.now() - timedelta(minutes=1),
                "recall_scope": "public",
            }
        )
        taken = self.check_another_is_served(kept)
        self.assertEqual(taken["line_id"], promised.id)

    def promise(self, scope, user=None):
        """Let the last fresh name be a recall that is due."""
        line = self.call_list.line_ids.filtered(
            lambda found: found.category == "to_call" and not found.claimed_by_id
        ).sorted("rank")[-1]
        line.write(
            {
                "category": "recall",
                "list_state_id": line.list_state_id._get_by_category("recall").id,
                "recall_at": fields.Datetime.now() - timedelta(minutes=90),
                "recall_scope": scope,
                "recall_user_id": user and user.id,
            }
        )
        return line

    def test_a_promise_to_everybody_is_not_kept_behind_a_call(self):
        """Whoever is free has it at once; it isn't locked for as long as a call lasts.

        A private one of a colleague who is away is everybody's as well.
        """
        self.campaign.write({"private_fall_minutes": 30, "skill_wait_minutes": 10})
        for scope, user in (
            ("public", None),
            ("skill", None),
            ("private", self.coordinator),
        ):
            with self.subTest(scope):
                served = self.next_name()
                promised = self.promise(scope, user)
                kept = self.prefetch()
                self.assertNotEqual(kept and kept["line_id"], promised.id)
                free = self.next_name(self.operator_two)
                self.assertEqual(free["line_id"], promised.id)
                self.confirm(free, "N", self.operator_two)
                self.confirm(served, "N")
                self.desk().drop_ahead()

    def test_at_the_turn_it_goes_before_the_name_that_is_kept(self):
        served = self.next_name()
        promised = self.promise("public")
        kept = self.prefetch()
        self.confirm(served, "N")
        taken = self.check_another_is_served(kept)
        self.assertEqual(taken["line_id"], promised.id)

    def test_an_own_recall_is_kept(self):
        """Nobody else may have it anyway."""
        self.next_name()
        promised = self.promise("private", self.operator)
        self.assertEqual(self.prefetch()["line_id"], promised.id)

    def test_nothing_is_kept_behind_a_call_that_lasts(self):
        served, kept = self.hold_one_and_keep_one()
        self.env.cr.execute(
            "UPDATE crm_call_list_line SET claimed_at = claimed_at - interval '16 min'"
            " WHERE id = %s",
            [served["line_id"]],
        )
        before = self.line_of(kept).claimed_until
        self.assertTrue(self.desk().heartbeat(served["line_id"], served["claim_token"]))
        self.assertEqual(self.line_of(kept).claimed_until, before)

    def test_a_name_kept_too_long_is_free(self):
        served, kept = self.hold_one_and_keep_one()
        self.env.cr.execute(
            "UPDATE crm_call_list_line SET claimed_until = claimed_until"
            " - interval '3 minutes' WHERE id = %s",
            [kept["line_id"]],
        )
        other = self.next_name(self.operator_two)
        self.assertEqual(other["line_id"], kept["line_id"])
        self.confirm(served, "N")
        taken = self.check_taken_by_other(kept)
        self.assertNotEqual(taken["line_id"], kept["line_id"])

    def check_taken_by_other(self, kept):
        taken = self.take(kept)
        self.assertEqual(self.line_of(kept).claimed_by_id, self.operator_two)
        return taken

    def test_a_sign_of_life_keeps_it_longer(self):
        served, kept = self.hold_one_and_keep_one()
        self.env.cr.execute(
            "UPDATE crm_call_list_line SET claimed_until = claimed_until"
            " - interval '1 minute' WHERE id = %s",
            [kept["line_id"]],
        )
        before = self.line_of(kept).claimed_until
        self.desk().heartbeat(served["line_id"], served["claim_token"])
        self.assertGreater(self.line_of(kept).claimed_until, before)

    def test_a_window_that_is_closed_keeps_nothing(self):
        _served, kept = self.hold_one_and_keep_one()
        self.desk().begin("mine")
        self.assertFalse(self.desk().leave("another"))
        self.assertTrue(self.line_of(kept).claimed_by_id)
        self.assertTrue(self.desk().leave("mine"))
        self.assertFalse(self.line_of(kept).claimed_by_id)

    def test_the_reason_says_whose_it_is_next(self):
        _served, kept = self.hold_one_and_keep_one()
        [reason] = [
            reason
            for reason in self.line_of(kept)._not_callable_reasons()
            if reason["code"] == "claimed"
        ]
        self.assertIn("next", reason["sentence"])
