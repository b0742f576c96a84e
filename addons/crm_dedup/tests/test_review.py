from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon
from odoo.addons.crm_dedup.models import crm_merge_claim


@tagged("post_install", "-at_install")
class TestReview(CallcenterCommon):
    """What the page of the review shows and decides, and for whom."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.second = self._new_user("second_manager", "group_campaign_manager")
        self.pairs = self.env["crm.duplicate.pair"].create(
            [
                {
                    "kind": "lead",
                    "first_lead_id": self.leads[2 * number].id,
                    "second_lead_id": self.leads[2 * number + 1].id,
                    "score": 10 - number,
                    "verdict": "review",
                    "reasons": [{"code": "same_city", "points": 2}],
                }
                for number in range(3)
            ]
        )

    def page(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["crm.merge.review"].with_user(user)

    def test_two_reviewers_get_different_pairs(self):
        first = self.page(self.manager).next_pairs(2)
        second = self.page(self.second).next_pairs(2)
        self.assertEqual([one["id"] for one in first["pairs"]], self.pairs[:2].ids)
        self.assertEqual([one["id"] for one in second["pairs"]], self.pairs[2].ids)
        self.assertEqual(first["left"], 3)
        with self.assertRaisesRegex(UserError, "is looking at this pair"):
            self.page(self.second).merge(self.pairs[0].id, 0)

    def test_what_is_shown(self):
        self.pairs[0].first_lead_id.street = "Via Roma 1"
        [shown] = self.page(self.manager).next_pairs(1)["pairs"]
        self.assertEqual(shown["reasons"][0]["points"], 2)
        fields = {row["name"]: row for row in shown["fields"]}
        self.assertIn("Via Roma 1", fields["address"]["values"][0])
        self.assertTrue(fields["mobile"]["differs"])
        self.assertTrue(all(any(row["values"]) for row in shown["fields"]))
        self.assertEqual(shown["sides"][0]["id"], self.leads[0].id)

    def test_the_back_office_reviews_its_own_names(self):
        self.assertFalse(self.page(self.back_office).next_pairs(5)["pairs"])
        (self.leads[2] | self.leads[3]).type = "opportunity"
        [shown] = self.page(self.back_office).next_pairs(5)["pairs"]
        self.assertEqual(shown["id"], self.pairs[1].id)
        with self.assertRaises(AccessError):
            self.page(self.back_office).merge(self.pairs[0].id, 0)

    def test_operators_neither_see_nor_decide(self):
        for user in (self.operator, self.agent):
            with self.assertRaises(AccessError):
                self.page(user).next_pairs(1)
            with self.assertRaises(AccessError):
                self.page(user).merge(self.pairs[0].id, 0)
            with self.assertRaises(AccessError):
                self.page(user).decide(self.pairs[0].id, "different")
        self.assertFalse(self.env["crm.merge.journal"].search([]))

    def test_a_record_that_one_may_not_change_is_not_merged(self):
        self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": [("id", "!=", self.leads[1].id)],
                "perm_read": False,
            }
        )
        page = self.page(self.manager)
        shown = page.next_pairs(5)["pairs"]
        self.assertNotIn(self.pairs[0].id, [one["id"] for one in shown])
        with self.assertRaises(AccessError):
            page.merge(self.pairs[0].id, 0)
        journal = self.env["crm.merge"]._merge(self.leads[0], self.leads[1])
        with self.assertRaises(AccessError):
            journal.with_user(self.manager).action_undo()

    def test_chosen_values_stay(self):
        first, second = self.leads[:2]
        first.write(
            {"contact_name": "Rossi", "street": "Via Roma 1", "city": "Brescia"}
        )
        second.write({"contact_name": "Russo", "street": "Via Po 2", "city": "Milano"})
        before = (first.contact_name, first.street, first.mobile)
        page = self.page(self.manager)
        answer = page.merge(
            self.pairs[0].id, 0, {"contact_name": 1, "address": 1, "mobile": 0}
        )
        self.env.invalidate_all()
        self.assertEqual(
            (first.contact_name, first.street, first.city, first.mobile),
            ("Russo", "Via Po 2", "Milano", before[2]),
        )
        self.assertEqual(self.pairs[0].state, "merged")
        shown = page.undo(self.pairs[0].id, answer["journal_id"])
        self.env.invalidate_all()
        self.assertEqual(shown["id"], self.pairs[0].id)
        self.assertEqual((first.contact_name, first.street, first.mobile), before)
        self.assertEqual(self.pairs[0].state, "open")

    def test_a_decision_is_made_once(self):
        page = self.page(self.manager)
        page.decide(self.pairs[0].id, "different")
        with self.assertRaisesRegex(UserError, "decided about this pair already"):
            self.page(self.second).merge(self.pairs[0].id, 0)

    def test_a_name_that_is_a_customer_is_linked(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        lead = self.leads[5]
        before = (lead.phone, lead.commercial_state_id, lead.partner_id)
        pair = self.env["crm.duplicate.pair"].create(
            {
                "kind": "customer",
                "first_lead_id": lead.id,
                "second_partner_id": partner.id,
                "verdict": "review",
                "score": 99,
            }
        )
        page = self.page(self.manager)
        [shown] = page.next_pairs(1)["pairs"]
        self.assertTrue(shown["fixed"])
        answer = page.merge(pair.id, 0)
        self.env.invalidate_all()
        self.assertEqual(lead.partner_id, partner)
        self.assertTrue(lead.active)
        self.assertEqual(partner.commercial_state_id, lead.commercial_state_id)
        page.undo(pair.id, answer["journal_id"])
        self.env.invalidate_all()
        self.assertEqual(
            (lead.phone, lead.commercial_state_id, lead.partner_id), before
        )
        self.assertFalse(partner.commercial_state_id)

    def test_later_comes_back_after_the_open_ones(self):
        page = self.page(self.manager)
        page.decide(self.pairs[0].id, "postponed")
        shown = self.page(self.manager).next_pairs(5)
        self.assertEqual([one["id"] for one in shown["pairs"]], self.pairs[1:].ids)
        self.assertEqual(shown["left"], 2)
        self.pairs.claimed_until = False
        self.pairs[0].decided_at = fields.Datetime.now() - timedelta(hours=2)
        shown = self.page(self.manager).next_pairs(5)
        self.assertEqual(
            [one["id"] for one in shown["pairs"]], (self.pairs[1:] | self.pairs[0]).ids
        )
        self.assertEqual(shown["left"], 3)

    def test_who_may_see_few_gets_what_is_counted(self):
        (self.leads[4] | self.leads[5]).type = "opportunity"
        self.leads[0].active = False
        # Many surer pairs before those that the back office may see.
        self.patch(crm_merge_claim, "_LOOKED_AT", 1)
        self.patch(crm_merge_claim, "_LOOKS", 1)
        shown = self.page(self.back_office).next_pairs(5)
        self.assertEqual([one["id"] for one in shown["pairs"]], self.pairs[2].ids)
        self.assertEqual(shown["left"], 1)
        self.assertEqual(self.page(self.manager).next_pairs(1)["left"], 2)

    def test_a_link_is_checked_like_a_merge(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        lead = self.leads[5]
        pair = self.env["crm.duplicate.pair"].create(
            {
                "kind": "customer",
                "first_lead_id": lead.id,
                "second_partner_id": partner.id,
                "verdict": "review",
                "score": 99,
            }
        )
        company = self.env["res.company"].create({"name": "Other"})
        for record, values, sentence in (
            (lead, {"company_id": self.company.id}, None),
            (partner, {"company_id": company.id}, "different companies"),
            (partner, {"company_id": False, "active": False}, "is archived"),
            (partner, {"active": True}, None),
            (lead, {"erased_on": fields.Datetime.now()}, "erased name"),
        ):
            record.sudo().write(values)
            if sentence:
                self.env.flush_all()
                with self.assertRaisesRegex(UserError, sentence):
                    self.env["crm.merge"]._link_customer(lead, partner, pair)
        self.assertFalse(lead.partner_id)
        self.assertEqual(pair.state, "open")

    def test_both_sides_of_a_pair_go_in_one_batch(self):
        first, second, third, fourth = self.leads[:4]
        pair = self.env["crm.duplicate.pair"].create(
            {
                "kind": "lead",
                "first_lead_id": second.id,
                "second_lead_id": fourth.id,
                "verdict": "review",
                "score": 5,
            }
        )
        journals, refused = self.env["crm.merge"]._merge_batch(
            "crm.lead",
            [(first.id, second.id), (third.id, fourth.id)],
            {"reason": "run"},
        )
        self.assertFalse(refused)
        self.env.invalidate_all()
        self.assertEqual(pair.first_lead_id | pair.second_lead_id, first | third)
        journals[1]._undo()
        self.env.invalidate_all()
        self.assertEqual(pair.first_lead_id | pair.second_lead_id, first | fourth)
        journals[0]._undo()
        self.env.invalidate_all()
        self.assertEqual(pair.first_lead_id | pair.second_lead_id, second | fourth)

    def test_chains_in_one_call(self):
        first, second, third = self.leads[0] + self.leads[3] + self.leads[5]
        pair = self.env["crm.duplicate.pair"].create(
            {
                "kind": "lead",
                "first_lead_id": second.id,
                "second_lead_id": third.id,
                "verdict": "review",
                "score": 5,
            }
        )
        for losers in (second + third, third + second):
            journals = self.env["crm.merge"]._merge(first, losers)
            self.env.invalidate_all()
            self.assertEqual(pair.state, "merged")
            self.assertEqual(pair.first_lead_id, first)
            for journal in reversed(journals):
                journal._undo()
            self.env.invalidate_all()
            self.assertEqual(pair.state, "open")
            self.assertEqual(pair.first_lead_id | pair.second_lead_id, second | third)
