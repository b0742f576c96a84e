from . import sale_order_line
from . import sale_order
from . import stock_picking
from . import crm_segnalazione_archive
