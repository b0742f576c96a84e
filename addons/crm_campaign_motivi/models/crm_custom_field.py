from odoo import api, fields, models
from odoo.exceptions import UserError

#: A running import without a batch for so long is not at work: its browser is closed.
SILENT_MINUTES = 5


class CrmCustomField(models.Model):
    _inherit = "crm.custom.field"

    @api.model
    def _check_no_bulk_work(self):
        """Refuse new columns while a list is being imported, too.

        :raise UserError: it names the import
        """
        result = super()._check_no_bulk_work()
        since = fields.Datetime.subtract(fields.Datetime.now(), minutes=SILENT_MINUTES)
        # sudo: whoever imports
        running = (
            self.env["crm.list.import"]
            .sudo()
            .search([("state", "=", "running"), ("write_date", ">=", since)], limit=1)
        )
        if running:
            raise UserError(
                self.env._(
                    "The list %(file)s is being imported. Add or delete custom fields"
                    " when it is done.",
                    file=running.filename or running.display_name,
                )
            )
        return result
