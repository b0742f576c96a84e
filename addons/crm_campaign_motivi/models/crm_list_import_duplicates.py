from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: Names that are compared between two commits.
BATCH_SIZE = 2000
#: Names that are compared while somebody waits; more are compared in the background.
MOST_AT_ONCE = 200
#: Names above which the nightly search of the whole archive is faster.
MOST_COMPARED = 200_000
PARAMETER = "crm_campaign_motivi.import_most_compared"
#: Rows whose names are compared: those that the import made or changed.
_COMPARED = ("accepted", "updated")


class CrmListImport(models.Model):
    """The last part of an import: its names are compared with the archive.

    The list can be called meanwhile. Who surely is a customer is linked to it, and
    leaves a list that leaves customers out. Other duplicates are shown; sure ones are
    merged when the import says so.
    """

    _inherit = "crm.list.import"

    # Off for a new source: a merge changes names that were in the archive before, and
    # a name that was merged is not deleted when the import is taken back. Saved
    # columns remember it, so that it is said once for a seller who can be trusted.
    merge_sure = fields.Boolean(
        "Merge Sure Duplicates",
        help="Names of the file that are surely somebody in the archive, though written"
        " otherwise, are merged with them when the import is over. Each merge can be"
        " taken back. Otherwise they are shown, and merged with one button.",
    )
    compared_row = fields.Integer("Last Row Compared", readonly=True, copy=False)
    by_night = fields.Boolean(
        "Compared by Night",
        readonly=True,
        copy=False,
        help="So many names came in that the searches of the whole archive compare"
        " them.",
    )
    sure_count = fields.Integer(
        "Sure Duplicates",
        readonly=True,
        copy=False,
        help="Pairs of a new name and another one that are surely one.",
    )
    review_count = fields.Integer(
        "Duplicates to Review",
        readonly=True,
        copy=False,
        help="Pairs of a new name and another one, or a customer, to be decided.",
    )
    linked_count = fields.Integer(
        "Linked to Customers",
        readonly=True,
        copy=False,
        help="New names that are a customer already.",
    )
    merge_run_ids = fields.One2many("crm.merge.run", "list_import_id", "Merges")
    merged_name_count = fields.Integer(
        "Names Merged", compute="_compute_merges", help="After they had come in."
    )
    merges_now = fields.Boolean(compute="_compute_merges")
    left_to_merge = fields.Boolean(compute="_compute_merges")

    @api.depends("merge_run_ids.state", "merge_run_ids.done", "sure_count")
    def _compute_merges(self):
        for record in self:
            # sudo: the figures are for whoever sees the import
            runs = record.sudo().merge_run_ids
            record.merges_now = any(run.state in ("queued", "running") for run in runs)
            record.merged_name_count = sum(
                run.done for run in runs if run.phase == "merge"
            )
            record.left_to_merge = record.sure_count and not runs

    def _compute_progress(self):
        compared = self.filtered(lambda record: record.phase == "duplicates")
        for record in compared:
            done = record.compared_row / (record.done_row or 1)
            record.progress = min(100.0 * done, 100.0)
        return super(CrmListImport, self - compared)._compute_progress()

    # ------------------------------------------------------------
    # THE PHASE
    # ------------------------------------------------------------

    def _names_written(self):
        """Go on behind the last row: compare the names, unless they are too many.

        :return: whether there is more to do
        :rtype: bool
        """
        amount = self.accepted_count + self.updated_count
        by_night = amount > self._most_compared()
        self.by_night = by_night
        if by_night or not amount:
            self.write({"state": "done", "phase": "done"})
            return False
        self.phase = "duplicates"
        return True

    @api.model
    def _most_compared(self):
        # sudo: a setting that everybody who imports follows
        value = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        return int(value) if value else MOST_COMPARED

    def _compares_at_once(self):
        """Tell whether the names are so few that somebody may wait for it."""
        return self.accepted_count + self.updated_count <= MOST_AT_ONCE

    def _duplicates_step(self):
        """Compare the next names with the archive; the caller commits.

        :return: whether there are more
        :rtype: bool
        """
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """SELECT row_number, lead_id, state FROM crm_list_import_row
                    WHERE import_id = %s AND row_number > %s AND state = ANY(%s)
                      AND lead_id IS NOT NULL
                 ORDER BY row_number LIMIT %s""",
                self.id,
                self.compared_row,
                list(_COMPARED),
                BATCH_SIZE,
            )
        )
        if rows:
            new = {lead_id for _number, lead_id, state in rows if state == "accepted"}
            self._compare_names(sorted({lead_id for _row, lead_id, _st in rows}), new)
            self.compared_row = rows[-1][0]
        if len(rows) == BATCH_SIZE:
            return True
        self._end_duplicates()
        return False

    def _compare_names(self, lead_ids, new):
        """Make the keys of names, compare them, and link those that are customers.

        However long ago they came in, and whatever a search of the whole archive does
        meanwhile.

        :param list lead_ids: ids of names
        :param set new: those of them that the import made
        """
        # They wait for the scheduled action no more. One that took them just now
        # compares them as well, and writes the same pairs.
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_dedup_stale WHERE id IN (
                       SELECT id FROM crm_dedup_stale
                        WHERE holder = ANY(%s) AND NOT has_keys
                          FOR UPDATE SKIP LOCKED)""",
                lead_ids,
            )
        )
        # sudo: the search knows all names; whom it tells is another question
        service = self.env["crm.dedup"].sudo()
        records = service._records_of(lead_ids)
        service.env["crm.dedup.key"]._write_keys(lead_ids, records)
        service._compare_records(lead_ids, records, new)

    def _end_duplicates(self):
        """Count what was found, and merge what is sure if the import says so."""
        self.env.flush_all()
        self.write(
            {
                "sure_count": self._count_pairs("same", ["lead"]),
                "review_count": self._count_pairs("review", ["lead", "customer"])
                + self._count_pairs("same", ["customer"]),
                **self._count_linked(),
                "state": "done",
                "phase": "done",
            }
        )
        if self.merge_sure and self.sure_count:
            self._merge_sure_pairs()

    def _count_linked(self):
        [[linked, left_out]] = self.env.execute_query(
            SQL(
                """SELECT count(lead.partner_id) FILTER (WHERE row.state = 'accepted'),
                          count(row.left_out)
                     FROM crm_list_import_row row
                LEFT JOIN crm_lead lead ON lead.id = row.lead_id
                    WHERE row.import_id = %s""",
                self.id,
            )
        )
        return {"linked_count": linked, "left_out_count": left_out}

    def _count_pairs(self, verdict, kinds):
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT count(*) FROM crm_duplicate_pair
                    WHERE id IN (%s) AND state = 'open' AND verdict = %s
                      AND kind = ANY(%s)""",
                self._pairs_sql(),
                verdict,
                kinds,
            )
        )
        return count

    def _pairs_sql(self):
        """Return the query of the pairs that a name of these imports takes part in.

        :rtype: SQL
        """
        return SQL(" UNION ").join(
            SQL(
                """SELECT pair.id FROM crm_list_import_row row
                     JOIN crm_duplicate_pair pair ON %s = row.lead_id
                    WHERE row.import_id = ANY(%s) AND row.state = ANY(%s)""",
                SQL.identifier("pair", column),
                self.ids,
                list(_COMPARED),
            )
            for column in ("first_lead_id", "second_lead_id")
        )

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def _merge_sure_pairs(self):
        """Merge the sure pairs of this import, and only these.

        :rtype: crm.merge.run
        """
        return self.env["crm.merge.run"]._enqueue("lead", list_import_id=self.id)

    def action_merge_sure(self):
        """Button: merge the sure duplicates that the import brought.

        :rtype: dict
        :raise UserError: they are being merged, or there are none
        """
        self.ensure_one()
        self._check_may_import()
        if self.state != "done" or self.merges_now or not self.sure_count:
            raise UserError(
                self.env._("There are no sure duplicates to merge, or they are being.")
            )
        return self._merge_sure_pairs().action_open()

    def action_open_merges(self):
        """Button: show the merges of sure duplicates.

        :rtype: dict
        """
        self.ensure_one()
        return self.merge_run_ids[:1].action_open()

    def action_open_sure(self):
        """Button: show the sure duplicates."""
        return self._open_pairs([("verdict", "=", "same"), ("kind", "=", "lead")])

    def action_open_review(self):
        """Button: show the pairs that somebody has to decide."""
        return self._open_pairs(
            ["|", ("verdict", "=", "review"), ("kind", "=", "customer")]
        )

    def _open_pairs(self, domain):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_dedup.crm_duplicate_pair_action"
            ),
            "domain": [("list_import_ids", "=", self.id), *domain],
            "context": {"search_default_open": 1},
        }

    def action_open_linked(self):
        """Button: show the new names that are customers already.

        :rtype: dict
        """
        self.ensure_one()
        rows = self.env.execute_query(
            SQL(
                """SELECT lead.id FROM crm_list_import_row row
                     JOIN crm_lead lead ON lead.id = row.lead_id
                    WHERE row.import_id = %s AND row.state = 'accepted'
                      AND lead.partner_id IS NOT NULL""",
                self.id,
            )
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Linked to Customers"),
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", [lead_id for (lead_id,) in rows])],
        }


