from . import test_agent_slot
from . import test_interaction
from . import test_lead
from . import test_zone
