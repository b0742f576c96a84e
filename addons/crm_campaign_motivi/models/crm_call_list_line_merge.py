from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmCallListLine(models.Model):
    """Places of merged names: one in each list, with the stronger state."""

    _inherit = "crm.call.list.line"

    @api.model
    def _merge_keep_both(self, pairs, log):
        """Free the places whose claim ran out; others are never merged."""
        result = super()._merge_keep_both(pairs, log)
        ids = {line_id: key for key, *both in pairs for line_id in both}
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_call_list_line"
                " WHERE id = ANY(%s) AND claimed_by_id IS NOT NULL",
                list(ids),
            )
        )
        claimed = {line_id: ids[line_id] for (line_id,) in self.env.cr.fetchall()}
        log.update(self._table, claimed, SQL("claimed_by_id = NULL"))
        return result

    @api.model
    def _merge_take_over(self, pairs, log):
        """Let the survivor's places have the stronger state.

        What becomes of a promise of theirs that gives way is written by the database.
        """
        result = super()._merge_take_over(pairs, log)
        keys = {kept: key for key, kept, _lost in pairs}
        lines = {number: key for key, *both in pairs for number in both}
        last_id = log.last_id("crm_recall")
        log.watch(self._table, keys)
        self._take_over([(lost, kept) for _key, kept, lost in pairs])
        self._drop_promises_of_merged(pairs)
        self._take_tokens(pairs)
        log.created_since("crm_recall", last_id, "line_id", lines)
        # Their end is written down: not once more when they go.
        log.update(
            self._table,
            {lost: key for key, _kept, lost in pairs},
            SQL("recall_scope = 'automatic'"),
        )
        return result

    @api.model
    def _take_tokens(self, pairs):
        """Keep the tokens of claims that ran out: their outcome may be on its way."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_call_list_line own
                      SET claim_token = lost.claim_token, claimed_at = lost.claimed_at
                     FROM unnest(%s::int[], %s::int[]) AS pair(kept, lost)
                     JOIN crm_call_list_line lost ON lost.id = pair.lost
                    WHERE own.id = pair.kept AND lost.claim_token IS NOT NULL
                      AND (own.claim_token IS NULL
                           OR COALESCE(own.claimed_until, '-infinity')
                              < lost.claimed_until)""",
                [kept for _key, kept, _lost in pairs],
                [lost for _key, _kept, lost in pairs],
            )
        )

    @api.model
    def _drop_promises_of_merged(self, pairs):
        """Write down as lost the promises of places that go, unless they are kept."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_recall (line_id, lead_id, campaign_id, promised_at,
                                           scope, user_id, result)
                   SELECT lost.id, own.lead_id, lost.campaign_id, lost.recall_at,
                          lost.recall_scope, lost.recall_user_id, 'lost'
                     FROM unnest(%s::int[], %s::int[]) AS pair(kept, lost)
                     JOIN crm_call_list_line own ON own.id = pair.kept
                     JOIN crm_call_list_line lost ON lost.id = pair.lost
                    WHERE lost.category = 'recall' AND lost.recall_at IS NOT NULL
                      AND lost.campaign_id IS NOT NULL
                      AND lost.recall_scope IS DISTINCT FROM 'automatic'
                      AND own.recall_at IS DISTINCT FROM lost.recall_at
              ON CONFLICT (line_id, promised_at) DO NOTHING""",
                [kept for _key, kept, _lost in pairs],
                [lost for _key, _kept, lost in pairs],
            )
        )


class CrmMerge(models.AbstractModel):
    _inherit = "crm.merge"

    @api.model
    def _lock(self, model_name, ids):
        """Lock the places in lists as well, so that nobody takes a name in between.

        Before the names, as whoever registers an outcome does.
        """
        if model_name == "crm.lead":
            self.env["crm.lead"].browse(ids)._lock_places()
        return super()._lock(model_name, ids)

    @api.model
    def _names_in_hand(self, ids):
        leads = self.env["crm.lead"].browse(ids)
        sentences = {
            lead_id: self.env._(
                "An operator is working on %(name)s at this moment. Merge the names"
                " when the call is over.",
                name=leads.browse(lead_id).sudo().name,
            )
            for lead_id, in_hand in leads._lock_places().items()
            if in_hand
        }
        return {**super()._names_in_hand(ids), **sentences}


class CrmMergeJournal(models.Model):
    _inherit = "crm.merge.journal"

    def _check_undo(self):
        super()._check_undo()
        if self.model != "crm.lead":
            return
        held = self.env["crm.lead"].browse([self.survivor_ref, self.loser_ref])
        held = held._lock_hands()
        if held:
            raise UserError(
                self.env._(
                    "An operator is working on %(name)s at this moment. Take the merge"
                    " back when the call is over.",
                    name=held[0].sudo().name,
                )
            )

    def _before_undo(self):
        result = super()._before_undo()
        self.env.cr.execute("SELECT COALESCE(max(id), 0) FROM crm_recall")
        self.env.cr.precommit.data["crm_merge.last_recall"] = self.env.cr.fetchone()[0]
        return result

    def _after_undo(self):
        result = super()._after_undo()
        # Giving lines their old promises back is no promise that ended.
        last_id = self.env.cr.precommit.data.pop("crm_merge.last_recall", 0)
        merged = self.filtered(lambda journal: journal.model == "crm.lead")
        if merged:
            self.env.cr.execute(
                SQL(
                    """DELETE FROM crm_recall WHERE id > %s AND line_id IN (
                           SELECT id FROM crm_call_list_line
                            WHERE lead_id = ANY(%s))""",
                    last_id,
                    merged.mapped("survivor_ref") + merged.mapped("loser_ref"),
                )
            )
        return result
