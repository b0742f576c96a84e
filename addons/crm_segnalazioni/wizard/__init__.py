from . import crm_segnalazione_check_wizard
from . import crm_segnalazione_date_correct
from . import crm_segnalazione_withdraw
from . import crm_analysis_print
from . import crm_segnalazione_invoice_set
from . import crm_segnalazione_verdict_wizard
from . import crm_segnalazione_report_wizard
from . import sale_advance_payment_inv
