from odoo import api, models
from odoo.exceptions import UserError

from .crm_desk import CART_ASKED_KEY


class CrmDesk(models.AbstractModel):
    """The products of a sale are a step that may be mandatory."""

    _inherit = "crm.desk"

    @api.model
    def _is_step_asked(self, step, outcome):
        if step["kind"] == "cart" and outcome.kind != "C":
            # Only a closing on the line sells something.
            return False
        return super()._is_step_asked(step, outcome)

    @api.model
    def _check_step_done(self, step, answers, checked, versions):
        result = super()._check_step_done(step, answers, checked, versions)
        if step["kind"] == "cart" and not self.env.context.get(CART_ASKED_KEY):
            # sudo: the campaign of the name in hand
            campaign = (
                self.env["crm.campaign.step"].sudo().browse(step["id"]).campaign_id
            )
            if self._makes_document(campaign):
                raise UserError(
                    self.env._(
                        "%(step)s: the cart is empty. Add what was sold, or tick"
                        " “Without products”. If you don't see this step, reload the"
                        " page: nothing is lost.",
                        step=step["name"],
                    )
                )
        return result
