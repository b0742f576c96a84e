"""A campaign that writes e-mails, with two agents who work from 08:00 to 12:00 UTC."""

from datetime import datetime, timedelta

import vobject

from odoo import fields

from .common import CampaignCommon

#: A Monday in winter.
MONDAY = datetime(2031, 1, 13)
BEFORE = "2031-01-10 10:00:00"


class AppointmentCommon(CampaignCommon):
    is_http = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        templates = {
            f"{kind}_template_id": cls.env.ref(
                f"crm_callcenter.mail_template_appointment_{kind}"
            ).id
            for kind in ("fixed", "moved", "cancelled", "reminder")
        }
        cls.campaign.write({**templates, "slot_horizon_days": 60})
        cls.company.email = "office@example.com"
        cls.lead = cls.leads[0]
        cls.lead.email_from = "customer@example.com"
        types = cls.env["mail.activity.type"]
        common = {"is_commercial": True, "res_model": "crm.lead"}
        cls.call_type = types.create({"name": "Phone call", **common})
        cls.visit_type = types.create(
            {"name": "Visit", "is_meeting": True, "channel": "visit", **common}
        )
        cls.campaign.activity_type_id = cls.call_type
        cls.env["crm.relation"].create(
            {
                "activity_type_id": cls.call_type.id,
                "outcome_id": cls.outcomes["T"].id,
                "next_type_id": cls.visit_type.id,
                "next_assignee": "everyone",
            }
        )
        cls.zone.agent_ids |= cls.agent_two
        cls.campaign.agent_ids |= cls.agent_two

    def setUp(self):
        super().setUp()
        if not self.is_http:
            # A test with a browser is in that mode anyway.
            self.registry_enter_test_mode()
        self.startPatcher(self.at(BEFORE))
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 1)

    def _visit(self, lead=None, hour=9, agent=None, day=MONDAY):
        """Fix an appointment as the desk does."""
        lead = lead or self.lead
        agent = agent or self.agent
        lead._convert_to_opportunity(
            agent,
            100,
            fields.Date.add(fields.Date.today(), days=3000),
            utm_values=self.campaign._utm_values(lead),
        )
        start = day.replace(hour=hour)
        event = lead._create_visit(agent, start, start + timedelta(hours=1))
        lead._register_outcome(
            self.outcomes["T"],
            self.campaign._get_activity_type(),
            campaign=self.campaign,
            event=event,
        )
        return event

    def _rows(self, lead=None):
        """Return outcome and note of the ledger's rows about the appointment."""
        kind = self.env.ref("crm_callcenter.activity_type_appointment")
        rows = self.env["crm.interaction"].search(
            [
                ("lead_id", "=", (lead or self.lead).id),
                ("activity_type_id", "=", kind.id),
            ],
            order="id",
        )
        return [(row.outcome_id.name, row.note or "") for row in rows]

    def _send(self):
        """Make the mails that wait; return them, the newest last."""
        known = self.env["mail.mail"].search([])
        self.env["crm.appointment.notice"]._cron_send()
        return (self.env["mail.mail"].search([]) - known).sorted("id")

    def _calendar(self, mail):
        """Return the parsed calendar file of a mail."""
        attachment = mail.attachment_ids
        self.assertEqual(attachment.name, "appointment.ics")
        self.assertTrue(attachment.mimetype.startswith("text/calendar"))
        return vobject.readOne(attachment.raw.decode())

    def _slot(self, start, agent=None):
        return {
            "agent_id": (agent or self.agent).id,
            "start": fields.Datetime.to_string(start),
            "stop": fields.Datetime.to_string(start + timedelta(hours=1)),
        }
