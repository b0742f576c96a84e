import logging

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

_logger = logging.getLogger(__name__)


class CrmMergeRunItem(models.Model):
    """A merge that a run has planned, and what became of it."""

    _name = "crm.merge.run.item"
    _description = "Planned Merge"
    _order = "run_id desc, step, id"
    _log_access = False

    run_id = fields.Many2one(
        "crm.merge.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    # Plain ids: what was planned stays as it was.
    survivor_ref = fields.Integer("Stays (Number)", required=True, readonly=True)
    loser_ref = fields.Integer("Goes (Number)", required=True, readonly=True)
    pair_ref = fields.Integer("Number of the Pair", readonly=True)
    step = fields.Integer(
        required=True, readonly=True, help="Those that go into one name, one by one."
    )
    state = fields.Selection(
        [("planned", "Planned"), ("merged", "Merged"), ("refused", "Not Merged")],
        required=True,
        readonly=True,
        default="planned",
    )
    why = fields.Char("Why Not", readonly=True)
    survivor_name = fields.Char("Stays", compute="_compute_names")
    loser_name = fields.Char("Goes", compute="_compute_names")

    _next = models.Index("(run_id, step, id) WHERE state = 'planned'")

    @api.depends("survivor_ref", "loser_ref")
    def _compute_names(self):
        for run, items in self.grouped("run_id").items():
            for side, model_name in zip(
                ("survivor", "loser"), run._model_names(), strict=True
            ):
                records = self.env[model_name].with_context(active_test=False)
                refs = items.mapped(f"{side}_ref")
                found = records.search([("id", "in", refs)])
                names = {record.id: record.display_name for record in found}
                for item in items:
                    item[f"{side}_name"] = names.get(item[f"{side}_ref"])

    def _merge(self):
        """Carry these merges out; each survivor has one of them.

        :return: how many were looked at, and how many were merged
        :rtype: tuple[int, int]
        """
        if not self:
            return 0, 0
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                refused = self._merge_all()
        except (IntegrityError, UserError, ValueError):
            # One of them can't be; the others are not held up by it.
            refused = {}
            for item in self:
                refused.update(item._merge_alone())
        for why, items in self.grouped(
            lambda item: refused.get(item.loser_ref)
        ).items():
            items.write({"state": "refused" if why else "merged", "why": why})
        return len(self), len(self) - len(refused)

    def _merge_alone(self):
        """Carry one merge out, of several of which one can't be.

        :return: why not, by the number of who would go
        :rtype: dict[int, str]
        """
        self.ensure_one()
        refused = {}
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                refused = self._merge_all()
        except IntegrityError as error:
            refused[self.loser_ref] = self.env._(
                "The database refused it (%(table)s).",
                table=error.diag.table_name or "",
            )
        except UserError as error:
            refused[self.loser_ref] = str(error)
        except ValueError as error:
            _logger.warning("merge of %s was refused", self.loser_ref, exc_info=True)
            refused[self.loser_ref] = self.env._(
                "A value can't be written (%(detail)s).", detail=str(error)
            )
        return refused

    def _merge_all(self):
        run, merge = self.run_id, self._merge_engine()
        model_name = run._model_name()
        refs = {*self.mapped("survivor_ref"), *self.mapped("loser_ref")}
        # Before the pairs, as whoever merges by hand does.
        merge._lock(model_name, sorted(refs))
        refused = self._decided_meanwhile()
        pairs = [
            (item.survivor_ref, item.loser_ref)
            for item in self
            if item.loser_ref not in refused
        ]
        if not pairs:
            return refused
        _journals, others = merge._merge_batch(
            model_name, pairs, {"reason": "run", "run_id": run.id}
        )
        return {**refused, **others}

    def _merge_engine(self):
        """Return the model that merges, at work for who began the run.

        :rtype: crm.merge
        """
        # sudo: planned by the rights of who began; what is merged is rows of all addons
        return self.env["crm.merge"].sudo().with_user(self.run_id.user_id).sudo()

    def _decided_meanwhile(self):
        """Return which merges are not wanted any more, and keep the other pairs so.

        A plan may be days old.

        :return: a sentence by the number of who would go
        :rtype: dict[int, str]
        """
        pairs = self.env["crm.duplicate.pair"]
        pairs.flush_model(["state", "verdict"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id, state, verdict FROM crm_duplicate_pair"
                " WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                self.mapped("pair_ref"),
            )
        )
        found = {pair_id: (state, verdict) for pair_id, state, verdict in rows}
        refused = {}
        for item in self:
            state, verdict = found.get(item.pair_ref, (None, None))
            if state not in (None, "open"):
                refused[item.loser_ref] = self.env._(
                    "Somebody has decided about the pair meanwhile."
                )
            elif verdict != "same":
                refused[item.loser_ref] = self.env._(
                    "They are not a sure pair any more."
                )
        return refused
