from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import CampaignCommon

CALLED = "030 9200669"


class InboundCase(CampaignCommon):
    """A campaign that takes calls, and has no list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["crm.operator.group"].create(
            {
                "name": "Answering",
                "member_ids": [Command.set((cls.operator | cls.operator_two).ids)],
            }
        )
        cls.line_campaign = cls.env["utm.campaign"].create(
            {
                "title": "Incoming",
                "is_call_campaign": True,
                "company_id": cls.company.id,
                "direction": "inbound",
                "group_ids": [Command.set(cls.group.ids)],
                "number_ids": [Command.create({"number": CALLED})],
            }
        )
        cls.env["crm.call.window"]._open_always(cls.line_campaign)
        cls.line_campaign.action_start()

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def answer(self, number, user=None, campaign=None, **values):
        return self.desk(user).answer(
            (campaign or self.line_campaign).id, number, **values
        )


@tagged("post_install", "-at_install")
class TestInbound(InboundCase):
    """Somebody calls a campaign that has no list."""

    def test_an_unknown_caller_becomes_a_name(self):
        payload = self.answer("347 1234567", called=CALLED)
        lead = self.env["crm.lead"].browse(payload["lead"]["id"])
        self.assertEqual(lead.mobile_e164, "+393471234567")
        self.assertFalse(lead.phone)
        self.assertEqual(lead.type, "lead")
        self.assertFalse(lead.user_id)
        self.assertIn("called us", payload["why"])
        call = self.env["crm.call"].search(
            [("uuid", "=", payload["incoming"]["call_uuid"])]
        )
        self.assertEqual(
            (call.direction, call.number_e164, call.lead_id, call.user_id),
            ("in", "+393471234567", lead, self.operator),
        )
        # The operator sees and corrects the own caller, ends the call, and is free.
        lead.with_user(self.operator).write({"city": "Brescia"})
        self.confirm(
            payload,
            "N",
            call_uuid=payload["incoming"]["call_uuid"],
            note="Asks a price",
        )
        line = self.line_of(payload)
        self.assertEqual(line.category, "closed_negative")
        self.assertTrue(line.list_id.is_inbound)
        interaction = self.env["crm.interaction"].search([("lead_id", "=", lead.id)])
        self.assertEqual(interaction.campaign_id, self.line_campaign)
        self.assertEqual(interaction.call_id, call)
        # The second call is the same name's.
        again = self.answer("+39 347 1234567", self.operator_two)
        self.assertEqual(again["lead"]["id"], lead.id)
        self.assertEqual(again["line_id"], payload["line_id"])

    def test_a_caller_to_be_called_back_is_served(self):
        payload = self.answer("347 1234567")
        self.assertTrue(self.desk().next_name(self.line_campaign.id)["line_id"])
        self.confirm(payload, "R", recall_at=self.in_hours(1), recall_scope="public")
        self.assertTrue(self.desk().next_name(self.line_campaign.id)["empty"])
        self.line_of(payload).recall_at = self.in_hours(-1)
        served = self.desk(self.operator_two).next_name(self.line_campaign.id)
        self.assertEqual(served["line_id"], payload["line_id"])

    def test_a_caller_put_back_is_not_dialled(self):
        payload = self.answer("347 1234567")
        self.desk().release(payload["line_id"], payload["claim_token"])
        self.line_of(payload).rest_until = False
        self.assertTrue(self.desk().next_name(self.line_campaign.id)["empty"])

    def test_a_known_caller_is_no_new_name(self):
        known = self.leads[2]
        payload = self.answer(known.mobile or known.phone)
        self.assertEqual(payload["lead"]["id"], known.id)
        self.assertEqual(self.line_of(payload).campaign_id, self.line_campaign)

    def test_a_mixed_campaign_calls_and_answers(self):
        self.campaign.direction = "mixed"
        opened = {row["id"]: row for row in self.desk().open()["campaigns"]}
        self.assertEqual(opened[self.campaign.id]["direction"], "mixed")
        served = self.next_name()
        self.assertEqual(served["lead"]["id"], self.leads[0].id)
        with self.assertRaisesRegex(UserError, "You have a name in hand"):
            self.answer("347 1234567", campaign=self.campaign)
        self.confirm(served, "N")
        # Nobody works in it but by the lists: the callers' list is for the campaign.
        self.campaign.group_ids = self.group
        number = self.leads[3].mobile or self.leads[3].phone
        payload = self.answer(number, campaign=self.campaign)
        self.assertEqual(payload["lead"]["id"], self.leads[3].id)
        # The name's own place in the campaign, not a second one.
        self.assertEqual(self.line_of(payload).list_id, self.call_list)

    def test_a_withheld_number(self):
        first, second = self.answer(""), None
        self.confirm(first, "N")
        second = self.answer("")
        self.assertNotEqual(first["lead"]["id"], second["lead"]["id"])
        self.assertIn("without a number", second["lead"]["name"])

    def test_refusals(self):
        with self.assertRaisesRegex(UserError, "can't be read as a telephone number"):
            self.answer("12")
        with self.assertRaisesRegex(UserError, "takes no calls"):
            self.answer("347 1234567", campaign=self.campaign)
        with self.assertRaisesRegex(UserError, "work on no list"):
            self.answer("347 1234567", self.coordinator)
        payload = self.answer("347 1234567")
        with self.assertRaisesRegex(UserError, "Somebody else is working"):
            self.answer("347 1234567", self.operator_two)
        self.confirm(payload, "N")
        self.line_campaign.action_close()
        with self.assertRaisesRegex(UserError, "is closed"):
            self.answer("347 1234567")

    def test_numbers(self):
        campaigns = self.env["utm.campaign"]
        self.assertEqual(campaigns._campaign_called("0309200669"), self.line_campaign)
        self.assertFalse(campaigns._campaign_called("030 1111111"))
        with self.assertRaisesRegex(ValidationError, "can't be read"):
            self.line_campaign.number_ids = [Command.create({"number": "many"})]

    def test_what_is_missing(self):
        bare = self.env["utm.campaign"].create(
            {"title": "Bare", "is_call_campaign": True, "direction": "inbound"}
        )
        with self.assertRaisesRegex(UserError, "no called number.*No operator works"):
            bare.action_start()
        self.assertNotIn("no list", bare.setup_problem)

    def test_the_callers_list_stays(self):
        callers = self.line_campaign.call_list_ids
        self.assertEqual(len(callers), 1)
        with self.assertRaisesRegex(UserError, "keeps who calls"):
            callers.unlink()
        self.line_campaign.direction = "mixed"
        self.assertEqual(self.line_campaign.call_list_ids, callers)


@tagged("post_install", "-at_install")
class TestCaller(InboundCase):
    """Whose number it is."""

    def test_somebody_of_the_household_or_the_company(self):
        known = self.leads[2]
        known.household_ids = [
            Command.create(
                {"name": "Wife", "kind": "household", "phone": "347 7654321"}
            )
        ]
        self.assertEqual(self.answer("347 7654321")["lead"]["id"], known.id)

    def test_the_own_number_comes_before_a_relatives(self):
        self.leads[2].household_ids = [
            Command.create(
                {"name": "Son", "kind": "household", "phone": self.leads[1].mobile}
            )
        ]
        payload = self.answer(self.leads[1].mobile)
        self.assertEqual(payload["lead"]["id"], self.leads[1].id)

    def test_a_customer_without_a_name(self):
        for number in ("347 7654321", "+39 347 7654322", "0039 347 7654323"):
            customer = self.env["res.partner"].create(
                {"name": "Customer of test", "mobile": number}
            )
            payload = self.answer(number)
            lead = self.env["crm.lead"].browse(payload["lead"]["id"])
            self.assertEqual(lead.partner_id, customer, number)
            self.confirm(payload, "N")

    def test_a_customer_whose_name_has_other_numbers(self):
        customer = self.env["res.partner"].create(
            {"name": "Customer of test", "phone": "030 1234567"}
        )
        self.leads[2].partner_id = customer
        self.leads[2].write({"phone": "030 5550003", "mobile": False})
        customer.phone = "030 1234567"
        payload = self.answer("030 1234567")
        self.assertEqual(payload["lead"]["id"], self.leads[2].id)

    def test_a_colleague_is_no_customer(self):
        self.coordinator.partner_id.phone = "347 7654321"
        payload = self.answer("347 7654321")
        lead = self.env["crm.lead"].browse(payload["lead"]["id"])
        self.assertFalse(lead.partner_id)

    def test_names_of_another_company_stay_closed(self):
        other = self.env["res.company"].create({"name": "Other of test"})
        known = self.leads[2]
        known.company_id = other
        number = known.mobile
        payload = self.answer(number)
        self.assertNotEqual(payload["lead"]["id"], known.id)
        self.confirm(payload, "N")
        self.env["crm.lead"].browse(payload["lead"]["id"]).mobile = False
        # Also for a campaign of all companies.
        self.line_campaign.company_id = False
        self.assertNotEqual(self.answer(number)["lead"]["id"], known.id)

    def test_names_of_other_branches_stay_closed(self):
        business, retail = self.env["crm.portfolio"].create(
            [{"name": "Business"}, {"name": "Retail"}]
        )
        self.call_list.operator_ids = self.operator_two
        self.group.member_ids = self.operator
        self.line_campaign.call_list_ids.portfolio_id = business
        self.operator.portfolio_ids = business
        inside, outside = self.leads[1], self.leads[2]
        inside.portfolio_id, outside.portfolio_id = business, retail
        payload = self.answer(inside.mobile)
        self.assertEqual(payload["lead"]["id"], inside.id)
        self.confirm(payload, "N")
        payload = self.answer(outside.mobile)
        new = self.env["crm.lead"].browse(payload["lead"]["id"])
        self.assertNotEqual(new, outside)
        self.assertEqual(new.portfolio_id, business)

    def test_a_double_click_takes_one_name(self):
        for number in ("347 1234567", ""):
            first, second = self.answer(number), self.answer(number)
            self.assertEqual(first["line_id"], second["line_id"])
            self.assertEqual(first["claim_token"], second["claim_token"])
            self.assertEqual(
                first["incoming"]["call_uuid"], second["incoming"]["call_uuid"]
            )
            self.confirm(first, "N")

    def test_the_person_in_hand_calls(self):
        self.campaign.direction = "mixed"
        served = self.next_name()
        number = self.leads[0].mobile
        payload = self.answer(number, campaign=self.campaign)
        self.assertEqual(payload["line_id"], served["line_id"])
        calls = self.env["crm.call"].search(
            [("line_id", "=", served["line_id"]), ("direction", "=", "in")]
        )
        self.assertEqual(calls.uuid, payload["incoming"]["call_uuid"])
