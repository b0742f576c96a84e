from . import test_normaliser
from . import test_normaliser_anything
from . import test_normalise_forms
from . import test_normalise_run
from . import test_value_hints_tour
