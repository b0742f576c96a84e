from . import crm_add_customers_wizard
from . import crm_why_not_wizard
