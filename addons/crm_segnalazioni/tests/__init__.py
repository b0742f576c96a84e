from . import test_mass_change
