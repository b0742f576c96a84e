from odoo import api, fields, models
from odoo.tools import SQL

#: Rows that are deleted between two commits.
CLEAN_BATCH = 50_000
#: How long the rows of an import are kept, in days, unless the setting says otherwise.
KEEP_DAYS = 90
PARAMETER = "crm_campaign_motivi.import_keep_days"


class CrmListImport(models.Model):
    """Rows of old imports go; the figures of their reports stay."""

    _inherit = "crm.list.import"

    rows_cleaned = fields.Boolean(
        readonly=True,
        copy=False,
        help="The rows are deleted, since the import is old; the figures stay.",
    )
    date_done = fields.Datetime("Ended", readonly=True, copy=False)
    kept_left_out = fields.Text(readonly=True, copy=False)
    kept_rejected = fields.Html(readonly=True, copy=False, sanitize=False)

    def write(self, vals):
        if vals.get("state") in ("done", "undone"):
            vals = {"date_done": fields.Datetime.now(), **vals}
        return super().write(vals)

    @api.model
    def _keep_days(self):
        """Return for how many days the rows of an import are kept; 0: for ever.

        :rtype: int
        """
        # sudo: a setting
        text = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        return int(text) if text and text.isdecimal() else KEEP_DAYS

    @api.model
    def _clean_old_rows(self):
        """Delete the rows of old imports, in batches; called by cron."""
        days = self._keep_days()
        if not days:
            return
        before = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        old = self.search(
            [
                ("state", "in", ("done", "undone")),
                ("date_done", "<", before),
                ("rows_cleaned", "=", False),
            ],
            limit=200,
        )
        cron = self.env["ir.cron"]
        for place, record in enumerate(old):
            while record._clean_batch():
                if not cron._commit_progress(1, remaining=len(old) - place):
                    return
            cron._commit_progress(1, remaining=len(old) - place - 1)

    def _clean_batch(self):
        """Delete some of the rows.

        :return: whether there are more
        :rtype: bool
        """
        self.ensure_one()
        if not self.rows_cleaned:
            # What the batch was worth is counted from the rows: a last time.
            self._refresh_batch_figures()
            self.write(
                {
                    "kept_left_out": self.left_out_summary,
                    "kept_rejected": self.rejected_summary,
                    "rows_cleaned": True,
                }
            )
            self.flush_recordset()
        for table in (
            "crm_list_import_stage",
            "crm_list_import_change",
            "crm_list_import_row",
        ):
            self.env.cr.execute(
                SQL(
                    """DELETE FROM %(table)s WHERE id IN (
                           SELECT id FROM %(table)s WHERE import_id = %(import)s
                            LIMIT %(limit)s)""",
                    table=SQL.identifier(table),
                    **{"import": self.id},
                    limit=CLEAN_BATCH,
                )
            )
            if self.env.cr.rowcount:
                self.env["crm.list.import.row"].invalidate_model()
                return True
        return False
