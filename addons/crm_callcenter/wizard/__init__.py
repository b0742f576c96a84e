from . import crm_close_action_wizard
from . import crm_graph_transfer
