from . import crm_normalise_wizard
from . import crm_merge_wizard
from . import crm_merge_wizard_value
from . import odoo_merge
