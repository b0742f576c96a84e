from . import test_protocol
from . import test_commission
from . import test_effectiveness
from . import test_evening_summary
