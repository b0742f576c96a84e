from odoo import api, fields, models


class CrmCampaignBoard(models.AbstractModel):
    """What each operator of the campaign is doing at this moment.

    The present, not a figure: who is at the desk, in which state and since when, and
    in the colour of the outcome registered last.
    """

    _inherit = "crm.campaign.board"

    @api.model
    def _figures(self, campaign, period):
        return {
            **super()._figures(campaign, period),
            "operators": self._operators(campaign),
        }

    @api.model
    def _operators(self, campaign):
        """Return the operators at their desk for a campaign, those on pause last.

        :return: per operator ``id``, ``name``, ``state``, ``state_name``, ``since``
            (UTC), ``reason``, ``max_minutes`` of the pause, ``outcome`` (``name``,
            ``kind``, ``color``, or ``None``) and ``needs_help``
        :rtype: list[dict]
        """
        rows = self.env["crm.operator.state"]._on_campaign(campaign)
        watched = campaign._watched_user_ids()
        if watched is not None:
            rows = rows.filtered(lambda row: row.user_id.id in watched)
        asking = self.env["crm.help.request"].search(
            [("user_id", "in", rows.user_id.ids), ("done_at", "=", False)]
        )
        names = dict(rows._fields["state"]._description_selection(self.env))
        operators = [
            {
                "id": row.user_id.id,
                "name": row.user_id.name,
                "state": row.state,
                "state_name": names[row.state],
                "since": fields.Datetime.to_string(row.since),
                "reason": row.reason_id.name or "",
                "max_minutes": row.reason_id.max_minutes,
                "outcome": {
                    "name": row.last_outcome_id.name,
                    "kind": row.last_outcome_id.kind or "",
                    "color": row.last_outcome_id.color,
                }
                if row.last_outcome_id
                else None,
                "needs_help": row.user_id in asking.user_id,
            }
            for row in rows
        ]
        return sorted(operators, key=lambda one: (one["state"] == "pause", one["name"]))
