from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestPrivacy(CallcenterCommon):
    """Dossier, rectification, erasure and retention, each with its row of the log."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.env["crm.lead"].create(
            {
                **cls._lead_values(95),
                "name": "Zanzibar",
                "contact_name": "Zanzibar Person",
                "email_from": "zanzibar@example.com",
                "description": "<p>Zanzibar note</p>",
                "fiscal_code": "RCCMNL83S18D969H",
                "birth_date": "1983-11-18",
                "household_ids": [
                    Command.create(
                        {
                            "kind": "household",
                            "name": "Zanzibar Wife",
                            "phone": "030 5559595",
                        }
                    )
                ],
                "site_ids": [
                    Command.create({"name": "Zanzibar roof", "pod": "IT001E12345678"})
                ],
            }
        )
        cls.number, cls.mobile = cls.lead._e164_numbers()
        cls.calls = cls.env.ref("crm_callcenter.crm_consent_purpose_calls")
        cls.log = cls.env["crm.privacy.log"]

    def _fill(self):
        """Leave traces of the name in every table that has some."""
        lead = self.lead
        call = self.env["crm.call"].create(
            {
                "uuid": "call-of-the-erased",
                "number_e164": self.number,
                "started_at": fields.Datetime.now(),
                "lead_id": lead.id,
            }
        )
        lead._register_outcome(self.outcomes["N"], note="Zanzibar said", call=call)
        lead.message_post(body="Zanzibar message", subject="Zanzibar")
        lead.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo", summary="Zanzibar activity"
        )
        self.env["ir.attachment"].create(
            {
                "name": "Zanzibar file",
                "raw": b"Zanzibar",
                "res_model": "crm.lead",
                "res_id": lead.id,
            }
        )
        self.env["calendar.event"].create(
            {
                "name": "Zanzibar visit",
                "start": "2030-01-01 10:00:00",
                "stop": "2030-01-01 11:00:00",
                "opportunity_id": lead.id,
                "description": "Zanzibar",
            }
        )
        self.env["crm.consent"].create(
            {
                "value": self.number,
                "purpose_id": self.calls.id,
                "action": "given",
                "source": "paper",
                "source_note": "Zanzibar letter",
                "text_version": "1",
                "proof": "WmFuemliYXI=",
                "proof_name": "zanzibar.pdf",
            }
        )
        self.env["phone.blacklist"]._forbid_numbers(
            [self.number], "asked", "Zanzibar asked"
        )

    def _convert(self):
        return self.lead._convert_to_opportunity(
            self.agent, 1.0, fields.Date.add(fields.Date.today(), days=30)
        )

    def _tables_that_know(self, text):
        """Return the tables in which a text stands anywhere, in any column."""
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """SELECT table_name, column_name FROM information_schema.columns
                    WHERE table_schema = 'public'
                      AND data_type IN ('character varying', 'text', 'jsonb')
                      AND (table_name LIKE 'crm\\_%%' OR table_name LIKE 'mail\\_%%'
                           OR table_name LIKE 'calendar\\_%%'
                           OR table_name LIKE 'res_partner%%'
                           OR table_name IN ('phone_blacklist', 'ir_attachment'))
                      AND table_name IN (SELECT tablename FROM pg_tables)
                      AND table_name NOT LIKE '%%wizard%%'"""
            )
        )
        found = set()
        for table, column in columns:
            rows = self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s WHERE %s::text ILIKE %s LIMIT 1",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    f"%{text}%",
                )
            )
            if rows:
                found.add(f"{table}.{column}")
        return found

    # ------------------------------------------------------------
    # ERASURE
    # ------------------------------------------------------------

    def test_erasure_leaves_nothing(self):
        """Whatever table one looks into, nothing says who it was."""
        partner = self._convert()
        self._fill()
        self.env.cr.precommit.run()
        texts = ("zanzibar", self.number, self.mobile, "RCCMNL83S18D969H")
        known = [self._tables_that_know(text) for text in texts]
        self.assertGreater(len(known[0]), 10)
        self.assertTrue(all(known))
        row = self.lead.with_user(self.manager)._erase("Letter of the person")
        for text in texts:
            self.assertFalse(self._tables_that_know(text), text)
        self.assertEqual((row.kind, row.lead_ref), ("erasure", self.lead.id))
        self.assertEqual(row.user_id, self.manager)
        self.assertEqual(row.details["names"], 1)
        self.assertGreaterEqual(row.details["customers"], 2)
        self.assertTrue(self.lead.erased_on)
        self.assertFalse(self.lead.active)
        self.assertFalse(partner.active)
        # Facts stay, without saying whose they are.
        history = self.lead.interaction_ids
        self.assertIn(self.outcomes["N"], history.outcome_id)
        self.assertFalse(any(history.mapped("note")))

    def test_number_is_recognised(self):
        """A bought list brings the number back: it is never called."""
        self._fill()
        self.lead.with_user(self.manager)._erase("Letter", never_again=False)
        forgotten = self.env["crm.forgotten.number"]
        self.assertEqual(forgotten._recognised([self.number]), {self.number})
        self.assertFalse(forgotten._recognised([self.mobile]), "was not on the list")
        again = self.env["crm.lead"].create(
            {**self._lead_values(95), "name": "Again", "mobile": False}
        )
        self.assertTrue(again.may_not_be_called)
        self.assertIn("Asked to be forgotten", again.do_not_call_reason)
        again.mobile = "333 4445566"
        self.assertFalse(again.may_not_be_called)

    def test_never_again(self):
        self.lead.with_user(self.manager)._erase("Letter")
        found = self.env["crm.forgotten.number"]._recognised(
            [self.number, self.mobile, "+390305559595", "+390309999999"]
        )
        self.assertEqual(found, {self.number, self.mobile, "+390305559595"})

    def test_other_names_stay(self):
        """A number that somebody else has as well stays the other's."""
        self._fill()
        other = self.env["crm.lead"].create(
            {**self._lead_values(95), "name": "Other", "contact_name": "Other"}
        )
        self.lead.with_user(self.manager)._erase("Letter")
        other.invalidate_recordset()
        self.assertEqual(other.phone_e164, self.number)
        self.assertTrue(other.active)
        self.assertEqual(other._consent_history().mapped("value"), [self.number])
        self.assertTrue(other.may_not_be_called)

    def test_custom_fields_are_erased(self):
        """Whatever type a field that a manager added has, it may tell who it was."""
        self.lead.employee_count = 42
        with patch.object(self.lead._fields["employee_count"], "manual", True):
            self.lead._erase("Letter")
        self.assertFalse(self.lead.employee_count)

    def test_what_must_be_kept(self):
        user_partner = self.agent.partner_id
        lead = self.env["crm.lead"].create(
            {**self._lead_values(96), "partner_id": user_partner.id}
        )
        with self.assertRaisesRegex(UserError, "is a user of this system"):
            lead._erase("Letter")
        self.assertFalse(lead.erased_on)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may(self):
        self.lead.write({"type": "opportunity", "user_id": self.agent.id})
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            lead = self.lead.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    lead._erase("Letter")
                for action in ("action_erase", "action_rectify"):
                    with self.assertRaises(AccessError):
                        getattr(lead, action)()
                with self.assertRaises(AccessError):
                    self.env["crm.privacy.wizard"].with_user(user).create(
                        {"lead_id": self.lead.id, "kind": "erasure"}
                    )
                with self.assertRaises(AccessError):
                    self.log.with_user(user).search([])
        with self.assertRaises(AccessError):
            self.lead.with_user(self.agent).action_print_dossier()
        self.assertTrue(self.lead.with_user(self.back_office).action_print_dossier())

    def test_wizard(self):
        wizards = self.env["crm.privacy.wizard"].with_user(self.manager)
        wizard = wizards.create({"lead_id": self.lead.id, "kind": "erasure"})
        with self.assertRaisesRegex(UserError, "Write down who asked"):
            wizard.action_apply()
        wizard.reason = "Letter"
        with self.assertRaisesRegex(UserError, "Confirm that you have checked"):
            wizard.action_apply()
        wizard.is_sure = True
        wizard.action_apply()
        self.assertTrue(self.lead.erased_on)

    # ------------------------------------------------------------
    # RECTIFICATION, DOSSIER, LOG
    # ------------------------------------------------------------

    def test_rectification(self):
        """Values before and after are logged; erasure takes them out again."""
        partner = self._convert()
        wizards = self.env["crm.privacy.wizard"].with_user(self.manager)
        wizard = wizards.create(
            {"lead_id": self.lead.id, "kind": "rectification", "reason": "Call"}
        )
        with self.assertRaisesRegex(UserError, "Nothing is different"):
            wizard.action_apply()
        wizard.write({"city": "Milano", "phone_second": "030 5550000"})
        wizard.action_apply()
        self.assertEqual((self.lead.city, partner.city), ("Milano", "Milano"))
        row = self.log.search([("lead_ref", "=", self.lead.id)])
        self.assertEqual(row.kind, "rectification")
        self.assertIn("Brescia → Milano", row.details_text)
        self.lead._erase("Letter")
        row.invalidate_recordset()
        self.assertFalse(row.details_text)

    def test_dossier(self):
        """Everything is in it, and printing it is logged."""
        self._convert()
        self._fill()
        reports = self.env["ir.actions.report"].with_user(self.back_office)
        html = reports._render_qweb_html(
            "crm_callcenter.report_dossier", self.lead.ids
        )[0].decode()
        for text in (
            "Zanzibar Person",
            "RCCMNL83S18D969H",
            "Zanzibar Wife",
            "IT001E12345678",
            "Zanzibar said",
            "Zanzibar message",
            "Zanzibar activity",
            "Zanzibar visit",
            "Zanzibar letter",
            "Zanzibar asked",
            "Zanzibar file",
            self.number,
        ):
            with self.subTest(text=text):
                self.assertIn(text, html)
        row = self.log.search([("lead_ref", "=", self.lead.id)])
        self.assertEqual((row.kind, row.user_id), ("dossier", self.back_office))

    def test_log_never_changes(self):
        row = self.log._record("dossier", self.lead.id)
        with self.assertRaises(UserError):
            row.reason = "x"
        with self.assertRaises(UserError):
            row.unlink()

    # ------------------------------------------------------------
    # RETENTION
    # ------------------------------------------------------------

    def _make_old(self, leads):
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE crm_lead SET create_date = %s WHERE id = ANY(%s) RETURNING id",
                fields.Datetime.now() - timedelta(days=400),
                leads.ids,
            )
        )

    def test_retention(self):
        """Old names never worked go; worked, young, planned and customers stay."""
        leads = self.env["crm.lead"]
        main = self.env["res.company"].search([], order="id", limit=1)
        self.assertEqual(leads._retention_due(main), [], "zero: never")
        main.retention_months = 12
        old, worked, called, planned, customer, young = self.leads
        self._make_old(self.leads - young)
        worked._register_outcome(self.outcomes["R"])
        self.env["crm.call"].create(
            {
                "uuid": "one",
                "number_e164": called.phone_e164,
                "started_at": fields.Datetime.now(),
                "lead_id": called.id,
            }
        )
        planned.activity_schedule("mail.mail_activity_data_todo")
        customer.partner_id = self.env["res.partner"].create({"name": "Customer"})
        state = self.env["crm.commercial.state"].search([], limit=2)[-1:]
        old._correct_state(state)
        self.env["phone.blacklist"]._add([old.phone_e164])
        due = leads._retention_due(main, limit=None)
        self.assertIn(old.id, due)
        self.assertFalse(set(due) & set((self.leads - old).ids))
        number = old.phone_e164
        leads.browse(due)._erase_unworked(main)
        self.assertTrue(old.erased_on)
        self.assertFalse(old.phone_e164)
        self.assertEqual(leads._retention_due(main), [])
        row = self.log.search([("kind", "=", "retention")], limit=1)
        self.assertEqual(row.name_count, len(due))
        listed = self.env["phone.blacklist"].search([("number", "=", number)])
        self.assertTrue(listed, "an objection stays on the list")

    def test_retention_dry_run(self):
        main = self.env["res.company"].search([], order="id", limit=1)
        main.retention_months = 12
        self._make_old(self.leads[:3])
        settings = self.env["res.config.settings"].with_company(main).create({})
        message = settings.action_retention_dry_run()["params"]["message"]
        due = len(self.env["crm.lead"]._retention_due(main, limit=None))
        self.assertTrue(message.startswith(f"{due} names"))
        self.assertFalse(any(self.leads.mapped("erased_on")))
        self.assertEqual(self.log.search([], limit=1).name_count, due)
