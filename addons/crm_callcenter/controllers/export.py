import json

from werkzeug.datastructures import FileStorage

from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.export import (
    CSVExport,
    ExcelExport,
    ExportXlsxWriter,
)
from odoo.addons.web.controllers.json import WebJsonController
from odoo.addons.web.controllers.pivot import TableExporter
from odoo.addons.web.controllers.report import ReportController

from ..models.crm_export_log import SEARCH_KEY
from ..tools.spreadsheet import harmless

#: Odoo's own way to write a cell, which takes texts for formulas and addresses.
_write_any = ExportXlsxWriter.write


def _remember_search(data):
    """Tell the log what was searched; ``export_data`` sees only the records found."""
    params = json.loads(data)
    if not params.get("ids"):
        request.update_context(**{SEARCH_KEY: json.dumps(params.get("domain") or [])})


def _writes(_controller, _rule, _args):
    """Tell Odoo that a route which it takes for read-only writes: into the log."""
    return False


def _write_harmless(self, row, column, cell_value, style=None):
    """Write a cell of a workbook; a text stays a text."""
    if isinstance(cell_value, str):
        self.worksheet.write_string(row, column, harmless(cell_value), style)
    else:
        _write_any(self, row, column, cell_value, style)


# The writer is no controller, so that nothing inherits it.
ExportXlsxWriter.write = _write_harmless


def _harmless_titles(cells):
    """Make the titles of a pivot table's cells harmless, in place."""
    for cell in cells:
        if isinstance(cell.get("title"), str):
            cell["title"] = harmless(cell["title"])


class CallcenterCSVExport(CSVExport):
    """Exports of names say in the log which search they came from."""

    def base(self, data):
        _remember_search(data)
        return super().base(data)

    def from_data(self, fields, columns_headers, rows):
        # Odoo knows of =, + and - only, and nothing of blanks before them.
        return super().from_data(
            fields,
            list(map(harmless, columns_headers)),
            (
                [harmless(cell) if isinstance(cell, str) else cell for cell in row]
                for row in rows
            ),
        )


class CallcenterExcelExport(ExcelExport):
    """As for CSV."""

    def base(self, data):
        _remember_search(data)
        return super().base(data)


class CallcenterTableExporter(TableExporter):
    """Pivot tables of names that leave as a workbook are logged as well."""

    @http.route(readonly=_writes)
    def export_xlsx(self, data, **kw):
        text = data.read() if isinstance(data, FileStorage) else data
        table = json.loads(text)
        model = request.env.get(table.get("model")) if table else None
        if model is not None and model._name in model._logged_models():
            titles = [row.get("title") or "" for row in table.get("rows", ())]
            request.env["crm.export.log"]._note(
                model._name,
                [
                    f"pivot: {header.get('title')}"
                    for header in table.get("measure_headers", ())
                ],
                len(titles),
                search=json.dumps(table.get("domain") or []),
            )
        if table:
            for header in table.get("col_group_headers", ()):
                _harmless_titles(header)
            _harmless_titles(table.get("measure_headers", ()))
            _harmless_titles(table.get("rows", ()))
            text = json.dumps(table)
        return super().export_xlsx(text, **kw)


class CallcenterJson(WebJsonController):
    """What leaves through Odoo's addresses for other programs is logged."""

    @http.route(readonly=_writes)
    def web_json_1(self, subpath, **kwargs):
        response = super().web_json_1(subpath, **kwargs)
        model = self._get_action(subpath)[0].res_model
        if response.status_code == 200 and model in request.env:
            found = json.loads(response.get_data())
            rows = found.get("records", found.get("groups")) or [found]
            if model in request.env[model]._logged_models():
                request.env["crm.export.log"]._note(
                    model,
                    ["json", *sorted(rows[0])],
                    len(rows),
                    search=kwargs.get("domain") or "[]",
                )
        return response


class CallcenterReports(ReportController):
    """Printed names are logged."""

    @http.route(readonly=_writes)
    def report_routes(self, reportname, docids=None, converter=None, **data):
        return super().report_routes(
            reportname, docids=docids, converter=converter, **data
        )
