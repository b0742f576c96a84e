from . import test_protocol
from . import test_line_states
from . import test_partial_invoicing
from . import test_invoice_states
from . import test_document_dates
from . import test_withdrawal
from . import test_archive_list
from . import test_forecast
