from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.custom_field import MODELS
from .crm_business_unit import PORTFOLIO_FIELDS


def contact_links(env):
    """Return the columns of custom fields that link a contact.

    :return: model, flushed, and name of each column
    :rtype: list[tuple]
    """
    links = [
        (env[model_name], entry["name"])
        for entry in env["crm.custom.field"]._catalogue().values()
        if entry["field_type"] == "contact"
        for model_name in MODELS
    ]
    for model, name in links:
        model.flush_model([name])
    return links


class ResPartner(models.Model):
    """Custom fields of a customer, in step with those of its names."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.custom.field.mixin"]

    @api.model
    def _custom_portfolio_fields(self):
        return [
            *PORTFOLIO_FIELDS,
            *(f"opportunity_ids.{name}" for name in PORTFOLIO_FIELDS),
        ]

    def _names_of_customer(self):
        return (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search([("partner_id", "in", self.ids)])
            if self.ids
            else self.env["crm.lead"]
        )

    def _custom_portfolios(self):
        return self._all_portfolios() | self._names_of_customer()._all_portfolios()

    def _custom_fields_added(self):
        return self._names_of_customer()._custom_fields_added()

    def _custom_twins(self):
        return self._names_of_customer()

    def action_add_custom_field(self):
        """Let the user add a field of the catalogue that doesn't show here yet.

        :return: the action that opens the dialog
        :rtype: dict
        :raise UserError: the customer has no name in the archive
        """
        self.ensure_one()
        names = self._names_of_customer()
        if not names:
            raise UserError(
                self.env._(
                    "%(name)s has no name in the archive of the call centre to which a"
                    " field could be added.",
                    name=self.display_name,
                )
            )
        return names[0].action_add_custom_field()

    def unlink(self):
        """Clear the links of custom fields: they have no foreign key to do it."""
        links, ids = contact_links(self.env), self.ids
        result = super().unlink()
        for model, name in links:
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET %s = NULL WHERE %s = ANY(%s) RETURNING id",
                    SQL.identifier(model._table),
                    SQL.identifier(name),
                    SQL.identifier(name),
                    ids,
                )
            )
            model.invalidate_model([name])
        return result
