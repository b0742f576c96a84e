from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmInteraction(models.Model):
    """Corrections: a new row that takes an earlier one back."""

    _inherit = "crm.interaction"

    reversed_by_id = fields.Many2one(
        "res.users",
        "Taken Back By",
        ondelete="restrict",
        help="Who corrected the outcome. The points are taken from whoever got them.",
    )
    reversal_ids = fields.One2many(
        "crm.interaction", "reversed_id", "Taken Back With", readonly=True
    )
    is_reversed = fields.Boolean("Taken Back", compute="_compute_is_reversed")

    @api.depends("reversal_ids")
    def _compute_is_reversed(self):
        for interaction in self:
            # sudo: that a row was taken back is seen by whoever sees the row
            interaction.is_reversed = bool(interaction.sudo().reversal_ids)

    def _reverse(self, reason):
        """Take this outcome back: its points, and its state if it is still the last.

        What was planned because of it stays, and is cancelled by hand where it is
        no longer wanted.

        :param str reason: why
        :return: the row that takes it back
        :rtype: crm.interaction
        :raise UserError: it has been taken back already, or takes back another row
        """
        self.ensure_one()
        if self.reversed_id:
            raise UserError(
                self.env._(
                    "This row takes an outcome back and can't itself be taken back."
                    " Register the right outcome instead."
                )
            )
        if self.is_reversed:
            raise UserError(self.env._("This outcome has been taken back already."))
        # sudo: the ledger is closed to everybody; the caller checked the user
        row = self.sudo()
        lead = row.lead_id
        before = lead.commercial_state_id
        moved_last = (
            row.state_before_id != row.state_after_id and row._moved_state_last()
        )
        after = row.state_before_id if moved_last else before
        reversal = row.create(
            {
                "lead_id": lead.id,
                "partner_id": row.partner_id.id,
                "date": fields.Datetime.now(),
                "user_id": row.user_id.id,
                "team_id": row.team_id.id,
                "operator_category_id": row.operator_category_id.id,
                "campaign_id": row.campaign_id.id,
                "activity_type_id": row.activity_type_id.id,
                "outcome_id": self.env.ref("crm_callcenter.crm_outcome_reversed").id,
                "state_before_id": before.id,
                "state_after_id": after.id,
                "points": -row.points,
                "note": reason,
                "lead_process_id": row.lead_process_id.id,
                "reversed_id": row.id,
                "reversed_by_id": self.env.uid,
            }
        )
        if after != before:
            lead._move_states_batch(after)
        return reversal.sudo(self.env.su)

    def _moved_state_last(self):
        """Tell whether no later row of the same name moved its state."""
        later = self.search([("lead_id", "=", self.lead_id.id), ("id", ">", self.id)])
        return all(row.state_before_id == row.state_after_id for row in later)

    def action_reverse(self):
        """Open the window that asks why an outcome is taken back.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take the Outcome Back"),
            "res_model": "crm.reverse.outcome.wizard",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_interaction_id": self.id},
        }
