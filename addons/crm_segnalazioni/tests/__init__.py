from . import test_protocol
from . import test_origin
from . import test_origin_concurrency
from . import test_opportunity_rule
