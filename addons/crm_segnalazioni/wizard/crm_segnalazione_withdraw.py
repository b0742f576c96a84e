import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date


class CrmSegnalazioneWithdraw(models.TransientModel):
    """The back office registers that a customer withdraws from a contract."""

    _name = "crm.segnalazione.withdraw"
    _description = "Register a Withdrawal"

    order_id = fields.Many2one(
        "sale.order", "Document", required=True, readonly=True, ondelete="cascade"
    )
    withdrawn_on = fields.Date(
        "Sent on",
        required=True,
        default=fields.Date.context_today,
        help="The day on which the customer sent the withdrawal counts, not the one on"
        " which it arrived (D.Lgs. 206/2005, article 54).",
    )
    withdrawal_until = fields.Date(related="order_id.withdrawal_until")
    is_late = fields.Boolean(compute="_compute_is_late")
    is_goodwill = fields.Boolean(
        "Accept It All the Same", help="The term was over, and the company lets go."
    )
    reason = fields.Char("What the Customer Writes")
    document = fields.Binary("Letter of Withdrawal", attachment=True)
    document_name = fields.Char("Name of the Letter")

    @api.depends("withdrawn_on", "order_id")
    def _compute_is_late(self):
        for wizard in self:
            until = wizard.order_id.withdrawal_until
            wizard.is_late = bool(
                until and wizard.withdrawn_on and wizard.withdrawn_on > until
            )

    def action_withdraw(self):
        """Register the withdrawal, and take the step that the workflow has for it.

        :return: True closes the dialog
        :rtype: bool
        :raise UserError: too late, in the future, registered already, or no such step
        """
        self.ensure_one()
        order = self.order_id
        self._check_withdrawal()
        transition = self._withdrawal_transition()
        order.withdrawn_on = self.withdrawn_on
        # sudo: the customer withdraws by right, whoever else may take that step; who
        # registers it had to have the right to write that above
        order.sudo()._take_transition(
            transition,
            expected=order.segnalazione_state_id,
            reason=self.reason or self.env._("The customer withdraws."),
        )
        order.message_post(
            body=self.env._(
                "The customer has withdrawn on %(day)s. %(reason)s",
                day=format_date(self.env, self.withdrawn_on),
                reason=self.reason or "",
            ),
            attachments=self._letter(),
        )
        return True

    def _letter(self):
        """Return the letter as an attachment of a message, if there is one.

        :rtype: list[tuple[str, bytes]]
        """
        content = self.with_context(bin_size=False).document
        if not content:
            return []
        name = self.document_name or self.env._("Withdrawal")
        return [(name, base64.b64decode(content))]

    def _check_withdrawal(self):
        order = self.order_id
        if order.withdrawn_on:
            raise UserError(
                self.env._(
                    "The withdrawal from %(document)s is registered already, on"
                    " %(day)s.",
                    document=order.name,
                    day=format_date(self.env, order.withdrawn_on),
                )
            )
        if self.withdrawn_on > fields.Date.context_today(self):
            raise UserError(self.env._("A withdrawal can't lie in the future."))
        if self.is_late and not self.is_goodwill:
            raise UserError(
                self.env._(
                    "The customer could withdraw from %(document)s until %(day)s. To"
                    " let the customer go all the same, say so in the dialog.",
                    document=order.name,
                    day=format_date(self.env, order.withdrawal_until),
                )
            )

    def _withdrawal_transition(self):
        """Return the step of the workflow for a withdrawal from here.

        :rtype: crm.segnalazione.transition
        :raise UserError: there is none
        """
        order = self.order_id
        transition = self.env["crm.segnalazione.transition"].search(
            [
                ("type_id", "=", order.segnalazione_type_id.id),
                ("from_state_id", "=", order.segnalazione_state_id.id),
                ("is_withdrawal", "=", True),
            ],
            limit=1,
        )
        if not transition:
            raise UserError(
                self.env._(
                    "The workflow of %(type)s has no step for a withdrawal from"
                    " %(state)s. Ask the campaign manager to add one.",
                    type=order.segnalazione_type_id.name,
                    state=order.segnalazione_state_id.name,
                )
            )
        return transition
