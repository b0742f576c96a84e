from odoo import api, fields, models

#: What a name can't be created without, until a manager chooses otherwise; besides
#: the name itself, person or company, which Odoo always asks for.
DEFAULT_MANDATORY_FIELDS = ("phone", "portfolio_id")


class ResCompany(models.Model):
    """What the company asks of every name."""

    _inherit = "res.company"

    default_portfolio_id = fields.Many2one(
        "crm.portfolio",
        "Portfolio of New Names",
        domain="[('unit', '=', 1)]",
        ondelete="restrict",
        help="Primary portfolio of names for which nobody chose one.",
    )
    mandatory_field_ids = fields.Many2many(
        "ir.model.fields",
        "res_company_mandatory_field_rel",
        "company_id",
        "field_id",
        string="Mandatory Fields",
        domain=lambda self: self.env["res.company"]._mandatory_field_domain(),
        default=lambda self: self.env["res.company"]._default_mandatory_fields(),
        help="Forms and imports refuse a new name without them, and without the name"
        " itself. Any of its numbers counts as the phone. Portfolios may ask for more.",
    )

    @api.model
    def _mandatory_field_domain(self):
        return [
            ("model", "=", "crm.lead"),
            ("name", "!=", "name"),
            ("store", "=", True),
            ("readonly", "=", False),
            ("ttype", "not in", ("one2many", "boolean", "json", "properties")),
        ]

    @api.model
    def _default_mandatory_fields(self):
        get = self.env["ir.model.fields"]._get
        return self.env["ir.model.fields"].union(
            *(get("crm.lead", name) for name in DEFAULT_MANDATORY_FIELDS)
        )

    def write(self, vals):
        result = super().write(vals)
        if "mandatory_field_ids" in vals:
            # Views are made of them.
            self.env.registry.clear_cache("default", "templates")
        return result
