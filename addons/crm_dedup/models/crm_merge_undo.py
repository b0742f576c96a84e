import json

from psycopg2 import IntegrityError
from psycopg2.errors import ForeignKeyViolation

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger


class CrmMergeJournal(models.Model):
    """Takes merges back: what moved returns, what went comes again.

    What came after the merge stays with the record that stayed, and so does a value
    that somebody has changed since.
    """

    _inherit = "crm.merge.journal"

    def _undo(self):
        """Take this merge back, in the current transaction.

        :raise UserError: it can't be taken back, and why; nothing has been done
        """
        self.ensure_one()
        # What others did is not read ahead: it is long.
        self = self.with_prefetch()
        self.env.flush_all()
        merge = self.env["crm.merge"]
        merge._lock(self.model, sorted([self.survivor_ref, self.loser_ref]))
        self.env.cr.execute(
            SQL("SELECT state FROM crm_merge_journal WHERE id = %s FOR UPDATE", self.id)
        )
        self.invalidate_recordset()
        self._check_undo()
        self._before_undo()
        try:
            # What it did is undone from the end.
            for kind, *entry in reversed(self.entries or []):
                getattr(self, f"_undo_{kind}")(*entry)
        except IntegrityError as error:
            raise UserError(
                self.env._(
                    "%(name)s can't be parted again: something else has taken the place"
                    " of what it had (%(detail)s).",
                    name=self.loser_name,
                    detail=error.diag.table_name or "",
                )
            ) from error
        self.env.invalidate_all(flush=False)
        self._after_undo()
        self._write_undone()
        self.env.flush_all()

    def _check_undo(self):
        """Refuse what can't be taken back; addons add to it.

        :raise UserError: why
        """
        if self.state != "done":
            raise UserError(
                self.env._(
                    "The merge of %(name)s has been taken back already.",
                    name=self.loser_name,
                )
            )
        refs = {self.survivor_ref, self.loser_ref}
        # By SQL: names are wide, and a run takes many merges back.
        self.env.cr.execute(
            SQL(
                "SELECT id, merged_into_id FROM %s WHERE id = ANY(%s)",
                SQL.identifier(self.env[self.model]._table),
                list(refs),
            )
        )
        merged_into = dict(self.env.cr.fetchall())
        if refs - set(merged_into):
            raise UserError(
                self.env._(
                    "%(name)s can't be parted again: one of the two records has been"
                    " deleted since.",
                    name=self.loser_name,
                )
            )
        self._check_undo_order(merged_into[self.survivor_ref])

    def _check_undo_order(self, further):
        """Refuse to take a merge back before those that followed it.

        :param int further: number of what the survivor was merged into, if it was
        :raise UserError: which one comes first
        """
        if further:
            raise UserError(
                self.env._(
                    "%(survivor)s was merged into %(further)s since. Take that merge"
                    " back first.",
                    survivor=self.survivor_name,
                    further=self.env[self.model].sudo().browse(further).display_name,
                )
            )
        later = (
            self.search(
                [
                    ("id", ">", self.id),
                    ("model", "=", self.model),
                    ("survivor_ref", "=", self.survivor_ref),
                    ("state", "=", "done"),
                ],
                limit=1,
            )
            or self._later_merge_of_customers()
        )
        if later:
            raise UserError(
                self.env._(
                    "%(later)s was merged into %(survivor)s after %(name)s. Take that"
                    " merge back first.",
                    later=later.loser_name,
                    survivor=later.survivor_name,
                    name=self.loser_name,
                )
            )

    def _later_merge_of_customers(self):
        """Return a merge that came later, of a customer that this one is about.

        What such a merge moved is not where this one left it.

        :rtype: crm.merge.journal
        """
        partner_ids = set()
        for entry in self.entries or []:
            if entry[:2] == ["change", "res_partner"]:
                partner_ids.add(entry[2])
            elif entry[:2] == ["change", "crm_lead"]:
                partner_ids.update(values.get("partner_id") for values in entry[3:])
        partner_ids.discard(None)
        if self.model != "crm.lead" or not partner_ids:
            return self.browse()
        return self.search(
            [
                ("id", ">", self.id),
                ("model", "=", "res.partner"),
                ("state", "=", "done"),
                "|",
                ("loser_ref", "in", partner_ids),
                ("survivor_ref", "in", partner_ids),
            ],
            limit=1,
        )

    def _before_undo(self):
        """Do what has to be done before rows return; addons add to it."""

    def _after_undo(self):
        """Do what follows when all rows are where they were; addons add to it."""
        pairs = self.env["crm.duplicate.pair"]
        pairs = pairs.browse(filter(None, self.mapped("pair_ref"))).exists()
        if pairs:
            pairs._reopen()
            # sudo: a label of the sample, whoever may see that
            self.env["crm.duplicate.sample"].sudo()._unlearn_pairs(pairs)
        for model_name, journals in self.grouped("model").items():
            self.env["crm.dedup.key"]._mark_records_stale(
                model_name,
                {*journals.mapped("survivor_ref"), *journals.mapped("loser_ref")},
            )

    def _write_undone(self):
        """Say that these merges were taken back, and by whom."""
        self.write(
            {
                "state": "undone",
                "undone_by_id": self.env.uid,
                "undone_at": fields.Datetime.now(),
            }
        )

    # ------------------------------------------------------------
    # ONE FOR EACH KIND OF ENTRY
    # ------------------------------------------------------------

    def _undo_move(self, table, column, ids, old, new):
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET %(column)s = %(old)s"
                " WHERE id = ANY(%(ids)s) AND %(column)s = %(new)s",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                old=old,
                new=new,
                ids=ids,
            )
        )

    def _undo_delete(self, table, rows):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self._insert(table, rows)
        except ForeignKeyViolation:
            # Something that a row belonged to was deleted since, and would have taken
            # the row with it.
            for row in rows:
                try:
                    with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                        self._insert(table, [row])
                except ForeignKeyViolation:
                    continue

    def _insert(self, table, rows):
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(table)s
                   SELECT (jsonb_populate_record(NULL::%(table)s, row.value)).*
                     FROM jsonb_array_elements(%(rows)s::jsonb) AS row""",
                table=SQL.identifier(table),
                rows=json.dumps(rows),
            )
        )

    def _undo_insert(self, table, rows):
        # Compared by column as well: an index finds them.
        same = [
            SQL("t.%s = row.%s", SQL.identifier(name), SQL.identifier(name))
            for name in rows[0]
            if all(isinstance(row[name], int) for row in rows)
        ]
        self.env.cr.execute(
            SQL(
                """DELETE FROM %(table)s AS t
                    USING jsonb_populate_recordset(NULL::%(table)s, %(rows)s::jsonb)
                          AS row
                    WHERE %(same)s""",
                table=SQL.identifier(table),
                same=SQL(" AND ").join([*same, SQL("to_jsonb(t) = to_jsonb(row)")]),
                rows=json.dumps(rows),
            )
        )

    def _undo_create(self, table, ids):
        self.env.cr.execute(
            SQL("DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(table), ids)
        )

    def _undo_change(self, table, row_id, before, after):
        """Give a row its values back, those that nobody has changed since."""
        kept = SQL(", ").join(
            SQL(
                """%(column)s = CASE WHEN now.row->%(name)s = now.after->%(name)s
                                     THEN old.%(column)s ELSE t.%(column)s END""",
                column=SQL.identifier(name),
                name=name,
            )
            for name in before
        )
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s AS t SET %(kept)s
                     FROM (SELECT to_jsonb(x) AS row, %(after)s::jsonb AS after, x AS r
                             FROM %(table)s AS x WHERE id = %(id)s) AS now
               CROSS JOIN LATERAL jsonb_populate_record(now.r, %(before)s::jsonb)
                          AS old
                    WHERE t.id = %(id)s""",
                table=SQL.identifier(table),
                kept=kept,
                id=row_id,
                after=json.dumps(after),
                before=json.dumps(before),
            )
        )
