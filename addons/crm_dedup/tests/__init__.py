from . import test_normaliser
