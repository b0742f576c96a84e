from . import test_protocol
from . import test_roles
from . import test_steps
