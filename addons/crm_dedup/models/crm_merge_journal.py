from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.readable import readable_ids
from .crm_merge import MODELS

#: Who may merge, and take a merge back.
MERGING_GROUPS = (
    "crm_callcenter.group_campaign_manager",
    "crm_callcenter.group_back_office",
)


class CrmMergeJournal(models.Model):
    """A merge: what went where, by whom and why, and all that its undo needs."""

    _name = "crm.merge.journal"
    _description = "Merge"
    _order = "id desc"
    _rec_name = "loser_name"

    # The name of a company stands in its customers, too: no foreign keys, which would
    # make the journal itself follow the next merge.
    model = fields.Selection(
        selection=[("crm.lead", "Name"), ("res.partner", "Customer")],
        required=True,
        readonly=True,
    )
    survivor_ref = fields.Many2oneReference(
        "Stayed (Number)", model_field="model", required=True, readonly=True
    )
    loser_ref = fields.Many2oneReference(
        "Went (Number)", model_field="model", required=True, readonly=True
    )
    survivor_name = fields.Char("Stayed", readonly=True)
    loser_name = fields.Char("Went", readonly=True)
    reason = fields.Selection(
        [
            ("hand", "By Hand"),
            ("pair", "Review of a Pair"),
            ("run", "All Sure Pairs"),
            ("customer", "Linked to a Customer"),
        ],
        required=True,
        readonly=True,
        default="hand",
    )
    pair_ref = fields.Integer("Number of the Pair", readonly=True, aggregator=None)
    run_id = fields.Many2one(
        "crm.merge.run", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null")
    state = fields.Selection(
        [("done", "Merged"), ("undone", "Taken Back")],
        required=True,
        readonly=True,
        default="done",
    )
    # Whole rows of any table: for nobody's eyes, whatever these may see.
    entries = fields.Json(
        "What Was Done", readonly=True, prefetch=False, groups=fields.NO_ACCESS
    )
    is_survivor_readable = fields.Boolean(
        compute="_compute_is_survivor_readable",
        search="_search_is_survivor_readable",
        help="Whether the current user may see the record that stayed.",
    )
    moved_count = fields.Integer(
        "Rows Moved", readonly=True, help="Rows that follow the record that stays."
    )
    removed_count = fields.Integer(
        "Rows Joined",
        readonly=True,
        help="Rows that the record that stays had already; they come back by an undo.",
    )
    undone_by_id = fields.Many2one(
        "res.users", "Taken Back By", readonly=True, ondelete="restrict"
    )
    undone_at = fields.Datetime("Taken Back On", readonly=True)

    _of_survivor = models.Index("(model, survivor_ref, id)")
    _of_loser = models.Index("(model, loser_ref, id)")

    @api.model
    def _merge_left_alone(self):
        return ["survivor_ref", "loser_ref"]

    @api.depends("model", "survivor_ref")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_survivor_readable(self):
        for model_name, journals in self.grouped("model").items():
            # Rules are evaluated as superuser; who asks is the user.
            records = self.env[model_name].sudo(False)
            refs = records.browse(journals.mapped("survivor_ref")).exists()
            readable = set(refs._filtered_access("read").ids)
            for journal in journals:
                journal.is_survivor_readable = journal.survivor_ref in readable

    @api.model
    def _search_is_survivor_readable(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return Domain.OR(
            Domain("model", "=", model_name)
            & Domain("survivor_ref", "in", readable_ids(self.env[model_name]))
            for model_name in MODELS
        )

    @api.model
    def _check_may_merge(self):
        """Refuse whoever may not merge names.

        :raise AccessError: the user is in none of the groups
        """
        if not self.env.su and not any(map(self.env.user.has_group, MERGING_GROUPS)):
            raise AccessError(
                self.env._("Only the back office and campaign managers merge names.")
            )

    def _records(self):
        """Return the record that stayed and the one that went.

        :rtype: tuple
        """
        self.ensure_one()
        records = self.env[self.model if self.model in MODELS else MODELS[0]]
        return records.browse(self.survivor_ref), records.browse(self.loser_ref)

    def action_open_survivor(self):
        """Button: show the record that stayed.

        :rtype: dict
        """
        survivor, _loser = self._records()
        return {
            "type": "ir.actions.act_window",
            "res_model": survivor._name,
            "res_id": survivor.id,
            "views": [(False, "form")],
        }

    def _check_may_undo(self):
        """Refuse whoever may not change the records of these merges.

        :raise AccessError: the user may not
        """
        self._check_may_merge()
        self.check_access("read")
        for journal in self:
            survivor, loser = journal._records()
            (survivor | loser).exists().check_access("write")

    def action_undo(self):
        """Button: take these merges back, the newest first.

        :raise UserError: one of them can't be taken back, and why
        :raise AccessError: the user may not change the records
        """
        self._check_may_undo()
        ids = self.sorted("id", reverse=True).ids

        def undo(env):
            # sudo: checked above; what was merged is rows of all addons
            for journal in env[self._name].sudo().browse(ids):
                journal._undo()

        self.env["crm.merge"]._committed(undo)
        return True

    def write(self, vals):
        """Refuse: the journal is written by merges and undos alone."""
        if not self.env.su:
            raise UserError(self.env._("The journal of merges can't be changed."))
        return super().write(vals)
