from . import base_partner_merge
from . import crm_close_action_wizard
from . import crm_consent_wizard
from . import crm_phone_number_wizard
from . import crm_privacy_wizard
from . import crm_reverse_outcome_wizard
from . import mail_compose_message
