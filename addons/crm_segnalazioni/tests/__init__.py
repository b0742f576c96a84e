from . import test_protocol
