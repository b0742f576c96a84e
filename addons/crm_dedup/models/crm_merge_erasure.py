from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import first_keys


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
        return {
            **super()._erasing_statements(partners),
            **self._erasing_merges(partners),
            **self._erasing_duplicates(partners),
        }

    def _erasing_merges(self, partners):
        """Return what is erased of the merges of these names and customers.

        :rtype: dict[str, SQL]
        """
        return {
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

    def _erasing_duplicates(self, partners):
        """Return what is erased of what the search for duplicates copied.

        :rtype: dict[str, SQL]
        """
        of = {
            "holders": [*self.ids, *(-partner_id for partner_id in partners.ids)],
            "leads": self.ids,
            "partners": partners.ids,
        }
        return {
            **self._erasing_first_keys(of["holders"]),
            "labelled pairs": SQL(
                """DELETE FROM crm_duplicate_sample
                    WHERE first_holder = ANY(%(holders)s)
                       OR second_holder = ANY(%(holders)s) RETURNING id""",
                **of,
            ),
            "keys of duplicates": SQL(
                "DELETE FROM crm_dedup_key WHERE holder = ANY(%(holders)s)"
                " RETURNING holder",
                **of,
            ),
            "waiting for a search": SQL(
                "DELETE FROM crm_dedup_stale WHERE holder = ANY(%(holders)s)"
                " RETURNING holder",
                **of,
            ),
            "possible duplicates": SQL(
                """DELETE FROM crm_duplicate_pair
                    WHERE first_lead_id = ANY(%(leads)s)
                       OR second_lead_id = ANY(%(leads)s)
                       OR first_partner_id = ANY(%(partners)s)
                       OR second_partner_id = ANY(%(partners)s) RETURNING id""",
                **of,
            ),
            # Whose names stand in it is not kept; a trial is soon made again.
            "trials of rules": SQL(
                "UPDATE crm_duplicate_rule SET trial_text = NULL"
                " WHERE trial_text IS NOT NULL RETURNING id"
            ),
        }

    def _erasing_first_keys(self, holders):
        """Return what is erased of keys that are being filled in just now.

        :param list holders: ids of names, and of customers with a minus sign
        :rtype: dict[str, SQL]
        """
        if not first_keys.is_under_way(self.env.cr):
            return {}
        return {
            "keys of duplicates to come": SQL(
                "DELETE FROM crm_dedup_key_first WHERE holder = ANY(%s)"
                " RETURNING holder",
                holders,
            )
        }

    def _erase_numbers(self, values):
        """Forget in how many names numbers stand that nobody has any more."""
        result = super()._erase_numbers(values)
        self.env.cr.execute(
            SQL(
                """UPDATE crm_dedup_frequency
                      SET counts = jsonb_set(
                          counts, '{shared}', (counts->'shared') - ARRAY(
                              SELECT value FROM unnest(%(values)s::text[]) AS value
                               WHERE NOT %(shared)s))
                    WHERE counts->'shared' ?| %(values)s::text[]""",
                values=list(values),
                shared=self._shared_value(SQL("value")),
            )
        )
        if self.env.cr.rowcount:
            self.env.registry.clear_cache()
        return result


class CrmMergeJournal(models.Model):
    _inherit = "crm.merge.journal"

    def _check_undo(self):
        result = super()._check_undo()
        if self.entries is None or self.entries is False:
            raise UserError(
                self.env._(
                    "The person was erased by law: the merge can't be taken back."
                )
            )
        return result
