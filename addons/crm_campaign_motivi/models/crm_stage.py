from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crm_call_list import BATCH_SIZE


class CrmStage(models.Model):
    """States of opportunities that are switched off, and replaced by another.

    Every name has one, in its first state or further, so that names follow batch by
    batch, each committed. Like list states; see there.
    """

    _inherit = "crm.stage"

    active = fields.Boolean(default=True)
    replaced_by_id = fields.Many2one(
        "crm.stage",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The opportunities that are still in this state are being moved to that"
        " one.",
    )

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self._check_won_stays()
        if vals.get("active") and "replaced_by_id" not in vals:
            # Who is back in use is not another's predecessor.
            vals = {**vals, "replaced_by_id": False}
        return super().write(vals)

    def _check_won_stays(self):
        """Refuse to switch off the last state that says won.

        :raise UserError: no opportunity could be won any more
        """
        staying = self.search([("is_won", "=", True), ("id", "not in", self.ids)])
        won = self.filtered(lambda stage: stage.is_won and stage.active)
        if won and not staying:
            raise UserError(
                self.env._(
                    "%(stage)s is the last state in use in which opportunities are won."
                    " Create or switch on another one first.",
                    stage=won[0].name,
                )
            )

    # What the wizard asks of whatever it replaces, see ``crm.graph.node.mixin``.

    def _check_replaceable(self, new):
        """Refuse a replacement that makes no sense.

        :param crm.stage new: that is to take this one's place
        :raise UserError: it is the same one, switched off, of other teams, or one of
            them says won and the other doesn't
        """
        self.ensure_one()
        names = {"old": self.name, "new": new.name}
        sentence = ""
        if self == new:
            sentence = self.env._(
                "%(old)s can't be replaced by itself. Choose another.", **names
            )
        elif not new.active:
            sentence = self.env._(
                "%(new)s is switched off. Switch it on first, or choose another.",
                **names,
            )
        elif self.is_won != new.is_won:
            sentence = self.env._(
                "Opportunities are won in one of %(old)s and %(new)s and not in the"
                " other. Choose a state of the same meaning.",
                **names,
            )
        elif new.team_ids and (not self.team_ids or self.team_ids - new.team_ids):
            sentence = self.env._(
                "%(new)s is not for all teams of %(old)s. Choose a state that all of"
                " them have.",
                **names,
            )
        if sentence:
            raise UserError(sentence)

    def _count_replaced(self, new):
        """Count what a replacement would change.

        :return: (model, field name, records), without records nothing
        :rtype: list[tuple[str, str, int]]
        """
        self.ensure_one()
        # sudo: how many, of all
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        count = leads.search_count([("stage_id", "=", self.id)])
        return [("crm.lead", "stage_id", count)] if count else []

    def _colliding_relations(self, new):
        return self.env["crm.relation"]

    def _replace_by(self, new):
        """Move all opportunities to another state, and switch this one off.

        :param crm.stage new: that takes this one's place
        :return: how many names have changed or will
        :rtype: int
        :raise UserError: see ``_check_replaceable``
        """
        self._check_replaceable(new)
        total = sum(count for _model, _field, count in self._count_replaced(new))
        earlier = self.with_context(active_test=False).search(
            [("replaced_by_id", "=", self.id)]
        )
        (self | earlier).replaced_by_id = new
        self.active = False
        if self._move_batch():
            # sudo: a manager may not see scheduled actions, only start this one
            self.env.ref("crm_campaign_motivi.ir_cron_replace_stages").sudo()._trigger()
        return total

    def _move_batch(self):
        """Move a batch of names to the states that replaced these.

        :return: how many were moved
        :rtype: int
        """
        self.env["crm.lead"].flush_model(["stage_id"])
        self.flush_model(["replaced_by_id"])
        self.env.cr.execute(
            SQL(
                # Materialized: joined, the limit could be read more than once.
                """WITH batch AS MATERIALIZED (
                          SELECT id FROM crm_lead WHERE stage_id = ANY(%s)
                           LIMIT %s FOR UPDATE SKIP LOCKED)
                   UPDATE crm_lead lead
                      SET stage_id = stage.replaced_by_id,
                          date_last_stage_update = now() AT TIME ZONE 'UTC'
                     FROM batch, crm_stage stage
                    WHERE lead.id = batch.id AND stage.id = lead.stage_id""",
                self.ids,
                BATCH_SIZE,
            )
        )
        moved = self.env.cr.rowcount
        self.env["crm.lead"].invalidate_model(["stage_id", "date_last_stage_update"])
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
