from odoo import api, fields, models

from ..tools.call_url import SIGNED


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    inbound_calls_per_minute = fields.Integer(
        related="company_id.inbound_calls_per_minute", readonly=False
    )
    has_inbound_call_secret = fields.Boolean(compute="_compute_inbound_call")
    inbound_call_url = fields.Char(
        "Address for the Exchange", compute="_compute_inbound_call"
    )

    @api.depends("company_id")
    def _compute_inbound_call(self):
        for settings in self:
            company = settings.company_id
            # sudo: the field is closed to everybody; only that it is there is told
            settings.has_inbound_call_secret = bool(company.sudo().inbound_call_secret)
            example = {"company": company.id}
            query = "&".join(
                f"{name}={example.get(name, '…')}" for name in (*SIGNED, "signature")
            )
            settings.inbound_call_url = f"{self.get_base_url()}/callcenter/call?{query}"

    def action_new_call_secret(self):
        """Button: make a new secret of the exchange and show it once.

        :rtype: dict
        """
        self.ensure_one()
        return self.company_id.action_new_call_secret()
