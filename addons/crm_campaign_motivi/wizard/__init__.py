from . import crm_add_customers_wizard
from . import crm_handover_wizard
from . import crm_list_build_wizard
from . import crm_list_change_wizard
from . import crm_list_refresh_wizard
from . import crm_list_share_wizard
