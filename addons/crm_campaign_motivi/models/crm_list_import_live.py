from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmListImport(models.Model):
    """What was imported may match the search of live lists."""

    _inherit = "crm.list.import"

    def _came_in(self):
        """Return the domain of the names that this import brought or recognised.

        :rtype: Domain
        """
        self.ensure_one()
        import_id = self.id

        def to_sql(_model, alias, _query):
            return SQL(
                "%s IN (SELECT lead_id FROM crm_list_import_row WHERE import_id = %s"
                " AND state IN ('accepted', 'updated', 'existing'))",
                SQL.identifier(alias, "id"),
                import_id,
            )

        return Domain.custom(to_sql=to_sql)

    def write(self, vals):
        ended = self.browse()
        if vals.get("state") == "done":
            ended = self.filtered(lambda found: found.state != "done")
        result = super().write(vals)
        if ended:
            # sudo: the order is the system's, whoever imports
            ended.list_id.campaign_id.sudo()._settle_queue()
            self.env["crm.call.list"]._enter_imported(ended)
        return result