class CrmDuplicatePair(models.Model):
    _inherit = "crm.duplicate.pair"

    list_import_ids = fields.Many2many(
        "crm.list.import",
        string="Imports",
        compute="_compute_list_import_ids",
        search="_search_list_import_ids",
        help="That brought one of the names.",
    )

    @api.depends("first_lead_id", "second_lead_id")
    def _compute_list_import_ids(self):
        rows = self.env["crm.list.import.row"]
        for pair in self:
            leads = pair.first_lead_id | pair.second_lead_id
            found = rows.search(
                [("lead_id", "in", leads.ids), ("state", "in", _COMPARED)]
            )
            pair.list_import_ids = found.import_id

    @api.model
    def _search_list_import_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        imports = self.env["crm.list.import"].browse(list(value))
        ids = [pair_id for (pair_id,) in self.env.execute_query(imports._pairs_sql())]
        return Domain("id", "in", ids)


class CrmMergeRun(models.Model):
    """A merge of the sure duplicates that one import brought."""

    _inherit = "crm.merge.run"

    list_import_id = fields.Many2one(
        "crm.list.import",
        "Import",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Only duplicates of its names are merged.",
    )

    def _pairs_wanted(self):
        if not self.list_import_id:
            return super()._pairs_wanted()
        return SQL(
            "%s AND id IN (%s)",
            super()._pairs_wanted(),
            self.list_import_id._pairs_sql(),
        )


