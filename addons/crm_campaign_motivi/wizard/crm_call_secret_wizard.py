import time
from datetime import timedelta
from urllib.parse import urlencode

from odoo import api, fields, models

from ..tools.call_url import signature

#: For how long the window shows the secret, to whoever has made it.
SHOWN_MINUTES = 10


class CrmCallSecretWizard(models.TransientModel):
    """Shows the new secret of the telephone exchange, once, and how to use it."""

    _name = "crm.call.secret.wizard"
    _description = "Secret of the Telephone Exchange"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    secret = fields.Char(compute="_compute_secret")
    example_url = fields.Char("Example", compute="_compute_secret")

    @api.depends("company_id")
    @api.depends_context("uid")
    def _compute_secret(self):
        youngest = fields.Datetime.now() - timedelta(minutes=SHOWN_MINUTES)
        for wizard in self:
            is_mine = (
                wizard.create_uid == self.env.user
                and self.env.user.has_group("base.group_system")
                and wizard.create_date >= youngest
            )
            # sudo: the field is closed to everybody; an administrator made it just now
            secret = is_mine and wizard.company_id.sudo().inbound_call_secret
            wizard.secret = secret
            wizard.example_url = secret and wizard._example_url(secret)

    def _example_url(self, secret):
        """Return an address that works for the next minutes.

        :param str secret: of the company
        :rtype: str
        """
        values = {
            "company": str(self.company_id.id),
            "number": "+393471234567",
            "called": "",
            "at": str(int(time.time())),
            "operator": self.env.user.login,
        }
        query = urlencode({**values, "signature": signature(secret, values)})
        return f"{self.get_base_url()}/callcenter/call?{query}"

    @api.model
    def _open(self, company):
        """Return the window that shows the secret of a company.

        :param res.company company: whose
        :rtype: dict
        """
        wizard = self.create({"company_id": company.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Secret of the Telephone Exchange"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }
