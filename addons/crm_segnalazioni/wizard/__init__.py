from . import crm_segnalazione_date_correct
from . import crm_segnalazione_withdraw
