from odoo import models


class IrActionsReport(models.Model):
    """Names that are printed leave the system, too."""

    _inherit = "ir.actions.report"

    def _render_qweb_html(self, report_ref, docids, data=None):
        result = super()._render_qweb_html(report_ref, docids, data=data)
        report = self._get_report(report_ref)
        model = self.env.get(report.model)
        if model is not None and docids and report.model in model._logged_models():
            self.env["crm.export.log"]._note(
                report.model,
                [f"report: {report.report_name}"],
                len(docids),
                refs=docids,
            )
        return result
