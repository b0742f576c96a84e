from . import crm_segnalazione_date_correct
from . import crm_segnalazione_withdraw
from . import crm_analysis_print
