from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

from ..tools.claim_sql import NOW
from .crm_desk_presence import PRESENT_MINUTES

#: At most so many of the first names are kept for the more skilled.
MOST_KEPT = 30

# How many levels above mine have somebody free at work on the campaign, and how many
# operators above are at work. Who has a name in hand could not take a recall now.
_ABOVE = """
    SELECT count(DISTINCT skill.level) FILTER (WHERE NOT EXISTS (
               SELECT 1 FROM crm_call_list_line held
                WHERE held.claimed_by_id = presence.user_id
                  AND held.claimed_until > %(now)s)),
           count(*)
      FROM crm_desk_presence presence
      JOIN crm_campaign_skill skill
        ON skill.user_id = presence.user_id AND skill.campaign_id = %(campaign)s
     WHERE presence.campaign_id = %(campaign)s
       AND presence.seen_at > %(now)s - %(present)s * interval '1 minute'
       AND skill.level > coalesce((SELECT own.level FROM crm_campaign_skill own
                                    WHERE own.user_id = %(user)s
                                      AND own.campaign_id = %(campaign)s), 0)"""


class CrmDispatch(models.AbstractModel):
    """Recalls for the most skilled, and private ones of operators who are away."""

    _inherit = "crm.dispatch"

    @api.model
    def _claim_plan(self, campaign):
        plan = super()._claim_plan(campaign)
        return {
            **plan,
            "retry_first": campaign.retry_first,
            "fall_minutes": campaign.private_fall_minutes,
            "skill_wait": campaign.skill_wait_minutes,
            "best_to_skilled": campaign.best_to_skilled,
        }

    @api.model
    def _claim_waiting(self, cr, plan, depth, lock):
        cr.execute(
            SQL(
                f"%(seen)s; {_ABOVE}",
                seen=self._seen_sql(plan["campaign"]),
                campaign=plan["campaign"],
                user=plan["user"],
                present=PRESENT_MINUTES,
                now=NOW,
            )
        )
        levels, operators = cr.fetchone()
        plan = {
            **plan,
            "skill_minutes": levels * plan["skill_wait"],
            "skip": min(operators, MOST_KEPT) if plan["best_to_skilled"] else 0,
        }
        return super()._claim_waiting(cr, plan, depth, lock)

    @api.model
    def _present(self, campaign):
        """Note that the current user is free, and at work on a campaign.

        :param utm.campaign campaign: one on whose lists the user works
        """
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(self._seen_sql(campaign.id))

    @api.model
    def _seen_sql(self, campaign_id):
        """Return the statement that notes that the current user is at work.

        :param int campaign_id: on which campaign
        :rtype: SQL
        """
        return self.env["crm.desk.presence"]._seen_sql(self.env.uid, campaign_id)

    @api.model
    def _sign_of_life(self, cr, line_id):
        result = super()._sign_of_life(cr, line_id)
        cr.execute(
            SQL("SELECT campaign_id FROM crm_call_list_line WHERE id = %s", line_id)
        )
        row = cr.fetchone()
        if row and row[0]:
            cr.execute(self._seen_sql(row[0]))
        return result
