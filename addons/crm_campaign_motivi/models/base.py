from odoo import api, models


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _logged_models(self):
        return super()._logged_models() | {
            "crm.call.list.line",
            "crm.list.import.row",
            "crm.recall",
        }
