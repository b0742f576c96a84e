from . import test_agent_slot
from . import test_interaction
from . import test_lead
from . import test_monitoring
from . import test_phone
from . import test_roles
from . import test_tree
from . import test_zone
