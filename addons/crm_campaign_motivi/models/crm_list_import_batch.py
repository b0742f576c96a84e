import json
from json.encoder import encode_basestring

from odoo import models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL

from odoo.addons.crm_dedup.tools.name_text import name_key

from ..tools.name_row import StagedReader
from ..tools.table_reader import TableProblem
from .crm_list_import_match import KnownName

#: Rows staged with one COPY; memory stays flat whatever the size of the file.
STAGE_SIZE = 5000
#: Characters that are staged with one COPY, whatever stands in the rows.
STAGE_LENGTH = 20_000_000
#: Rows that are staged between two commits.
STAGE_STEP = 50_000
#: Rows that become names between two commits: nobody waits long for them.
BATCH_SIZE = 10_000


class CrmListImport(models.Model):
    """How the rows of a file become names: staged first, then batch by batch.

    Nothing is created before the whole file was read, so that one that breaks off in
    the middle leaves nothing behind.
    """

    _inherit = "crm.list.import"

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _import_step(self, runtime, limit=None):
        """Do the next part of the work; the caller commits.

        :param ImportRuntime runtime: what is kept between two parts
        :param int limit: how many rows, at most
        :return: whether there is more to do
        :rtype: bool
        """
        self.ensure_one()
        self._check_may_import()
        if self.phase == "read":
            self._stage_step(runtime)
            return True
        if self.phase == "write":
            return self._write_step(runtime, limit or BATCH_SIZE)
        if self.phase == "duplicates":
            return self._duplicates_step()
        return False

    def _import_all(self, batch_size=BATCH_SIZE):
        """Start the import, or go on with it, until it is done.

        For few rows, and for code; all in the caller's transaction.

        :return: how it ended, as :meth:`_progress` says it
        :rtype: dict
        """
        self._start()
        return self._import_here(batch_size)

    def _import_here(self, batch_size=BATCH_SIZE, until=None):
        """Work until the end, or until a phase begins.

        :param str until: leave this phase to the background, unless it is short
        """
        from .crm_list_import_job import _NO_RUNTIME

        while self._import_step(_NO_RUNTIME, batch_size):
            if self.phase == until and not self._compares_at_once():
                break
        return self._progress()

    def _progress(self):
        """Return how far the import is.

        :rtype: dict
        """
        return {
            "total": self.row_count,
            "pending": self.pending_count,
            "accepted": self.accepted_count,
            "updated": self.updated_count,
            "existing": self.existing_count,
            "merged": self.merged_count,
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
        """Check that nothing is missing, and let the work begin.

        :raise UserError: something is missing, with a sentence
        """
        self._check_may_import()
        if self.state in ("done", "undone"):
            raise UserError(self.env._("Every row of this file is imported already."))
        if self.state == "draft":
            raise UserError(self.env._("Read the file first and check its columns."))
        self._lock_for_batch()
        if self.state == "mapped":
            self._check_mapping()
            self._choose_list()
            self.phase = "read"
        self.write({"state": "running", "lead_template": self._make_lead_template()})

    def _choose_list(self):
        if self.destination == "archive":
            self.write({"campaign_id": False, "list_id": False})
            return
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

    # ------------------------------------------------------------
    # STAGE
    # ------------------------------------------------------------

    def _stage_step(self, runtime):
        """Copy the next rows of the file into the staging table."""
        self.flush_recordset()
        place = runtime.staged_rows(self.staged_row, self._file_rows)
        last, count, batch, size, ended = place[0], 0, [], 0, True
        # Whatever goes wrong: rows that are neither staged nor behind are read again.
        place[0] = None
        try:
            for number, cells in place[1]:
                last = number
                text = _as_json(cells)
                batch.append((self.id, number, text))
                size += len(text)
                if len(batch) >= STAGE_SIZE or size >= STAGE_LENGTH:
                    count += self._stage_batch(batch)
                    batch, size = [], 0
                    if count >= STAGE_STEP:
                        ended = False
                        break
        except TableProblem as problem:
            raise UserError(self._sentence_of_table(problem)) from problem
        count += self._stage_batch(batch)
        place[0] = last
        total = self.row_count + count
        if ended and not total:
            raise UserError(self.env._("The file has a header and no row below it."))
        self.write(
            {
                "row_count": total,
                "staged_row": last,
                "phase": "write" if ended else "read",
            }
        )
        if ended:
            # The planner must not take the new rows for none.
            self.env.cr.execute("ANALYZE crm_list_import_stage")
            self._prepare_first_load()

    def _file_rows(self):
        if self.staged_row:
            self._check_same_file()
        with self._open_table() as table:
            yield from table.rows()

    def _stage_batch(self, batch):
        if batch:
            self._copy(
                "crm_list_import_stage", ["import_id", "row_number", "cells"], batch
            )
        return len(batch)

    # ------------------------------------------------------------
    # ONE BATCH
    # ------------------------------------------------------------

    def _write_step(self, runtime, limit):
        """Make names of the next staged rows.

        :return: whether there are more
        :rtype: bool
        """
        reader = StagedReader(self._row_reader())
        rows = self._staged_rows(self.done_row, limit)
        if rows:
            name_rows = runtime.read_rows(self.done_row, rows, reader)
            last = rows[-1][0]
            ahead = self._staged_rows(last, limit) if len(rows) == limit else []
            if ahead:
                runtime.read_ahead(last, ahead, reader)
            self._import_rows(name_rows)
            self.done_row = last
        if len(rows) == limit:
            return True
        if self._finish_first_load(runtime, bool(rows)):
            return True
        return self._names_written()

    def _staged_rows(self, after, limit):
        """Return the staged rows behind one.

        :return: number of each row and its cells as JSON
        :rtype: list[tuple[int, str]]
        """
        return self.env.execute_query(
            SQL(
                """SELECT row_number, cells::text FROM crm_list_import_stage
                    WHERE import_id = %s AND row_number > %s
                 ORDER BY row_number LIMIT %s""",
                self.id,
                after,
                limit,
            )
        )

    def _import_rows(self, name_rows):
        """Import rows that were read.

        :param list name_rows: ``NameRow`` of each
        """
        self.env.flush_all()
        self.env.cr.cache.pop(("crm_list_import", self.id), None)
        # Value by value with an index: the planner knows nothing of names that have
        # just come in.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        good = [row for row in name_rows if not row.problem]
        known = self._find_known(good, hold=True)
        self._resolve_contacts(good)
        free_ids = self._reserve_lead_ids(len(good))
        placed, created, listed, matched = [], [], [], []
        for name_row in name_rows:
            result, lead_id = self._place(name_row, known, free_ids)
            placed.append([name_row, result, lead_id])
            if result == "accepted":
                created.append((lead_id, name_row))
            elif result != "rejected":
                matched.append((lead_id, name_row))
            if result == "accepted" or (
                result == "existing" and name_row.problem != "in_list"
            ):
                listed.append(lead_id)
        self._insert_leads(created)
        self._write_links(created)
        updated = self._update_names(matched)
        left_out = self._fill_list(listed)
        self._record_consents(created + matched)
        self._after_names(created, updated)
        for place in placed:
            if place[1] == "existing" and place[2] in updated:
                place[1] = "updated"
        self._write_results(placed, left_out)
        self.env.cr.execute("SET LOCAL enable_seqscan = on")

    def _fill_list(self, lead_ids):
        """Put names into the list, but for those that it leaves out.

        :param list lead_ids: ids of ``crm.lead`` in the order of the file
        :return: why those that stay outside do so
        :rtype: dict[int, str]
        """
        if not self.list_id:
            return {}
        left_out = self.list_id._kept_out(lead_ids)
        self.list_id._add_leads([id_ for id_ in lead_ids if id_ not in left_out])
        return left_out

    def _place(self, name_row, known, free_ids):
        """Decide what becomes of a row that was read.

        :param NameRow name_row: the row; gets a problem when it is rejected here
        :param Known known: the names that share a value; gets the new name
        :param list free_ids: ids for new names; the first is taken
        :return: state of the row and the id of its name, if it has one
        :rtype: tuple[str, int | None]
        """
        if name_row.problem:
            return "rejected", None
        match = self._match_of_row(name_row, known)
        if not match:
            return self._place_new(name_row, known, free_ids)
        if match.hidden:
            name_row.problem = "hidden"
            return "rejected", None
        if match.row_number:
            name_row.problem = "in_list"
            name_row.details = {"name": match.name, "row": match.row_number}
            return "merged", match.lead_id
        if not match.active:
            name_row.problem = "archived"
            name_row.details = {"name": match.name}
            return "rejected", match.lead_id
        if match.outside:
            name_row.problem = "outside_portfolio"
            name_row.details = {
                "name": match.name,
                "portfolio": self.list_id.portfolio_id.complete_name,
            }
            return "rejected", match.lead_id
        if match.in_list:
            name_row.problem = "in_list"
            name_row.details = {"name": match.name}
        match.row_number = name_row.number
        return "existing", match.lead_id

    def _place_new(self, name_row, known, free_ids):
        if self.only_update:
            name_row.problem = "not_known"
            return "rejected", None
        name = name_row.values["name"]
        match = KnownName(free_ids.pop(0), name, [name_row.key or name_key(name)])
        match.row_number = name_row.number
        known.add(match, name_row)
        return "accepted", match.lead_id


def _as_json(cells):
    """Return the cells of a row as a JSON list; most by far are texts.

    :param list cells: of a row
    :rtype: str
    """
    try:
        return f"[{','.join(map(encode_basestring, cells))}]"
    except TypeError:
        return json.dumps(cells, ensure_ascii=False)
