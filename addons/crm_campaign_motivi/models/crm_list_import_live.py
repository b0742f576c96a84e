from odoo import models


class CrmListImport(models.Model):
    """What was imported may match the search of live lists."""

    _inherit = "crm.list.import"

    def write(self, vals):
        ended = self.browse()
        if vals.get("state") == "done":
            ended = self.filtered(lambda found: found.state != "done")
        result = super().write(vals)
        if ended:
            # sudo: the order is the system's, whoever imports
            ended.list_id.campaign_id.sudo()._settle_queue()
            self.env["crm.call.list"]._refresh_live(due_only=False)
        return result
