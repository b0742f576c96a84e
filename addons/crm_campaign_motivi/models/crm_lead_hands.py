from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmLead(models.Model):
    """A name that somebody has in hand is not deleted under the call."""

    _inherit = "crm.lead"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_hand(self):
        # Locked, so that nobody takes a name in between; whoever was quicker is seen
        # when the request is run again.
        self.env.cr.execute(
            SQL(
                """SELECT lead_id, claimed_by_id IS NOT NULL
                                   AND claimed_until > (now() AT TIME ZONE 'UTC')
                     FROM crm_call_list_line
                    WHERE lead_id = ANY(%s)
                      FOR UPDATE""",
                self.ids,
            ),
            log_exceptions=False,
        )
        held = [lead_id for lead_id, in_hand in self.env.cr.fetchall() if in_hand]
        if held:
            raise UserError(
                self.env._(
                    "An operator is working on %(name)s at this moment. Delete it when"
                    " the call is over.",
                    name=self.browse(held[0]).name,
                )
            )

    def _merge_call_lists(self, source_ids):
        """Move the places in lists of names that go; see the base method.

        A name that goes leaves no claim behind where the other one has the place.
        """
        result = super()._merge_call_lists(source_ids)
        self.env.cr.execute(
            SQL(
                """UPDATE crm_call_list_line SET claimed_by_id = NULL
                    WHERE lead_id = ANY(%s) AND claimed_by_id IS NOT NULL""",
                list(source_ids),
            )
        )
        self.env["crm.call.list.line"].invalidate_model()
        return result
