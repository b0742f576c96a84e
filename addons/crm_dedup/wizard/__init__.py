from . import crm_normalise_wizard
