from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .custom_field_case import CustomFieldCase

PORTFOLIOS = ("portfolio_id", "portfolio_2_id")
LINKED = (
    "contact_ids",
    "site_ids",
    "activity_ids",
    "message_ids",
    "interaction_ids",
    "lead_process_ids",
    "calendar_event_ids",
)


@tagged("post_install", "-at_install")
class TestConversion(CustomFieldCase):
    """Whatever a name has, its card still has when it is a customer, on both forms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purpose = cls.env["crm.consent.purpose"].search(
            [("channel", "!=", "email")], limit=1
        )
        cls.process = cls.env["crm.process"].create({"name": "Sale of a plant"})
        cls.solar = cls.env["crm.portfolio"].create({"name": "Solar", "unit": 2})

    def _full_lead(self, number, custom=None):
        """Return a company with something of everything that a card shows."""
        lead = self.env["crm.lead"].create(
            {
                **self._lead_values(number),
                "lead_kind": "company",
                "partner_name": f"Rossi {number} Srl",
                "contact_name": f"Ada Rossi {number}",
                "email_from": f"rossi{number}@example.com",
                "vat_number": "12345670017",
                "portfolio_id": self.branch.id,
                "portfolio_2_id": self.solar.id,
                "contact_ids": [
                    Command.create({"name": "Bruno", "role": "Buyer"}),
                ],
                "site_ids": [Command.create({"name": "Shed", "city": "Adro"})],
                **(self.values if custom is None else custom),
            }
        )
        lead._open_process(self.process)
        lead._register_outcome(self.outcomes["R"], user=self.operator, note="Later")
        self.env["crm.call"].create(
            {
                "uuid": f"conversion-{number}",
                "number_e164": lead.phone_e164,
                "started_at": "2026-01-01 09:00:00",
                "result": "answered",
                "user_id": self.operator.id,
                "lead_id": lead.id,
            }
        )
        self.env["crm.consent"].create(
            {
                "value": lead.phone_e164,
                "purpose_id": self.purpose.id,
                "action": "given",
                "source": "call",
                "text_version": "1",
            }
        )
        lead.message_post(
            body="The offer",
            subject="Offer",
            message_type="comment",
            attachments=[("roof.txt", b"A roof")],
        )
        lead.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.operator.id, summary="Drawing"
        )
        self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": f"2031-01-{number - 60:02} 10:00:00",
                "stop": f"2031-01-{number - 60:02} 11:00:00",
                "user_id": self.agent.id,
                "partner_ids": [Command.set(self.agent.partner_id.ids)],
                "opportunity_id": lead.id,
                "is_sales_appointment": True,
            }
        )
        self.env.flush_all()
        return lead

    def _card(self, record):
        """Return all that a card shows, without what says which name a row is of."""
        record = record.with_user(self.manager)
        header = record.card_header()
        rows = record.card_timeline(limit=200)["rows"]
        return {
            "rows": {
                (row["kind"], row["id"], row["title"], row["text"], row["who"])
                for row in rows
                if row["kind"] != "conversion"
            },
            "next_action": header["next_action"],
            "processes": header["processes"],
            "consents": header["consents"],
        }

    def _attachments(self, lead):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)]
        )

    def _snapshot(self, lead):
        return {
            "card": self._card(lead),
            "links": {name: set(lead[name].ids) for name in LINKED},
            "portfolios": [lead[name].id for name in PORTFOLIOS],
            "attachments": self._attachments(lead),
        }

    def _assert_kept(self, lead, before):
        """Compare the card of name and customer with what the name was."""
        self.env.cr.precommit.run()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(lead.type, "opportunity")
        partner = lead.partner_id
        self.assertTrue(partner)
        card = self._card(lead)
        for record in (lead, partner, partner.commercial_partner_id):
            now = self._card(record)
            missing = before["card"]["rows"] - now["rows"]
            self.assertFalse(missing, f"lost on {record}: {missing}")
            for part in ("next_action", "processes"):
                self.assertEqual(now[part], card[part], f"{part} on {record}")
            for part in ("next_action", "processes"):
                self.assertEqual(now[part], before["card"][part], part)
        self.assertEqual(card["consents"], before["card"]["consents"])
        self.assertEqual(self._card(partner)["consents"], card["consents"])
        for name, ids in before["links"].items():
            self.assertLessEqual(ids, set(lead[name].ids), name)
        self.assertEqual(self._attachments(lead), before["attachments"])
        for record in (lead, partner):
            self._assert_values(record)
            self.assertEqual(
                [record[name].id for name in PORTFOLIOS], before["portfolios"], record
            )
        head = partner.commercial_partner_id
        family = head | head.child_ids
        self.assertIn("Bruno", family.mapped("name"))
        self.assertIn("Shed", family.mapped("name"))
        kinds = [row["kind"] for row in self._timeline(lead)]
        self.assertEqual(kinds.count("conversion"), 1)

    def _timeline(self, record):
        return record.with_user(self.manager).card_timeline(limit=200)["rows"]

    def _wizard(self, lead, **values):
        lead = lead.with_user(self.manager)
        context = {
            "active_model": "crm.lead",
            "active_id": lead.id,
            "active_ids": lead.ids,
        }
        wizard = self.env["crm.lead2opportunity.partner"].with_user(self.manager)
        wizard = wizard.with_context(**context).create(
            {"lead_id": lead.id, "name": "convert", **values}
        )
        wizard.action_apply()

    def test_odoos_wizard_keeps_everything(self):
        lead = self._full_lead(61)
        before = self._snapshot(lead)
        self._wizard(lead, action="create")
        self._assert_kept(lead, before)

    def test_odoos_wizard_to_a_customer_that_exists(self):
        lead = self._full_lead(62)
        before = self._snapshot(lead)
        known = self.env["res.partner"].create(
            {"name": "Rossi", "phone": lead.phone, "email": lead.email_from}
        )
        self._wizard(lead, action="exist", partner_id=known.id)
        self.assertEqual(lead.partner_id, known)
        self._assert_kept(lead, before)

    def test_the_desks_outcome_keeps_everything(self):
        lead = self._full_lead(63)
        lead._register_outcome(self.outcomes["T"], user=self.operator)
        before = self._snapshot(lead)
        lead._convert_to_opportunity(
            self.agent, 9000, fields.Date.today() + timedelta(days=30)
        )
        self._assert_kept(lead, before)

    def test_odoos_method_keeps_everything(self):
        lead = self._full_lead(64)
        before = self._snapshot(lead)
        lead = lead.with_user(self.manager)
        lead._handle_partner_assignment()
        lead.convert_opportunity(lead.partner_id, user_ids=self.manager.ids)
        self._assert_kept(lead.sudo(), before)

    def test_two_names_of_one_customer(self):
        first, second = self._full_lead(65), self._full_lead(66)
        second.write({"phone": first.phone, "mobile": first.mobile})
        second.email_from = first.email_from
        before = self._snapshot(first)
        self._wizard(first, action="create")
        self._assert_kept(first, before)
        of_second = self._card(second)
        self._wizard(second, action="exist", partner_id=first.partner_id.id)
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        whole = before["card"]["rows"] | of_second["rows"]
        for record in (first, second, first.partner_id):
            self.assertFalse(whole - self._card(record)["rows"], record)
        header = first.partner_id.with_user(self.manager).card_header()
        self.assertEqual(
            {row["id"] for row in header["others"]}, set((first | second).ids)
        )
        self.assertEqual(len(header["processes"]), 2)

    def test_the_timeline_says_who_converted_and_who_took_it_back(self):
        lead = self._full_lead(67, custom={})
        before = self._snapshot(lead)
        self._wizard(lead, action="create")
        partner = lead.partner_id
        self.env.cr.precommit.run()
        lead.with_user(self.back_office).action_undo_conversion()
        self.env.flush_all()
        self.env.invalidate_all()
        told = [
            (row["title"], row["who"], row["text"])
            for row in self._timeline(lead)
            if row["kind"] == "conversion"
        ]
        self.assertCountEqual(
            told,
            [
                ("Became a customer", self.manager.name, partner.name),
                (
                    "The conversion was taken back",
                    self.back_office.name,
                    partner.name,
                ),
            ],
        )
        self.assertFalse(before["card"]["rows"] - self._card(lead)["rows"])
        self.assertEqual(lead.type, "lead")
