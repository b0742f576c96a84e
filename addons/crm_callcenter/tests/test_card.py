from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestCard(CallcenterCommon):
    """One card for a name and its customer: header and timeline, within rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.leads[0]
        cls.lead._register_outcome(
            cls.outcomes["N"], user=cls.operator, note="Has a plant already"
        )
        cls.env["crm.call"].create(
            {
                "uuid": "card-call",
                "number_e164": "+390305550001",
                "started_at": "2020-01-01 09:00:00",
                "result": "busy",
                "user_id": cls.operator.id,
                "lead_id": cls.lead.id,
            }
        )
        cls.event = cls.env["calendar.event"].create(
            {
                "name": "Visit at home",
                "start": "2030-01-01 10:00:00",
                "stop": "2030-01-01 11:00:00",
                "user_id": cls.agent.id,
                "partner_ids": [Command.set(cls.agent.partner_id.ids)],
                "opportunity_id": cls.lead.id,
                "is_sales_appointment": True,
            }
        )
        cls.lead.message_post(body="The offer", subject="Offer", message_type="comment")

    def _card(self, user=None, record=None, **values):
        record = record or self.lead
        return record.with_user(user or self.manager).card_timeline(**values)

    def _header(self, record=None):
        record = record or self.lead
        return record.with_user(self.manager).card_header()

    def test_one_list_of_what_happened_latest_first(self):
        card = self._card()
        self.assertEqual(
            [row["kind"] for row in card["rows"] if row["kind"] != "mail"],
            ["appointment", "interaction", "call"],
        )
        dates = [row["date"] for row in card["rows"]]
        self.assertEqual(dates, sorted(dates, reverse=True))
        by_kind = {row["kind"]: row for row in card["rows"]}
        self.assertEqual(by_kind["interaction"]["text"], "Has a plant already")
        self.assertEqual(by_kind["interaction"]["who"], self.operator.name)
        self.assertIn("Busy", by_kind["call"]["title"])
        self.assertIn("The offer", by_kind["mail"]["text"])
        self.assertEqual(by_kind["appointment"]["id"], self.event.id)
        self.assertFalse(card["more"])

    def test_filters_and_pages(self):
        kinds = {row["kind"] for row in self._card(kinds=["call"])["rows"]}
        self.assertEqual(kinds, {"call"})
        self.assertEqual(self._card(kinds=["nonsense"])["rows"], [])
        whole = self._card()["rows"]
        pages = []
        for offset in range(len(whole)):
            page = self._card(offset=offset, limit=1)
            pages += page["rows"]
            self.assertEqual(page["more"], offset < len(whole) - 1)
        self.assertEqual(pages, whole)

    def test_the_customer_shows_the_same_as_its_name(self):
        self.lead._handle_partner_assignment()
        partner = self.lead.partner_id
        self.assertEqual(self._card(record=partner)["rows"], self._card()["rows"])
        second = self.env["crm.lead"].create(
            {**self._lead_values(70), "partner_id": partner.id}
        )
        card = self._card(record=second)
        others = self._header(second)["others"]
        self.assertEqual([other["id"] for other in others], self.lead.ids)
        self.assertIn("interaction", [row["kind"] for row in card["rows"]])

    def test_the_header_says_what_is_next(self):
        header = self._header()
        lead = self.leads[5]
        self.assertIsNone(self._header(lead)["next_action"])
        lead.activity_schedule(
            "mail.mail_activity_data_todo",
            summary="Send the brochure",
            date_deadline="2020-01-01",
            user_id=self.operator.id,
        )
        action = self._header(lead)["next_action"]
        self.assertEqual(action["name"], "Send the brochure")
        self.assertTrue(action["late"])
        self.assertEqual(header["duplicates"], [])
        twin = self.lead.copy({"phone": self.lead.phone})
        self.env.invalidate_all()
        found = self._header()["duplicates"]
        self.assertIn(twin.id, [duplicate["id"] for duplicate in found])

    def test_an_addon_adds_a_kind_of_rows(self):
        model = type(self.env["crm.lead"])
        kinds = model._timeline_kinds

        def more_kinds(records):
            return {**kinds(records), "ticket": ("Tickets", "fa-ticket")}

        def tickets(records, leads, partners, limit):
            return [records._timeline_row(leads[:1], leads.create_date, "Ticket 1")]

        self.patch(model, "_timeline_kinds", more_kinds)
        model._timeline_rows_ticket = tickets
        self.addCleanup(delattr, model, "_timeline_rows_ticket")
        card = self._card(kinds=["ticket"])
        self.assertEqual([row["title"] for row in card["rows"]], ["Ticket 1"])
        self.assertIn("ticket", [kind["key"] for kind in card["kinds"]])

    def test_nobody_sees_more_than_its_work(self):
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                self._card(user)
            with self.assertRaises(AccessError):
                self.lead.with_user(user).card_header()
        self.lead.write({"type": "opportunity", "user_id": self.agent.id})
        rows = self._card(self.agent)["rows"]
        kinds = {row["kind"] for row in rows}
        self.assertIn("interaction", kinds)
        self.assertNotIn("call", kinds)
        self.assertIn(
            "interaction", {r["kind"] for r in self._card(self.back_office)["rows"]}
        )
