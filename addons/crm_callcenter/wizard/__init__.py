from . import base_partner_merge
from . import crm_close_action_wizard
from . import crm_portfolio_move_wizard
from . import crm_reverse_outcome_wizard
from . import mail_compose_message
