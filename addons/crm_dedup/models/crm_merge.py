import json
import time

from odoo import api, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

from ..tools.merge_log import MergeLog

#: What can be merged.
MODELS = ("crm.lead", "res.partner")
#: How often a merge is tried that met somebody else's work on the same records.
TRIES = 6


class CrmMerge(models.AbstractModel):
    """Makes one record of several: names, or customers.

    Merges are carried out many at a time by the same statements as a single one. What
    each does is kept in its journal, from which it can be undone.
    """

    _name = "crm.merge"
    _description = "Merge of Names and Customers"

    # ------------------------------------------------------------
    # ENTRIES
    # ------------------------------------------------------------

    @api.model
    def _merge(self, survivor, losers, choices=None, reason="hand", pair=None):
        """Merge records into one of them; the caller has checked the rights.

        The records that go are archived and point to the one that stays.

        :param survivor: the name or the customer that stays
        :param losers: those that go into it, of the same model
        :param dict choices: for each field that somebody chose, the number of the
            record whose value stays
        :param str reason: ``hand``, ``pair`` or ``run``
        :param crm.duplicate.pair pair: the pair that was decided
        :return: one row for each record that went, in their order
        :rtype: crm.merge.journal
        :raise UserError: they can't be merged, and why; nothing has been done
        """
        survivor.ensure_one()
        journals = self.env["crm.merge.journal"]
        for loser in losers - survivor:
            values = {"reason": reason, "pair_ref": pair.id if pair else 0}
            journal, refused = self._merge_batch(
                survivor._name, [(survivor.id, loser.id)], values, choices
            )
            if refused:
                raise UserError(refused[loser.id])
            journals += journal
        return journals

    @api.model
    def _merge_committed(self, survivor, losers, choices=None, **values):
        """Merge in a transaction of its own, which sees what others have just done.

        Odoo's own transactions don't see what was committed since they began, and
        would leave it with the record that goes. The transaction of the request must
        not have written any of the records.

        :return: ids of the rows of the journal
        :rtype: list[int]
        :raise UserError: as ``_merge`` does
        """

        def merge(env):
            records = env[survivor._name]
            journals = env["crm.merge"]._merge(
                records.browse(survivor.id),
                records.browse(losers.ids),
                choices,
                **values,
            )
            return journals.ids

        return self._committed(merge)

    @api.model
    def _committed(self, function):
        """Run a function in a transaction of its own at READ COMMITTED.

        :param callable function: gets the environment
        :return: what it returns
        """
        self.env.flush_all()
        for attempt in range(1, TRIES + 1):
            try:
                with read_committed_cursor(self.env.registry) as cr:
                    result = function(self.env(cr=cr))
                break
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                if attempt == TRIES:
                    raise
                time.sleep(0.05 * attempt)
        self.env.invalidate_all(flush=False)
        return result

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    @api.model
    def _merge_batch(self, model_name, pairs, values, choices=None):
        """Merge pairs of records, each record taking part in one of them at most.

        :param str model_name: one of ``MODELS``
        :param list pairs: number of the record that stays and of the one that goes
        :param dict values: of the rows of the journal
        :param dict choices: as in ``_merge``
        :return: the rows of the journal, and why others could not be merged, by the
            number of the record that would have gone
        :rtype: tuple[crm.merge.journal, dict[int, str]]
        """
        self.env.flush_all()
        self._lock(model_name, sorted({number for pair in pairs for number in pair}))
        refused = self._obstacles(model_name, pairs)
        merged = [(lost, kept, lost) for kept, lost in pairs if lost not in refused]
        journals = self.env["crm.merge.journal"]
        if merged:
            log = MergeLog(self.env.cr)
            rows = log.rows(
                self.env[model_name]._table,
                [number for _key, *both in merged for number in both],
            )
            self._carry_out(model_name, merged, rows, log, choices or {})
            journals = self._write_journals(model_name, merged, rows, log, values)
            self.env.invalidate_all(flush=False)
        return journals, refused

    @api.model
    def _carry_out(self, model_name, pairs, rows, log, choices):
        """Merge pairs that may be merged.

        :param list pairs: key of the merge, numbers of who stays and who goes
        :param dict rows: both records as they stand in the database
        """
        records = self.env[model_name]
        self._move_history(model_name, pairs, rows, log)
        self._archive(records, pairs, rows, log)
        self._take_values(records, pairs, rows, log, choices)
        self._after_merge(model_name, pairs, rows, log)
        self.env.flush_all()
        log.settle()

    @api.model
    def _move_history(self, model_name, pairs, rows, log):
        """Give the survivors all that points to those that go."""
        self.env["crm.merge.links"]._relink(self.env[model_name]._table, pairs, log)
        self.env.invalidate_all(flush=False)

    @api.model
    def _after_merge(self, model_name, pairs, rows, log):
        """Do what follows for the records that stay; addons add to it."""
        self.env["crm.duplicate.pair"]._close_merged(model_name, pairs, log)

    @api.model
    def _lock(self, model_name, ids):
        """Keep others from the records until the end: nothing is linked to them.

        Always in the same order, so that two merges don't wait for each other.
        """
        self.env.cr.execute(
            SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                SQL.identifier(self.env[model_name]._table),
                ids,
            ),
            log_exceptions=False,
        )

    @api.model
    def _obstacles(self, model_name, pairs):
        """Return why pairs can't be merged; addons add to it.

        :param list pairs: number of the record that stays and of the one that goes
        :return: a sentence by number of the record that would go
        :rtype: dict[int, str]
        """
        records = self.env[model_name]
        self.env.cr.execute(
            SQL(
                "SELECT id, active, merged_into_id, company_id FROM %s"
                " WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                [number for pair in pairs for number in pair],
            )
        )
        rows = {row["id"]: row for row in self.env.cr.dictfetchall()}
        refused = {}
        for kept, lost in pairs:
            why = self._obstacle_of_rows(kept, lost, rows.get(kept), rows.get(lost))
            if why:
                refused[lost] = why
        return refused

    @api.model
    def _names_in_hand(self, ids):
        """Return which names somebody is working on; addons know of it.

        :param list ids: of names that are locked
        :return: a sentence by id of the name
        :rtype: dict[int, str]
        """
        return {}

    @api.model
    def _obstacle_of_rows(self, kept, lost, kept_row, lost_row):
        if kept == lost:
            return self.env._("A record can't be merged with itself.")
        if not kept_row or not lost_row:
            return self.env._("One of the records is gone: somebody has deleted it.")
        if kept_row["merged_into_id"] or lost_row["merged_into_id"]:
            return self.env._(
                "One of the records has been merged already. Merge the record that it"
                " went into."
            )
        if not kept_row["active"]:
            return self.env._(
                "The record that is to stay is archived. Restore it first."
            )
        companies = {kept_row["company_id"], lost_row["company_id"]} - {None}
        if len(companies) > 1:
            return self.env._(
                "The records belong to different companies and can't be merged."
            )
        return None

    @api.model
    def _archive(self, records, pairs, rows, log):
        """Archive the records that go, with a pointer to where they went.

        By SQL: for Odoo an archived name is a lost one, which a merged one is not.
        """
        self.env.cr.execute(
            SQL(
                """UPDATE %s AS t
                      SET active = false, merged_into_id = pair.kept,
                          write_date = now() AT TIME ZONE 'UTC', write_uid = %s
                     FROM unnest(%s::int[], %s::int[]) AS pair(kept, lost)
                    WHERE t.id = pair.lost
                RETURNING t.id, to_jsonb(t)""",
                SQL.identifier(records._table),
                self.env.uid,
                [kept for _key, kept, _lost in pairs],
                [lost for _key, _kept, lost in pairs],
            )
        )
        after = dict(self.env.cr.fetchall())
        for key, _kept, lost in pairs:
            log.changed(key, records._table, lost, rows[lost], after[lost])

    @api.model
    def _write_journals(self, model_name, pairs, rows, log, values):
        """Write a row of the journal for each merge.

        :rtype: crm.merge.journal
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_merge_journal (
                          model, survivor_ref, loser_ref, survivor_name, loser_name,
                          reason, pair_ref, run_id, company_id, state, entries,
                          moved_count, removed_count,
                          create_uid, create_date, write_uid, write_date)
                   SELECT %(model)s, row.kept, row.lost, row.kept_name, row.lost_name,
                          %(reason)s, %(pair)s, %(run)s, row.company_id, 'done',
                          row.entries, row.moved, row.removed,
                          %(uid)s, now() AT TIME ZONE 'UTC',
                          %(uid)s, now() AT TIME ZONE 'UTC'
                     FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(
                          kept int, lost int, kept_name text, lost_name text,
                          company_id int, entries jsonb, moved int, removed int)
                RETURNING id""",
                model=model_name,
                reason=values.get("reason", "hand"),
                pair=values.get("pair_ref", 0),
                run=values.get("run_id"),
                uid=self.env.uid,
                rows=json.dumps(
                    [
                        {
                            "kept": kept,
                            "lost": lost,
                            "kept_name": rows[kept]["name"],
                            "lost_name": rows[lost]["name"],
                            "company_id": rows[kept]["company_id"]
                            or rows[lost]["company_id"],
                            "entries": log.of(key),
                            "moved": _count(log.of(key), "move", "insert"),
                            "removed": _count(log.of(key), "delete")
                            - _count(log.of(key), "insert"),
                        }
                        for key, kept, lost in pairs
                    ]
                ),
            )
        )
        ids = [row_id for (row_id,) in self.env.cr.fetchall()]
        return self.env["crm.merge.journal"].browse(ids)


def _count(entries, *kinds):
    """Count the rows that entries of these kinds are about."""
    return sum(
        len(entry[3] if entry[0] == "move" else entry[2])
        for entry in entries
        if entry[0] in kinds
    )
