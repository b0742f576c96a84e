from . import call, import_report
