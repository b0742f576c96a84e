from odoo import fields, models
from odoo.exceptions import AccessError

from ..tools.call_url import new_secret


class ResCompany(models.Model):
    """What a company's telephone exchange needs to open the desk."""

    _inherit = "res.company"

    # Never sent to any client; shown once, by a window of its own.
    inbound_call_secret = fields.Char(
        groups=fields.NO_ACCESS,
        copy=False,
        help="Signs the addresses by which the telephone exchange opens the desk.",
    )
    inbound_calls_per_minute = fields.Integer(
        "Incoming Calls a Minute",
        default=60,
        required=True,
        help="More calls that the telephone exchange announces within a minute are"
        " refused.",
    )

    _inbound_calls_limit = models.Constraint(
        "CHECK (inbound_calls_per_minute BETWEEN 1 AND 6000)",
        "Between 1 and 6000 incoming calls a minute.",
    )

    def action_new_call_secret(self):
        """Button: make a new secret, which ends the one before, and show it once.

        :return: the window that shows it
        :rtype: dict
        :raise AccessError: the user is no administrator
        """
        self.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._("Only an administrator makes the secret of the exchange.")
            )
        # sudo: the field is closed to everybody
        self.sudo().inbound_call_secret = new_secret()
        return self.env["crm.call.secret.wizard"]._open(self)
