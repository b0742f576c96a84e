from . import crm_close_action_wizard
from . import crm_points_mail_preview
from . import crm_prize_preview
