from . import crm_duplicate_pair
