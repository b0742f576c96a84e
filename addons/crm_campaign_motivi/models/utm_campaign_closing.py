from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

from .utm_campaign import COUNTING_GROUPS

# Whoever counts the names in hand counts those whose time is not over.
_IN_HAND = SQL(
    "line.claimed_by_id IS NOT NULL AND line.claim_is_ahead IS NOT TRUE"
    " AND line.claimed_until > (now() AT TIME ZONE 'UTC')"
)


class UtmCampaign(models.Model):
    """Closing: no new name at once; names in hand are finished, or run out."""

    _inherit = "utm.campaign"

    call_state = fields.Selection(
        selection_add=[("closing", "Closing"), ("closed",)],
        ondelete={"closing": lambda campaigns: campaigns._close_at_once()},
        help="Operators are served names of running campaigns only. A campaign is"
        " closing while operators finish the names that they have in hand.",
    )
    hands_sentence = fields.Char(
        compute="_compute_hands_sentence",
        groups=COUNTING_GROUPS,
        help="How many names of the closing campaign are still in hand.",
    )

    def _compute_hands_sentence(self):
        for campaign in self:
            if campaign.call_state != "closing":
                campaign.hands_sentence = False
                continue
            count, until = campaign._names_in_hand()
            campaign.hands_sentence = (
                self.env._(
                    "No new name is served. Names still in operators' hands:"
                    " %(count)s. The campaign closes when they are done, at %(time)s if"
                    " there is no more sign of life from the desk.",
                    count=count,
                    time=fields.Datetime.context_timestamp(self, until).strftime(
                        "%H:%M"
                    ),
                )
                if count
                else self.env._("No name is in hand any more: it closes in a moment.")
            )

    def _names_in_hand(self):
        """Count the names of these campaigns that operators have in hand.

        :return: how many, and until when at most (naive UTC), or ``None``
        :rtype: tuple[int, datetime.datetime | None]
        """
        self.env["crm.call.list.line"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT count(*), max(line.claimed_until)
                     FROM crm_call_list_line line
                    WHERE line.campaign_id = ANY(%s) AND %s""",
                self.ids,
                _IN_HAND,
            )
        )[0]

    def action_close(self):
        """Button: no name is served any more; names in hand are finished first.

        :rtype: bool
        """
        for campaign in self.filtered(lambda found: found.call_state != "closed"):
            count, _until = campaign._names_in_hand()
            campaign.call_state = "closing" if count else "closed"
        return True

    def _close_at_once(self):
        self.write({"call_state": "closed"})

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            # Whatever runs is closed like any other: its hands finish first.
            self.filtered(
                lambda found: found.is_call_campaign and found.call_state == "running"
            ).action_close()
        return result

    @api.model
    def _finish_closing(self, campaign_ids=None):
        """Close the closing campaigns of which no name is in hand any more.

        On a cursor of its own, committed at once: two operators who finish at the same
        moment on snapshots of their own would each still see the other's name.

        :param campaign_ids: those in question; ``None`` for all
        """
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    """UPDATE utm_campaign campaign
                          SET call_state = 'closed',
                              write_date = now() AT TIME ZONE 'UTC'
                        WHERE campaign.call_state = 'closing' AND %s
                          AND NOT EXISTS (
                              SELECT 1 FROM crm_call_list_line line
                               WHERE line.campaign_id = campaign.id AND %s)""",
                    SQL("true")
                    if campaign_ids is None
                    else SQL("campaign.id = ANY(%s)", list(campaign_ids)),
                    _IN_HAND,
                )
            )
        self.invalidate_model(["call_state"])

    @api.model
    def _cron_finish_closing(self):
        """Cron: close what was waiting for names whose time has run out meanwhile."""
        self._finish_closing()
