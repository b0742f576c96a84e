import uuid

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestDeskTypedNumber(CampaignCommon):
    """Numbers corrected, added or marked wrong with the customer on the line."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.payload = self.next_name()
        self.claim = self.payload["line_id"], self.payload["claim_token"]
        self.lead = self.leads[0]

    def _check(self, field, number, user=None):
        return self.desk(user).check_number(*self.claim, field, number)

    def _state(self, number):
        return self.env["crm.phone.number"].search([("number", "=", number)]).state

    def _messages(self):
        return "".join(self.lead.message_ids.mapped("body"))

    def test_what_the_payload_says(self):
        fields = {row["field"]: row for row in self.desk().open()["number_fields"]}
        self.assertEqual(list(fields), ["phone", "mobile", "phone_second"])
        self.assertTrue(all(row["editable"] for row in fields.values()))
        wrong = self.env.ref("crm_callcenter.crm_outcome_wrong_number")
        results = {row["id"]: row["number_result"] for row in self.payload["outcomes"]}
        self.assertEqual(results[wrong.id], "wrong")

    def test_the_last_try_is_said_with_its_moment(self):
        self.env["crm.phone.number"].create(
            {
                "number": self.lead.phone_e164,
                "last_result": "no_answer",
                "last_call": "2026-01-02 10:30:00",
            }
        )
        phone = self.next_name()["phones"][0]
        self.assertEqual(phone["last_call"], "2026-01-02 10:30:00")
        self.assertEqual((phone["last_result"], phone["doubt"]), ("No Answer", ""))

    def test_a_typed_number_is_read_and_nothing_written(self):
        phone = self._check("mobile", " 347 / 555.66.77 ")
        self.assertEqual(phone["e164"], "+393475556677")
        self.assertEqual(phone["raw"], "347 / 555.66.77")
        self.assertFalse(phone["blocked"] or phone["without_consent"])
        self.assertEqual(self.lead.mobile_e164, "+393331112201")
        self.assertFalse(self._state("+393475556677"))

    def test_a_zero_that_was_not_typed_follows_from_the_province(self):
        """Bergamo's 035 without its 0 looks like a mobile; what is dialled is kept."""
        self.lead.state_id = self.env.ref("base.state_it_bg")
        phone = self._check("phone_second", "351234567")
        self.assertEqual(phone["e164"], "+390351234567")
        numbers = {"phone_second": {"number": "351234567"}}
        self.env["crm.desk"]._write_numbers(self.lead, numbers)
        self.assertEqual(self.lead.phone_second_e164, "+390351234567")

    def test_two_numbers_are_not_one(self):
        with self.assertRaisesRegex(UserError, "can't be read as a telephone"):
            self._check("mobile", "030 9200669 - 347 5556677")

    def test_what_is_known_of_a_typed_number_is_said(self):
        self.env["phone.blacklist"]._forbid_numbers(
            ["+393475556677"], "asked", "Letter"
        )
        phone = self._check("mobile", "347 5556677")
        self.assertTrue(phone["blocked"])
        self.assertIn("Letter", phone["why"])

    def test_bad_input_gets_a_sentence(self):
        for number in ("", "12", "no number", None, 5, ["030"], "3" * 200):
            with self.assertRaisesRegex(UserError, "can't be read as a telephone"):
                self._check("mobile", number)
        with self.assertRaisesRegex(UserError, "has this number already, as Phone"):
            self._check("mobile", "030/55500 01")
        for field in ("name", "email_from", None, "__class__"):
            with self.assertRaisesRegex(UserError, "not a number of the name"):
                self._check(field, "347 5556677")

    def test_only_whoever_has_the_name_in_hand(self):
        with self.assertRaisesRegex(UserError, "no longer in your hands"):
            self._check("mobile", "347 5556677", user=self.operator_two)
        with self.assertRaisesRegex(UserError, "no longer in your hands"):
            self.desk(self.operator_two).log_dial_typed(
                *self.claim, "mobile", "347 5556677"
            )

    def test_a_typed_number_is_dialled_by_the_same_rules(self):
        dialled = self.desk().log_dial_typed(*self.claim, "mobile", "347 5556677")
        self.assertEqual(dialled["tel"], "tel:+393475556677")
        call = self.env["crm.call"].search([("uuid", "=", dialled["call_uuid"])])
        self.assertEqual(call.number_e164, "+393475556677")
        self.assertEqual(call.lead_id, self.lead)
        self.assertEqual(self.lead.mobile_e164, "+393331112201", "written too early")
        self.company.calls_per_day_max = 1
        with self.assertRaisesRegex(UserError, "called as often as is allowed"):
            self.desk().log_dial_typed(*self.claim, "mobile", "+39 3475556677")
        self.env["phone.blacklist"]._forbid_numbers(
            ["+393479990000"], "asked", "Said so"
        )
        with self.assertRaisesRegex(UserError, "do-not-call list"):
            self.desk().log_dial_typed(*self.claim, "mobile", "347 9990000")
        with self.assertRaisesRegex(UserError, "can't be read as a telephone"):
            self.desk().log_dial_typed(*self.claim, "mobile", "117")
        self.company.call_consent_purpose_id = self.env.ref(
            "crm_callcenter.crm_consent_purpose_calls"
        )
        with self.assertRaisesRegex(UserError, "consent to call this number"):
            self.desk().log_dial_typed(*self.claim, "phone_second", "030 5559999")
        self.assertEqual(self.env["crm.call"].search_count([], limit=5), 1)

    def test_confirm_writes_what_was_said(self):
        self.confirm(
            self.payload,
            "N",
            numbers={
                "phone": {"wrong": "+390305550001"},
                "mobile": {"number": "347 / 555 6677", "wrong": "+393331112201"},
                "phone_second": {"number": "030 555 9999"},
            },
        )
        self.env.invalidate_all()
        self.assertEqual(self.lead.mobile, "347 / 555 6677", "kept as it was said")
        self.assertEqual(self.lead.mobile_e164, "+393475556677")
        self.assertEqual(self.lead.phone_second_e164, "+390305559999")
        self.assertEqual(self.lead.phone_e164, "+390305550001")
        self.assertEqual(self._state("+390305550001"), "wrong")
        self.assertEqual(self._state("+393331112201"), "wrong")
        self.assertIn("333 1112201 became 347 / 555 6677", self._messages())

    def test_an_appointment_has_the_corrected_number(self):
        slot = self._next_free_slot()
        start, stop = (moment.strftime("%Y-%m-%d %H:%M:%S") for moment in slot)
        held = {"agent_id": self.agent.id, "start": start, "stop": stop}
        self.desk().hold_slot(*self.claim, **held)
        result = self.confirm(
            self.payload,
            "T",
            slot=held,
            expected_revenue=1,
            date_deadline="2099-01-01",
            numbers={"mobile": {"number": "347 5556677"}},
        )
        event = self.env["calendar.event"].browse(result["event_id"])
        self.assertIn("+393475556677", event.description)

    def test_the_number_of_a_customer_is_the_customers_too(self):
        """A recall to somebody who is a customer already: card and name agree."""
        partner = self.env["res.partner"].create(
            {"name": "Name 1", "phone": self.lead.phone}
        )
        self.lead.partner_id = partner
        self.confirm(self.payload, "N", numbers={"phone": {"number": "030 5559999"}})
        self.assertEqual(self.lead.phone, "030 5559999")
        self.assertEqual(partner.phone, "030 5559999")

    def test_the_same_confirm_twice_writes_once(self):
        token = uuid.uuid4().hex
        numbers = {"mobile": {"number": "347 5556677"}}
        first = self.confirm(self.payload, "N", token=token, numbers=numbers)
        self.lead.mobile = "349 0001122"
        second = self.confirm(self.payload, "N", token=token, numbers=numbers)
        self.assertEqual(first["interaction_id"], second["interaction_id"])
        self.assertEqual(self.lead.mobile, "349 0001122")

    def test_refused_numbers_save_nothing(self):
        cases = {
            "can't be read. Reload": (
                [],
                "x",
                {"name": {"number": "1"}},
                {"phone": "030 5559999"},
                {"phone": {"number": 5}},
                {"phone": {"number": "030 5559999", "state": "x"}},
            ),
            "as a telephone number": ({"phone": {"number": "12"}},),
            "twice": (
                {"phone_second": {"number": "030 5550001"}},
                {
                    "phone": {"number": "347 1112233"},
                    "mobile": {"number": "3471112233"},
                },
            ),
        }
        for sentence, inputs in cases.items():
            for numbers in filter(None, inputs):
                with self.assertRaisesRegex(UserError, sentence):
                    self.confirm(self.payload, "N", numbers=numbers)
        self.assertFalse(self.lead.interaction_ids)
        self.assertEqual(self.lead.phone, "030 5550001")

    def test_a_number_of_somebody_else_is_not_marked(self):
        """Only numbers of this name: a browser can't spoil any number it names."""
        other = self.leads[1].phone_e164
        forbidden = self.lead.phone_e164
        self.env["phone.blacklist"]._forbid_numbers([forbidden], "asked", "Said so")
        self.confirm(
            self.payload,
            "N",
            numbers={"phone": {"wrong": forbidden}, "mobile": {"wrong": other}},
        )
        self.assertFalse(self._state(other))
        self.assertEqual(self._state(forbidden), "never")

    def test_fields_that_the_settings_close(self):
        mobile = self.env["ir.model.fields"]._get("crm.lead", "mobile")
        self.company.lead_main_field_ids -= mobile
        fields = {row["field"]: row for row in self.desk().open()["number_fields"]}
        self.assertFalse(fields["mobile"]["editable"])
        self.assertTrue(fields["phone"]["editable"])
        for refused in (
            lambda: self._check("mobile", "347 5556677"),
            lambda: self.desk().log_dial_typed(*self.claim, "mobile", "347 5556677"),
            lambda: self.confirm(
                self.payload, "N", numbers={"mobile": {"number": "347 5556677"}}
            ),
        ):
            with self.assertRaisesRegex(UserError, "may not change Mobile"):
                refused()
        # To say that a number is wrong changes nothing of the name.
        self.confirm(
            self.payload, "N", numbers={"mobile": {"wrong": self.lead.mobile_e164}}
        )
        self.assertEqual(self._state(self.lead.mobile_e164), "wrong")

    def test_close_leaves_nothing(self):
        self._check("mobile", "347 5556677")
        self.desk().log_dial_typed(*self.claim, "mobile", "347 5556677")
        self.desk().release(*self.claim)
        self.env.invalidate_all()
        self.assertEqual(self.lead.mobile, "333 1112201")
        self.assertFalse(self._state("+393475556677"))
        self.assertFalse(self._messages().count("347"))
