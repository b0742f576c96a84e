from . import base_partner_merge
from . import base_partner_merge_custom_field
from . import crm_close_action_wizard
from . import crm_custom_field_add_wizard
from . import crm_custom_field_delete_wizard
from . import crm_custom_field_sheet_wizard
from . import crm_reverse_outcome_wizard
from . import mail_compose_message
