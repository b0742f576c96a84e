from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.models.crm_names_job_mixin import OPEN_STATES

from .crm_duplicate_pair import PAIR_COLUMNS

#: Merges between two commits: nobody waits long for a name.
BATCH_SIZE = 500
#: Names whose survivor is chosen by one statement.
PLAN_SIZE = 5000


class CrmMergeRun(models.Model):
    """All sure pairs merged in one go: what was planned, how far it is, and its undo.

    Of several names that are one, each is merged only when it makes a sure pair with
    the one that stays: that A is B and B is C doesn't make A and C one. Two that
    somebody told different never go into the same one.

    What is to be done is planned first, a row for each merge, and committed; so it can
    be looked at before anything happens, and a run that was killed goes on where it
    was.
    """

    _name = "crm.merge.run"
    _description = "Merge of All Sure Pairs"
    _inherit = ["crm.names.job.mixin"]
    _order = "id desc"

    kind = fields.Selection(
        [
            ("lead", "Names"),
            ("partner", "Customers"),
            ("customer", "Names That Are Customers"),
        ],
        required=True,
        readonly=True,
        default="lead",
    )
    phase = fields.Selection(
        [
            ("plan", "Only Look"),
            ("merge", "Merge"),
            ("undo", "Take Back"),
        ],
        "What Is Done",
        required=True,
        readonly=True,
        default="merge",
        help="Only Look: plans the merges and changes nothing.",
    )
    is_planned = fields.Boolean(readonly=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    item_ids = fields.One2many("crm.merge.run.item", "run_id", "Merges", readonly=True)
    left_out = fields.Integer(
        "Left Out by the Guard",
        readonly=True,
        help="Names that are like another one, but make no sure pair with the one that"
        " stays, or were told different from one that goes into it. They are left to"
        " the review.",
    )

    @api.depends("kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            run.display_name = f"{kinds.get(run.kind, '')} ({run.id})"

    def _model_name(self):
        self.ensure_one()
        return "res.partner" if self.kind == "partner" else "crm.lead"

    def _model_names(self):
        """Return the models of who stays and of who goes.

        :rtype: tuple[str, str]
        """
        return (self._model_name(),) * 2

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    @api.model
    def _start(self, kind, phase="merge"):
        """Begin a run.

        :param str kind: ``lead``, ``partner`` or ``customer``
        :param str phase: ``plan`` or ``merge``
        :rtype: crm.merge.run
        :raise UserError: another one of this kind is at work
        """
        self.env["crm.merge.journal"]._check_may_merge()
        running = self.search(
            [("kind", "=", kind), ("state", "in", OPEN_STATES)], limit=1
        )
        if running:
            raise UserError(
                self.env._(
                    "%(run)s is still at work. Wait for its end, or cancel it.",
                    run=running.display_name,
                )
            )
        return self._enqueue(kind, phase)

    @api.model
    def _enqueue(self, kind, phase="merge", **values):
        """Begin a run, behind those of its kind that are at work.

        :param values: more values of the run
        :rtype: crm.merge.run
        """
        self.env["crm.merge.journal"]._check_may_merge()
        # sudo: runs are written by the system; who may begin one is checked above
        run = self.sudo().create(
            {"kind": kind, "phase": phase, "user_id": self.env.uid, **values}
        )
        run._job_trigger()
        return run.sudo(False)

    def action_merge(self):
        """Button: carry out what was planned."""
        self._go_to_phase("merge", from_phase="plan")

    def action_undo(self):
        """Button: take all merges of the run back."""
        self._go_to_phase("undo", from_phase="merge")

    def _go_to_phase(self, phase, from_phase):
        self.ensure_one()
        self.env["crm.merge.journal"]._check_may_merge()
        self.check_access("read")
        if self.state in OPEN_STATES or self.phase != from_phase:
            raise UserError(
                self.env._(
                    "%(run)s is at work, or this was done already.",
                    run=self.display_name,
                )
            )
        # sudo: runs are written by the system; who may go on is checked above
        run = self.sudo()
        matched = run._count_left(phase)
        run.write(
            {
                "phase": phase,
                "state": "queued",
                "matched": matched,
                "seen": 0,
                "done": 0,
                "skipped": 0,
                "last_lead_id": 0,
                "date_end": False,
                "error": False,
            }
        )
        run._job_trigger()

    def action_view_journal(self):
        """Button: show the merges of the run.

        :rtype: dict
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_dedup.crm_merge_journal_action"
            ),
            "domain": [("run_id", "=", self.id)],
            "context": {},
        }

    def _job_trigger(self):
        # sudo: waking up a scheduled action needs no right to change it
        self.env.ref("crm_dedup.ir_cron_merge_runs").sudo()._trigger()

    # ------------------------------------------------------------
    # WORK
    # ------------------------------------------------------------

    def _job_batch(self, page):
        self._job_lock_row()
        if self.state not in OPEN_STATES:
            return False
        if self.cancel_asked:
            self._job_end("cancelled")
            return False
        if self.state == "queued":
            if not self.date_start:
                self.date_start = fields.Datetime.now()
            if not self.is_planned:
                self._plan()
            self.state = "running"
            return True
        if self.phase == "plan":
            self._job_end("done")
            return False
        seen, done = getattr(self, f"_{self.phase}_next")()
        if not seen:
            self._job_end("done")
            return False
        self.write(
            {
                "seen": self.seen + seen,
                "done": self.done + done,
                "skipped": self.skipped + seen - done,
            }
        )
        return True

    def _count_left(self, phase):
        if phase == "undo":
            return self.env["crm.merge.journal"].search_count(
                [("run_id", "=", self.id), ("state", "=", "done")]
            )
        return self.env["crm.merge.run.item"].search_count(
            [("run_id", "=", self.id), ("state", "=", "planned")]
        )

    def _merge_next(self):
        """Carry out the next merges, committed together with their rows of the plan.

        :return: how many were looked at, and how many were merged
        :rtype: tuple[int, int]
        """
        run_id = self.id

        def merge(env):
            items = env["crm.merge.run.item"].search(
                [("run_id", "=", run_id), ("state", "=", "planned")],
                order="step, id",
                limit=BATCH_SIZE,
            )
            items = items.filtered(lambda item: item.step == items[0].step)
            return items._merge()

        return self.env["crm.merge"]._committed(merge)

    def _undo_next(self):
        """Take the next merges back, the newest first.

        :return: how many were looked at, and how many were taken back
        :rtype: tuple[int, int]
        """
        run_id, below = self.id, self.last_lead_id

        def undo(env):
            domain = [("run_id", "=", run_id), ("state", "=", "done")]
            if below:
                domain.append(("id", "<", below))
            journals = env["crm.merge.journal"].search(
                domain, order="id desc", limit=BATCH_SIZE
            )
            return len(journals), journals._undo_many(), journals[-1:].id

        seen, done, last_id = self.env["crm.merge"]._committed(undo)
        self.last_lead_id = last_id or below
        return seen, done

    # ------------------------------------------------------------
    # PLAN
    # ------------------------------------------------------------

    def _plan(self):
        """Write down which merges are to be made, and in which order."""
        items, left_out = self._planned(self._sure_pairs())
        for start in range(0, len(items), PLAN_SIZE):
            self._insert_items(items[start : start + PLAN_SIZE])
        self.write({"is_planned": True, "matched": len(items), "left_out": left_out})

    def _planned(self, pairs):
        """Return which merges are to be made.

        :param dict pairs: as ``_sure_pairs`` returns them
        :return: as ``_plan_clusters`` does
        :rtype: tuple[list[tuple], int]
        """
        clusters = self._clusters(pairs)
        items, left_out = [], 0
        for start in range(0, len(clusters), PLAN_SIZE):
            part = clusters[start : start + PLAN_SIZE]
            found, out = self._plan_clusters(part, pairs)
            items += found
            left_out += out
        return items, left_out

    def _insert_items(self, items):
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_merge_run_item
                          (run_id, survivor_ref, loser_ref, pair_ref, step, state)
                   SELECT %s, kept, lost, pair, step, 'planned'
                     FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[])
                          AS item(kept, lost, pair, step)""",
                self.id,
                *map(list, zip(*items, strict=True)),
            )
        )

    def _sure_pairs(self):
        """Return the open sure pairs: the number of each by its two records.

        :rtype: dict[tuple[int, int], int]
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT %s, %s, id FROM crm_duplicate_pair
                    WHERE kind = %s AND verdict = 'same' AND state = 'open'
                      AND (company_id IS NULL OR company_id = %s) AND %s
                 ORDER BY id""",
                *map(SQL.identifier, PAIR_COLUMNS[self.kind]),
                self.kind,
                self.company_id.id,
                self._pairs_wanted(),
            )
        )
        # Two of one kind are kept with the lower number first.
        return {
            (first, second): pair_id
            for first, second, pair_id in self.env.cr.fetchall()
        }

    def _pairs_wanted(self):
        """Return which sure pairs the run is about: all of them.

        :rtype: SQL
        """
        return SQL("true")

    @api.model
    def _clusters(self, pairs):
        """Return the records that hang together by pairs.

        :rtype: list[list[int]]
        """
        root = {}

        def find(number):
            while root.setdefault(number, number) != number:
                root[number] = root[root[number]]
                number = root[number]
            return number

        for first, second in pairs:
            root[find(second)] = find(first)
        clusters = {}
        for number in root:
            clusters.setdefault(find(number), []).append(number)
        return list(clusters.values())

    def _plan_clusters(self, clusters, pairs):
        """Choose who stays, and who goes into it.

        :return: number of who stays and who goes, of the pair and of the step; and how
            many are left out by the guard
        :rtype: tuple[list[tuple], int]
        """
        ids = [number for cluster in clusters for number in cluster]
        records = self.env[self._model_name()].with_user(self.user_id)
        records = records.with_company(self.company_id).with_context(active_test=True)
        # Only what the one who began may change.
        found = records.search([("id", "in", ids)])
        allowed = set(found._filtered_access("write").ids)
        merge = self.env["crm.merge"].with_company(self.company_id)
        ranks = merge._survivor_ranks(self._model_name(), list(allowed))
        # Holders: customers are kept with a minus sign.
        sign = -1 if self.kind == "partner" else 1
        different = self.env["crm.duplicate.pair"]._different_from(
            [sign * number for number in ids]
        )
        items, left_out = [], 0
        for cluster in clusters:
            members = sorted(
                (number for number in cluster if number in ranks),
                key=ranks.get,
                reverse=True,
            )
            joined = set()
            for lost in members[1:]:
                kept = members[0]
                pair_id = pairs.get((min(kept, lost), max(kept, lost)))
                if pair_id is None or joined & different.get(sign * lost, set()):
                    left_out += 1
                    continue
                items.append((kept, lost, pair_id, len(joined)))
                joined.add(sign * lost)
        return items, left_out
