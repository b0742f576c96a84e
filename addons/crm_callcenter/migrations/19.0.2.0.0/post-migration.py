from odoo.addons.crm_callcenter.hooks import fill_customer_states


def migrate(cr, version):
    """Customers have a commercial state of their own from this version on."""
    fill_customer_states(cr)
