import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..models import crm_dispatch
from ..tools import claim_sql
from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestDispatch(CampaignCommon):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def _name_id(self, user=None):
        payload = self.next_name(user)
        return payload.get("lead", {}).get("id")

    def _set_lines(self, **values):
        self.call_list.line_ids.write(values)

    def _line(self, number):
        return self.call_list.line_ids.sorted("rank")[number]

    def _recall(self, line, hours=-1, user=None):
        line.write(
            {
                "category": "recall",
                "list_state_id": self.env.ref(
                    "crm_campaign_motivi.crm_list_state_recall"
                ).id,
                "recall_at": fields.Datetime.now() + timedelta(hours=hours),
                "recall_scope": "private" if user else "public",
                "recall_user_id": user and user.id,
            }
        )

    def test_names_come_in_the_order_of_the_list(self):
        served = []
        for _number in range(3):
            payload = self.next_name()
            served.append(payload["lead"]["id"])
            self.confirm(payload, "N")
        self.assertEqual(served, self.leads[:3].ids)

    def test_one_operator_holds_one_name(self):
        first, again = self.next_name(), self.next_name()
        self.assertEqual(first["line_id"], again["line_id"])
        self.assertEqual(first["claim_token"], again["claim_token"])

    def test_two_operators_hold_two_names(self):
        self.assertNotEqual(self._name_id(), self._name_id(self.operator_two))

    def test_a_name_in_two_lists_is_in_one_pair_of_hands(self):
        second = self.env["crm.call.list"].create(
            {
                "name": "Second",
                "campaign_id": self.campaign.id,
                "operator_ids": [fields.Command.set(self.operator_two.ids)],
            }
        )
        second._add_leads(self.leads[:2].ids)
        self.call_list.operator_ids -= self.operator_two
        self.assertEqual(self._name_id(), self.leads[0].id)
        self.assertEqual(self._name_id(self.operator_two), self.leads[1].id)

    def test_due_recalls_come_first_and_later_ones_wait(self):
        self._recall(self._line(3), hours=-1)
        self._recall(self._line(4), hours=-2)
        self._recall(self._line(0), hours=+1)
        served = []
        for _number in range(3):
            payload = self.next_name()
            served.append(payload["lead"]["id"])
            self.confirm(payload, "N")
        self.assertEqual(served, [self.leads[n].id for n in (4, 3, 1)])

    def test_a_private_recall_goes_to_its_operator_and_before_public_ones(self):
        self._recall(self._line(3), hours=-5)
        self._recall(self._line(4), hours=-1, user=self.operator)
        self.assertEqual(self._name_id(self.operator_two), self.leads[3].id)
        self.assertEqual(self._name_id(), self.leads[4].id)

    def test_ones_own_recall_comes_before_an_older_public_one(self):
        self._recall(self._line(3), hours=-5)
        self._recall(self._line(4), hours=-1, user=self.operator)
        self.assertEqual(self._name_id(), self.leads[4].id)

    def test_a_private_recall_is_never_served_to_another(self):
        self.campaign.private_fall_minutes = 0
        for line in self.call_list.line_ids:
            self._recall(line, user=self.operator)
        payload = self.next_name(self.operator_two)
        self.assertTrue(payload["empty"])

    def test_an_expired_claim_returns(self):
        held = self._name_id()
        self.env.cr.execute(
            "UPDATE crm_call_list_line SET claimed_until = claimed_until"
            " - interval '2 hours' WHERE claimed_by_id IS NOT NULL"
        )
        self.assertEqual(self._name_id(self.operator_two), held)

    def test_a_lost_claim_refuses_the_outcome(self):
        payload = self.next_name()
        self.env.cr.execute(
            "UPDATE crm_call_list_line SET claimed_until = claimed_until"
            " - interval '2 hours' WHERE claimed_by_id IS NOT NULL"
        )
        self.assertEqual(self._name_id(self.operator_two), payload["lead"]["id"])
        with self.assertRaisesRegex(UserError, "no longer in your hands"):
            self.confirm(payload, "N")
        self.assertFalse(self.leads[0].interaction_ids)

    def test_an_expired_claim_that_nobody_took_is_still_good(self):
        payload = self.next_name()
        self.env.cr.execute(
            "UPDATE crm_call_list_line SET claimed_until = claimed_until"
            " - interval '2 hours' WHERE claimed_by_id IS NOT NULL"
        )
        self.env["crm.call.list.line"].invalidate_model()
        self.confirm(payload, "N")
        self.assertEqual(len(self.leads[0].interaction_ids), 1)

    def test_heartbeat_prolongs_and_tells_a_lost_claim(self):
        payload = self.next_name()
        until = self.desk().heartbeat(payload["line_id"], payload["claim_token"])
        self.assertGreaterEqual(until, payload["claimed_until"])
        self.assertFalse(self.desk().heartbeat(payload["line_id"], "stale"))
        desk_two = self.desk(self.operator_two)
        self.assertFalse(desk_two.heartbeat(payload["line_id"], payload["claim_token"]))

    def test_release_rests_the_name(self):
        payload = self.next_name()
        self.assertTrue(self.desk().release(payload["line_id"], payload["claim_token"]))
        self.assertFalse(
            self.desk().release(payload["line_id"], payload["claim_token"])
        )
        self.assertEqual(self._name_id(), self.leads[1].id)
        self.assertFalse(self.leads[0].interaction_ids)

    def test_names_that_must_not_be_called_are_never_served(self):
        archived, blocked, listed, numberless, other_number = self.leads[:5]
        archived.active = False
        blocked_state = self.env.ref("crm_callcenter.crm_commercial_state_blocked")
        self.env.cr.execute(
            "UPDATE crm_lead SET commercial_state_id = %s WHERE id = %s",
            [blocked_state.id, blocked.id],
        )
        numberless.write({"phone": "", "mobile": "none"})
        self.env["phone.blacklist"]._add(listed._e164_numbers())
        self.env["phone.blacklist"]._add([other_number.phone_e164])
        self.env.flush_all()
        payload = self.next_name()
        self.assertEqual(payload["lead"]["id"], other_number.id)
        self.assertEqual(
            [phone["blocked"] for phone in payload["phones"]], [True, False]
        )
        with self.assertRaisesRegex(UserError, "do-not-call"):
            self.desk().log_dial(payload["line_id"], payload["claim_token"], "phone")
        call = self.desk().log_dial(
            payload["line_id"], payload["claim_token"], "mobile"
        )
        self.assertEqual(call["e164"], other_number.mobile_e164)

    def test_changes_of_the_campaign_count_at_once(self):
        self.call_list.operator_ids -= self.operator
        self.assertIn("no list", self.next_name()["reason"])
        self.call_list.operator_ids |= self.operator
        self.call_list.active = False
        self.assertTrue(self.next_name()["empty"])
        self.call_list.active = True
        self.campaign.action_close()
        self.assertIn("not running", self.next_name()["reason"])
        self.campaign.action_start()
        self.assertTrue(self._name_id())

    def test_an_empty_list_says_why(self):
        self._set_lines(category="closed_negative")
        self.assertIn("finished", self.next_name()["reason"])
        self._recall(self._line(0), hours=+2)
        self.assertIn("next recall", self.next_name()["reason"])
        self._set_lines(category="to_call")
        self._set_lines(rest_until=fields.Datetime.now() + timedelta(hours=1))
        self.assertIn("none may be called now", self.next_name()["reason"])

    def _explain(self, lock=claim_sql.NOTHING, **changes):
        """Return the plan of a claim under the settings that come before every one."""
        dispatch = self.env["crm.dispatch"].with_user(self.operator)
        plan = {**dispatch._claim_plan(self.campaign), **changes}
        self.env.cr.execute(crm_dispatch._WALK_THE_INDEXES)
        statement = claim_sql.claim(plan, "x", 2, lock)
        self.env.cr.execute(SQL("EXPLAIN %s", statement))
        return "\n".join(row[0] for row in self.env.cr.fetchall())

    def test_the_claim_is_quick_whatever_the_statistics_say(self):
        """Names are looked up by their key also when there seem to be hardly any."""
        plan = self._explain(lock=claim_sql.LOCK)
        # Also as a bitmap, but never a whole index with a filter on it.
        key = r"(?:using|on) (crm_lead|crm_call_list_line)_pkey\b[^\n]*"
        by_key = re.findall(key + r"\n\s*Index Cond", plan)
        self.assertIn("crm_lead", by_key, plan)
        self.assertEqual(re.findall(key, plan), by_key, plan)
        self.assertIn("Index Cond: ((number)::text", plan)

    def test_the_claim_reads_the_partial_indexes(self):
        """However long the list, a claim walks the queue's index and no table."""
        self.env.cr.execute(
            """INSERT INTO crm_lead (name, type, active, phone_e164, lead_kind)
               SELECT 'n' || n, 'lead', true, '+39333' || (1000000 + n), 'person'
                 FROM generate_series(1, 20000) n RETURNING id"""
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        self.call_list._add_leads(ids)
        self.env.cr.execute("ANALYZE crm_call_list_line")
        plan = self._explain()
        self.assertIn("crm_call_list_line_queue_fresh", plan)
        self.assertNotRegex(plan, r"Seq Scan on crm_(call_list_line|lead)\b")
