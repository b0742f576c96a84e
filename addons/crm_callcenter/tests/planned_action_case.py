from odoo import fields

from .common import CallcenterCommon


class PlannedActionCase(CallcenterCommon):
    """Two types of action, a relation of each, and names that everybody may see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.action_calendar_id = cls.calendar
        cls.state = cls.env["crm.commercial.state"].create(
            {"name": "Won over", "color": "#2f9e44", "state_class": "prospect"}
        )
        cls.interested, cls.refuses = cls.env["crm.outcome"].create(
            [
                {"name": "Is interested", "color": "#2b8a3e"},
                {"name": "Refuses", "color": "#c92a2a"},
            ]
        )
        cls.call_type, cls.visit_type = cls.env["mail.activity.type"].create(
            [
                {
                    "name": "Follow-up call",
                    "is_commercial": True,
                    "channel": "call",
                    "icon": "fa-phone",
                },
                {
                    "name": "Survey",
                    "is_commercial": True,
                    "channel": "visit",
                    "is_meeting": True,
                    "icon": "fa-home",
                },
            ]
        )
        cls.relation = cls.env["crm.relation"].create(
            {
                "activity_type_id": cls.call_type.id,
                "outcome_id": cls.interested.id,
                "commercial_state_id": cls.state.id,
                "next_type_id": cls.visit_type.id,
                "next_assignee": "everyone",
                "delay_days": 2,
                "points": 3,
            }
        )
        cls.env["crm.relation"].create(
            [
                {"activity_type_id": type_id, "outcome_id": cls.refuses.id}
                for type_id in (cls.call_type | cls.visit_type).ids
            ]
        )
        cls.lead = cls.leads[0]
        cls.lead.write({"type": "opportunity", "user_id": cls.agent.id})

    @classmethod
    def _new_action(cls, lead=None, activity_type=None, user=None, **values):
        """Plan an action as the system does; by default the agent's, tomorrow."""
        actions = cls.env["mail.activity"].with_context(mail_activity_quick_update=True)
        return actions.create(
            {
                "activity_type_id": (activity_type or cls.call_type).id,
                "res_model_id": cls.env["ir.model"]._get_id("crm.lead"),
                "res_id": (lead or cls.lead).id,
                "user_id": (cls.agent if user is None else user).id,
                "date_planned": fields.Datetime.now().replace(microsecond=0),
                **values,
            }
        )

    @classmethod
    def _new_appointment(cls, lead=None, start="2026-01-07 09:00:00", **values):
        start = fields.Datetime.to_datetime(start)
        return (lead or cls.lead)._create_visit(
            cls.agent, start, fields.Datetime.add(start, hours=1), cls.visit_type
        )

    def _ledger(self, lead=None):
        return self.env["crm.interaction"].search(
            [("lead_id", "=", (lead or self.lead).id)], order="id"
        )
