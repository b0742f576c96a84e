from odoo import api, models
from odoo.tools import SQL

#: What of a name is compared; what rules add comes on top.
LEAD_FIELDS = frozenset(
    (
        "name contact_name partner_name type lead_kind phone mobile phone_second"
        " email_from fiscal_code vat_number birth_date street street2 zip city state_id"
        " country_id company_id active partner_id"
    ).split()
)
#: The same of a customer.
PARTNER_FIELDS = frozenset(
    (
        "name is_company parent_id type phone mobile phone_second email fiscal_code"
        " vat birth_date street street2 zip city state_id country_id company_id active"
    ).split()
)
#: Records that are compared before the transaction is committed; of more than these
#: the scheduled action takes care.
MOST_AT_ONCE = 200
#: A caller that sets it compares by itself, set-based.
DEDUP_OFF = "crm_dedup_off"
_WAITING = "crm_dedup.waiting"


class CrmDedup(models.AbstractModel):
    """Compares what changed, once for each transaction, before it is committed."""

    _inherit = "crm.dedup"

    @api.model
    def _wait(self, holders, new=False):
        """Let records be compared before the transaction is committed.

        :param holders: ids of names, and of customers with a minus sign
        :param bool new: they were created in this transaction
        """
        if self.env.context.get(DEDUP_OFF) or not self.env.registry.ready:
            # What is loaded with an addon is keyed by the first run over the archive.
            return
        precommit = self.env.cr.precommit
        waiting = precommit.data.get(_WAITING)
        if waiting is None:
            waiting = precommit.data[_WAITING] = (set(), set())
            # sudo: the search knows all names; whom it tells is another question
            precommit.add(self.env["crm.dedup"].sudo()._compare_waiting)
        waiting[0].update(holders)
        if new:
            waiting[1].update(holders)

    @api.model
    def _compare_waiting(self):
        """Compare what changed in this transaction."""
        holders, new = self.env.cr.precommit.data.pop(_WAITING, (set(), set()))
        if not holders:
            return
        self.env.flush_all()
        if len(holders) > MOST_AT_ONCE:
            self._leave_for_later(holders)
            return
        self.with_context(lang="en_US")._compare_now(sorted(holders), new)

    @api.model
    def _leave_for_later(self, holders):
        self.env["crm.dedup.key"]._mark_stale(
            [holder for holder in holders if holder > 0],
            [-holder for holder in holders if holder < 0],
        )

    @api.model
    def _compare_now(self, holders, new=()):
        """Make the keys of records, compare them with the archive and write the pairs.

        :param list holders: ids of names, and of customers with a minus sign
        :param new: those of them that were created in this transaction
        :return: how many pairs are new, and how many hold no more
        :rtype: tuple[int, int]
        """
        records = self._records_of(holders)
        self.env["crm.dedup.key"]._write_keys(holders, records, again=True)
        return self._compare_records(holders, records, new)

    @api.model
    def _compare_records(self, holders, records, new=()):
        """Do the rest of ``_compare_now`` with records whose keys are made.

        :param list records: those of the holders that there are
        """
        records = [known for known in records if known.active]
        found = self._find_spelt(records, new)
        linked = self._link_customers(
            {
                records[position]: matches
                for position, matches in found.items()
                if records[position].record.id in new
            }
        )
        pairs = [
            (
                records[position].record.id,
                other.record.id,
                comparison,
                records[position].company_id or other.company_id,
            )
            for position, matches in found.items()
            for other, comparison in matches
            if not self._is_linked(linked, records[position], other)
        ]
        model = self.env["crm.duplicate.pair"]
        written = model._write_pairs(pairs)
        dropped = 0
        # Somebody new has no pair that could hold no more.
        known = [holder for holder in holders if holder not in new]
        if known:
            dropped = model._drop_open(
                known, [(first, second) for first, second, *_rest in pairs]
            )
        return written, dropped

    @api.model
    def _is_linked(self, linked, first, second):
        """Tell whether a name was linked just now to the customer beside it."""
        customer = linked.get(first.record.id)
        return customer is not None and customer == second.customer_id

    @api.model
    def _take_stale(self, limit):
        """Take records that wait off the list.

        :param int limit: most rows that are taken
        :return: whose keys are out of date, and who only has to be compared
        :rtype: tuple[list[int], list[int]]
        """
        rows = self.env.execute_query(
            SQL(
                """DELETE FROM crm_dedup_stale WHERE id IN (
                       SELECT id FROM crm_dedup_stale ORDER BY id LIMIT %s)
                RETURNING holder, has_keys""",
                limit,
            )
        )
        without = {holder for holder, has_keys in rows if not has_keys}
        with_keys = {holder for holder, has_keys in rows if has_keys} - without
        return sorted(without), sorted(with_keys)

    @api.model
    def _compare_stale(self, limit):
        """Make keys of records that wait, and compare them.

        :param int limit: most rows that are taken off the list
        :return: how many records were compared, pairs that are new, and pairs dropped
        :rtype: tuple[int, int, int]
        """
        without, with_keys = self._take_stale(limit)
        holders = [*without, *with_keys]
        if not holders:
            return 0, 0, 0
        records = self._records_of(holders)
        wanted = set(without)
        self.env["crm.dedup.key"]._write_keys(
            without, [known for known in records if known.record.id in wanted]
        )
        # What a bulk writer brought in is as new as what a form did.
        new = {
            known.record.id
            for known in records
            if known.is_fresh and known.record.id in wanted
        }
        return len(holders), *self._compare_records(holders, records, new)
