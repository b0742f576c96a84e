from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Fields that Odoo computes of a contact's place below its company.
_OF_FAMILY = ("commercial_partner_id", "complete_name", "commercial_company_name")


class ResPartner(models.Model):
    """A customer that was merged says where it went."""

    _inherit = "res.partner"

    merged_into_id = fields.Many2one(
        "res.partner",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The customer that this one became part of. Its history is there.",
    )

    @api.model
    def _merge_left_alone(self):
        # Which company a contact belongs to is computed again.
        return ["merged_into_id", "commercial_partner_id"]

    def _merged_target(self):
        """Return the customer that this one has become, after however many merges.

        :rtype: res.partner
        """
        target = self
        while target.merged_into_id:
            target = target.merged_into_id
        return target

    def action_open_merged_into(self):
        """Button: show the customer that this one has become.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self._merged_target().id,
            "views": [(False, "form")],
        }

    def write(self, vals):
        if vals.get("active") and any(partner.merged_into_id for partner in self):
            merged = self.filtered("merged_into_id")[0]
            raise UserError(
                self.env._(
                    "%(name)s is part of %(target)s. Take the merge back to have it"
                    " again.",
                    name=merged.name,
                    target=merged.merged_into_id.name,
                )
            )
        return super().write(vals)


class CrmMerge(models.AbstractModel):
    """What else is to be done when customers are merged.

    Entries that are posted in the accounts are never touched, not even their link: who
    has some has to stay, and two who have can't be merged.
    """

    _inherit = "crm.merge"

    @api.model
    def _posted(self, ids):
        """Return the customers with posted entries.

        :rtype: set[int]
        """
        if "account.move.line" not in self.env:
            return set()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT partner.id FROM unnest(%s::int[]) AS partner(id)
                    WHERE EXISTS (SELECT 1 FROM account_move_line line
                                   WHERE line.partner_id = partner.id
                                     AND line.parent_state = 'posted')
                       OR EXISTS (SELECT 1 FROM account_move move
                                   WHERE move.state = 'posted'
                                     AND partner.id IN (move.partner_id,
                                                        move.commercial_partner_id,
                                                        move.partner_shipping_id))
                """,
                list(ids),
            )
        )
        return {number for (number,) in self.env.cr.fetchall()}

    @api.model
    def _must_stay(self, model_name, ids):
        found = super()._must_stay(model_name, ids)
        if model_name == "res.partner":
            found = found | self._posted(ids) | set(self._own_partners(ids))
        return found

    @api.model
    def _own_partners(self, ids):
        """Return customers that are a user or a company of this database.

        :rtype: list[int]
        """
        self.env.cr.execute(
            SQL(
                "SELECT partner_id FROM res_users WHERE partner_id = ANY(%(ids)s)"
                " UNION SELECT partner_id FROM res_company"
                " WHERE partner_id = ANY(%(ids)s)",
                ids=list(ids),
            )
        )
        return [number for (number,) in self.env.cr.fetchall()]

    @api.model
    def _obstacles(self, model_name, pairs):
        refused = super()._obstacles(model_name, pairs)
        if model_name != "res.partner":
            return refused
        lost_ids = [lost for _kept, lost in pairs if lost not in refused]
        posted, own = self._posted(lost_ids), set(self._own_partners(lost_ids))
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        for kept, lost in pairs:
            if lost in refused:
                continue
            # sudo: only their place in the family is looked at
            both = partners.browse((kept, lost))
            if lost in own:
                refused[lost] = self.env._(
                    "%(name)s is a user or a company of this database and has to stay.",
                    name=both[1].display_name,
                )
            elif lost in posted:
                refused[lost] = self.env._(
                    "%(name)s has posted accounting entries, which are never changed."
                    " It has to be the one that stays; two customers with posted"
                    " entries can't be merged.",
                    name=both[1].display_name,
                )
            elif self._is_of_family(*both):
                refused[lost] = self.env._(
                    "%(first)s and %(second)s are a company and its contact, not one.",
                    first=both[0].display_name,
                    second=both[1].display_name,
                )
        return refused

    @api.model
    def _is_of_family(self, kept, lost):
        """Tell whether one of two partners is above the other one."""
        for partner, other in ((kept, lost), (lost, kept)):
            above = partner.parent_id
            while above:
                if above == other:
                    return True
                above = above.parent_id
        return False

    @api.model
    def _move_history(self, model_name, pairs, rows, log):
        if model_name == "res.partner":
            lost = {number: key for key, _kept, number in pairs}
            self.env.cr.execute(
                SQL(
                    """WITH RECURSIVE below AS (
                           SELECT id, parent_id AS top FROM res_partner
                            WHERE parent_id = ANY(%s)
                        UNION
                           SELECT child.id, below.top FROM res_partner child
                             JOIN below ON below.id = child.parent_id)
                       SELECT id, top FROM below""",
                    list(lost),
                )
            )
            children = {number: lost[top] for number, top in self.env.cr.fetchall()}
            log.watch("res_partner", children)
            super()._move_history(model_name, pairs, rows, log)
            if children:
                self._compute_families(children)
            return
        super()._move_history(model_name, pairs, rows, log)

    @api.model
    def _compute_families(self, ids):
        """Compute again which company contacts belong to."""
        # sudo: as all of a merge; the caller has checked the rights
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        partners = partners.browse(ids)
        for name in _OF_FAMILY:
            self.env.add_to_compute(partners._fields[name], partners)
        self.env.flush_all()

    @api.model
    def _after_merge(self, model_name, pairs, rows, log):
        result = super()._after_merge(model_name, pairs, rows, log)
        if model_name == "res.partner":
            self._merge_customer_states(pairs, rows, log)
        return result

    @api.model
    def _merge_customer_states(self, pairs, rows, log):
        """Let all names of a customer have its state, the stronger of the two."""
        # sudo: every name of the customer, whoever merges
        env = self.sudo().with_context(active_test=False).env
        keys = {}
        with self._ledger_written() as ids:
            for key, kept, lost in pairs:
                partner = env["res.partner"].browse(kept)
                theirs = env["crm.commercial.state"].browse(
                    rows[lost]["commercial_state_id"] or []
                )
                mine = partner.commercial_state_id
                state = self._strongest_state(mine + theirs)
                if not state:
                    continue
                leads = env["crm.lead"].search([("partner_id", "=", kept)])
                keys.update(dict.fromkeys(leads.ids, key))
                log.watch("res_partner", {kept: key})
                log.watch("crm_lead", dict.fromkeys(leads.ids, key))
                if state != mine:
                    self._write_customer_state(partner, state)
                leads.filtered(lambda lead: not lead.merged_into_id)._correct_state(
                    state, "merge"
                )
                env.flush_all()
        log.created("crm_interaction", ids, "lead_id", keys)

    @api.model
    def _write_customer_state(self, partner, state):
        """Write a state past the ORM, which would ask who may."""
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET commercial_state_id = %s WHERE id = %s",
                state.id,
                partner.id,
            )
        )
        partner.invalidate_recordset(["commercial_state_id"], flush=False)


class CrmMergeJournal(models.Model):
    _inherit = "crm.merge.journal"

    def _check_undo(self):
        super()._check_undo()
        if self.model != "res.partner" or "account.move" not in self.env:
            return
        ids = [
            row_id
            for entry in self.entries or []
            if entry[0] == "move" and entry[1] == "account_move"
            for row_id in entry[3]
        ]
        # sudo: whether something is posted, not what
        posted = self.env["account.move"].sudo().browse(ids).exists()
        posted = posted.filtered(lambda move: move.state == "posted")
        if posted:
            raise UserError(
                self.env._(
                    "%(entry)s was posted since the merge, and posted entries are never"
                    " changed. The merge of %(name)s can't be taken back any more.",
                    entry=posted[0].display_name,
                    name=self.loser_name,
                )
            )
