from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Zones know regions and municipalities, companies their mandatory fields."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["crm.municipality"]._load()
    companies = env["res.company"].search([("mandatory_field_ids", "=", False)])
    companies.write(
        {"mandatory_field_ids": [(6, 0, companies._default_mandatory_fields().ids)]}
    )
