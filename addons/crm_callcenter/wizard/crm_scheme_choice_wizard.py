from odoo import fields, models
from odoo.exceptions import UserError


class CrmSchemeChoiceWizard(models.TransientModel):
    """Asked once after installation: which of the schemes to start with."""

    _name = "crm.scheme.choice.wizard"
    _description = "Choose the Schemes to Start With"

    scheme_ids = fields.Many2many(
        "crm.scheme",
        "crm_scheme_choice_wizard_rel",
        "wizard_id",
        "scheme_id",
        string="Schemes",
        domain="[('state', '=', 'off')]",
    )

    def action_confirm(self):
        """Activate what was chosen.

        :return: reloads the page
        :rtype: dict
        :raise UserError: nothing was chosen
        """
        self.ensure_one()
        if not self.scheme_ids:
            raise UserError(
                self.env._(
                    "Choose a scheme, or close this window: schemes can be activated"
                    " later under Configuration > Schemes."
                )
            )
        return self.scheme_ids.action_activate()
