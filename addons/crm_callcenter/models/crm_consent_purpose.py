from odoo import fields, models


class CrmConsentPurpose(models.Model):
    """What somebody's data or number may be used for."""

    _name = "crm.consent.purpose"
    _description = "Purpose of a Consent"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short name for imports and forms, for instance: calls."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    channel = fields.Selection(
        [("phone", "Phone Number"), ("email", "E-Mail Address"), ("any", "Either")],
        required=True,
        default="any",
        help="What the consent is given for.",
    )
    is_withdrawal_do_not_call = fields.Boolean(
        "Withdrawal Means Do Not Call",
        help="Who withdraws this consent goes on the do-not-call list.",
    )
    text = fields.Text(
        "Text Read Out",
        translate=True,
        help="The wording that is read out or shown when the consent is asked.",
    )
    text_version = fields.Char(
        "Version of the Text",
        required=True,
        default="1",
        help="Written into each consent. Raise it with every change of the text.",
    )

    _code_once = models.Constraint(
        "UNIQUE (code)", "Another purpose has this code already. Choose another one."
    )
