from odoo import fields, models

#: D.Lgs. 206/2005, article 52, paragraph 1: fourteen days.
WITHDRAWAL_DAYS = 14
#: Article 52, paragraph 1-bis, put in by D.Lgs. 26/2023: thirty days for contracts
#: that come of a visit at home which the consumer hasn't asked for, or of an excursion.
WITHDRAWAL_DAYS_HOME = 30


class ResCompany(models.Model):
    """How long customers may withdraw."""

    _inherit = "res.company"

    withdrawal_days = fields.Integer(
        "Days of Withdrawal",
        default=WITHDRAWAL_DAYS,
        help="D.Lgs. 206/2005, article 52: fourteen days at least.",
    )
    withdrawal_days_home = fields.Integer(
        "Days After a Visit Not Asked For",
        default=WITHDRAWAL_DAYS_HOME,
        help="D.Lgs. 206/2005, article 52, paragraph 1-bis (D.Lgs. 26/2023): thirty"
        " days at least.",
    )

    _withdrawal_days_legal = models.Constraint(
        f"CHECK (withdrawal_days >= {WITHDRAWAL_DAYS})",
        "Customers may withdraw for fourteen days at least (D.Lgs. 206/2005, article"
        " 52).",
    )
    _withdrawal_days_home_legal = models.Constraint(
        f"CHECK (withdrawal_days_home >= {WITHDRAWAL_DAYS_HOME})",
        "After a visit that they haven't asked for customers may withdraw for thirty"
        " days at least (D.Lgs. 206/2005, article 52, paragraph 1-bis).",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    withdrawal_days = fields.Integer(
        related="company_id.withdrawal_days", readonly=False
    )
    withdrawal_days_home = fields.Integer(
        related="company_id.withdrawal_days_home", readonly=False
    )
