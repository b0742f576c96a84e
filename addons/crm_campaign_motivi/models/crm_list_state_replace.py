from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crm_call_list import BATCH_SIZE

#: Where a list state is configured, besides the names that are in it.
_CONFIGURED = (("crm.outcome", "list_state_id"), ("utm.campaign", "list_state_ids"))
_LINES = ("crm.call.list.line", "list_state_id")


class CrmListState(models.Model):
    """Replacing a list state by another (Sostituisci).

    Outcomes and campaigns change at once. The names of big lists follow batch by
    batch, each committed, so that nobody who calls meanwhile waits for them.
    """

    _inherit = "crm.list.state"

    replaced_by_id = fields.Many2one(
        "crm.list.state",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The names that are still in this state are being moved to that one.",
    )

    def write(self, vals):
        if vals.get("active") and "replaced_by_id" not in vals:
            # Who is back in use is not another's predecessor.
            vals = {**vals, "replaced_by_id": False}
        return super().write(vals)

    # What the wizard asks of whatever it replaces, see ``crm.graph.node.mixin``.

    def _check_replaceable(self, new):
        """Refuse a replacement that makes no sense.

        :param crm.list.state new: that is to take this one's place
        :raise UserError: it is the same one, switched off, or of another category
        """
        self.ensure_one()
        names = {"old": self.name, "new": new.name}
        if self == new:
            raise UserError(
                self.env._(
                    "%(old)s can't be replaced by itself. Choose another.", **names
                )
            )
        if not new.active:
            raise UserError(
                self.env._(
                    "%(new)s is switched off. Switch it on first, or choose another.",
                    **names,
                )
            )
        if new.category != self.category:
            raise UserError(
                self.env._(
                    "%(old)s and %(new)s are of different categories: names would be"
                    " served that are closed now, or the other way round. Choose a"
                    " state of the same category.",
                    **names,
                )
            )

    def _count_replaced(self, new):
        """Count what a replacement would change.

        :return: (model, field name, records), those without records left out
        :rtype: list[tuple[str, str, int]]
        """
        self.ensure_one()
        counts = []
        for model_name, field_name in (*_CONFIGURED, _LINES):
            # sudo: how many, of all
            model = self.env[model_name].sudo().with_context(active_test=False)
            count = model.search_count([(field_name, "in", self.ids)])
            if count:
                counts.append((model_name, field_name, count))
        return counts

    def _colliding_relations(self, new):
        return self.env["crm.relation"]

    def _replace_by(self, new):
        """Put another state wherever this one is configured, and switch this one off.

        :param crm.list.state new: that takes this one's place
        :return: how many records have changed or will
        :rtype: int
        :raise UserError: see ``_check_replaceable``
        """
        self._check_replaceable(new)
        total = sum(count for _model, _field, count in self._count_replaced(new))
        # sudo: a replacement is complete, or it isn't one
        outcomes = self.env["crm.outcome"].sudo().with_context(active_test=False)
        outcomes.search([("list_state_id", "=", self.id)]).list_state_id = new
        campaigns = self.env["utm.campaign"].sudo().with_context(active_test=False)
        for campaign in campaigns.search([("list_state_ids", "in", self.ids)]):
            campaign.list_state_ids = [
                fields.Command.link(new.id),
                fields.Command.unlink(self.id),
            ]
        earlier = self.with_context(active_test=False).search(
            [("replaced_by_id", "=", self.id)]
        )
        (self | earlier).replaced_by_id = new
        self.active = False
        if self._move_batch():
            # sudo: a manager may not see scheduled actions, only start this one
            self.env.ref(
                "crm_campaign_motivi.ir_cron_replace_list_states"
            ).sudo()._trigger()
        return total

    def _move_batch(self):
        """Move a batch of names to the states that replaced these.

        :return: how many were moved
        :rtype: int
        """
        self.env["crm.call.list.line"].flush_model(["list_state_id"])
        self.flush_model(["replaced_by_id"])
        self.env.cr.execute(
            SQL(
                # Materialized: joined, the limit could be read more than once.
                """WITH batch AS MATERIALIZED (
                          SELECT id FROM crm_call_list_line
                           WHERE list_state_id = ANY(%s)
                           LIMIT %s FOR UPDATE SKIP LOCKED)
                   UPDATE crm_call_list_line line
                      SET list_state_id = state.replaced_by_id
                     FROM batch, crm_list_state state
                    WHERE line.id = batch.id AND state.id = line.list_state_id""",
                self.ids,
                BATCH_SIZE,
            )
        )
        moved = self.env.cr.rowcount
        self.env["crm.call.list.line"].invalidate_model(["list_state_id"])
        return moved

    @api.model
    def _cron_move_names(self):
        """Cron: move the names of replaced states, a batch and a commit at a time."""
        replaced = self.with_context(active_test=False).search(
            [("replaced_by_id", "!=", False)]
        )
        while moved := replaced._move_batch():
            if not self.env["ir.cron"]._commit_progress(moved):
                return
