import json

from odoo import models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL

from odoo.addons.crm_dedup.tools.name_text import name_key

from .crm_list_import_match import KnownName

#: Rows staged with one COPY; memory stays flat whatever the size of the file.
STAGE_SIZE = 5000


class CrmListImport(models.Model):
    """How staged rows become names: set-based, one transaction per batch."""

    _inherit = "crm.list.import"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_import(self):
        """Button: stage the rows and open the dialog that imports them batch by batch.

        Pressed again on an import that was interrupted, it goes on.
        """
        self.ensure_one()
        self._start()
        return {
            "type": "ir.actions.client",
            "tag": "crm_list_import_progress",
            "name": self.env._("Importing %(name)s", name=self.name),
            "target": "new",
            "params": {"import_id": self.id},
        }

    def import_next_batch(self, limit=1000):
        """Import the next rows; called by the client until it is done.

        :param int limit: how many rows
        :return: how far the import is
        :rtype: dict
        """
        self.ensure_one()
        self._check_may_import()
        limit = max(1, min(int(limit), 10000))
        if self.state == "running":
            self._lock_for_batch()
            rows = self._pending_rows(limit)
            if rows:
                self._import_rows(rows)
            if len(rows) < limit:
                self.state = "done"
        return self._progress()

    def _import_all(self, batch_size=1000):
        """Start the import, or go on with it, until it is done.

        For code that has no client to drive it; all in the caller's transaction.

        :return: how it ended, as :meth:`import_next_batch` says it
        :rtype: dict
        """
        self._start()
        progress = self._progress()
        while not progress["finished"]:
            progress = self.import_next_batch(batch_size)
        return progress

    def _progress(self):
        return {
            "total": self.row_count,
            "pending": self.pending_count,
            "accepted": self.accepted_count,
            "existing": self.existing_count,
            "rejected": self.rejected_count,
            "left_out": self.left_out_count,
            "finished": self.state == "done",
        }

    # ------------------------------------------------------------
    # START
    # ------------------------------------------------------------

    def _check_may_import(self):
        self.check_access("write")
        # The names are written by SQL, which asks nobody.
        self.env["crm.lead"].check_access("create")
        self.env["crm.call.list"].check_access("write")

    def _start(self):
        """Check that nothing is missing, and stage the rows unless that is done.

        :raise UserError: something is missing, with a sentence
        """
        self._check_may_import()
        if self.state == "done":
            raise UserError(self.env._("Every row of this file is imported already."))
        if self.state == "draft":
            raise UserError(self.env._("Read the file first and check its columns."))
        self._lock_for_batch()
        if self.state == "mapped":
            self._check_mapping()
            self._choose_list()
            self._stage_rows()
        self.write({"state": "running", "lead_template": self._make_lead_template()})

    def _choose_list(self):
        if not self.campaign_id:
            raise UserError(self.env._("Choose the campaign that the names are for."))
        if not self.list_id and not (self.new_list_name or "").strip():
            raise UserError(
                self.env._("Choose a list, or write a name for a new list.")
            )
        if self.list_id and self.list_id.campaign_id != self.campaign_id:
            raise UserError(
                self.env._(
                    "The list %(list)s belongs to another campaign. Choose a list of"
                    " %(campaign)s.",
                    list=self.list_id.name,
                    campaign=self.campaign_id.title,
                )
            )
        if not self.list_id:
            self.list_id = self.env["crm.call.list"].create(
                {
                    "name": self.new_list_name.strip(),
                    "campaign_id": self.campaign_id.id,
                }
            )

    def _lock_for_batch(self):
        """Keep others from importing this file, or into this list, at the same time."""
        try:
            self.lock_for_update(allow_referencing=True)
            self.list_id.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Names are being imported into this list in another window. Wait"
                    " until that is done."
                )
            ) from error

    def _stage_rows(self):
        """Copy every row of the file into the staging table."""
        self.flush_recordset()
        table = self._open_table()
        count, batch = 0, []
        for number, cells in table.rows():
            batch.append(
                (self.id, number, json.dumps(cells, ensure_ascii=False), "pending")
            )
            if len(batch) >= STAGE_SIZE:
                count += self._stage_batch(batch)
                batch = []
        count += self._stage_batch(batch)
        if not count:
            raise UserError(self.env._("The file has a header and no row below it."))
        # The planner must not take the new rows for none.
        self.env.cr.execute("ANALYZE crm_list_import_row")
        self.row_count = count
        self.env["crm.list.import.row"].invalidate_model()

    def _stage_batch(self, batch):
        self._copy(
            "crm_list_import_row",
            ["import_id", "row_number", "cells", "state"],
            batch,
        )
        return len(batch)

    # ------------------------------------------------------------
    # ONE BATCH
    # ------------------------------------------------------------

    def _pending_rows(self, limit):
        return self.env.execute_query(
            SQL(
                """SELECT id, row_number, cells FROM crm_list_import_row
                    WHERE import_id = %s AND state = 'pending'
                 ORDER BY row_number LIMIT %s""",
                self.id,
                limit,
            )
        )

    def _import_rows(self, rows):
        """Import staged rows.

        :param list rows: ``(id, row number, cells)`` of each
        """
        self.env.flush_all()
        reader = self._row_reader()
        ids = [row_id for row_id, _number, _cells in rows]
        name_rows = [reader.read_row(number, cells) for _id, number, cells in rows]
        known = self._find_known([row for row in name_rows if not row.problem])
        free_ids = self._reserve_lead_ids(sum(not row.problem for row in name_rows))
        results, created, listed, consents = [], [], [], []
        for row_id, name_row in zip(ids, name_rows, strict=True):
            result, lead_id = self._place(name_row, known, free_ids)
            if result == "accepted":
                created.append((lead_id, name_row))
            if result in ("accepted", "existing"):
                listed.append(lead_id)
                if name_row.consent:
                    consents.append((lead_id, name_row))
            if name_row.problem:
                reason = self._reason(name_row.problem, name_row.details)
            else:
                reason = self._remarks_sentence(name_row.remarks)
            results.append(
                (row_id, result, name_row.problem or None, reason or None, lead_id)
            )
        self._insert_leads(created)
        left_out = self._fill_list(listed)
        self._record_consents(consents)
        self._write_results(results, left_out)

    def _fill_list(self, lead_ids):
        """Put names into the list, but for those that it leaves out.

        :param list lead_ids: ids of ``crm.lead`` in the order of the file
        :return: why those that stay outside do so
        :rtype: dict[int, str]
        """
        left_out = self.list_id._kept_out(lead_ids)
        self.list_id._add_leads([id_ for id_ in lead_ids if id_ not in left_out])
        return left_out

    def _place(self, name_row, known, free_ids):
        """Decide what becomes of a row that was read.

        :param NameRow name_row: the row; gets a problem when it is rejected here
        :param dict known: the names that have a number; gets the new name
        :param list free_ids: ids for new names; the first is taken
        :return: state of the row and the id of its name, if it has one
        :rtype: tuple[str, int | None]
        """
        if name_row.problem:
            return "rejected", None
        key = name_key(name_row.values["name"])
        match = self._match(key, name_row, known)
        if match and match.in_list:
            name_row.problem = "in_list"
            name_row.details = {"name": match.name, "row": match.row_number}
            return "rejected", match.lead_id
        if match and not match.active:
            name_row.problem = "archived"
            name_row.details = {"name": match.name}
            return "rejected", match.lead_id
        if match and match.outside:
            name_row.problem = "outside_portfolio"
            name_row.details = {
                "name": match.name,
                "portfolio": self.list_id.portfolio_id.complete_name,
            }
            return "rejected", match.lead_id
        result = "existing" if match else "accepted"
        if not match:
            match = KnownName(free_ids.pop(0), name_row.values["name"], [key])
            for number in name_row.numbers:
                known.setdefault(number, []).append(match)
        match.in_list, match.row_number = True, name_row.number
        return result, match.lead_id
