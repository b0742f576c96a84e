from odoo import api, models

from ..tools.custom_field import PREFIX
from .crm_business_unit import PORTFOLIO_FIELDS


class CrmLead(models.Model):
    """Custom fields of a name."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.custom.field.mixin"]

    @api.model
    def _custom_portfolio_fields(self):
        return list(PORTFOLIO_FIELDS)

    def _custom_portfolios(self):
        return self._all_portfolios()

    def _custom_fields_added(self):
        if not self.ids:
            return set()
        added = self.env["crm.custom.field.added"].search([("lead_id", "in", self.ids)])
        return set(added.custom_field_id.ids)

    def _custom_twins(self):
        return self.partner_id

    def _tell_twins(self, names):
        result = super()._tell_twins(names)
        # The other names of the same customer.
        for lead in self.sudo():  # sudo: whoever may write one name
            others = lead._other_names_of_customer()
            if others:
                others._write_in_step(lead._custom_values(names))
        return result

    def _other_names_of_customer(self):
        self.ensure_one()
        if not self.partner_id:
            return self.browse()
        return self.with_context(active_test=False).search(
            [("partner_id", "=", self.partner_id.id), ("id", "!=", self.id)]
        )

    @api.model
    def _operator_editable_fields(self):
        names = super()._operator_editable_fields()
        if not self._custom_names():
            return names
        modes = self.env["crm.custom.field"]._my_modes()
        open_names = {
            name for name, mode in modes.items() if mode in ("edit", "required")
        }
        # Settings may name a custom field that the catalogue closes.
        return {name for name in names if not name.startswith(PREFIX)} | open_names

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        if self._custom_names():
            leads.filtered("partner_id")._carry_custom_values()
        return leads

    def write(self, vals):
        joining = self.browse()
        if vals.get("partner_id") and self._custom_names():
            joining = self.filtered(
                lambda lead: lead.partner_id.id != vals["partner_id"]
            )
        result = super().write(vals)
        joining._carry_custom_values()
        return result

    def _carry_custom_values(self):
        """Bring names that have just got a customer in step with it.

        The customer is the master: its values win. What it hasn't got it takes from
        the name.
        """
        names = self._custom_names()
        # sudo: the customer may be one that the user doesn't see
        leads = self.sudo()
        leads.fetch(names)
        leads.partner_id.fetch(names)
        for lead in leads:
            customer = lead.partner_id
            given = [name for name in names if lead[name] and not customer[name]]
            taken = [
                name
                for name in names
                if customer[name] and customer[name] != lead[name]
            ]
            if given:
                customer._write_in_step(lead._custom_values(given))
            if taken:
                lead._write_in_step(customer._custom_values(taken))

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(partner_name, is_company, parent_id)
        lead = self.sudo()  # sudo: a conversion keeps what its user doesn't see
        names = self._custom_names()
        lead.fetch(names)
        catalogue = self.env["crm.custom.field"]._catalogue()
        # What somebody has emptied must not come back as the customer's default.
        kept = [
            name
            for name in names
            if lead[name] or catalogue.get(name, {}).get("default_expression")
        ]
        values.update(lead._custom_values(kept))
        return values

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), *self._custom_names()]

    def _merge_data(self, fnames=None):
        self.fetch(self._custom_names())
        return super()._merge_data(fnames)

    def action_add_custom_field(self):
        """Let the user add a field of the catalogue that doesn't show here yet.

        :return: the action that opens the dialog
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a Field"),
            "res_model": "crm.custom.field.add.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_id": self.id},
        }
