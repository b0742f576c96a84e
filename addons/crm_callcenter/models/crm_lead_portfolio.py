from odoo import api, models

from .crm_business_unit import PORTFOLIO_FIELDS


class CrmLead(models.Model):
    """The portfolios of a name, which its customer keeps as well."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.portfolio.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        self._set_portfolio_of_source(vals_list)
        return super().create(vals_list)

    @api.model
    def _set_portfolio_of_source(self, vals_list):
        """Give new names the portfolio of the import or team that they arrive through.

        :param list[dict] vals_list: as given to ``create``; changed
        """
        if self.env.context.get("import_file"):
            for vals in vals_list:
                if not vals.get("portfolio_id", True):
                    # An empty cell leaves it to the default.
                    del vals["portfolio_id"]
        teams = self.env["crm.team"]._portfolios_of_sources()
        if not teams or "default_portfolio_id" in self.env.context:
            return
        for vals in vals_list:
            team_id = vals.get("team_id", self.env.context.get("default_team_id"))
            if "portfolio_id" not in vals and team_id in teams:
                vals["portfolio_id"] = teams[team_id]

    def write(self, vals):
        result = super().write(vals)
        changed = {name: vals[name] for name in PORTFOLIO_FIELDS if name in vals}
        if changed:
            self._pass_portfolios_on(changed)
        return result

    def _pass_portfolios_on(self, changed):
        """Give the customers of these names the portfolios that the names got.

        :param dict changed: as given to ``write``
        """
        # sudo: the customer of a name that one may change, whoever sees customers
        customers = self.sudo().partner_id.commercial_partner_id
        different = customers.filtered(
            lambda customer: any(
                customer[name].id != (value or False) for name, value in changed.items()
            )
        )
        if different:
            different.write(changed)

    def _join_customer(self):
        """Bring also the portfolios in step; the customer's stand above the name's."""
        result = super()._join_customer()
        for lead in self.sudo():  # sudo: as in _pass_portfolios_on
            customer = lead.partner_id.commercial_partner_id
            own, known = lead._portfolio_values(), customer._portfolio_values()
            family = customer | lead.partner_id
            for name, value in own.items():
                if name not in known:
                    # Into the cache, like the state: see _join_customer.
                    family._fields[name].write(family, value)
            missing = {
                name: value for name, value in known.items() if own.get(name) != value
            }
            if missing:
                lead.write(missing)
        return result

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(partner_name, is_company, parent_id)
        return {**values, **self._portfolio_values()}

    def _merge_get_fields(self):
        names = [name for name in PORTFOLIO_FIELDS if name != "portfolio_id"]
        return [*super()._merge_get_fields(), *names]

    def _get_customer_information(self):
        """Leave portfolios out of what mail proposes for a new recipient.

        The customer gets them when the name is linked to it, see ``_join_customer``.
        """
        information = super()._get_customer_information()
        for values in information.values():
            for name in PORTFOLIO_FIELDS:
                values.pop(name, None)
        return information
