from . import test_matching_properties
from . import test_matching_verdicts
