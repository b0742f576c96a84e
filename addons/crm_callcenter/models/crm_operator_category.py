from odoo import api, fields, models


class CrmOperatorCategory(models.Model):
    """Categories of operators: a tree on users, used by rights, reports and macros."""

    _name = "crm.operator.category"
    _description = "Operator Category"
    _inherit = ["crm.tree.mixin"]
    _parent_store = True
    _order = "complete_name"
    _rec_name = "complete_name"

    name = fields.Char(translate=False)
    parent_id = fields.Many2one(
        "crm.operator.category", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    user_ids = fields.One2many("res.users", "operator_category_id", "Operators")

    @api.ondelete(at_uninstall=False)
    def _unlink_forget_default(self):
        # sudo: a default that no longer exists would break every new operator
        companies = (
            self.env["res.company"]
            .sudo()
            .search([("operator_category_id", "in", self.ids)])
        )
        companies.operator_category_id = False
