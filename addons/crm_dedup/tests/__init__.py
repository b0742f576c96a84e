from . import test_duplicate_incremental
from . import test_duplicate_kin
from . import test_duplicate_rule
from . import test_duplicate_run
from . import test_duplicate_thresholds
from . import test_duplicate_thresholds_tour
from . import test_duplicate_concurrency
