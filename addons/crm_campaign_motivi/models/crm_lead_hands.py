from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmLead(models.Model):
    """A name that somebody has in hand is not deleted under the call."""

    _inherit = "crm.lead"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_hand(self):
        held = self._lock_hands()
        if held:
            raise UserError(
                self.env._(
                    "An operator is working on %(name)s at this moment. Delete it when"
                    " the call is over.",
                    name=held[0].name,
                )
            )

    def _lock_hands(self):
        """Lock the lines of these names, so that nobody takes one in between.

        Whoever was quicker is seen when the request is run again.

        :return: the names that somebody has in hand
        :rtype: crm.lead
        """
        self.env["crm.call.list.line"].flush_model(["claimed_by_id", "claimed_until"])
        self.env.cr.execute(
            SQL(
                """SELECT lead_id, claimed_by_id IS NOT NULL
                                   AND claimed_until > (now() AT TIME ZONE 'UTC')
                     FROM crm_call_list_line
                    WHERE lead_id = ANY(%s)
                 ORDER BY id FOR UPDATE""",
                self.ids,
            ),
            log_exceptions=False,
        )
        rows = self.env.cr.fetchall()
        held = dict.fromkeys(lead_id for lead_id, in_hand in rows if in_hand)
        return self.browse(held)

    def _merge_call_lists(self, sources):
        held = (self | sources)._lock_hands()
        if held:
            raise UserError(
                self.env._(
                    "An operator is working on %(name)s at this moment. Merge the names"
                    " when the call is over.",
                    name=held[0].name,
                )
            )
        # Claims that ran out; their token stays for an outcome on its way.
        self.env.cr.execute(
            SQL(
                """UPDATE crm_call_list_line SET claimed_by_id = NULL
                    WHERE lead_id = ANY(%s) AND claimed_by_id IS NOT NULL""",
                (self | sources).ids,
            )
        )
        return super()._merge_call_lists(sources)
