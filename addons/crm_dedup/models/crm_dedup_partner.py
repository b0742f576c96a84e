from odoo import api, fields, models
from odoo.fields import Domain

from .crm_dedup_changes import PARTNER_FIELDS


class ResPartner(models.Model):
    """Customers are compared when they are written."""

    _inherit = "res.partner"

    duplicate_pair_count = fields.Integer(
        "Possible Duplicates", compute="_compute_duplicate_pair_count"
    )

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

    def _compute_duplicate_pair_count(self):
        """Count the open pairs; rights decide who is told."""
        pairs = self.env["crm.duplicate.pair"]
        may_look = pairs.has_access("read")
        for partner in self:
            partner.duplicate_pair_count = (
                pairs.search_count(
                    Domain("state", "=", "open") & pairs._domain_of(partner._origin)
                )
                if may_look and partner._origin
                else 0
            )

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
