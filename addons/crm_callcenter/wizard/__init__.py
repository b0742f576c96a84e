from . import crm_bulk_wizard
from . import crm_close_action_wizard
from . import crm_macro_run_wizard
from . import crm_open_process_wizard
