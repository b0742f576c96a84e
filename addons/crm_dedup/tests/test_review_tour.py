from odoo.tests import HttpCase, tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon

_TEN = (
    ("Bonetti", "Brescia"),
    ("Carraro", "Padova"),
    ("Dall'Olio", "Bologna"),
    ("Esposito", "Napoli"),
    ("Frigerio", "Como"),
    ("Guidi", "Lucca"),
    ("Lanza", "Palermo"),
    ("Moretti", "Ancona"),
    ("Nardi", "Terni"),
    ("Peluso", "Lecce"),
)


@tagged("post_install", "-at_install", "tour")
class TestReviewTour(CallcenterCommon, HttpCase):
    """Ten pairs are decided in a real browser, with nothing but the keyboard."""

    def test_ten_pairs_by_keyboard(self):
        # Nothing but the pairs below: no two of the ten have anything in common.
        leads = (
            self.env["crm.lead"]
            .with_context(crm_dedup_off=True)
            .create(
                [
                    {
                        "name": f"Pair {number} {surname} {side}",
                        "type": "lead",
                        "user_id": False,
                        "mobile": f"{333 + number} {5550000 + 1111 * number + place}",
                        "street": f"Via {surname} 1" if place == 0 else False,
                        "city": city,
                    }
                    for number, (surname, city) in enumerate(_TEN)
                    for place, side in enumerate("ab")
                ]
            )
        )
        # Whoever else the tests made is compared now, and none of it is asked.
        self.env.cr.precommit.run()
        others = self.env["crm.duplicate.pair"].search([("state", "=", "open")])
        others.write({"state": "different"})
        pairs = self.env["crm.duplicate.pair"].create(
            [
                {
                    "kind": "lead",
                    "first_lead_id": leads[2 * number].id,
                    "second_lead_id": leads[2 * number + 1].id,
                    "score": 20 - number,
                    "verdict": "review",
                    "reasons": [
                        {"code": "same_city", "points": 2},
                        {"code": "other_mobile", "points": -1},
                    ],
                }
                for number in range(10)
            ]
        )
        self.start_tour(
            "/odoo/duplicates",
            "crm_dedup_review_ten_pairs",
            login=self.manager.login,
            timeout=120,
        )
        self.env.invalidate_all()
        self.assertEqual(
            pairs.mapped("state"),
            ["merged", "different", "postponed"] + ["merged"] * 7,
        )
        first, second = leads[0], leads[1]
        self.assertEqual(second.merged_into_id, first)
        self.assertEqual(first.mobile, "333 5550001")
        self.assertIn("333 5550000", (first.phone, first.phone_second))
        self.assertEqual(leads[6].merged_into_id, leads[7])
        self.assertEqual(leads[7].street, "Via Esposito 1")
        self.assertFalse((leads[2] | leads[3] | leads[4] | leads[5]).merged_into_id)
        journals = self.env["crm.merge.journal"].search(
            [("pair_ref", "=", pairs[4].id)]
        )
        self.assertEqual(sorted(journals.mapped("state")), ["done", "undone"])
        self.assertEqual(journals.create_uid, self.manager)
