from . import test_desk
from . import test_verdict
from . import test_merge
from . import test_coordinator
