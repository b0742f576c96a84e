from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmLead(models.Model):
    """Erasure of what the journal of merges keeps of a person."""

    _inherit = "crm.lead"

    def _same_persons(self):
        """Count in the names that were merged: into one of these, or it into them."""
        persons = super()._same_persons()
        names = self.with_context(active_test=False)
        found = persons
        while found:
            found = (
                names.search([("merged_into_id", "in", found.ids)])
                | found.merged_into_id
            ) - persons
            persons |= found
        return persons

    def _erasing_statements(self, partners):
        return super()._erasing_statements(partners) | {
            "merges": SQL(
                """UPDATE crm_merge_journal
                      SET entries = NULL, survivor_name = %(erased)s,
                          loser_name = %(erased)s
                    WHERE (model = 'crm.lead' AND (survivor_ref = ANY(%(leads)s)
                                                   OR loser_ref = ANY(%(leads)s)))
                       OR (model = 'res.partner'
                           AND (survivor_ref = ANY(%(partners)s)
                                OR loser_ref = ANY(%(partners)s)))
                RETURNING id""",
                erased=self.env._("Erased"),
                leads=self.ids,
                partners=partners.ids,
            )
        }


class CrmMergeJournal(models.Model):
    _inherit = "crm.merge.journal"

    def _check_undo(self):
        super()._check_undo()
        if self.entries is None or self.entries is False:
            raise UserError(
                self.env._(
                    "The person was erased by law: the merge can't be taken back."
                )
            )
