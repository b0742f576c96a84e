from ast import literal_eval
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_callcenter.models.crm_names_job_mixin import OPEN_STATES

from ..tools.name_text import is_company
from ..tools.normaliser import FIELDS, PARTS, Normaliser

#: Changes of each kind that a preview shows.
PREVIEW_CHANGES = 100
#: What a run changed is kept for so many days; so long it can be taken back.
KEEP_DAYS = 180
#: Columns of a name that are normalised.
COLUMNS = (
    "name",
    "contact_name",
    "partner_name",
    "phone",
    "mobile",
    "phone_second",
    "email_from",
    "fiscal_code",
    "vat_number",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
)
#: Part of each column.
PART_OF = {
    **{name: part for part, names in FIELDS.items() for name in names},
    "state_id": "addresses",
}


class CrmNormaliseRun(models.Model):
    """Normalises names of the archive in the background.

    A preview counts what would change and shows the first of it. A run keeps what
    stood there before, and can be taken back.
    """

    _name = "crm.normalise.run"
    _description = "Normalisation of the Archive"
    _inherit = ["crm.names.job.mixin"]
    _order = "id desc"

    kind = fields.Selection(
        [("preview", "Preview"), ("run", "Run"), ("undo", "Taking Back")],
        required=True,
        readonly=True,
        default="preview",
    )
    domain = fields.Text("Names", required=True, readonly=True, default="[]")
    names = fields.Boolean("Names and Companies", readonly=True, default=True)
    phones = fields.Boolean("Numbers", readonly=True, default=True)
    email = fields.Boolean("E-Mail", readonly=True, default=True)
    codes = fields.Boolean(
        "Codice Fiscale and Partita IVA", readonly=True, default=True
    )
    addresses = fields.Boolean(readonly=True, default=True)
    undone_run_id = fields.Many2one(
        "crm.normalise.run", "Takes Back", readonly=True, ondelete="restrict"
    )
    undo_run_ids = fields.One2many(
        "crm.normalise.run", "undone_run_id", "Taken Back By", readonly=True
    )
    change_ids = fields.One2many("crm.normalise.change", "run_id", "Changes")
    counts = fields.Json(readonly=True, copy=False)
    result = fields.Text("Result by Kind", compute="_compute_result")
    done = fields.Integer("Names Changed")
    skipped = fields.Integer("Names as They Were")
    may_undo = fields.Boolean(compute="_compute_may_undo")
    parts_text = fields.Char("What Is Normalised", compute="_compute_parts_text")

    @api.depends("kind", "date_start")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            run.display_name = f"{kinds[run.kind]} {run.id or ''}".strip()

    @api.depends("kind", "state", "done", "date_end", "undo_run_ids.state")
    def _compute_may_undo(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        for run in self:
            run.may_undo = (
                run.kind == "run"
                and run.state in ("done", "cancelled", "failed")
                and bool(run.done)
                and bool(run.date_end and run.date_end > since)
                and not run.undo_run_ids
            )

    @api.depends(*PARTS)
    def _compute_parts_text(self):
        for run in self:
            run.parts_text = ", ".join(
                self._fields[part]._description_string(self.env)
                for part in run._parts()
            )

    @api.depends("counts")
    def _compute_result(self):
        labels = {
            part: self._fields[part]._description_string(self.env) for part in PARTS
        }
        labels |= {
            "corrected": self.env._("Corrected by hand, left alone"),
            "refused": self.env._("Not saved, since another value of it is not valid"),
            "held": self.env._("In somebody's hands, left alone"),
            "customers": self.env._("Customers, whose own form is the master"),
            "changed_since": self.env._("Changed since, left alone"),
        }
        for run in self:
            run.result = "\n".join(
                f"{labels[kind]}: {count}"
                for kind, count in sorted((run.counts or {}).items())
                if count
            )

    # ------------------------------------------------------------
    # START
    # ------------------------------------------------------------

    @api.model
    def _start(self, kind, parts, domain="[]", undone_run=None, **values):
        """Make a run and let it work in the background.

        :param str kind: ``preview``, ``run`` or ``undo``
        :param parts: which of ``PARTS``
        :param str domain: of the names, as text
        :param crm.normalise.run undone_run: the run that is taken back
        :param values: other fields of the run
        :rtype: crm.normalise.run
        :raise AccessError: the user is no campaign manager
        :raise UserError: nothing was chosen, or a run is at work already
        """
        if not self.env.user.has_group("crm_callcenter.group_campaign_manager"):
            raise AccessError(
                self.env._("Only a campaign manager may normalise the archive.")
            )
        if not parts:
            raise UserError(self.env._("Choose at least one thing to be normalised."))
        # sudo: whether one is at work, whoever began it
        if kind != "preview" and self.sudo().search_count(
            [("state", "in", OPEN_STATES), ("kind", "!=", "preview")], limit=1
        ):
            raise UserError(
                self.env._("A run is at work already. Wait for its end, or cancel it.")
            )
        # sudo: runs are written by the system; the role was asked above
        run = self.sudo().create(
            {
                "kind": kind,
                "user_id": self.env.uid,
                "domain": domain,
                "undone_run_id": undone_run.id if undone_run else False,
                **{part: part in parts for part in PARTS},
                **values,
            }
        )
        run._job_trigger()
        return run.sudo(False)

    def action_run(self):
        """Button: do what the preview showed.

        :return: the action that shows the run
        :rtype: dict
        """
        self.ensure_one()
        return self._start_alike("run", domain=self.domain).action_open()

    def action_undo(self):
        """Button: write back what stood there before the run.

        What was changed since stays as it is.

        :return: the action that shows the run
        :rtype: dict
        :raise UserError: there is nothing to take back
        """
        self.ensure_one()
        if not self.may_undo:
            raise UserError(
                self.env._(
                    "%(run)s can't be taken back: it changed nothing, is at work, is"
                    " older than %(days)s days, or has been taken back already.",
                    run=self.display_name,
                    days=KEEP_DAYS,
                )
            )
        return self._start_alike("undo", undone_run=self).action_open()

    def _start_alike(self, kind, **values):
        """Start another run over the same parts of the same sort of records.

        :rtype: crm.normalise.run
        """
        return self._start(kind, self._parts(), **values)

    def action_open_changes(self):
        """Button: the changes, or the first of each kind in a preview.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_dedup.crm_normalise_change_action"
        )
        return {**action, "domain": [("run_id", "=", self.id)]}

    @api.autovacuum
    def _gc_changes(self):
        """Delete what old runs changed: nobody takes it back any more."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        old = self.search([("date_end", "<", since), ("change_ids", "!=", False)])
        if old:
            self.env.execute_query(
                SQL(
                    "DELETE FROM crm_normalise_change WHERE run_id = ANY(%s)"
                    " RETURNING id",
                    old.ids,
                )
            )
            self.env["crm.normalise.change"].invalidate_model()

    def _parts(self):
        return tuple(part for part in PARTS if self[part])

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    def _job_trigger(self):
        # sudo: waking up a scheduled action needs no right to change it
        self.env.ref("crm_dedup.ir_cron_normalise_runs").sudo()._trigger()

    def _job_lock_id(self):
        # Two runs at once would be in each other's way.
        return 0

    def _job_leads(self):
        return super()._job_leads().with_context(active_test=False)

    def _job_domain(self):
        if self.kind == "undo":
            # sudo: the changes are closed to everybody but managers
            changes = self.env["crm.normalise.change"].sudo()
            query = changes._search([("run_id", "=", self.undone_run_id.id)])
            return Domain("id", "in", query.subselect("lead_id"))
        return Domain(literal_eval(self.domain)) & Domain("erased_on", "=", False)

    def _job_process(self, leads):
        counts = Counter()
        rows = self._read_rows(leads.ids, counts)
        if self.kind == "undo":
            changes = self._find_undone(rows, counts)
        else:
            changes = self._leave_corrected(self._find_changes(rows), counts)
        if self.kind == "preview":
            self._keep_first(changes)
        elif changes:
            written = self._write_changes(changes)
            if len(written) < len(changes):
                counts["refused"] += len(changes) - len(written)
            changes = written
        for _record_id, before, _after in changes:
            counts.update({PART_OF[name] for name in before})
        self._count(counts)
        return len(changes), len(leads)

    def _count(self, counts):
        total = Counter(self.counts or {})
        total.update(counts)
        self.counts = dict(total)

    def _columns(self):
        """Return the columns that are normalised.

        :rtype: tuple[str, ...]
        """
        return COLUMNS

    def _columns_beside(self):
        """Return the columns that say how those are to be read.

        :rtype: tuple[str, ...]
        """
        return ("birth_date", "country_id", "partner_id", "type", "lead_kind")

    def _read_rows(self, record_ids, counts):
        """Read and lock the names of a batch that nobody has in hand.

        :param list record_ids: of names, or of what else is normalised
        :param Counter counts: gets how many were left alone, and why
        :return: a dictionary of the columns by id
        :rtype: dict[int, dict]
        """
        records = self._job_leads()
        records.flush_model()
        lock = (
            SQL("") if self.kind == "preview" else SQL("FOR NO KEY UPDATE SKIP LOCKED")
        )
        names = [*self._columns(), *self._columns_beside()]
        found = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s) %s",
                SQL(", ").join(SQL.identifier(name) for name in names),
                SQL.identifier(records._table),
                record_ids,
                lock,
            )
        )
        rows = {row[0]: dict(zip(names, row[1:], strict=True)) for row in found}
        counts["held"] += len(record_ids) - len(rows)
        self._leave_alone(rows, counts)
        return rows

    def _leave_alone(self, rows, counts):
        """Take out of a batch what is not to be changed now.

        :param dict rows: by id; changed
        :param Counter counts: gets how many were left alone, and why
        """
        for lead_id in self._names_in_hand(list(rows)):
            counts["held"] += rows.pop(lead_id, None) is not None
        customers = [lead_id for lead_id, row in rows.items() if row["partner_id"]]
        for lead_id in customers:
            del rows[lead_id]
        counts["customers"] += len(customers)

    def _names_in_hand(self, lead_ids):
        """Return which names somebody is working on now; addons with lists know.

        :param list lead_ids: ids of ``crm.lead``
        :rtype: list[int]
        """
        return []

    # ------------------------------------------------------------
    # WHAT CHANGES
    # ------------------------------------------------------------

    def _find_changes(self, rows):
        """Normalise names.

        :param dict rows: as ``_read_rows`` returns them
        :return: ``(id, before, after)`` of those that change, each by column
        :rtype: list[tuple[int, dict, dict]]
        """
        normaliser = Normaliser(self._parts())
        service = self.env["crm.normaliser"]
        codes, ids = service._provinces_by_id(), service._ids_of_provinces()
        changes = []
        columns = self._columns()
        for record_id, row in rows.items():
            values = {name: row[name] or "" for name in columns if name != "state_id"}
            values["birth_date"] = row["birth_date"]
            self._say_whose_name(row, values)
            if row["country_id"]:
                values["country"] = service._country_code(row["country_id"])
            foreign = row["state_id"] and row["state_id"] not in codes
            values["province"] = codes.get(row["state_id"], "")
            found = normaliser.normalise(values).values
            found["state_id"] = (
                row["state_id"] if foreign else ids.get(found["province"])
            ) or row["state_id"]
            after = {
                name: found[name] or None
                for name in columns
                if (found[name] or None) != (row[name] or None)
            }
            if after:
                changes.append((record_id, {name: row[name] for name in after}, after))
        return changes

    def _say_whose_name(self, row, values):
        """Let a title be read as the name that it is, where nothing else is one.

        The title of an opportunity is free, and small letters may be a request that
        somebody wrote.

        :param dict row: as it was read
        :param dict values: what the normaliser gets; changed
        """
        title = row["name"] or ""
        named = row["contact_name"] or row["partner_name"]
        if row["type"] == "lead" and not named and title.isupper():
            values["is_company"] = row["lead_kind"] == "company" or is_company(title)

    def _find_undone(self, rows, counts):
        """Return what a run changed and nobody changed since.

        :rtype: list[tuple[int, dict, dict]]
        """
        done = self.env.execute_query(
            SQL(
                """SELECT %(whose)s, before, after FROM crm_normalise_change
                    WHERE run_id = %(run)s AND %(whose)s = ANY(%(ids)s)
                 ORDER BY %(whose)s""",
                whose=SQL.identifier(self._whose()),
                run=self.undone_run_id.id,
                ids=list(rows),
            )
        )
        back = {}
        for lead_id, before, after in done:
            row = rows[lead_id]
            for name, value in after.items():
                if (row[name] or None) == (value or None):
                    back.setdefault(lead_id, {})[name] = before[name]
                else:
                    counts["changed_since"] += 1
        return [
            (lead_id, {name: rows[lead_id][name] for name in values}, values)
            for lead_id, values in back.items()
        ]

    def _keep_first(self, changes):
        """Keep the first changes of each kind for the preview."""
        shown = dict(
            self.env.execute_query(
                SQL(
                    "SELECT kind, count(*) FROM crm_normalise_change"
                    " WHERE run_id = %s GROUP BY kind",
                    self.id,
                )
            )
        )
        kept = []
        for lead_id, before, after in changes:
            for part in dict.fromkeys(PART_OF[name] for name in after):
                if shown.get(part, 0) < PREVIEW_CHANGES:
                    shown[part] = shown.get(part, 0) + 1
                    names = [name for name in after if PART_OF[name] == part]
                    kept.append(
                        (
                            lead_id,
                            {name: before[name] for name in names},
                            {name: after[name] for name in names},
                        )
                    )
        self._insert_changes(kept)
