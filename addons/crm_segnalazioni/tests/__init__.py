from . import test_mass_change
from . import test_mass_change_amounts
from . import test_mass_change_concurrency
from . import test_mass_change_schedule
from . import test_mass_change_undo
