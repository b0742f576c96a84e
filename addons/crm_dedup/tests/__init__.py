from . import test_merge
from . import test_merge_concurrency
from . import test_review_tour
from . import test_review
from . import test_merge_run
from . import test_merge_values
from . import test_merge_erasure
