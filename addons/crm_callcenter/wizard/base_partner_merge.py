from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Bring the names that come to a customer in step with its state."""
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        partners = self.env["res.partner"].browse(partner_ids).exists()
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        for partner in partners.filtered("commercial_state_id"):
            # sudo: every name of the customer, readable or not
            leads.search([("partner_id", "=", partner.id)])._correct_state(
                partner.sudo().commercial_state_id, "merge"
            )
        return result
