from odoo import fields, models

from ..tools.normaliser import PARTS


class CrmNormaliseWizard(models.TransientModel):
    """Asks which names are normalised, and what of them."""

    _name = "crm.normalise.wizard"
    _description = "Normalise the Archive"

    domain = fields.Char("Names", required=True, default="[]")
    names = fields.Boolean("Names and Companies", default=True)
    phones = fields.Boolean("Numbers", default=True)
    email = fields.Boolean("E-Mail", default=True)
    codes = fields.Boolean("Codice Fiscale and Partita IVA", default=True)
    addresses = fields.Boolean(default=True)

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
        run = self.env["crm.normalise.run"]._start(kind, parts, self.domain or "[]")
        return run.action_open()
