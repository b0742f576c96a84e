from odoo import models


class CrmCustomField(models.Model):
    """A custom field that a rule of duplicates asks for is written by SQL, too."""

    _inherit = "crm.custom.field"

    def _sql_change(self, model, source, operation, value=None, old=None):
        changed = super()._sql_change(model, source, operation, value, old)
        if changed and self.name in self.env["crm.dedup"]._extra_names():
            self.env["crm.dedup.key"]._mark_records_stale(model._name, changed)
        return changed
