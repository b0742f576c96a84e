"""A search over names and customers as Odoo has them: with rules, companies and kin.

Does what ``matching.archive`` does to plain records, for ``KnownRecord``. Plain Python
over a cursor: the processes of ``matching.pool`` do it on connections of their own, and
Odoo's process does it in its transaction where there are none.
"""

import json
from dataclasses import asdict
from datetime import date
from typing import NamedTuple

from . import first_keys
from . import strata as strata_of_run
from .duplicate_rule import DuplicateRule, decided
from .known_record import KnownRecord, known_of_lead, may_pair
from .matching import archive
from .matching.keys import keys_of
from .matching.record import MatchRecord

_COLUMNS = (
    "(holder, form, company_id, customer_id, is_contact, may_have_kin, end_id, rules,"
    " raw)"
)


class Form(NamedTuple):
    """A record as a full run compares it, with whose it is.

    :param Prepared prepared: what is compared
    :param bool may_have_kin: a name with contacts or sites, or a customer
    :param int end_id: what a merged record has become, 0 for itself
    :param frozenset rules: keys of the rules
    """

    prepared: object
    company_id: int
    customer_id: int
    is_contact: bool
    may_have_kin: bool
    end_id: int
    rules: frozenset


class ArchiveSearch:
    """Batches of a search: forms and keys, then comparisons.

    :param str source: statement that reads names by a list of their ids
    :param extras: custom fields in it
    :param rules: of ``DuplicateRule`` or its values, in their order
    :param Matcher matcher: the comparison by score
    """

    def __init__(self, source, extras, rules, matcher):
        self.source, self.extras, self.matcher = source, extras, matcher
        self.rules = [
            rule
            if isinstance(rule, DuplicateRule)
            else DuplicateRule(**{**rule, "fields": tuple(rule["fields"])})
            for rule in rules
        ]

    def do(self, cursor, step, first, last):
        """Do one batch of a step; one that was done before is done anew.

        :param str step: ``forms``, ``keys`` (these as well), ``fill`` (all keys for
            the first time), ``index`` (numbers of ``first_keys.INDEXES`` in the place
            of a range) or ``scores``
        :param int first: holder
        :param int last: holder, included
        :return: what came of it, as JSON can say it
        """
        if step == "scores":
            return self.score(cursor, first, last)
        if step == "index":
            return first_keys.index(cursor, first, last)
        cursor.execute(
            "SELECT id FROM crm_lead WHERE id BETWEEN %s AND %s", (first, last)
        )
        known = self._read_leads(cursor, [lead_id for (lead_id,) in cursor.fetchall()])
        return self.write_forms(cursor, known, first, last, step)

    # ------------------------------------------------------------
    # Keys and forms
    # ------------------------------------------------------------

    def _read_leads(self, cursor, ids):
        cursor.execute(self.source, [ids])
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        for row in rows:
            row["extras"] = {name: row[name] for name in self.extras}
        return [known_of_lead(row) for row in rows]

    def write_forms(self, cursor, known, first, last, step):
        """Write the forms of the records of a range, and their keys if asked for.

        :param list known: of ``KnownRecord``, all that there are in the range
        :param str step: ``forms``, ``keys`` or ``fill``
        :return: how many records there are
        :rtype: int
        """
        cursor.execute(
            "DELETE FROM crm_dedup_form WHERE holder BETWEEN %s AND %s", (first, last)
        )
        lines, wanted = [], []
        ends = self._keys_of_ends(cursor, known) if step != "forms" else {}
        for record in known:
            rule_keys = {
                key
                for rule in self.rules
                for key in rule.keys(record.record, record.extras)
            }
            if step != "forms":
                holder = record.record.id
                keys = rule_keys.union(keys_of(record.ready()))
                keys.difference_update(ends.get(record.end_id, ()))
                wanted += [(key, holder) for key in keys]
            if record.active or record.end_id:
                lines.append(_form_line(record, rule_keys))
        archive.copy(cursor, f"crm_dedup_form {_COLUMNS}", lines)
        if step == "keys":
            _replace_keys(cursor, set(wanted), first, last)
        elif step == "fill":
            first_keys.write(cursor, wanted, first, last)
        return len(known)

    def _keys_of_ends(self, cursor, known):
        """Return the keys of what merged records of a range have become.

        Customers are read by Odoo alone: of these only who stands in the same range.

        :rtype: dict[int, set[int]]
        """
        ends = {record.end_id for record in known} - {0}
        if not ends:
            return {}
        found = [record for record in known if record.record.id in ends]
        others = ends - {record.record.id for record in found}
        found += self._read_leads(cursor, [end for end in others if end > 0])
        return {
            end.record.id: {
                *keys_of(end.ready()),
                *(
                    key
                    for rule in self.rules
                    for key in rule.keys(end.record, end.extras)
                ),
            }
            for end in found
        }

    # ------------------------------------------------------------
    # Scores
    # ------------------------------------------------------------

    def score(self, cursor, first, last):
        """Compare the candidates that are met at a range of holders.

        :return: how many were compared and kept, and all comparisons by stratum
        :rtype: dict
        """
        cursor.execute(
            "DELETE FROM crm_dedup_found WHERE first BETWEEN %s AND %s", (first, last)
        )
        cursor.execute(
            """SELECT first, second FROM crm_dedup_candidate
                WHERE first BETWEEN %s AND %s""",
            (first, last),
        )
        pairs = cursor.fetchall()
        forms = self._read_forms(cursor, {holder for pair in pairs for holder in pair})
        lines, strata, compared = [], {}, 0
        for one, other, comparison in self._comparisons(cursor, pairs, forms):
            compared += 1
            mine, theirs = forms[one], forms[other]
            if not mine.end_id and not theirs.end_id:
                # People label records as they stand there.
                strata_of_run.count(strata, one, other, comparison)
            if comparison.verdict != "different":
                company_id = mine.company_id or theirs.company_id
                may_be_kin = mine.may_have_kin or theirs.may_have_kin
                lines.append(
                    archive.line_of(one, other, comparison, company_id, may_be_kin)
                )
        archive.copy(cursor, "crm_dedup_found", lines)
        return {"compared": compared, "kept": len(lines), "strata": strata}

    def _comparisons(self, cursor, pairs, forms):
        """Yield pairs that may be one at all, with their comparison.

        Who shares a key of a rule is read again, for what the rules compare.
        """
        compare, ruled = self.matcher.compare, []
        for one, other in pairs:
            mine, theirs = forms.get(one), forms.get(other)
            if not mine or not theirs or not may_pair(mine, theirs):
                continue
            if (mine.end_id or one) == (theirs.end_id or other):
                continue
            if mine.rules.isdisjoint(theirs.rules):
                yield one, other, compare(mine.prepared, theirs.prepared, whole=False)
            else:
                ruled.append((one, other))
        known = self._read_known(cursor, {holder for pair in ruled for holder in pair})
        for one, other in ruled:
            comparison = compare(forms[one].prepared, forms[other].prepared)
            if one in known and other in known:
                comparison = decided(self.rules, known[one], known[other], comparison)
            yield one, other, comparison

    def _read_forms(self, cursor, holders):
        """Return forms by holder; a merged record belongs to whom its end does."""
        forms = self._read_own_forms(cursor, holders)
        merged = {holder: form for holder, form in forms.items() if form.end_id}
        if merged:
            others = {form.end_id for form in merged.values()} - forms.keys()
            ends = {**forms, **self._read_own_forms(cursor, others)}
            for holder, form in merged.items():
                end = ends.get(form.end_id)
                # Without a form: archived, or nobody who is compared.
                forms[holder] = end and end._replace(
                    prepared=form.prepared, end_id=form.end_id, rules=form.rules
                )
        return forms

    def _read_own_forms(self, cursor, holders):
        cursor.execute(
            """SELECT form.holder, form, company_id, customer_id, is_contact,
                      may_have_kin, end_id, rules
                 FROM unnest(%s::int[]) AS wanted(holder)
                 JOIN crm_dedup_form form USING (holder)""",
            [sorted(holders)],
        )
        return {
            holder: Form(archive.unpack(holder, form), *rest, frozenset(rules or ()))
            for holder, form, *rest, rules in cursor.fetchall()
        }

    def _read_known(self, cursor, holders):
        """Return records with what rules compare, by holder."""
        lead_ids = sorted(holder for holder in holders if holder > 0)
        customers = sorted(holder for holder in holders if holder < 0)
        known = self._read_leads(cursor, lead_ids) if lead_ids else []
        if customers:
            cursor.execute(
                "SELECT raw FROM crm_dedup_form WHERE holder = ANY(%s)", [customers]
            )
            known += [_from_json(raw) for (raw,) in cursor.fetchall()]
        return {record.record.id: record for record in known}


