import time
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlencode

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.crm_inbound_call import RINGING_SECONDS
from ..tools.call_url import signature
from .test_inbound import CALLED, InboundCase

NUMBER = "+393471234567"


@tagged("post_install", "-at_install")
class TestInboundUrl(InboundCase, HttpCase):
    """The telephone exchange opens an address when somebody calls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = "0123456789abcdef" * 4
        cls.company.sudo().inbound_call_secret = cls.secret
        cls.operator.telephone_extension = "201"

    def setUp(self):
        # HttpCase enters the registry's test mode itself.
        super(InboundCase, self).setUp()

    def url(self, secret=None, signed=None, **values):
        values = {
            "company": str(self.company.id),
            "number": NUMBER,
            "called": CALLED,
            "at": str(int(time.time())),
            "operator": "",
            **values,
        }
        values["signature"] = signature(secret or self.secret, signed or values)
        return f"/callcenter/call?{urlencode(values)}"

    def open_url(self, url, user=None):
        self.authenticate(user and user.login, user and user.login)
        return self.opener.get(self.base_url() + url, timeout=30, allow_redirects=False)

    def calls(self):
        self.env.invalidate_all()
        return self.env["crm.inbound.call"].search([], order="id")

    @contextmanager
    def heard(self):
        """Collect what the operators' desks hear."""
        told = []
        with patch.object(
            type(self.env["res.users"]),
            "_bus_send",
            lambda user, kind, message, /, **_options: told.append(
                (user.id, kind, message)
            ),
        ):
            yield told

    # Refused

    def test_forged_expired_and_unknown_are_refused_and_recorded(self):
        now = int(time.time())
        good = {"company": str(self.company.id), "number": NUMBER, "at": str(now)}
        cases = [
            (self.url(secret="guess"), 403, "forged"),
            (self.url(signed=good, number="+390000"), 403, "forged"),
            (self.url(signed=good, operator="201"), 403, "forged"),
            (self.url().partition("&signature")[0], 403, "forged"),
            (self.url() + "0", 403, "forged"),
            (self.url(at=str(now - 3600), operator="201"), 403, "expired"),
            (self.url(at=str(now + 3600), operator="201"), 403, "expired"),
            (self.url(at="soon", operator="201"), 403, "expired"),
            (self.url(operator="999"), 404, "unknown"),
            (self.url(), 404, "unknown"),
            (self.url(operator=self.agent.login), 404, "unknown"),
        ]
        with self.heard() as told:
            for url, status, _result in cases:
                response = self.open_url(url)
                self.assertEqual(response.status_code, status, url)
                self.assertNotIn(self.secret, response.text)
        self.assertFalse(told)
        self.assertEqual(
            self.calls().mapped("result"), [result for _url, _status, result in cases]
        )
        self.assertFalse(self.calls().user_id)

    def test_without_a_secret_nothing_is_signed(self):
        self.company.sudo().inbound_call_secret = False
        self.assertEqual(self.open_url(self.url(secret="x")).status_code, 403)
        url = self.url(company="999999", operator="201")
        self.assertEqual(self.open_url(url).status_code, 403)

    def test_a_new_secret_ends_the_one_before(self):
        url = self.url(operator="201")
        self.company.with_user(self.env.ref("base.user_admin")).action_new_call_secret()
        self.assertEqual(self.open_url(url).status_code, 403)

    def test_too_many_calls_of_a_minute(self):
        self.company.inbound_calls_per_minute = 2
        with self.heard():
            codes = [
                self.open_url(
                    self.url(number=f"+3934712345{index:02}", operator="201")
                ).status_code
                for index in range(4)
            ]
        self.assertEqual(codes, [200, 200, 429, 429])
        self.assertEqual(
            self.calls().mapped("result"), ["announced", "announced", "many", "many"]
        )

    # By the exchange itself

    def test_the_operators_desk_gets_the_call(self):
        url = self.url(operator="201")
        with self.heard() as told:
            response = self.open_url(url)
        self.assertEqual((response.status_code, response.text), (200, "ok"))
        call = self.calls()
        self.assertEqual((call.user_id, call.result), (self.operator, "announced"))
        self.assertEqual(
            told,
            [
                (
                    self.operator.id,
                    "crm_desk/call",
                    {"call_id": call.id, "number": NUMBER},
                )
            ],
        )
        self.assertEqual(
            self.desk().waiting_call(), {"call_id": call.id, "number": NUMBER}
        )
        self.assertFalse(self.desk(self.operator_two).waiting_call())
        with self.assertRaisesRegex(UserError, "not yours"):
            self.desk(self.operator_two).answer_call(call.id)
        payload = self.desk().answer_call(call.id)
        self.assertEqual(payload["incoming"]["e164"], NUMBER)
        self.assertEqual(payload["campaign"]["id"], self.line_campaign.id)
        logged = self.env["crm.call"].search(
            [("uuid", "=", payload["incoming"]["call_uuid"])]
        )
        self.assertEqual((logged.direction, logged.user_id), ("in", self.operator))
        self.assertEqual(self.calls().result, "answered")
        self.assertFalse(self.desk().waiting_call())
        # Opened once more by whoever has read the address somewhere: nothing rings.
        with self.heard() as told:
            self.assertEqual(self.open_url(url).status_code, 200)
        self.assertFalse(told)

    def test_the_login_names_the_operator_as_well(self):
        with self.heard() as told:
            self.open_url(self.url(operator=self.operator_two.login))
        self.assertEqual(told[0][0], self.operator_two.id)

    # Over

    def test_a_call_that_is_over_leaves_the_desk(self):
        missed = self.url(operator="201")
        self.open_url(missed)
        with self.heard() as told:
            response = self.open_url(self.url(operator="201", event="ended"))
        self.assertEqual((response.status_code, response.text), (200, "ok"))
        call = self.calls()
        self.assertEqual(call.result, "missed")
        ended = {"call_id": call.id, "call_uuid": ""}
        self.assertEqual(told, [(self.operator.id, "crm_desk/call_ended", ended)])
        self.assertFalse(self.desk().waiting_call())
        # The announcement opened again rings no more.
        with self.heard() as told:
            self.assertEqual(self.open_url(missed).status_code, 200)
        self.assertFalse(told)

    def test_a_call_on_the_desk_ends_with_the_exchange(self):
        self.open_url(self.url(operator="201"))
        payload = self.desk().answer_call(self.calls().id)
        uuid = payload["incoming"]["call_uuid"]
        logged = self.env["crm.call"].search([("uuid", "=", uuid)])
        self.assertFalse(logged.ended_at)
        with self.heard() as told:
            self.open_url(self.url(operator="201", event="ended"))
        self.assertEqual(told[0][2]["call_uuid"], uuid)
        self.env.invalidate_all()
        ended_at = logged.ended_at
        self.assertTrue(ended_at)
        self.assertEqual(self.calls().result, "answered")
        self.open_url(self.url(operator="201", event="ended"))
        self.env.invalidate_all()
        self.assertEqual(logged.ended_at, ended_at, "once")

    def test_the_end_of_a_call_is_signed_as_such(self):
        url = self.url(operator="201")
        self.open_url(url)
        with self.heard() as told:
            self.assertEqual(self.open_url(f"{url}&event=ended").status_code, 403)
            other = self.url(operator="201", number="+390000", event="ended")
            self.assertEqual(self.open_url(other).status_code, 200)
            other = self.url(operator=self.operator_two.login, event="ended")
            self.assertEqual(self.open_url(other).status_code, 200)
        self.assertFalse(told)
        self.assertEqual(self.calls().mapped("result"), ["announced", "forged"])

    def test_a_call_that_was_dismissed_waits_no_more(self):
        self.open_url(self.url(operator="201"))
        call = self.calls()
        self.assertFalse(self.desk(self.operator_two).dismiss_call(call.id))
        self.assertTrue(self.desk().dismiss_call(call.id))
        self.assertEqual(self.calls().result, "dismissed")
        self.assertFalse(self.desk().waiting_call())
        self.assertFalse(self.desk().dismiss_call(call.id), "once")

    def test_no_call_rings_for_ever(self):
        self.open_url(self.url(operator="201"))
        call = self.calls()
        self.assertTrue(self.desk().waiting_call())
        call.date -= timedelta(seconds=RINGING_SECONDS + 5)
        self.assertFalse(self.desk().waiting_call())

    # In the operator's browser

    def test_in_the_browser_the_desk_opens(self):
        response = self.open_url(self.url(), self.operator)
        self.assertEqual(response.status_code, 303)
        call = self.calls()
        self.assertTrue(
            response.headers["Location"].endswith(f"/odoo/desk?call={call.id}")
        )
        self.assertEqual(call.user_id, self.operator)

    def test_the_call_of_somebody_else_is_not_opened(self):
        response = self.open_url(self.url(operator="201"), self.operator_two)
        self.assertEqual(response.status_code, 403)
        response = self.open_url(self.url(), self.agent)
        self.assertEqual(response.status_code, 404)
        self.assertEqual(self.calls().mapped("result"), ["other", "unknown"])

    def test_the_same_address_again_is_the_same_call(self):
        url = self.url()
        first = self.open_url(url, self.operator).headers["Location"]
        self.assertEqual(self.open_url(url, self.operator).headers["Location"], first)
        call = self.calls()
        payload = self.desk().answer_call(call.id)
        self.assertEqual(self.open_url(url, self.operator).headers["Location"], first)
        again = self.desk().answer_call(call.id)
        self.assertEqual(
            (again["claim_token"], again["incoming"]),
            (payload["claim_token"], payload["incoming"]),
        )
        self.confirm(payload, "N")
        with self.assertRaisesRegex(UserError, "dealt with"):
            self.desk().answer_call(call.id)
        domain = [("lead_id", "=", payload["lead"]["id"])]
        self.assertEqual(self.env["crm.call"].search_count(domain), 1)
        self.assertFalse(self.line_of(payload).claimed_by_id)
        self.assertEqual(self.open_url(url, self.operator_two).status_code, 403)

    # Whose number

    def announce(self, number):
        self.open_url(self.url(number=number), self.operator)
        return self.desk().answer_call(self.calls()[-1].id)

    def test_an_unknown_number_becomes_a_name(self):
        payload = self.announce("+39 347 999 0001")
        self.assertEqual(payload["lead"]["name"], "Caller +39 347 999 0001")

    def test_the_exact_number_and_no_part_of_it(self):
        known = self.leads[2]
        number = known.mobile_e164 or known.phone_e164
        payload = self.announce(number[:-1])
        self.assertNotEqual(payload["lead"]["id"], known.id)
        self.confirm(payload, "N")
        self.assertEqual(self.announce(number)["lead"]["id"], known.id)

    def test_a_number_of_two_names_is_that_of_the_campaign(self):
        number = "030 9200555"
        self.leads[1].phone = number
        other = self.env["crm.lead"].create(
            {"name": "Newer", "phone": number, "company_id": self.company.id}
        )
        self.assertEqual(self.announce(number)["lead"]["id"], other.id, "the newest")
        self.desk().release(
            *[self.desk().open()["current"][key] for key in ("line_id", "claim_token")]
        )
        other.call_list_line_ids.sudo().unlink()
        self.line_campaign._inbound_line(self.leads[1])
        self.env["crm.inbound.call"].search([]).digest = False
        self.assertEqual(self.announce(number)["lead"]["id"], self.leads[1].id)

    # The secret

    def test_only_administrators_make_and_see_the_secret(self):
        for user in (self.operator, self.coordinator, self.manager):
            with self.assertRaises(AccessError):
                self.company.with_user(user).action_new_call_secret()
            with (
                self.assertRaises(AccessError),
                mute_logger("odoo.addons.base.models.ir_model"),
            ):
                self.company.with_user(user).read(["inbound_call_secret"])
        admin = self.env.ref("base.user_admin")
        action = self.company.with_user(admin).action_new_call_secret()
        wizard = self.env["crm.call.secret.wizard"].browse(action["res_id"])
        secret = wizard.with_user(admin).secret
        self.assertEqual(secret, self.company.sudo().inbound_call_secret)
        self.assertNotEqual(secret, self.secret)
        path = wizard.with_user(admin).example_url.partition("/callcenter")[2]
        self.open_url(f"/callcenter{path}", self.operator)
        # Signed rightly, for the administrator.
        self.assertEqual(self.calls()[-1].result, "other")
        wizard.invalidate_recordset()
        self.env.cr.execute(
            "UPDATE crm_call_secret_wizard SET create_date = create_date"
            " - interval '1 hour' WHERE id = %s",
            [wizard.id],
        )
        self.assertFalse(wizard.with_user(admin).secret, "shown once")
