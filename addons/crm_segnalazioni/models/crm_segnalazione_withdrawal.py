from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmSegnalazioneType(models.Model):
    """What a type says of sales by phone and of withdrawing."""

    _inherit = "crm.segnalazione.type"

    is_phone_sale = fields.Boolean(
        "Sale by Phone",
        help="Customers are bound only after they have accepted in writing (D.Lgs."
        " 206/2005, article 51, paragraph 6).",
    )
    has_withdrawal = fields.Boolean(
        "Right of Withdrawal",
        help="Consumers may withdraw from contracts made at a distance or away from"
        " business premises (D.Lgs. 206/2005, article 52).",
    )
    withdrawal_start = fields.Selection(
        [
            ("law", "As the law says: goods from delivery, services from conclusion"),
            ("conclusion", "From the conclusion of the contract"),
            ("delivery", "From the delivery"),
        ],
        "Term Runs",
        default="law",
        required=True,
        help="A contract of goods together with their installation is a sale of goods"
        " (D.Lgs. 206/2005, articles 45 and 52).",
    )
    withdrawal_days = fields.Integer(
        "Days of Withdrawal",
        help="0: as the company's settings say. Never less than these.",
    )

    @api.constrains("withdrawal_days")
    def _check_withdrawal_days(self):
        for document_type in self:
            least = self.env.company.withdrawal_days
            if document_type.withdrawal_days and document_type.withdrawal_days < least:
                raise ValidationError(
                    self.env._(
                        "Customers may withdraw from %(type)s for %(days)s days at"
                        " least.",
                        type=document_type.name,
                        days=least,
                    )
                )


class CrmSegnalazioneTransition(models.Model):
    _inherit = "crm.segnalazione.transition"

    waits_for_withdrawal = fields.Boolean(
        "Waits for the Withdrawal Term",
        help="The step is refused while the customer may still withdraw, and before"
        " a sale by phone is accepted in writing: handing over, for instance. While"
        " goods aren't delivered it waits for the same days from the conclusion.",
    )
    is_after_withdrawal = fields.Boolean(
        "Taken When the Term Is Over",
        help="Documents take this step by themselves on the day after the customer"
        " could withdraw for the last time.",
    )
    is_withdrawal = fields.Boolean(
        "Is the Withdrawal",
        help="The step that a document takes when the back office registers that the"
        " customer withdraws.",
    )

    @api.constrains("is_withdrawal", "is_after_withdrawal", "waits_for_withdrawal")
    def _check_withdrawal_flags(self):
        for transition in self:
            if transition.is_withdrawal and (
                transition.is_after_withdrawal or transition.waits_for_withdrawal
            ):
                raise ValidationError(
                    self.env._(
                        "%(transition)s can't both be the withdrawal and wait until"
                        " nobody may withdraw any more.",
                        transition=transition.name,
                    )
                )
