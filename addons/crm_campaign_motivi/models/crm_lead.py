from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmLead(models.Model):
    _inherit = "crm.lead"

    call_list_line_ids = fields.One2many("crm.call.list.line", "lead_id", "Call Lists")

    def _check_write_by_role(self, vals):
        """Refuse also to write on a name that somebody else has in hand.

        Asked of those who work on names by hand; whoever assigns or mends many of
        them at once may go on.
        """
        super()._check_write_by_role(vals)
        if (
            self.env.su
            or not self.ids
            or not self.env.user.has_group("crm_callcenter.group_own_work")
        ):
            return
        held = self._held_by_others()
        if held:
            raise UserError(
                self.env._(
                    "Somebody else is working on %(name)s at this moment. Try again"
                    " when the call is over.",
                    name=held[0].name,
                )
            )

    def _held_by_others(self):
        """Return those of these names that somebody else has in hand.

        :rtype: crm.lead
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT lead_id FROM crm_call_list_line
                    WHERE lead_id = ANY(%s) AND claimed_by_id IS NOT NULL
                      AND claimed_by_id != %s AND claim_is_ahead IS NOT TRUE
                      AND claimed_until > (now() AT TIME ZONE 'UTC')""",
                self.ids,
                self.env.uid,
            )
        )
        return self.browse([lead_id for (lead_id,) in rows])
