from odoo import fields

from .common import CallcenterCommon


class GraphCase(CallcenterCommon):
    """A small graph: a call that leads to a visit, which leads to a sale."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.relation"].search([]).active = False
        cls.call_type = cls._new_type("Call", channel="call")
        cls.visit_type = cls._new_type("Visit", channel="visit", is_meeting=True)
        cls.quote_type = cls._new_type("Quote")
        cls.interested, cls.refused, cls.signed = cls.env["crm.outcome"].create(
            [{"name": name} for name in ("Interested", "Refused", "Signed")]
        )
        cls.suspect, cls.prospect, cls.customer, cls.blocked = (
            cls.env.ref(f"crm_callcenter.crm_commercial_state_{name}")
            for name in ("suspect", "prospect", "customer", "blocked")
        )
        cls.call_interested = cls._new_relation(
            cls.call_type,
            cls.interested,
            commercial_state_id=cls.prospect.id,
            next_type_id=cls.quote_type.id,
            delay_days=2,
            points=3,
        )
        cls.call_refused = cls._new_relation(
            cls.call_type, cls.refused, commercial_state_id=cls.suspect.id
        )
        cls.quote_signed = cls._new_relation(
            cls.quote_type,
            cls.signed,
            commercial_state_id=cls.customer.id,
            points=10,
        )
        cls.lead = cls.leads[0]

    @classmethod
    def _new_type(cls, name, **values):
        return cls.env["mail.activity.type"].create(
            {"name": name, "is_commercial": True, "res_model": "crm.lead", **values}
        )

    @classmethod
    def _new_relation(cls, activity_type, outcome, **values):
        return cls.env["crm.relation"].create(
            {
                "activity_type_id": activity_type.id,
                "outcome_id": outcome.id,
                "next_assignee": "everyone",
                **values,
            }
        )

    @classmethod
    def _plan(cls, activity_type, user=None, lead=None, due=None):
        return cls.env["crm.planner"]._plan(
            lead or cls.lead,
            activity_type,
            user or cls.env["res.users"],
            due or fields.Datetime.now(),
        )

    @classmethod
    def _open_actions(cls, lead=None):
        """Return what is planned with a name, read from the database."""
        return (
            cls.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "crm.lead"),
                    ("res_id", "=", (lead or cls.lead).id),
                ]
            )
        )

    @classmethod
    def _ledger(cls, lead=None):
        return (
            cls.env["crm.interaction"]
            .sudo()
            .search([("lead_id", "=", (lead or cls.lead).id)], order="id")
        )
