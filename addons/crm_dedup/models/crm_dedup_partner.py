from odoo import api, models
from odoo.fields import Domain

from .crm_dedup_changes import PARTNER_FIELDS


class ResPartner(models.Model):
    """Customers are compared when they are written."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        self.env["crm.dedup"]._wait([-partner_id for partner_id in partners.ids])
        return partners

    def write(self, vals):
        result = super().write(vals)
        service = self.env["crm.dedup"]
        if not PARTNER_FIELDS.isdisjoint(vals) or not set(vals).isdisjoint(
            service._extra_names()
        ):
            service._wait([-partner_id for partner_id in self.ids])
        return result

    def action_compare_duplicates(self):
        """Show the pairs that this customer is in.

        :rtype: dict
        """
        self.ensure_one()
        pairs = self.env["crm.duplicate.pair"]
        pairs._check_may_look()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_dedup.crm_duplicate_pair_action"
        )
        domain = Domain.OR(pairs._domain_of(partner) for partner in self)
        action["domain"] = list(domain)
        action["context"] = {"search_default_open": 1}
        return action
