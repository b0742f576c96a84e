from odoo import models
from odoo.exceptions import UserError


class MailComposeMessage(models.TransientModel):
    """Says before anything is written that a blocked name gets no mail."""

    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        for composer in self.filtered(lambda one: one.composition_mode == "comment"):
            blocked = composer.partner_ids.filtered(
                lambda partner: partner.commercial_state_id.state_class == "blocked"
            )
            if blocked:
                raise UserError(
                    self.env._(
                        "%(name)s is blocked: nothing is mailed. Remove it from the"
                        " recipients.",
                        name=blocked[0].display_name,
                    )
                )
        return super()._action_send_mail(auto_commit=auto_commit)
