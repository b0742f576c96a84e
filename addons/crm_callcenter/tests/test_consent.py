import base64
import hashlib
from datetime import datetime, timedelta

from psycopg2.errors import CheckViolation, RestrictViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestConsent(CallcenterCommon):
    """The ledger of consents never changes, and says what holds at any moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.leads[0]
        cls.lead.email_from = "Mario <Mario@Example.com>"
        cls.number = cls.lead.phone_e164
        cls.calls = cls.env.ref("crm_callcenter.crm_consent_purpose_calls")
        cls.profiling = cls.env.ref("crm_callcenter.crm_consent_purpose_profiling")
        cls.emails = cls.env.ref("crm_callcenter.crm_consent_purpose_emails")
        cls.consents = cls.env["crm.consent"]

    def _record(self, value=None, action="given", days=0, purpose=None, **values):
        return self.consents.create(
            {
                "value": value or self.number,
                "purpose_id": (purpose or self.calls).id,
                "action": action,
                "source": "call",
                "text_version": "1",
                "date": fields.Datetime.now() - timedelta(days=days),
                **values,
            }
        )

    # ------------------------------------------------------------
    # IMMUTABLE
    # ------------------------------------------------------------

    def test_never_changed_never_deleted(self):
        """Not even the superuser changes or deletes a row or its proof."""
        consent = self._record(proof=base64.b64encode(b"voice"), proof_name="a.wav")
        for who in (consent, consent.with_user(self.manager), consent.sudo()):
            with self.assertRaisesRegex(UserError, "can't be changed"):
                who.write({"action": "withdrawn"})
        for who in (consent, consent.sudo()):
            with self.assertRaisesRegex(UserError, "can't be deleted"):
                who.unlink()
        self.assertEqual(consent.proof_digest, hashlib.sha256(b"voice").hexdigest())
        proof = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "crm.consent"),
                    ("res_field", "=", "proof"),
                    ("res_id", "=", consent.id),
                ]
            )
        )
        self.assertTrue(proof)
        with self.assertRaisesRegex(UserError, "proof of a consent"):
            proof.unlink()
        with self.assertRaisesRegex(UserError, "proof of a consent"):
            proof.write({"raw": b"other"})

    def test_the_database_keeps_it(self):
        """Not even SQL changes what was said, but in the erasure by law."""
        consent = self._record()
        for statement in (
            "UPDATE crm_consent SET action = 'withdrawn' WHERE id = %s",
            "UPDATE crm_consent SET value = '+390301' WHERE id = %s",
            "UPDATE crm_consent SET date_expiry = '2030-01-01' WHERE id = %s",
            "DELETE FROM crm_consent WHERE id = %s",
        ):
            with (
                self.subTest(statement=statement),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(RestrictViolation, "can't be changed"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [consent.id])
        self.lead._erase("Letter", never_again=False)
        consent.invalidate_recordset()
        self.assertRegex(consent.value, "^[0-9a-f]{64}$")
        with mute_logger("odoo.sql_db"), self.assertRaises(RestrictViolation):
            with self.env.cr.savepoint():
                self.env.cr.execute("DELETE FROM crm_consent")

    # ------------------------------------------------------------
    # WHAT HOLDS
    # ------------------------------------------------------------

    def test_last_word_counts(self):
        """Given, withdrawn, given again: asked today and for moments in between."""
        now = fields.Datetime.now()
        self.assertFalse(self.consents._is_given(self.number, self.calls))
        self._record(days=30)
        self._record(action="withdrawn", days=20)
        self._record(days=10)

        def given(days):
            moment = now - timedelta(days=days)
            return self.consents._is_given(self.number, self.calls, moment)

        self.assertEqual(
            [given(days) for days in (31, 25, 15, 0)], [False, True, False, True]
        )
        self.assertFalse(self.consents._is_given(self.number, self.profiling))

    def test_order_of_recording_does_not_count(self):
        """A letter that is recorded late speaks for the day it was written."""
        self._record(action="withdrawn", days=1)
        self._record(days=5)
        self.assertFalse(self.consents._is_given(self.number, self.calls))

    def test_expiry(self):
        today = self.company._local_day()
        self._record(days=5, date_expiry=today)
        self.assertTrue(self.consents._is_given(self.number, self.calls))
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.assertFalse(self.consents._is_given(self.number, self.calls, tomorrow))

    def test_expiry_at_midnight_of_the_company(self):
        """The last day ends where the company is, wherever the user may be."""
        self.company.resource_calendar_id.tz = "Europe/Rome"
        self._record(days=500, date_expiry="2026-01-31")
        away = self.consents.with_context(tz="Pacific/Auckland")
        for moment, holds in (
            (datetime(2026, 1, 31, 22, 59), True),
            (datetime(2026, 1, 31, 23, 1), False),
        ):
            for consents in (self.consents, away):
                given = consents._is_given(self.number, self.calls, moment)
                self.assertEqual(given, holds, moment)

    def test_purposes_do_not_mix(self):
        """Each purpose has its own last word, and its own expiry."""
        today = self.company._local_day()
        self._record(days=9, date_expiry=today - timedelta(days=1))
        self._record(days=8, purpose=self.profiling)
        self._record(days=7, action="withdrawn", purpose=self.profiling)
        self._record(days=6, purpose=self.profiling, date_expiry=today)
        states = {row["purpose"]: row["state"] for row in self.lead._consent_rows()}
        self.assertEqual(
            states, {self.calls.name: "expired", self.profiling.name: "given"}
        )

    def test_the_claim_has_its_index(self):
        """The last word of a number is one look-up in one index, in its order."""
        [(definition,)] = self.env.execute_query(
            SQL(
                "SELECT indexdef FROM pg_indexes WHERE tablename = 'crm_consent'"
                " AND indexname = 'crm_consent_last_word'"
            )
        )
        self.assertIn("(value, purpose_id, date DESC, id DESC)", definition)

    def test_written_in_any_way(self):
        self._record(value="030/55500 01")
        self.assertTrue(self.consents._is_given("+39 030 5550001", self.calls))
        self._record(value="MARIO@example.com ", purpose=self.emails)
        self.assertTrue(self.consents._is_given("Mario@Example.COM", self.emails))

    def test_many_at_once(self):
        """The list variant: one statement, one look-up in the index per number."""
        numbers = [f"+3903055{number:05}" for number in range(300)]
        for number in numbers[:100]:
            self._record(number)
        for number in numbers[50:100]:
            self._record(number, "withdrawn")
        self.company._local_day()
        with self.assertQueryCount(1):
            given = self.consents._given_among(numbers, self.calls)
        self.assertEqual(given, set(numbers[:50]))
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        condition = self.consents._given_sql(SQL("%s", numbers[0]), self.calls)
        plan = self.env.execute_query(SQL("EXPLAIN SELECT %s", condition))
        self.assertIn("last_word", str(plan))

    # ------------------------------------------------------------
    # BAD INPUT
    # ------------------------------------------------------------

    def test_refused(self):
        with self.assertRaisesRegex(UserError, "neither a phone number nor"):
            self._record("hello")
        with self.assertRaisesRegex(UserError, "dated in the future"):
            self._record(days=-2)
        with self.assertRaisesRegex(UserError, "before its first"):
            self._record(date_expiry=fields.Date.today() - timedelta(days=3))
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            with self.env.cr.savepoint():
                self._record(action="withdrawn", date_expiry="2099-01-01")

    def test_withdrawal_means_do_not_call(self):
        self._record(action="withdrawn", purpose=self.profiling)
        blacklist = self.env["phone.blacklist"]
        self.assertFalse(blacklist.search([("number", "=", self.number)]))
        self._record(action="withdrawn")
        entry = blacklist.search([("number", "=", self.number)])
        self.assertEqual(entry.listing_reason, "withdrawn")

    # ------------------------------------------------------------
    # NAMES, CUSTOMERS, RIGHTS
    # ------------------------------------------------------------

    def test_shown_on_name_and_customer(self):
        self._record()
        self._record("mario@example.com", "withdrawn", purpose=self.emails)
        overview = self.lead.consent_overview
        self.assertIn("+39 030 555 0001", overview)
        self.assertIn("Withdrawn", overview)
        customer = self.env["res.partner"].create(
            {"name": "Customer", "phone": "030 5550001"}
        )
        self.assertIn("Calls with commercial offers", customer.consent_overview)
        self.assertNotIn("mario@", customer.consent_overview)
        self.assertIn("No consent is recorded", self.leads[1].consent_overview)

    def test_numbers_without_consent(self):
        """Nobody asks for a consent until the company wants one."""
        numbers = self.lead._e164_numbers()
        self.assertFalse(self.lead._numbers_without_consent(numbers))
        self.company.call_consent_purpose_id = self.calls
        self.assertEqual(self.lead._numbers_without_consent(numbers), set(numbers))
        self._record()
        self.assertEqual(
            self.lead._numbers_without_consent(numbers), {self.lead.mobile_e164}
        )

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_ledger_is_closed(self):
        """Roles see the consents of the names they see, and never the ledger."""
        self._record()
        own = self.env["crm.lead"].create(
            {
                **self._lead_values(80),
                "type": "opportunity",
                "user_id": self.agent.id,
                "phone": "030 5550001",
            }
        )
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            with self.subTest(user=user.login):
                ledger = self.consents.with_user(user)
                with self.assertRaises(AccessError):
                    ledger.search([])
                with self.assertRaises(AccessError):
                    ledger.create({"value": self.number})
        with self.assertRaises(AccessError):
            self.consents.with_user(self.manager).create({"value": self.number})
        self.assertEqual(self.consents.with_user(self.manager).search_count([]), 1)
        self.assertIn("Given", own.with_user(self.agent).consent_overview)
        with self.assertRaises(AccessError):
            self.lead.with_user(self.agent)._consent_history()
        with self.assertRaises(AccessError):
            self._wizard(self.agent).line_ids.mapped("value")

    def _wizard(self, user, holder=None):
        holder = holder or self.lead
        wizards = self.env["crm.consent.wizard"].with_user(user)
        return wizards.create({"res_model": holder._name, "res_ref": holder.id})

    def test_wizard(self):
        """A role that may write on the name records for all its numbers at once."""
        own = self.env["crm.lead"].create(
            {**self._lead_values(81), "type": "opportunity", "user_id": self.agent.id}
        )
        own.email_from = "own@example.com"
        wizard = self._wizard(self.agent, own)
        with self.assertRaisesRegex(UserError, "at least one purpose"):
            wizard.action_record()
        wizard.purpose_ids = self.calls | self.emails
        wizard.action_record()
        rows = own._consent_history()
        self.assertEqual(
            {(row.value, row.purpose_id.code) for row in rows},
            {
                (own.phone_e164, "calls"),
                (own.mobile_e164, "calls"),
                ("own@example.com", "emails"),
            },
        )
        self.assertEqual(rows.user_id, self.agent)
        self.assertEqual(set(rows.mapped("text_version")), {"1"})
        wizard = self._wizard(self.agent, own)
        wizard.purpose_ids = self.calls
        self.assertEqual(len(wizard.line_ids), 3)
        own.write({"phone": "030 9988776", "mobile": False})
        with self.assertRaisesRegex(UserError, "no longer has these numbers"):
            wizard.action_record()

    def test_evidence_can_be_printed(self):
        """The file of evidence names every word, also those that no longer hold."""
        self._record(days=3)
        self._record(action="withdrawn")
        reports = self.env["ir.actions.report"].with_user(self.manager)
        for name, record in (
            ("crm_callcenter.report_consents", self.lead),
            (
                "crm_callcenter.report_consents_customer",
                self.env["res.partner"].create({"name": "C", "phone": "030 5550001"}),
            ),
        ):
            html, kind = reports._render_qweb_html(name, record.ids)
            self.assertEqual(kind, "html")
            self.assertIn("Withdrawn", html.decode())
            self.assertIn("Given", html.decode())
            self.assertIn(self.number, html.decode())
        action = self.lead.with_user(self.manager).action_print_consents()
        self.assertEqual(action["report_name"], "crm_callcenter.report_consents")