class CrmDedup(models.AbstractModel):
    """A name that turns out to be a customer leaves the lists that want none."""

    _inherit = "crm.dedup"

    @api.model
    def _after_link(self, leads, reasons):
        result = super()._after_link(leads, reasons)
        self._leave_lists(leads.ids)
        return result

    @api.model
    def _leave_lists(self, lead_ids):
        """Take names that nobody has called yet out of lists without customers.

        :param list lead_ids: ids of names that were linked
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT line.list_id, array_agg(line.id), array_agg(line.lead_id)
                     FROM crm_call_list_line line
                     JOIN crm_call_list list ON list.id = line.list_id
                    WHERE line.lead_id = ANY(%s) AND list.leave_customers
                 GROUP BY line.list_id ORDER BY line.list_id""",
                list(lead_ids),
            )
        )
        # sudo: whoever wrote the name; the list says whom it wants
        lines = self.env["crm.call.list.line"].sudo()
        for list_id, line_ids, listed_ids in rows:
            call_list = lines.env["crm.call.list"].browse(list_id)
            kept_out = {
                lead_id
                for lead_id, reason in call_list._kept_out(listed_ids).items()
                if reason == "customer"
            }
            found = lines.browse(line_ids).filtered(
                lambda line, kept_out=kept_out: line.lead_id.id in kept_out
            )
            gone = found.lead_id
            found._bulk_remove(never_worked=True)
            gone -= lines.search(
                [("list_id", "=", list_id), ("lead_id", "in", gone.ids)]
            ).lead_id
            self._note_left_out(list_id, gone.ids)

    @api.model
    def _note_left_out(self, list_id, lead_ids):
        """Say on the rows of imports that their names left the list."""
        if not lead_ids:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE crm_list_import_row row SET left_out = 'customer'
                     FROM crm_list_import import
                    WHERE import.id = row.import_id AND import.list_id = %s
                      AND row.lead_id = ANY(%s) AND row.state = 'accepted'
                      AND row.left_out IS NULL""",
                list_id,
                lead_ids,
            )
        )
        self.env["crm.list.import.row"].invalidate_model(["left_out"])
