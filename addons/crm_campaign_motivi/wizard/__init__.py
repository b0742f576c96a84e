from . import crm_add_customers_wizard
from . import crm_bulk_wizard
from . import crm_campaign_new_wizard
from . import crm_replace_wizard
