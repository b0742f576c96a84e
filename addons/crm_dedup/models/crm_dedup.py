from odoo import api, models
from odoo.tools import SQL, ormcache

from ..tools.duplicate_rule import DuplicateRule, decided
from ..tools.known_record import KnownRecord, may_pair, stands_below
from ..tools.matching.matcher import Matcher
from ..tools.matching.record import Comparison
from ..tools.matching.settings import MatchSettings


class CrmDedup(models.AbstractModel):
    """Finds who may be one: names, customers, and names among customers."""

    _name = "crm.dedup"
    _description = "Search for Duplicates"

    # ------------------------------------------------------------
    # FIND
    # ------------------------------------------------------------

    @api.model
    def _find_duplicates(
        self,
        records,
        exclude_ids=(),
        limit=None,
        *,
        extras=None,
        company_id=0,
        archived=False,
    ):
        """Find the names and customers of the archive that may be given records.

        Two statements for names and one more for customers, however many records are
        given, and one of each for what was merged. A merged record stands for what it
        has become. Whom somebody has told different isn't found again.

        :param list records: ``MatchRecord``; the id is that of a name, that of a
            customer with a minus sign, or 0 for somebody new
        :param exclude_ids: holders (ids, customers with a minus sign) to leave out
        :param int limit: most that are returned of each record
        :param list extras: values of custom fields by name, one dict for each record
        :param int company_id: whose records they are, 0 for all companies
        :param bool archived: archived names and customers are found as well
        :return: by position, likeliest first: model, id and comparison
        :rtype: dict[int, list[tuple[str, int, Comparison]]]
        """
        extras = extras or [{}] * len(records)
        known = [
            KnownRecord(record, extra, company_id)
            for record, extra in zip(records, extras, strict=True)
        ]
        found = self._find_known(known, exclude_ids, archived=archived)
        return {
            position: [
                (other.model, abs(other.record.id), comparison)
                for other, comparison in matches[:limit]
            ]
            for position, matches in found.items()
        }

    @api.model
    def _find_known(self, known, exclude_ids=(), archived=False):
        """Do the work of ``_find_duplicates``; for records with all that is known.

        :param list known: of ``KnownRecord``
        :return: by position, likeliest first: the other and the comparison
        :rtype: dict[int, list[tuple[KnownRecord, Comparison]]]
        """
        holders, _crowded = self.env["crm.dedup.key"]._holders_of(
            self._keys_of_all(known)
        )
        candidates = self._candidates(
            set().union(*holders.values()), set(exclude_ids), archived
        )
        found = {}
        for position, record in enumerate(known):
            others = (
                candidates[holder]
                for holder in sorted(holders.get(position, ()))
                if holder in candidates
                and candidates[holder].record.id != record.record.id
            )
            found[position] = [
                (other, comparison)
                for other in others
                if (comparison := self._compare(record, other)).verdict != "different"
            ]
        self._drop_kin(known, found)
        self._drop_decided(known, found)
        return {
            position: self._best_of_each(matches)
            for position, matches in found.items()
            if matches
        }

    @api.model
    def _candidates(self, holders, excluded, archived):
        """Read whom holders of keys stand for: themselves, or what they have become.

        :param set holders: who shares a key with somebody
        :param set excluded: who is left out
        :param bool archived: who is archived isn't left out
        :return: what is compared, with the number of what it stands for, by holder
        :rtype: dict[int, KnownRecord]
        """
        read = {
            other.record.id: other for other in self._records_of(holders - excluded)
        }
        ends = {other.end_id for other in read.values()} - {0, *read}
        known = {**read, **{end.record.id: end for end in self._records_of(ends)}}
        found = {}
        for holder, other in read.items():
            end = known.get(other.end_id or holder)
            if end and end.record.id not in excluded and (archived or end.active):
                found[holder] = other.spelling_of(end) if other.end_id else other
        return found

    @api.model
    def _best_of_each(self, matches):
        """Return what was found once for each record, the likeliest first.

        :param list matches: the other and the comparison; one that others were merged
            into may be there several times
        """
        best = {}
        for other, comparison in matches:
            rank = (comparison.verdict == "same", comparison.score)
            known = best.get(other.record.id)
            if known is None or rank > known[0]:
                best[other.record.id] = (rank, (other, comparison))
        return sorted(
            (match for _rank, match in best.values()),
            key=lambda match: (-match[1].score, match[0].record.id),
        )

    @api.model
    def _compare(self, first, second):
        """Compare two records: the first rule that hits decides, else the score.

        :param KnownRecord first: one
        :param KnownRecord second: the other
        :rtype: Comparison
        """
        if not self._may_pair(first, second):
            return Comparison(0.0, "different")
        rules = self._rules()
        is_ruled = any(first.values_of(rule) & second.values_of(rule) for rule in rules)
        # Without a rule whatever comes behind a veto makes no difference.
        comparison = self._matcher().compare(
            first.ready(), second.ready(), whole=is_ruled
        )
        return decided(rules, first, second, comparison) if is_ruled else comparison

    @api.model
    def _may_pair(self, first, second):
        """Tell whether two records may be one at all, whatever their values are."""
        return may_pair(first, second)

    @api.model
    def _drop_kin(self, known, found):
        """Take out who is known to live or work together; see ``_kin_of``."""
        involved = {}
        for position, matches in found.items():
            if matches:
                involved[known[position].record.id] = known[position]
                involved.update((other.record.id, other) for other, _comp in matches)
        if not involved:
            return
        kin = self._kin_of(involved.values())
        if not kin:
            return
        for position, matches in found.items():
            mine = known[position].record
            found[position] = [
                match
                for match in matches
                if not self._are_kin(kin, mine, match[0].record)
            ]

    @api.model
    def _are_kin(self, kin, first, second):
        return any(
            owner.id in kin and stands_below(kin[owner.id], owner, other)
            for owner, other in ((first, second), (second, first))
        )

    @api.model
    def _drop_decided(self, known, found):
        """Take out who was told different by a person."""
        holders = sorted(
            {known[position].record.id for position, got in found.items() if got} - {0}
        )
        if not holders:
            return
        different = self.env["crm.duplicate.pair"]._different_from(holders)
        for position, matches in found.items():
            told = different.get(known[position].record.id)
            if told:
                found[position] = [
                    match for match in matches if match[0].record.id not in told
                ]

    # ------------------------------------------------------------
    # KEYS, RULES AND WEIGHTS
    # ------------------------------------------------------------

    @api.model
    def _keys_of_all(self, known):
        """Return the keys of records: those of the comparison and those of the rules.

        :param list known: of ``KnownRecord``
        :rtype: list[frozenset[int]]
        """
        rules = self._rules()
        return [record.keys_with(rules) for record in known]

    @api.model
    @ormcache()
    def _rules(self):
        """Return the rules that are switched on, in their order.

        :rtype: tuple[DuplicateRule, ...]
        """
        self.env["crm.duplicate.rule"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT id, field_names, verdict, name_must_agree, kind
                     FROM crm_duplicate_rule WHERE active ORDER BY sequence, id"""
            )
        )
        fields = self.env["crm.lead"]._fields
        return tuple(
            DuplicateRule(rule_id, tuple(names.split(",")), verdict, bool(agree), kind)
            for rule_id, names, verdict, agree, kind in rows
            # A rule without one of its fields would say far too much.
            if names and all(name in fields for name in names.split(","))
        )

    @api.model
    @ormcache()
    def _matcher(self):
        """Return the comparison with the weights and thresholds of this database.

        :rtype: Matcher
        """
        return self._new_matcher(self.env["crm.dedup.scoring"]._current())

    @api.model
    def _new_matcher(self, values):
        """Return a comparison with given weights and thresholds.

        :param dict values: ``sure``, ``review`` and ``weights`` by code of reason
        :rtype: Matcher
        """
        settings = MatchSettings(
            weights=values["weights"], sure=values["sure"], review=values["review"]
        )
        return Matcher(settings, self.env["crm.dedup.frequency"]._frequencies())
