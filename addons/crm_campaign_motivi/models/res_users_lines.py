from odoo import fields, models
from odoo.tools import SQL


class ResUsers(models.Model):
    """Whoever leaves loses no name: it goes back to its list, its recalls to all."""

    _inherit = "res.users"

    operator_group_ids = fields.Many2many(
        "crm.operator.group",
        "crm_operator_group_member_rel",
        "user_id",
        "group_id",
        string="Operator Groups",
        readonly=True,
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self._leave_lines()
            self.env["crm.call.list"]._settle_operators()
        return result

    def unlink(self):
        self._leave_lines()
        return super().unlink()

    def _leave_lines(self):
        """Give back the names in hand, and let anybody keep the private recalls.

        The claim's token stays, as when a claim runs out: an outcome that is on its way
        at this moment is still registered. The name rests as if it had been put back,
        since somebody may be on the telephone with it.
        """
        lines = self.env["crm.call.list.line"]
        lines.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_call_list_line line
                      SET claimed_by_id = NULL,
                          rest_until = (now() AT TIME ZONE 'UTC') + interval '1 minute'
                                       * coalesce((SELECT campaign.rest_minutes
                                                     FROM utm_campaign campaign
                                                    WHERE campaign.id
                                                          = line.campaign_id), 0)
                    WHERE line.claimed_by_id = ANY(%s)""",
                self.ids,
            ),
            log_exceptions=False,
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_call_list_line
                      SET recall_user_id = NULL,
                          recall_scope = CASE recall_scope WHEN 'private' THEN 'public'
                                                           ELSE recall_scope END
                    WHERE recall_user_id = ANY(%s)""",
                self.ids,
            ),
            log_exceptions=False,
        )
        lines.invalidate_model()
