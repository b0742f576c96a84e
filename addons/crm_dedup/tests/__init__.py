from . import test_normaliser
from . import test_normalise_forms
from . import test_normalise_run
