from . import test_call_list
from . import test_concurrency
from . import test_desk
from . import test_dispatch
