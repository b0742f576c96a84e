from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Rows that are deleted between two commits.
CLEAN_BATCH = 50_000
#: How long the rows of an import are kept, in days, unless the setting says otherwise.
KEEP_DAYS = 90
PARAMETER = "crm_campaign_motivi.import_keep_days"
#: What is deleted, in this order.
TABLES = ("crm_list_import_stage", "crm_list_import_change", "crm_list_import_row")


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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_at_work(self):
        """Keep what is half in: without its rows nobody can take the names back."""
        for record in self:
            if record.state == "running" or (
                record.state == "stopped" and record.done_row
            ):
                raise UserError(
                    self.env._(
                        "%(name)s is not done: names have come in, or come in now. Stop"
                        " it and take it back before you delete it.",
                        name=record.name,
                    )
                )

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
        # sudo: what a first load has forgotten is the system's own
        self.env["crm.list.import.index"].sudo()._restore(at_work=False)
        days = self._keep_days()
        if not days:
            return
        old = self._to_clean(fields.Datetime.now() - timedelta(days=days))
        cron = self.env["ir.cron"]
        for place, record in enumerate(old):
            while record._clean_batch():
                if not cron._commit_progress(1, remaining=len(old) - place):
                    return
            cron._commit_progress(1, remaining=len(old) - place - 1)

    def _to_clean(self, before):
        """Return old imports that have rows, be it because a night was too short.

        :param datetime.datetime before: moment before which they had ended
        :rtype: crm.list.import
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM crm_list_import AS import
                    WHERE state IN ('done', 'undone') AND date_done < %s
                      AND (rows_cleaned IS NOT TRUE OR %s)
                 ORDER BY id LIMIT 200""",
                before,
                SQL(" OR ").join(
                    SQL(
                        "EXISTS (SELECT FROM %s WHERE import_id = import.id)",
                        SQL.identifier(table),
                    )
                    for table in TABLES
                ),
            )
        )
        return self.browse(id_ for (id_,) in rows)

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
        for table in TABLES:
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
