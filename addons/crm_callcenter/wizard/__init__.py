from . import crm_close_action_wizard
from . import crm_replace_wizard
from . import crm_scheme_choice_wizard
