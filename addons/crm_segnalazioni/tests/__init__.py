from . import test_protocol
from . import test_origin
from . import test_origin_concurrency
from . import test_opportunity_rule
from . import test_quality_check
from . import test_verdict
from . import test_roles
from . import test_steps
