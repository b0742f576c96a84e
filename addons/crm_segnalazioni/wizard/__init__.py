from . import crm_segnalazione_check_wizard
