from odoo import fields, models
from odoo.exceptions import UserError


class CrmBulkWizard(models.TransientModel):
    """Names of a search become, or join, a call list."""

    _inherit = "crm.bulk.wizard"

    call_list_id = fields.Many2one("crm.call.list", domain="[('owner_id', '=', False)]")

    def _check_complete(self):
        if self.kind != "list":
            return super()._check_complete()
        if not self.call_list_id:
            raise UserError(self.env._("Choose the call list, or make a new one."))
        self.call_list_id.check_access("write")
        return None

    def _job_values(self):
        return {**super()._job_values(), "call_list_id": self.call_list_id.id}
