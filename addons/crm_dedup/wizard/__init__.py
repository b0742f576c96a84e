from . import crm_merge_wizard
