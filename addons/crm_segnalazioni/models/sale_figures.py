from odoo import api, models
from odoo.fields import Domain

from .sale_order_quotation import SALES_DOMAIN


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _get_sale_order_domain_count(self):
        domain = super()._get_sale_order_domain_count()
        return Domain.AND([domain, SALES_DOMAIN])


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def _compute_sale_order_count(self):
        result = super()._compute_sale_order_count()
        hidden = dict(
            self.env["sale.order"]._read_group(
                Domain("team_id", "in", self.ids)
                & Domain("state", "!=", "cancel")
                & ~SALES_DOMAIN,
                ["team_id"],
                ["__count"],
            )
        )
        for team in self:
            team.sale_order_count -= hidden.get(team, 0)
        return result


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.depends("order_ids.segnalazione_type_id")
    def _compute_sale_data(self):
        return super()._compute_sale_data()

    def _get_action_view_sale_quotation_domain(self):
        domain = super()._get_action_view_sale_quotation_domain()
        return Domain.AND([domain, SALES_DOMAIN])

    def _get_lead_quotation_domain(self):
        return Domain.AND([super()._get_lead_quotation_domain(), SALES_DOMAIN])

    def _get_lead_sale_order_domain(self):
        return Domain.AND([super()._get_lead_sale_order_domain(), SALES_DOMAIN])


class SaleReport(models.Model):
    _inherit = "sale.report"

    def _where_sale(self):
        return (
            super()._where_sale()
            + """
            AND (s.segnalazione_type_id IS NULL
                 OR s.segnalazione_type_id IN (
                        SELECT id FROM crm_segnalazione_type WHERE is_quotation))"""
        )
