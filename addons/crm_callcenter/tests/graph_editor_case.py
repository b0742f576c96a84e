from odoo.fields import Command

from .common import CallcenterCommon


class GraphEditorCase(CallcenterCommon):
    """A small configuration: a call that leads to a visit, and an old letter.

    Whatever else the database is configured with is switched off.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.relation"].search([]).active = False
        types = cls.env["mail.activity.type"].search(
            [("is_commercial", "=", True), ("is_system", "=", False)]
        )
        types.write({"active": False, "automatic_outcome_id": False})
        cls.call, cls.visit, cls.letter = cls.env["mail.activity.type"].create(
            [
                {
                    "name": name,
                    "icon": icon,
                    "color": color,
                    "channel": channel,
                    "sequence": sequence,
                    "is_commercial": True,
                }
                for name, icon, color, channel, sequence in (
                    ("Call of the tests", "fa-phone", "#1971c2", "call", 1),
                    ("Visit of the tests", "fa-home", "#e8590c", "visit", 2),
                    ("Letter of the tests", "fa-envelope", "#868e96", "email", 3),
                )
            ]
        )
        cls.interested, cls.refuses = cls.env["crm.outcome"].create(
            [
                {"name": "Interested in the tests", "color": "#2f9e44", "sequence": 1},
                {"name": "Refuses the tests", "color": "#c92a2a", "sequence": 2},
            ]
        )
        cls.prospect = cls.env.ref("crm_callcenter.crm_commercial_state_prospect")
        cls.blocked = cls.env.ref("crm_callcenter.crm_commercial_state_blocked")
        cls.process = cls.env["crm.process"].create(
            {"name": "Renewal", "type_ids": [Command.set(cls.visit.ids)]}
        )
        cls.relation = cls.env["crm.relation"].create(
            {
                "activity_type_id": cls.call.id,
                "outcome_id": cls.interested.id,
                "commercial_state_id": cls.prospect.id,
                "next_type_id": cls.visit.id,
                "next_assignee": "salesperson",
                "delay_days": 2,
                "points": 5,
            }
        )
