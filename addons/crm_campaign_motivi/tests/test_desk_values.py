from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestDeskValues(CampaignCommon):
    """What no screen sends is a sentence, and nothing is saved."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.payload = self.next_name()
        self.claim = self.payload["line_id"], self.payload["claim_token"]

    def test_days_of_the_agenda(self):
        for day in ("x", "9999-12-31", "0001-01-01", 7, True, ["2031-01-13"]):
            with self.subTest(day=day), self.assertRaisesRegex(UserError, "date"):
                self.desk().agenda(*self.claim, day)

    def test_times_of_agents(self):
        good = {
            "agent_id": self.agent.id,
            "start": "2031-01-13 08:00:00",
            "stop": "2031-01-13 09:00:00",
        }
        bad = [
            {},
            [],
            "x",
            {**good, "agent_id": "x"},
            {**good, "agent_id": None},
            {**good, "start": "x"},
            {**good, "start": None},
            {**good, "start": 7},
            {**good, "stop": "9999-12-31 23:59:59"},
        ]
        for slot in bad:
            with self.subTest(slot=slot), self.assertRaisesRegex(UserError, "agenda"):
                self.confirm(
                    self.payload,
                    "T",
                    slot=slot,
                    expected_revenue=1,
                    date_deadline="2031-01-01",
                )
        for slot in bad[3:]:
            with self.subTest(slot=slot), self.assertRaisesRegex(UserError, "agenda"):
                self.desk().hold_slot(*self.claim, **slot)

    def test_values_of_an_outcome(self):
        cases = [
            ("C", {"expected_revenue": 1, "date_deadline": "x"}, "date"),
            ("R", {"recall_at": "x"}, "date and time"),
            ("R", {"recall_at": 7}, "date and time"),
            ("R", {"recall_at": self.in_hours(24 * 400)}, "at most a year"),
        ]
        for kind, values, sentence in cases:
            with (
                self.subTest(**values),
                self.assertRaisesRegex(UserError, sentence),
                self.env.cr.savepoint(),
            ):
                self.confirm(self.payload, kind, **values)
        self.assertFalse(self.leads[0].interaction_ids)
        # A call that isn't there leads to no call.
        self.confirm(self.payload, "N", call_uuid=7)
        self.assertFalse(self.leads[0].interaction_ids.call_id)

    def test_what_is_checked_by_its_name_has_no_place(self):
        """By place, a value would go past what other files of the desk look at."""
        with self.assertRaises(TypeError):
            self.desk().confirm(
                *self.claim, "token", self.outcomes["R"].id, "note", self.in_hours(2)
            )

    def test_others(self):
        self.assertFalse(self.desk().end_call(7))
        for ids in (None, 7, "x", ["x"]):
            with self.subTest(ids=ids):
                self.assertIn("messages", self.desk().read_messages(ids))
