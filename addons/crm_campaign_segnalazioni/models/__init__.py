from . import sale_order
from . import crm_lead
from . import crm_desk
from . import crm_merge
from . import crm_segnalazione_verdict_rule
from . import crm_segnalazione_verdict
