from odoo import api, models
from odoo.tools import SQL


class MailActivity(models.Model):
    """Planned actions of a merged name show the name that stays."""

    _inherit = "mail.activity"

    @api.model
    def _merge_moved(self, column, moved, log):
        result = super()._merge_moved(column, moved, log)
        if column == "res_id":
            for model_name in ("crm.lead", "res.partner"):
                self._rename_moved(model_name, moved, log)
        return result

    @api.model
    def _rename_moved(self, model_name, moved, log):
        self.env.cr.execute(
            SQL(
                "SELECT id FROM mail_activity WHERE id = ANY(%s) AND res_model = %s",
                list(moved),
                model_name,
            )
        )
        ids = {row_id: moved[row_id] for (row_id,) in self.env.cr.fetchall()}
        log.update(
            "mail_activity",
            ids,
            SQL(
                "res_name = (SELECT name FROM %s AS record WHERE record.id = t.res_id)",
                SQL.identifier(self.env[model_name]._table),
            ),
        )


class IrAttachment(models.Model):
    """The picture of a record that goes is kept as a file of the one that stays."""

    _inherit = "ir.attachment"

    @api.model
    def _merge_moved(self, column, moved, log):
        result = super()._merge_moved(column, moved, log)
        self.env.cr.execute(
            SQL(
                """SELECT t.id FROM ir_attachment t
                    WHERE t.id = ANY(%s) AND t.res_field IS NOT NULL
                      AND EXISTS (SELECT 1 FROM ir_attachment own
                                   WHERE own.res_model = t.res_model
                                     AND own.res_id = t.res_id
                                     AND own.res_field = t.res_field
                                     AND own.id != t.id)""",
                list(moved),
            )
        )
        ids = {row_id: moved[row_id] for (row_id,) in self.env.cr.fetchall()}
        log.update("ir_attachment", ids, SQL("res_field = NULL"))
        return result


class CrmLeadProcess(models.Model):
    """A process that is open with both names is closed with the one that goes."""

    _inherit = "crm.lead.process"

    @api.model
    def _merge_keep_both(self, pairs, log):
        result = super()._merge_keep_both(pairs, log)
        log.update(
            self._table,
            {lost: key for key, _kept, lost in pairs},
            SQL("result = 'merged', date_close = now() AT TIME ZONE 'UTC'"),
        )
        for key, kept, lost in pairs:
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM mail_activity WHERE lead_process_id = %s"
                    " AND active",
                    lost,
                )
            )
            log.update(
                "mail_activity",
                {row_id: key for (row_id,) in self.env.cr.fetchall()},
                SQL("lead_process_id = %s", kept),
            )
        return result


class CrmConversion(models.Model):
    """Of two conversions to one customer, that of the name that goes is over."""

    _inherit = "crm.conversion"

    @api.model
    def _merge_keep_both(self, pairs, log):
        result = super()._merge_keep_both(pairs, log)
        log.update(
            self._table,
            {lost: key for key, _kept, lost in pairs},
            SQL("undone_at = now() AT TIME ZONE 'UTC'"),
        )
        return result
