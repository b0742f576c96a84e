from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestMergeChosen(CallcenterCommon, HttpCase):
    """Two names chosen in the list are merged field by field."""

    def setUp(self):
        super().setUp()
        self.first, self.second = self.leads[:2]

    def open_page(self, records, user=None):
        self.env.flush_all()
        wizard = (
            self.env["crm.merge.wizard"]
            .with_user(user or self.manager)
            .with_context(active_model=records._name, active_ids=records.ids)
            .create({})
        )
        self.assertTrue(wizard.is_two)
        action = wizard.action_compare()
        self.assertEqual(action["tag"], "crm_dedup.duplicate_review")
        return action["params"]["pair_id"]

    def review(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["crm.merge.review"].with_user(user or self.manager)

    def test_two_that_nobody_found(self):
        self.first.street, self.second.street = "Via Po 1", "Via Roma 2"
        pair_id = self.open_page(self.second | self.first)
        shown = self.review().chosen_pair(pair_id)
        self.assertEqual(
            [side["id"] for side in shown["sides"]], [self.first.id, self.second.id]
        )
        self.review().merge(pair_id, 0, {"address": 1})
        self.env.invalidate_all()
        self.assertEqual(self.second.merged_into_id, self.first)
        self.assertEqual(self.first.street, "Via Roma 2")

    def test_two_that_were_told_different_are_opened_again(self):
        pair = self.env["crm.duplicate.pair"].browse(
            self.open_page(self.first | self.second)
        )
        pair.action_different()
        self.assertEqual(self.open_page(self.first | self.second), pair.id)
        self.assertEqual(pair.state, "open")

    def test_customers(self):
        partners = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        shown = self.review().chosen_pair(self.open_page(partners))
        self.assertEqual(shown["kind"], "partner")

    def test_who_may_not_merge_opens_nothing(self):
        pair_id = self.open_page(self.first | self.second)
        with self.assertRaises(AccessError):
            self.review(self.operator).chosen_pair(pair_id)
        with self.assertRaises(AccessError):
            self.env["crm.merge.review"].with_user(self.operator)._open_chosen(
                self.first, self.second
            )

    def test_one_that_was_merged_is_told(self):
        pair_id = self.open_page(self.first | self.second)
        self.review().merge(pair_id, 0)
        with self.assertRaises(UserError):
            self.review().chosen_pair(pair_id)

    def test_the_page_opens_on_them(self):
        pair_id = self.open_page(self.first | self.second)
        action = self.env.ref("crm_dedup.duplicate_review_action")
        action.sudo().params = {"pair_id": pair_id}
        name = self.second.name
        self.browser_js(
            f"/odoo/action-{action.id}",
            f"""
            const wait = setInterval(() => {{
                if (document.body?.innerText.includes({name!r})) {{
                    clearInterval(wait);
                    console.log("test successful");
                }}
            }}, 100);
            """,
            "true",
            login=self.manager.login,
            timeout=40,
        )
