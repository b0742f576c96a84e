from . import test_mass_change
from . import test_mass_change_amounts
