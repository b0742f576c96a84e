from odoo import api, models
from odoo.tools import SQL

from ..models.res_partner_custom_field import contact_links


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Move the links of custom fields too, which have no foreign key."""
        result = super()._update_foreign_keys(src_partners, dst_partner)
        for model, name in contact_links(self.env):
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s = ANY(%s) RETURNING id",
                    SQL.identifier(model._table),
                    SQL.identifier(name),
                    dst_partner.id,
                    SQL.identifier(name),
                    src_partners.ids,
                )
            )
            model.invalidate_model([name])
        return result
