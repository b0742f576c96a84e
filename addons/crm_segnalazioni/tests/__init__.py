from . import test_protocol
from . import test_workflow
from . import test_workflow_guard
