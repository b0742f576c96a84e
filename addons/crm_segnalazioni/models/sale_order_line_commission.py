from odoo import api, models

from ..tools.commissions import LATER, LATER_KEY, WATCHED


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._synchronize_commissions()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if WATCHED & vals.keys() and self.env.context.get(LATER_KEY) is not LATER:
            self._synchronize_commissions()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders._synchronize_due_commissions()
        return result

    def _synchronize_commissions(self):
        self.order_id._synchronize_due_commissions()
