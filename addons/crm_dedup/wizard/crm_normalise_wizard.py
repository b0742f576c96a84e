from odoo import api, fields, models

from ..tools.normaliser import PARTS


class CrmNormaliseWizard(models.TransientModel):
    """Asks which names or customers are normalised, and what of them."""

    _name = "crm.normalise.wizard"
    _description = "Normalise the Archive"

    target = fields.Selection(
        [("lead", "Names"), ("partner", "Customers")],
        "Whose Values",
        required=True,
        default="lead",
    )
    domain_model = fields.Char(compute="_compute_domain_model")
    domain = fields.Char("Which", required=True, default="[]")
    names = fields.Boolean("Names and Companies", default=True)
    phones = fields.Boolean("Numbers", default=True)
    email = fields.Boolean("E-Mail", default=True)
    codes = fields.Boolean("Codice Fiscale and Partita IVA", default=True)
    addresses = fields.Boolean(default=True)

    @api.depends("target")
    def _compute_domain_model(self):
        for wizard in self:
            wizard.domain_model = (
                "res.partner" if wizard.target == "partner" else "crm.lead"
            )

    @api.onchange("target")
    def _onchange_target(self):
        # What was asked of the one has no meaning for the other.
        self.domain = "[]"

    def action_preview(self):
        """Button: count what would change, and show the first of it.

        :rtype: dict
        """
        return self._start("preview")

    def action_run(self):
        """Button: normalise at once, without a preview.

        :rtype: dict
        """
        return self._start("run")

    def _start(self, kind):
        self.ensure_one()
        parts = [part for part in PARTS if self[part]]
        run = self.env["crm.normalise.run"]._start(
            kind, parts, self.domain or "[]", target=self.target
        )
        return run.action_open()
