from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.engine import ENGINE, ENGINE_KEY

from ..tools.merge_log import MergeLog


class CrmMerge(models.AbstractModel):
    """A name that is a customer already is linked to it, not merged into it.

    The name keeps its history and its places in lists, which are the customer's from
    now on; the customer is the master of the state, unless the name is blocked.
    """

    _inherit = "crm.merge"

    @api.model
    def _link_customer(self, lead, partner, pair=None):
        """Give a name to a customer that it is; the caller has checked the rights.

        :param crm.lead lead: without a customer
        :param res.partner partner: the customer
        :param crm.duplicate.pair pair: the pair that was decided
        :return: one row, from which the link can be taken back
        :rtype: crm.merge.journal
        :raise UserError: the name has a customer already, or one of them was merged
        """
        self.env.flush_all()
        self._lock("crm.lead", lead.ids)
        lead, partner = lead.sudo(), partner.sudo()  # sudo: as all of a merge
        lead.invalidate_recordset()
        partner.invalidate_recordset()
        self._check_link(lead, partner)
        log, key = MergeLog(self.env.cr), lead.id
        self._write_link(lead, partner, log)
        if pair:
            log.update(
                pair._table,
                {pair.id: key},
                SQL(
                    "state = 'merged', decided_by_id = %s,"
                    " decided_at = now() AT TIME ZONE 'UTC'",
                    self.env.uid,
                ),
            )
        log.settle()
        # sudo: the journal is written by merges alone
        journals = self.env["crm.merge.journal"].sudo()
        journal = journals.create(
            {
                "model": "crm.lead",
                "survivor_ref": lead.id,
                "loser_ref": lead.id,
                "survivor_name": partner.display_name,
                "loser_name": lead.name,
                "company_id": lead.company_id.id,
                "reason": "customer",
                "pair_ref": pair.id if pair else 0,
                "entries": log.of(key),
            }
        )
        self.env.invalidate_all()
        return journal

    @api.model
    def _write_link(self, lead, partner, log):
        """Give a name its customer, and show its history there.

        :param MergeLog log: what is changed is recorded in it
        """
        key = lead.id
        rows = log.rows("crm_lead", lead.ids)
        self._watch_customers(
            [(key, lead.id, lead.id)],
            {lead.id: {**rows[lead.id], "partner_id": partner.id}},
            log,
        )
        log.watch("crm_lead", {lead.id: key})
        with self._ledger_written() as ids:
            lead.with_context(tracking_disable=True, **{ENGINE_KEY: ENGINE}).write(
                {"partner_id": partner.id}
            )
            self.env.flush_all()
        self._link_history([lead.id], {lead.id: key}, log)
        if ids:
            log.add(key, "create", "crm_interaction", ids)

    @api.model
    def _check_link(self, lead, partner):
        """Refuse to link what could not be merged either.

        :raise UserError: why
        """
        if not lead.exists() or not partner.exists():
            raise UserError(
                self.env._("One of the records is gone: somebody has deleted it.")
            )
        if lead.merged_into_id or partner.merged_into_id:
            raise UserError(
                self.env._(
                    "One of the records has been merged already. Merge the record that"
                    " it went into."
                )
            )
        if lead.partner_id:
            raise UserError(
                self.env._(
                    "%(name)s belongs to the customer %(customer)s already. Merge the"
                    " customers instead.",
                    name=lead.name,
                    customer=lead.partner_id.display_name,
                )
            )
        if lead.erased_on:
            raise UserError(
                self.env._("An erased name can't be merged: nothing is known of it.")
            )
        if not lead.active or not partner.active:
            raise UserError(self.env._("One of the two is archived. Restore it first."))
        if lead.company_id and partner.company_id not in (
            self.env["res.company"],
            lead.company_id,
        ):
            raise UserError(
                self.env._(
                    "The records belong to different companies and can't be merged."
                )
            )
        in_hand = self._names_in_hand(lead.ids)
        if in_hand:
            raise UserError(in_hand[lead.id])

    @api.model
    def _link_history(self, lead_ids, keys, log):
        """Show history and processes of names on their customers, and record it."""
        for table in ("crm_interaction", "crm_lead_process"):
            self.env.cr.execute(
                SQL(
                    "SELECT id, lead_id FROM %s"
                    " WHERE lead_id = ANY(%s) AND partner_id IS NULL",
                    SQL.identifier(table),
                    list(lead_ids),
                )
            )
            log.update(
                table,
                {row_id: keys[lead_id] for row_id, lead_id in self.env.cr.fetchall()},
                SQL(
                    "partner_id = (SELECT lead.partner_id FROM crm_lead lead"
                    " WHERE lead.id = t.lead_id)"
                ),
            )
