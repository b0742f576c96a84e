from odoo import SUPERUSER_ID, api

from odoo.addons.crm_callcenter.hooks import fill_customer_states


def migrate(cr, version):
    """Customers have a state of their own from this version on; zones know regions."""
    fill_customer_states(cr)
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["crm.municipality"]._load()
    companies = env["res.company"].search([("mandatory_field_ids", "=", False)])
    companies.write(
        {"mandatory_field_ids": [(6, 0, companies._default_mandatory_fields().ids)]}
    )
