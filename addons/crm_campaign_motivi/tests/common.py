import uuid
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon


class CampaignCommon(CallcenterCommon):
    """A running campaign with one list, two operators and one agent who has time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.env["utm.campaign"].create(
            {
                "title": "Campaign of the tests",
                "is_call_campaign": True,
                "company_id": cls.company.id,
                "agent_ids": [fields.Command.set(cls.agent.ids)],
                "coordinator_ids": [fields.Command.set(cls.coordinator.ids)],
                "expected_revenue": 9000,
                "script": "<p>Good morning</p>",
            }
        )
        # Tests run at any hour of any day.
        cls.env["crm.call.window"]._open_always(cls.campaign)
        cls.call_list = cls.env["crm.call.list"].create(
            {
                "name": "List of the tests",
                "campaign_id": cls.campaign.id,
                "operator_ids": [
                    fields.Command.set((cls.operator | cls.operator_two).ids)
                ],
            }
        )
        cls.call_list._add_leads(cls.leads.ids)
        cls.campaign.action_start()

    def desk(self, user=None):
        """Return the desk of an operator, as a new request of theirs would see it."""
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["crm.desk"].with_user(user or self.operator)

    def next_name(self, user=None):
        return self.desk(user).next_name(self.campaign.id)

    def confirm(self, payload, kind, user=None, **values):
        values.setdefault("token", uuid.uuid4().hex)
        return self.desk(user).confirm(
            payload["line_id"],
            payload["claim_token"],
            outcome_id=self.outcomes[kind].id,
            **values,
        )

    def line_of(self, payload):
        self.env["crm.call.list.line"].invalidate_model()
        return self.env["crm.call.list.line"].browse(payload["line_id"])

    @staticmethod
    def at(moment):
        """Let Python's clock of Odoo stand still; PostgreSQL's goes on.

        :param moment: naive UTC, or its text
        """
        return patch.object(
            fields.Datetime, "now", lambda: fields.Datetime.to_datetime(moment)
        )

    @staticmethod
    def in_hours(hours):
        return fields.Datetime.to_string(fields.Datetime.now() + timedelta(hours=hours))
