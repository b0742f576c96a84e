from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Tables whose rows follow a name into another one.
_FOLLOWING_TABLES = ("crm_interaction", "crm_call", "crm_lead_process")


class CrmInteractionRelink(models.Model):
    """The journal of links moved between names: what a merge did, and its undo needs.

    Facts of the ledger never change; which name they belong to does when names are
    merged. One row per name that went and table.
    """

    _name = "crm.interaction.relink"
    _description = "Moved Links of the Ledger"
    _order = "id desc"
    _log_access = False

    date = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    reason = fields.Selection(
        [("merge", "Merge"), ("undo", "Undo")], required=True, readonly=True
    )
    table_name = fields.Char("Table", required=True, readonly=True)
    # Plain ids: the name that went is deleted by Odoo's own merge.
    source_lead_ref = fields.Integer("From Name Number", required=True, readonly=True)
    target_lead_ref = fields.Integer("To Name Number", required=True, readonly=True)
    row_refs = fields.Json("Rows", required=True, readonly=True)
    row_count = fields.Integer("Number of Rows", required=True, readonly=True)

    _of_target = models.Index("(target_lead_ref)")

    def write(self, vals):
        """Refuse: a journal never changes."""
        if self:
            raise UserError(self.env._("The journal of moved links can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The journal of moved links can't be deleted."))


class CrmInteraction(models.Model):
    _inherit = "crm.interaction"

    @api.model
    def _relink_leads(self, source_ids, target_id, reason="merge"):
        """Move the links of ledger rows, calls and processes between names.

        The facts stay as they were. What moved is written to the journal.

        :param list source_ids: ids of the names that go
        :param int target_id: id of the name that stays
        :param str reason: ``merge`` or ``undo``
        :return: the rows of the journal
        :rtype: crm.interaction.relink
        """
        journal = self.env["crm.interaction.relink"]
        if not self._has_history(source_ids):
            return journal
        self.env.flush_all()
        self._close_doubled_processes(source_ids, target_id)
        values = []
        for table in _FOLLOWING_TABLES:
            rows = self.env.execute_query(
                SQL(
                    """WITH moving AS (
                           SELECT id, lead_id FROM %(table)s
                            WHERE lead_id = ANY(%(sources)s) FOR UPDATE)
                       UPDATE %(table)s AS row SET lead_id = %(target)s
                         FROM moving WHERE row.id = moving.id
                    RETURNING moving.lead_id, row.id""",
                    table=SQL.identifier(table),
                    target=target_id,
                    sources=list(source_ids),
                )
            )
            by_source = {}
            for source_id, row_id in rows:
                by_source.setdefault(source_id, []).append(row_id)
            values += [
                {
                    "reason": reason,
                    "table_name": table,
                    "source_lead_ref": source_id,
                    "target_lead_ref": target_id,
                    "row_refs": sorted(row_ids),
                    "row_count": len(row_ids),
                }
                for source_id, row_ids in by_source.items()
            ]
        self.env.invalidate_all()
        return journal.create(values)

    @api.model
    def _has_history(self, lead_ids):
        """Tell whether anything would have to follow these names.

        :rtype: bool
        """
        [(found,)] = self.env.execute_query(
            SQL(
                "SELECT %s",
                SQL(" OR ").join(
                    SQL(
                        "EXISTS (SELECT 1 FROM %s WHERE lead_id = ANY(%s))",
                        SQL.identifier(table),
                        list(lead_ids),
                    )
                    for table in _FOLLOWING_TABLES
                ),
            )
        )
        return found

    @api.model
    def _undo_relink(self, entries):
        """Give the rows of journal entries back to the names they came from.

        :param crm.interaction.relink entries: what to undo; its names exist
        :return: the rows of the journal of the undo
        :rtype: crm.interaction.relink
        """
        self.env.flush_all()
        values = []
        for entry in entries:
            self.env.execute_query(
                SQL(
                    """UPDATE %s SET lead_id = %s
                        WHERE id = ANY(%s) AND lead_id = %s RETURNING id""",
                    SQL.identifier(entry.table_name),
                    entry.source_lead_ref,
                    entry.row_refs,
                    entry.target_lead_ref,
                )
            )
            values.append(
                {
                    "reason": "undo",
                    "table_name": entry.table_name,
                    "source_lead_ref": entry.target_lead_ref,
                    "target_lead_ref": entry.source_lead_ref,
                    "row_refs": entry.row_refs,
                    "row_count": entry.row_count,
                }
            )
        self.env.invalidate_all()
        return entries.create(values)

    @api.model
    def _close_doubled_processes(self, source_ids, target_id):
        """Close a process that is open with several names that become one.

        A name has a process open once: that of the name that stays goes on, or the
        oldest, and takes what is planned in the others.
        """
        self.env.execute_query(
            SQL(
                """WITH opened AS (
                       SELECT id, first_value(id) OVER (
                                  PARTITION BY process_id
                                  ORDER BY lead_id = %(target)s DESC, id) AS kept_id
                         FROM crm_lead_process
                        WHERE lead_id = ANY(%(all)s) AND date_close IS NULL
                   ), closed AS (
                       UPDATE crm_lead_process AS doubled
                          SET result = 'merged', date_close = %(now)s
                         FROM opened
                        WHERE doubled.id = opened.id AND opened.id != opened.kept_id
                   )
                   UPDATE mail_activity activity
                      SET lead_process_id = opened.kept_id
                     FROM opened
                    WHERE activity.lead_process_id = opened.id AND activity.active
                      AND opened.id != opened.kept_id
                RETURNING activity.id""",
                now=fields.Datetime.now(),
                all=[target_id, *source_ids],
                target=target_id,
            )
        )
