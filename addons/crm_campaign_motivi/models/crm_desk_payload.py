from datetime import timedelta

from odoo import api, fields, models

#: Rows of history shown at the desk, and notes shown on top of it.
HISTORY_ROWS = 20
NOTE_ROWS = 3


class CrmDesk(models.AbstractModel):
    """What the desk shows of the name in hand."""

    _inherit = "crm.desk"

    @api.model
    def _fresh_payload(self, claim):
        """Describe the name in hand as it is now, not as it was before the claim.

        The request's own snapshot is older than the claim: it would miss the note
        of a call that ended in between.
        """
        with self.env.registry.cursor() as cr:
            return self.with_env(self.env(cr=cr))._payload(claim)

    @api.model
    def _payload(self, claim):
        """Describe the name in hand, with everything that a call needs.

        :param dict claim: the line, as ``crm.dispatch`` returns it
        :rtype: dict
        """
        # sudo: the claim is the right to read this one name, its history and its
        # campaign
        lead = self.env["crm.lead"].sudo().browse(claim["lead_id"])
        campaign = self.env["utm.campaign"].sudo().browse(claim["campaign_id"])
        history = self._payload_history(lead)
        return {
            "line_id": claim["id"],
            "claim_token": claim["claim_token"],
            "claimed_until": fields.Datetime.to_string(claim["claimed_until"]),
            "campaign": self._payload_campaign(campaign),
            "why": self._payload_why(claim, history),
            "recall_at": fields.Datetime.to_string(claim["recall_at"]) or None,
            "lead": self._payload_lead(lead, claim),
            "phones": self._payload_phones(lead, campaign),
            "notes": [row for row in history if row["note"]][:NOTE_ROWS],
            "history": history,
            "outcomes": self._payload_outcomes(campaign),
            "list_state": self._payload_list_state(claim),
        }

    @api.model
    def _payload_campaign(self, campaign):
        closing = fields.Date.context_today(self) + timedelta(
            days=campaign.closing_days
        )
        currency = campaign.currency_id
        return {
            "id": campaign.id,
            "name": campaign.title,
            "script": str(campaign.script or ""),
            "appointment_minutes": campaign.appointment_minutes,
            "expected_revenue": campaign.expected_revenue,
            "closing_days": campaign.closing_days,
            "expected_closing": fields.Date.to_string(closing),
            "currency": {
                "symbol": currency.symbol,
                "position": currency.position,
                "digits": currency.decimal_places,
            },
        }

    @api.model
    def _payload_lead(self, lead, claim):
        state = lead.commercial_state_id
        return {
            "id": lead.id,
            "name": lead.name,
            "lead_kind": lead.lead_kind,
            "partner_name": lead.partner_name or "",
            "contact_name": lead.contact_name or "",
            "street": lead.street or "",
            "zip": lead.zip or "",
            "city": lead.city or "",
            "province": lead.state_id.code or "",
            "zone": lead.zone_id.complete_name or "",
            "email_from": lead.email_from or "",
            "portfolio": lead.portfolio_id.complete_name or "",
            "commercial_state": {"name": state.name, "color": state.color}
            if state
            else None,
            "attempts": claim["attempts"],
            "url": f"/odoo/names/{lead.id}",
        }

    @api.model
    def _payload_phones(self, lead, campaign):
        known = {row["number"]: row for row in lead._phone_rows()}
        blocked = {number for number, row in known.items() if row["why"]}
        without_consent = lead._numbers_without_consent(
            list(known), campaign._rule_company()
        )
        phones = []
        for name in ("phone", "mobile", "phone_second"):
            if lead[name]:
                number = lead[f"{name}_e164"]
                phones.append(
                    {
                        "field": name,
                        "label": lead._fields[name]._description_string(self.env),
                        "raw": lead[name],
                        "e164": number or "",
                        "blocked": bool(number) and number in blocked,
                        "without_consent": number in without_consent,
                        **self._payload_number(known.get(number)),
                    }
                )
        return phones

    @api.model
    def _payload_number(self, row):
        """Return what the operator should know of a number before dialling it.

        :param dict row: as ``crm.lead._phone_rows`` returns it, if any
        """
        row = row or {}
        # "Good" and "not known" call for no word beside the number.
        state = row.get("state_label", "")
        return {
            "kind": row.get("kind", ""),
            "state": row.get("state", "unknown"),
            "hint": " · ".join(
                filter(
                    None,
                    (
                        state if row.get("state") in ("wrong", "busy") else "",
                        row.get("last_result", ""),
                        row.get("best_hour")
                        and self.env._("best %(hours)s", hours=row["best_hour"]),
                    ),
                )
            ),
            "why": row.get("why", ""),
        }

    @api.model
    def _payload_history(self, lead):
        # sudo: see ``_payload``
        interactions = (
            self.env["crm.interaction"]
            .sudo()
            .search([("lead_id", "=", lead.id)], limit=HISTORY_ROWS)
        )
        return [
            {
                "id": row.id,
                "date": fields.Datetime.to_string(row.date),
                "outcome": row.outcome_id.name,
                "kind": row.outcome_kind or "",
                "color": row.outcome_id.color,
                "user": row.user_id.name,
                "note": row.note or "",
                "campaign": row.campaign_id.title or "",
            }
            for row in interactions
        ]

    @api.model
    def _payload_outcomes(self, campaign):
        return [
            {
                "id": outcome.id,
                "name": outcome.name,
                "kind": outcome.kind,
                "color": outcome.color,
                "quick_button": outcome.quick_button,
                "shortcut": outcome.shortcut or "",
                "recall_scope": outcome.recall_scope,
                "retry_minutes": outcome.retry_minutes,
                "number_result": outcome.number_result or None,
            }
            for outcome in campaign._get_outcomes()
            if outcome.kind
        ]

    @api.model
    def _payload_list_state(self, claim):
        state = self.env["crm.list.state"].sudo().browse(claim["list_state_id"] or ())
        return {"name": state.name or "", "category": claim["category"]}
