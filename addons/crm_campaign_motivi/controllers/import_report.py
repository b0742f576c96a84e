import tempfile

from werkzeug.utils import send_file

from odoo import http
from odoo.http import request

_MIMETYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ImportReportController(http.Controller):
    """The reports of imports, which may have millions of rows."""

    @http.route(
        "/callcenter/import/<int:import_id>"
        "/<any(report, rejected):name>.<any(csv, xlsx):kind>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def report(self, import_id, name, kind):
        """Download what became of the rows of an import.

        It is written to the disk first: the memory of a worker has an end.

        :param int import_id: id of the import
        :param str name: ``report``: all rows; ``rejected``: those only
        :param str kind: ``csv`` or ``xlsx``
        """
        record = request.env["crm.list.import"].browse(import_id).exists()
        if not record:
            raise request.not_found()
        record.check_access("read")
        file = tempfile.TemporaryFile(prefix="list_report_")
        record._write_report(file, kind, rejected=name == "rejected")
        file.seek(0)
        return send_file(
            file,
            environ=request.httprequest.environ,
            mimetype=_MIMETYPES[kind],
            as_attachment=True,
            download_name=record._report_name(name, kind),
            max_age=0,
            conditional=False,
            response_class=http.Response,
        )
