from . import crm_close_action_wizard
from . import mail_activity_schedule
