from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.italian_codes import birth_date_of, read_ateco, read_fiscal_code

LEGAL_FORMS = [
    ("sole", "Sole Trader"),
    ("ss", "S.s."),
    ("snc", "S.n.c."),
    ("sas", "S.a.s."),
    ("srl", "S.r.l."),
    ("srls", "S.r.l.s."),
    ("spa", "S.p.A."),
    ("sapa", "S.a.p.A."),
    ("cooperative", "Cooperative"),
    ("association", "Association or Foundation"),
    ("condominium", "Condominium"),
    ("public", "Public Body"),
    ("other", "Other"),
]


class CrmIdentityMixin(models.AbstractModel):
    """Who a person or a company is for the state; on names and on customers."""

    _name = "crm.identity.mixin"
    _description = "Identity of a Person or Company"
    _inherit = ["crm.identity.codes.mixin"]

    fiscal_code = fields.Char(
        "Codice Fiscale", index="btree_not_null", help="Checked when it is entered."
    )
    legal_form = fields.Selection(LEGAL_FORMS)
    ateco_code = fields.Char("ATECO", help="Class of the activity, for instance 43.21.")
    employee_count = fields.Integer("Employees", aggregator="avg")
    birth_date = fields.Date()

    @api.onchange("fiscal_code")
    def _onchange_fiscal_code(self):
        code = read_fiscal_code(self.fiscal_code)
        if code and not self.birth_date:
            self.birth_date = birth_date_of(code)

    @api.constrains("fiscal_code")
    def _check_fiscal_code(self):
        for record in self:
            if record.fiscal_code and not read_fiscal_code(record.fiscal_code):
                raise ValidationError(
                    self.env._(
                        "%(code)s, the codice fiscale of %(name)s, is not valid: a"
                        " character is missing or wrong. Correct it, or leave it"
                        " empty.",
                        code=record.fiscal_code,
                        name=record.display_name,
                    )
                )

    @api.constrains("ateco_code")
    def _check_ateco_code(self):
        for record in self:
            if record.ateco_code and not read_ateco(record.ateco_code):
                raise ValidationError(
                    self.env._(
                        "%(code)s is no ATECO code. Write two to six digits with"
                        " points, for instance 43.21.",
                        code=record.ateco_code,
                    )
                )

    @api.constrains("birth_date", "employee_count")
    def _check_plausible(self):
        today = fields.Date.context_today(self)
        for record in self:
            if record.birth_date and record.birth_date > today:
                raise ValidationError(
                    self.env._(
                        "The birth date of %(name)s lies in the future.",
                        name=record.display_name,
                    )
                )
            if record.employee_count < 0:
                raise ValidationError(
                    self.env._("The number of employees is zero or more.")
                )
