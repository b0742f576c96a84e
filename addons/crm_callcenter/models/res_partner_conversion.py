from odoo import api, models


class ResPartner(models.Model):
    """Conversions are taken back on the card of the customer as well."""

    _inherit = "res.partner"

    def _open_conversions(self):
        self.ensure_one()
        # sudo: who may take them back is asked before anything is done
        conversions = self.env["crm.conversion"].sudo()
        if not self.id or not conversions._may_undo():
            return conversions
        family = self._card_family(self.sudo())
        return conversions.search(
            [("partner_id", "in", family.ids), ("undone_at", "=", False)]
        )

    @api.depends_context("uid")
    def _compute_can_undo_conversion(self):
        for partner in self:
            partner.can_undo_conversion = bool(partner._open_conversions())

    def action_undo_conversion(self):
        """Button of the back office: take the conversion to this customer back.

        :return: as the button of the name; of several names, the list to choose from
        :rtype: dict
        """
        self.check_access("read")
        leads = self._open_conversions().lead_id.sudo(False)
        if len(leads) > 1:
            return {
                **self.env["ir.actions.act_window"]._for_xml_id(
                    "crm_callcenter.crm_lead_action_opportunities"
                ),
                "name": self.env._("Which Conversion?"),
                "domain": [("id", "in", leads.ids)],
            }
        if not leads:
            self.env["crm.conversion"].sudo()._refuse_undo(self)
        return leads.action_undo_conversion()
