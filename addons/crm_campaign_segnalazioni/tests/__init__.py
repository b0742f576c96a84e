from . import test_desk
from . import test_desk_cart
from . import test_desk_cart_tour
from . import test_verdict
from . import test_merge
from . import test_coordinator
from . import test_call_cost
from . import test_document_tour
