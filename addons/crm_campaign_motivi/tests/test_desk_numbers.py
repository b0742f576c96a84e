from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestDeskNumbers(CampaignCommon):
    """What the desk says of numbers before anybody dials them, and what it refuses."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.calls = self.env.ref("crm_callcenter.crm_consent_purpose_calls")

    def _give(self, number, **values):
        self.env["crm.consent"].create(
            {
                "value": number,
                "purpose_id": self.calls.id,
                "action": "given",
                "source": "call",
                "text_version": "1",
                "date": "2020-01-01",
                **values,
            }
        )

    def _phones(self, payload):
        return {phone["field"]: phone for phone in payload["phones"]}

    def test_what_is_known_is_shown(self):
        """Reason, state, last result and best hour stand beside the number."""
        lead = self.leads[0]
        self.env["phone.blacklist"]._forbid_numbers(
            [lead.phone_e164], "register", "RPO, March"
        )
        self.env["crm.phone.number"]._set_state([lead.mobile_e164], "wrong")
        fixed, mobile = map(self._phones(self.next_name()).get, ("phone", "mobile"))
        self.assertTrue(fixed["blocked"])
        self.assertIn("Register of objections · RPO, March", fixed["why"])
        self.assertEqual((mobile["state"], mobile["hint"]), ("wrong", "Wrong"))
        self.assertEqual((mobile["kind"], mobile["blocked"]), ("Mobile", False))

    def test_consent_is_not_asked_for_by_default(self):
        payload = self.next_name()
        self.assertEqual(payload["lead"]["id"], self.leads[0].id)
        self.assertFalse(self._phones(payload)["phone"]["without_consent"])
        self.assertTrue(
            self.desk().log_dial(payload["line_id"], payload["claim_token"], "phone")
        )

    def test_consent_that_the_company_wants(self):
        """Only names with a consent that holds are served, and only it is dialled."""
        self.company.call_consent_purpose_id = self.calls
        self.assertTrue(self.next_name()["empty"])
        self._give(self.leads[1].phone_e164, date_expiry="2020-02-01")
        self._give(self.leads[2].phone_e164)
        self._give(self.leads[3].mobile_e164)
        self._give(self.leads[3].mobile_e164, action="withdrawn", date="2020-01-02")
        payload = self.next_name()
        self.assertEqual(payload["lead"]["id"], self.leads[2].id)
        phones = self._phones(payload)
        self.assertFalse(phones["phone"]["without_consent"])
        self.assertTrue(phones["mobile"]["without_consent"])
        claim = payload["line_id"], payload["claim_token"]
        with self.assertRaisesRegex(UserError, "consent to call this number"):
            self.desk().log_dial(*claim, "mobile")
        self.assertTrue(self.desk().log_dial(*claim, "phone"))
        self.confirm(payload, "N")
        self.assertTrue(self.next_name()["empty"])
