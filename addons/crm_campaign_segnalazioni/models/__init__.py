from . import crm_campaign_step
from . import sale_order
from . import crm_lead
from . import crm_desk
from . import crm_merge
from . import crm_segnalazione_verdict_rule
from . import crm_segnalazione_verdict
from . import utm_campaign_call_cost
