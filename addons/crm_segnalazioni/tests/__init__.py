from . import test_protocol
from . import test_protocol_concurrency
from . import test_workflow
from . import test_workflow_figures
from . import test_workflow_graph
from . import test_workflow_guard
