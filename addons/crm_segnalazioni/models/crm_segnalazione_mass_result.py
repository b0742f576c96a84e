import csv
import datetime
import io

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.spreadsheet import harmless

#: Rows of dry runs are looked at once.
KEPT_DAYS = 30


class CrmSegnalazioneMassResult(models.Model):
    """What a run did to one field of a document or line, or why it did not."""

    _name = "crm.segnalazione.mass.result"
    _description = "Result of a Mass Change"
    _order = "id"
    _rec_name = "order_id"
    _log_access = False

    run_id = fields.Many2one(
        "crm.segnalazione.mass.run", required=True, index=True, ondelete="cascade"
    )
    run_kind = fields.Selection(related="run_id.kind", string="Kind")
    order_id = fields.Many2one(
        "sale.order", "Document", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    line_id = fields.Many2one("sale.order.line", index=True, ondelete="cascade")
    outcome = fields.Selection(
        [("changed", "Changed"), ("refused", "Refused")], required=True
    )
    field_name = fields.Char(help="Technical name of the field.")
    title = fields.Char("Field")
    old_value = fields.Json()
    new_value = fields.Json()
    old_text = fields.Char("Old")
    new_text = fields.Char("New")
    reason = fields.Char("Why Not")

    @api.autovacuum
    def _gc_dry_runs(self):
        """Forget the rows of dry runs after a month; what was done is kept."""
        limit = fields.Datetime.now() - datetime.timedelta(days=KEPT_DAYS)
        self.env.cr.execute(
            """DELETE FROM crm_segnalazione_mass_result result
                USING crm_segnalazione_mass_run run
                WHERE run.id = result.run_id AND run.kind = 'dry'
                  AND run.date_end < %s""",
            [limit],
        )
        self.invalidate_model()


class CrmSegnalazioneMassRun(models.Model):
    _inherit = "crm.segnalazione.mass.run"

    def _results_csv(self):
        """Return the rows of a run as a CSV file that Excel reads.

        :rtype: bytes
        """
        results = self.env["crm.segnalazione.mass.result"]
        query = results._search([("run_id", "=", self.id)], order="id")
        columns = ("title", "old_text", "new_text", "outcome", "reason")
        rows = self.env.execute_query(
            SQL(
                """SELECT document.name, line.name, %s
                     FROM crm_segnalazione_mass_result result
                     JOIN sale_order document ON document.id = result.order_id
                LEFT JOIN sale_order_line line ON line.id = result.line_id
                    WHERE result.id IN %s ORDER BY result.id""",
                SQL(", ").join(SQL.identifier("result", name) for name in columns),
                query.subselect(),
            )
        )
        outcomes = dict(results._fields["outcome"]._description_selection(self.env))
        texts = io.StringIO(newline="")
        writer = csv.writer(texts, delimiter=";")
        writer.writerow(
            [
                results._fields[name]._description_string(self.env)
                for name in ("order_id", "line_id", *columns)
            ]
        )
        for row in rows:
            *cells, outcome, reason = row
            cells += outcomes[outcome], reason
            writer.writerow([harmless(cell) for cell in cells])
        return texts.getvalue().encode("utf-8-sig")
