import json

from odoo.http import request

from odoo.addons.web.controllers.export import CSVExport, ExcelExport

from ..models.crm_export_log import SEARCH_KEY


def _remember_search(data):
    """Tell the log what was searched; ``export_data`` sees only the records found."""
    params = json.loads(data)
    if not params.get("ids"):
        request.update_context(**{SEARCH_KEY: json.dumps(params.get("domain") or [])})


class CallcenterCSVExport(CSVExport):
    """Exports of names say in the log which search they came from."""

    def base(self, data):
        _remember_search(data)
        return super().base(data)


class CallcenterExcelExport(ExcelExport):
    """As for CSV."""

    def base(self, data):
        _remember_search(data)
        return super().base(data)