def _form_line(known, rule_keys):
    """Return a row of ``crm_dedup_form`` as COPY reads it."""
    holder = known.record.id
    may_have_kin = not known.is_contact if holder < 0 else known.has_rows
    rules = "{" + ",".join(map(str, sorted(rule_keys))) + "}" if rule_keys else "\\N"
    # Names can be read again; customers are read by Odoo alone.
    raw = archive.escaped(_as_json(known)) if holder < 0 else "\\N"
    form = archive.escaped(archive.pack(known.ready()))
    return (
        f"{holder}\t{form}\t{known.company_id}\t{known.customer_id}"
        f"\t{known.is_contact}\t{may_have_kin}\t{known.end_id}\t{rules}\t{raw}\n"
    )


def _as_json(known):
    values = asdict(known.record)
    if isinstance(values["birth_date"], date):
        values["birth_date"] = values["birth_date"].isoformat()
    return json.dumps({"record": values, "extras": known.extras})


def _from_json(raw):
    values = raw["record"]
    if values["birth_date"]:
        values["birth_date"] = date.fromisoformat(values["birth_date"])
    values["phones"] = tuple(values["phones"])
    return KnownRecord(MatchRecord(**values), raw["extras"])


def _replace_keys(cursor, wanted, first, last):
    """Let a range of holders have these keys; what is there already is left alone.

    People look keys up meanwhile. Whoever changes a name at the same time deletes its
    keys, so that one of the two has to try again: see ``matching.worker``.
    """
    cursor.execute(
        "SELECT key, holder FROM crm_dedup_key WHERE holder BETWEEN %s AND %s",
        (first, last),
    )
    there = set(cursor.fetchall())
    gone = there - wanted
    if gone:
        cursor.execute(
            """DELETE FROM crm_dedup_key known
                USING unnest(%s::bigint[], %s::int[]) AS gone(key, holder)
                WHERE known.key = gone.key AND known.holder = gone.holder""",
            ([key for key, _holder in gone], [holder for _key, holder in gone]),
        )
    archive.copy(
        cursor,
        "crm_dedup_key (key, holder)",
        (f"{key}\t{holder}\n" for key, holder in sorted(wanted - there)),
    )
