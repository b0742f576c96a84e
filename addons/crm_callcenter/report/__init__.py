from . import report_custom_fields
