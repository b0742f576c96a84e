import json

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crm_list_import_update import _same

#: Names that are taken back between two commits.
UNDO_BATCH = 2000
#: Tables whose rows belong to the import itself, or follow the name by themselves.
_OWN_TABLES = frozenset(
    (
        "crm_list_import_row",
        "crm_list_import_change",
        "crm_lead_original",
        "crm_dedup_key",
        "crm_dedup_stale",
        "crm_normalise_change",
        "crm_duplicate_pair",
        "crm_call_list_line",
    )
)
#: Models whose rows name a record by model and number.
_LOOSE = ("mail_message", "mail_activity", "ir_attachment")


class CrmListImport(models.Model):
    """A whole import is taken back, but for the names that somebody has used since."""

    _inherit = "crm.list.import"

    undo_row = fields.Integer(readonly=True, copy=False)
    undone_count = fields.Integer("Names Deleted Again", readonly=True, copy=False)
    restored_count = fields.Integer("Names Put Back", readonly=True, copy=False)
    kept_count = fields.Integer(
        "Names Kept",
        readonly=True,
        copy=False,
        help="Somebody has called, changed or used them since.",
    )

    def action_undo(self):
        """Button: take the whole import back, in the background when it is large."""
        self.ensure_one()
        self._check_may_import()
        self.env["crm.lead"].check_access("unlink")
        if self.state == "stopped" and self.phase == "undo":
            return self.action_continue()
        if self.state not in ("done", "stopped") or not self.done_row:
            raise UserError(self.env._("There is nothing to take back."))
        if self.rows_cleaned:
            raise UserError(
                self.env._(
                    "The rows of this import have been cleaned, so nobody knows any"
                    " more which names it brought."
                )
            )
        self.write({"state": "running", "phase": "undo", "undo_row": 0})
        small = self.accepted_count + self.updated_count <= UNDO_BATCH
        if small and self._is_alone():
            while self._undo_step(None):
                pass
            return True
        self.env["crm.list.import.job"]._begin(self, "undo")._job_trigger()
        return True

    def _undo_progress(self):
        return 100.0 * self.undo_row / (self.done_row or 1)

    def _undo_step(self, _runtime):
        """Take the next rows back; the caller commits.

        :return: whether there are more
        :rtype: bool
        """
        self.ensure_one()
        self._check_may_import()
        self.env.flush_all()
        rows = self._undo_page()
        new = {id_ for _number, state, id_ in rows if state == "accepted"}
        known = self._known_before({id_ for _number, _state, id_ in rows} - new)
        self._hold_names(new)
        reasons = self._touched_names(new, new=True)
        reasons |= self._restore(known)
        self._delete_names([id_ for id_ in new if id_ not in reasons])
        self._take_out_of_list(known)
        withdrawn = self._withdraw_consents([*new, *known])
        self._note_kept(reasons)
        self.write(
            {
                "undo_row": rows[-1][0] if rows else self.done_row,
                "undone_count": self.undone_count + len(new - set(reasons)),
                "kept_count": self.kept_count + len(reasons),
                "withdrawn_count": self.withdrawn_count + withdrawn,
            }
        )
        if len(rows) == UNDO_BATCH:
            return True
        self.write({"state": "undone", "phase": "done"})
        return False

    def _undo_page(self):
        """Return the next rows that have a name.

        :return: number, state and id of the name of each
        :rtype: list[tuple[int, str, int]]
        """
        return self.env.execute_query(
            SQL(
                """SELECT row_number, state, lead_id FROM crm_list_import_row
                    WHERE import_id = %s AND row_number > %s AND lead_id IS NOT NULL
                      AND state IN ('accepted', 'updated', 'existing', 'merged')
                 ORDER BY row_number LIMIT %s""",
                self.id,
                self.undo_row,
                UNDO_BATCH,
            )
        )

    def _known_before(self, lead_ids):
        """Return which names the import found, and didn't make in an earlier row.

        A new name that stays keeps what later rows gave it.

        :param set lead_ids: ids of ``crm.lead``
        :rtype: set[int]
        """
        made = self.env.execute_query(
            SQL(
                """SELECT lead_id FROM crm_list_import_row
                    WHERE lead_id = ANY(%s) AND import_id = %s AND state = 'accepted'
                """,
                list(lead_ids),
                self.id,
            )
        )
        return lead_ids - {lead_id for (lead_id,) in made}

    def _hold_names(self, lead_ids):
        """Let nobody take or use names that may be deleted, before the next commit.

        Who is at it comes first: the names are looked at when that is done. Places in
        lists come before names, as at the desk.

        :param set lead_ids: ids of ``crm.lead``
        """
        for column, table in (("lead_id", "crm_call_list_line"), ("id", "crm_lead")):
            self.env.cr.execute(
                SQL(
                    "SELECT FROM %s WHERE %s = ANY(%s) ORDER BY id FOR UPDATE",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    list(lead_ids),
                ),
                log_exceptions=False,
            )

    # ------------------------------------------------------------
    # WHO WAS USED
    # ------------------------------------------------------------

    def _touched_names(self, lead_ids, new):
        """Return which names somebody has used since, and how.

        :param lead_ids: ids of ``crm.lead``
        :param bool new: names that the import made: also a change counts
        :rtype: dict[int, str]
        """
        ids = list(lead_ids)
        if not ids:
            return {}
        found = {}
        for reason, query in self._touching_queries(ids, new):
            for [lead_id] in self.env.execute_query(query):
                found.setdefault(lead_id, reason)
        return found

    def _touching_queries(self, ids, new):
        """Yield a sentence and a query of the names that it is about."""
        yield (
            self.env._("It has been called, or is in somebody's hands."),
            SQL(
                """SELECT DISTINCT lead_id FROM crm_call_list_line
                    WHERE lead_id = ANY(%s)
                      AND (attempts > 0 OR last_contact_at IS NOT NULL
                           OR category != 'to_call'
                           OR (claimed_by_id IS NOT NULL
                               AND claim_is_ahead IS NOT TRUE)
                           OR list_id IS DISTINCT FROM %s)""",
                ids,
                self.list_id.id or None,
            ),
        )
        if new:
            yield (
                self.env._("Somebody has changed it."),
                SQL(
                    """SELECT lead.id FROM crm_lead lead
                        WHERE lead.id = ANY(%s) AND lead.write_date > lead.create_date
                          AND NOT EXISTS (%s)""",
                    ids,
                    self._system_change_sql(
                        SQL("lead.id"), SQL("row.system_date = lead.write_date")
                    ),
                ),
            )
            for table, column in self._linking_columns():
                yield (
                    self.env._(
                        "It is used in: %(table)s.", table=self._label_of(table)
                    ),
                    SQL(
                        "SELECT DISTINCT %(column)s FROM %(table)s"
                        " WHERE %(column)s = ANY(%(ids)s)",
                        column=SQL.identifier(column),
                        table=SQL.identifier(table),
                        ids=ids,
                    ),
                )
            yield (
                self.env._("Somebody follows it."),
                SQL(
                    """SELECT DISTINCT res_id FROM mail_followers
                        WHERE res_model = 'crm.lead' AND res_id = ANY(%s)""",
                    ids,
                ),
            )
            for table in _LOOSE:
                # A message of the very transaction in which the system changed the
                # name says why it did.
                own = self._system_change_sql(
                    SQL("loose.res_id"),
                    SQL(
                        """loose.message_type = 'notification'
                           AND date_trunc('second', row.system_date)
                             = date_trunc('second', loose.create_date)"""
                    ),
                )
                yield (
                    self.env._("It has messages, activities or files."),
                    SQL(
                        """SELECT DISTINCT res_id FROM %s loose
                            WHERE %s = 'crm.lead' AND res_id = ANY(%s) %s""",
                        SQL.identifier(table),
                        SQL.identifier(
                            "model" if table == "mail_message" else "res_model"
                        ),
                        ids,
                        SQL("AND NOT EXISTS (%s)", own)
                        if table == "mail_message"
                        else SQL(),
                    ),
                )

    def _system_change_sql(self, lead_id, condition):
        """Return a query of the row whose name only the system has changed.

        :param SQL lead_id: column of the outer query
        :param SQL condition: on the ``row``
        :rtype: SQL
        """
        return SQL(
            """SELECT 1 FROM crm_list_import_row row
                WHERE row.import_id = %s AND row.lead_id = %s
                  AND row.state = 'accepted' AND %s""",
            self.id,
            lead_id,
            condition,
        )

    def _linking_columns(self):
        """Return which columns of other tables point to names, of whatever addon.

        :rtype: list[tuple[str, str]]
        """
        links = self._import_cache(
            "links",
            lambda: self.env.execute_query(
                SQL(
                    """SELECT c.conrelid::regclass::text, a.attname
                         FROM pg_constraint c
                         JOIN pg_attribute a
                           ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                        WHERE c.contype = 'f' AND c.confrelid = 'crm_lead'::regclass"""
                )
            ),
        )
        custom = {
            field.relation
            for field in self.env["crm.lead"]._fields.values()
            if field.type == "many2many" and field.store
        }
        return [
            (table, column)
            for table, column in links
            if table not in _OWN_TABLES and table not in custom
        ]

    def _label_of(self, table):
        model = next((m for m in self.env.values() if m._table == table), None)
        return model._description if model is not None else table

    # ------------------------------------------------------------
    # TAKE BACK
    # ------------------------------------------------------------

    def _delete_names(self, lead_ids):
        """Delete names that nobody has used, with their places in the list."""
        if not lead_ids:
            return
        self.env.cr.execute(
            SQL("DELETE FROM crm_call_list_line WHERE lead_id = ANY(%s)", lead_ids)
        )
        # What the system said when it changed them.
        self.env.cr.execute(
            SQL(
                """DELETE FROM mail_message
                    WHERE model = 'crm.lead' AND res_id = ANY(%s)""",
                lead_ids,
            )
        )
        self.env.cr.execute(SQL("DELETE FROM crm_lead WHERE id = ANY(%s)", lead_ids))
        self.env["mail.message"].invalidate_model()
        self.env["crm.lead"].invalidate_model()
        self.env["crm.call.list.line"].invalidate_model()
        self.list_id.invalidate_recordset()

    def _take_out_of_list(self, lead_ids):
        """Take known names out of the list, where this import put them into it."""
        if not lead_ids or not self.list_id:
            return
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_call_list_line line
                    USING crm_list_import_row row
                    WHERE row.import_id = %s AND row.lead_id = line.lead_id
                      AND row.lead_id = ANY(%s) AND row.problem IS NULL
                      AND row.left_out IS NULL
                      AND line.list_id = %s AND line.category = 'to_call'
                      AND line.attempts = 0 AND line.last_contact_at IS NULL
                      AND (line.claimed_by_id IS NULL OR line.claim_is_ahead)""",
                self.id,
                list(lead_ids),
                self.list_id.id,
            )
        )
        self.env["crm.call.list.line"].invalidate_model()

    def _restore(self, lead_ids):
        """Give known names back what they had, where they still have the file's value.

        :return: why some of them keep what the import gave them, by id
        :rtype: dict[int, str]
        """
        changes = self._changes_to_restore(lead_ids)
        if not changes:
            return {}
        columns = {name for _before, after in changes.values() for name in after}
        several = [name for name in self._several_choices() if name in columns]
        columns -= set(several)
        now = self._values_now(list(changes), sorted(columns), several)
        normalised = self._normalised_values(list(changes))
        values, links, kept, restored = {}, {}, {}, {}
        for lead_id, (before, after) in changes.items():
            if lead_id not in now:
                continue
            same = {
                name
                for name, value in after.items()
                if any(
                    _same(now[lead_id][name], one)
                    for one in (value, *normalised.get((lead_id, name), ()))
                )
            }
            if len(same) < len(after):
                kept[lead_id] = self.env._("Somebody has changed it since.")
            restored[lead_id] = same
            values[lead_id] = {
                name: before.get(name) if name in same else _json(now[lead_id][name])
                for name in columns
            }
            for name in set(several) & same:
                links.setdefault(name, {})[lead_id] = before.get(name) or []
        self._write_columns(values, sorted(columns))
        for name, choices in links.items():
            self._set_links(name, choices)
        self._after_restore(restored)
        self.restored_count += len(values) - len(kept)
        self.env["crm.lead"].invalidate_model()
        return kept

    def _after_restore(self, restored):
        """Do what follows from values that were put back; for other files.

        :param dict restored: names of the columns by id of the name
        """

    def _changes_to_restore(self, lead_ids):
        """Return what names had before this import and got from it, and forget it.

        A name that has rows further down is not put back again.

        :rtype: dict[int, tuple[dict, dict]]
        """
        found = {}
        for lead_id, before, after in self.env.execute_query(
            SQL(
                """WITH gone AS (
                       DELETE FROM crm_list_import_change
                        WHERE import_id = %s AND lead_id = ANY(%s)
                    RETURNING id, lead_id, before, after)
                   SELECT lead_id, before, after FROM gone ORDER BY id""",
                self.id,
                list(lead_ids),
            )
        ):
            first, last = found.get(lead_id, ({}, {}))
            found[lead_id] = ({**before, **first}, {**last, **after})
        return found

    def _normalised_values(self, lead_ids):
        """Return what values of names became by being normalised: still the file's.

        :return: values by id of the name and column
        :rtype: dict[tuple[int, str], list]
        """
        found = {}
        for lead_id, after in self.env.execute_query(
            SQL(
                """SELECT change.lead_id, change.after
                     FROM crm_normalise_change change
                     JOIN crm_normalise_run run ON run.id = change.run_id
                    WHERE change.lead_id = ANY(%s) AND run.kind = 'run'
                      AND run.create_date >= %s""",
                lead_ids,
                self.create_date,
            )
        ):
            for name, value in (after or {}).items():
                found.setdefault((lead_id, name), []).append(value)
        return found

    def _values_now(self, lead_ids, columns, several):
        rows = self.env.execute_query(
            SQL(
                """SELECT %s FROM crm_lead WHERE id = ANY(%s)
                 ORDER BY id FOR NO KEY UPDATE""",
                SQL(", ").join(map(SQL.identifier, ["id", *columns])),
                lead_ids,
            )
        )
        now = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}
        for name in several:
            for values in now.values():
                values[name] = []
            for lead_id, choice_id in self._linked_choices(name, list(now)):
                now[lead_id][name].append(choice_id)
        return now

    def _note_kept(self, reasons):
        """Say in the rows of the names that stay why they do."""
        if not reasons:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE crm_list_import_row row SET reason = kept.reason
                     FROM jsonb_to_recordset(%s::jsonb) AS kept(id int, reason text)
                    WHERE row.import_id = %s AND row.lead_id = kept.id
                      AND row.state IN ('accepted', 'updated')""",
                json.dumps(
                    [{"id": id_, "reason": text} for id_, text in reasons.items()]
                ),
                self.id,
            )
        )
        self.env["crm.list.import.row"].invalidate_model()

    def action_open_kept(self):
        """Button: the names that stayed when the import was taken back."""
        action = self._open_rows()
        action["domain"] = [
            ("import_id", "=", self.id),
            ("reason", "!=", False),
            ("state", "in", ("accepted", "updated")),
            ("lead_id", "!=", False),
        ]
        return action


def _json(value):
    if value is None or isinstance(value, (str, int, float, bool, list)):
        return value
    return str(value)
