from . import crm_close_action_wizard
