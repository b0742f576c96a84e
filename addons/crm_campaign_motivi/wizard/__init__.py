from . import crm_add_customers_wizard
