from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmMergeRun(models.Model):
    """A run over names that are customers already: each is linked to its customer.

    Of a planned link the customer is who stays, and the name is who goes.
    """

    _inherit = "crm.merge.run"

    def _model_names(self):
        if self.kind == "customer":
            return "res.partner", "crm.lead"
        return super()._model_names()

    def _planned(self, pairs):
        if self.kind != "customer":
            return super()._planned(pairs)
        customers = self._customers_of({partner_id for _lead_id, partner_id in pairs})
        leads = self._allowed("crm.lead", {lead_id for lead_id, _partner_id in pairs})
        found, without = {}, set()
        for (lead_id, partner_id), pair_id in pairs.items():
            if lead_id not in leads:
                continue
            if partner_id not in customers:
                without.add(lead_id)
                continue
            found.setdefault(lead_id, []).append((partner_id, pair_id))
        items = []
        for lead_id, matches in found.items():
            # A name that may be two customers is left to a person.
            if lead_id in without or (
                len({customers[partner_id] for partner_id, _pair_id in matches}) > 1
            ):
                without.add(lead_id)
                continue
            partner_id, pair_id = matches[0]
            items.append((partner_id, lead_id, pair_id, 0))
        return items, len(without)

    def _allowed(self, model_name, ids):
        """Return those of some records that the one who began may see.

        :rtype: set[int]
        """
        records = self.env[model_name].with_user(self.user_id)
        return set(
            records.with_context(active_test=True)
            .search([("id", "in", list(ids))])
            ._filtered_access("write")
            .ids
        )

    def _customers_of(self, partner_ids):
        """Return the customer as a whole, by each contact that may be changed.

        :rtype: dict[int, int]
        """
        allowed = self._allowed("res.partner", partner_ids)
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, commercial_partner_id FROM res_partner"
                    " WHERE id = ANY(%s)",
                    list(allowed),
                )
            )
        )


class CrmMergeRunItem(models.Model):
    _inherit = "crm.merge.run.item"

    def _merge_all(self):
        if self.run_id.kind != "customer":
            return super()._merge_all()
        self._merge_engine()._lock("crm.lead", sorted(self.mapped("loser_ref")))
        refused = self._decided_meanwhile()
        for item in self:
            if item.loser_ref in refused:
                continue
            try:
                with self.env.cr.savepoint():
                    item._link()
            except UserError as error:
                refused[item.loser_ref] = str(error)
        return refused

    def _link(self):
        """Link the name to the customer.

        :raise UserError: it can't be, and why
        """
        merge = self._merge_engine()
        lead = merge.env["crm.lead"].browse(self.loser_ref)
        partner = merge.env["res.partner"].browse(self.survivor_ref)
        pair = merge.env["crm.duplicate.pair"].browse(self.pair_ref)
        merge._link_customer(lead, partner, pair).run_id = self.run_id
