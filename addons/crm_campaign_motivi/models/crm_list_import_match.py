from collections import Counter
from dataclasses import dataclass, field

from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_dedup.tools.name_text import name_key, same_name
from odoo.addons.crm_dedup.tools.plain_text import normalise

from ..tools.name_row import PHONE_TARGETS

#: Columns of a name by part of a key that asks the archive.
_COLUMNS = {
    "by_phone": tuple(f"{target}_e164" for target in PHONE_TARGETS),
    "by_email": ("email_normalized",),
    "by_fiscal_code": ("fiscal_code",),
    "by_vat": ("vat_number",),
}
#: Names that are looked at for one value: a number that more of them share is that
#: of a switchboard, or filled in for none. Of the others, only those of the very same
#: name are looked at.
MOST_HOLDERS = 200


@dataclass(slots=True)
class KnownName:
    """A name that shares a value with the batch: of the archive, or of the batch."""

    lead_id: int
    name: str
    keys: list
    values: dict = field(default_factory=dict)
    #: Values of the names that were merged into it.
    merged: list = field(default_factory=list)
    active: bool = True
    in_list: bool = False
    row_number: int = 0
    outside: bool = False
    #: Whether the user may not see it.
    hidden: bool = False


class CrmListImport(models.Model):
    """Which names of the archive the rows of a batch are, by the keys of the import."""

    _inherit = "crm.list.import"

    def _match(self, key, name_row, known):
        """Return the known name that a row means, if there is one.

        The keys are asked in their order. By default a number alone doesn't tell: a
        household shares its landline, a company its switchboard.

        :param str key: the words of the row's name
        :param NameRow name_row: the row as it was read
        :param Known known: the names that share a value with the batch
        :rtype: KnownName | None
        """
        for parts in known.keys:
            matches = {
                candidate.lead_id: candidate
                for part in parts
                if part in known.holders
                for value in known.values_of(name_row, part)
                for candidate in known.candidates(part, value, key)
                if known.agree(parts, key, name_row, candidate)
            }
            if matches:
                return min(
                    matches.values(),
                    key=lambda match: (
                        not match.in_list,
                        not match.active,
                        match.lead_id,
                    ),
                )
        return None

    def _match_of_row(self, name_row, known):
        """Return the known name that a row means; see ``_match``.

        :rtype: KnownName | None
        """
        if known.last is None or known.last[0] is not name_row:
            key = name_row.key or name_key(name_row.values["name"])
            known.last = (name_row, self._match(key, name_row, known))
        return known.last[1]

    def _find_known(self, name_rows, hold=False):
        """Find the names of the archive that share a telling value with these rows.

        :param list name_rows: ``NameRow`` of each
        :param bool hold: let nobody delete the names before the next commit
        :rtype: Known
        """
        keys = self._usable_keys(set(self.column_ids.mapped("target")))
        known = Known(keys)
        found = {}
        for part in known.holders:
            wanted = sorted(
                {v for row in name_rows for v in known.values_of(row, part)}
            )
            if wanted:
                found[part] = self._holders_of(part, wanted)
                found[part] += self._namesakes(part, found[part], name_rows)
        lead_ids = {lead_id for rows in found.values() for _value, lead_id in rows}
        if hold and lead_ids:
            self.env.cr.execute(
                SQL(
                    "SELECT FROM crm_lead WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",
                    list(lead_ids),
                ),
                log_exceptions=False,
            )
        names = self._describe_leads(list(lead_ids))
        for part, rows in found.items():
            for value, lead_id in rows:
                if lead_id in names:
                    known.holders[part].setdefault(value, []).append(names[lead_id])
        return known

    def _holders_of(self, part, wanted):
        """Return who has some values: not all of very many.

        :param str part: of a key
        :param list wanted: the values
        :return: value and id of a name
        :rtype: list[tuple]
        """
        kind = SQL("int" if isinstance(wanted[0], int) else "varchar")
        # Value by value with an index, whatever the planner thinks of the numbers.
        return self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    """SELECT wanted.value, lead.id
                         FROM unnest(%(wanted)s::%(kind)s[]) AS wanted(value),
                              LATERAL (SELECT id FROM crm_lead
                                        WHERE %(column)s = wanted.value
                                        LIMIT %(most)s) AS lead""",
                    column=SQL.identifier(column),
                    wanted=wanted,
                    kind=kind,
                    most=MOST_HOLDERS,
                )
                for column in _COLUMNS.get(part, (part,))
            )
        )

    def _namesakes(self, part, found, name_rows):
        """Return who has a value that very many have, and the name of a row.

        :param str part: of a key
        :param list found: value and id of the names that were found already
        :param list name_rows: ``NameRow`` of each
        :return: value and id of a name
        :rtype: list[tuple]
        """
        count = Counter(value for value, _lead_id in found)
        crowded = [value for value, most in count.items() if most >= MOST_HOLDERS]
        if not crowded:
            return []
        names = sorted({row.values["name"] for row in name_rows} - {""})
        kind = SQL("int" if isinstance(crowded[0], int) else "varchar")
        rows = self.env.execute_query(
            SQL(" UNION ").join(
                SQL(
                    """SELECT %(column)s, id FROM crm_lead
                        WHERE %(column)s = ANY(%(crowded)s::%(kind)s[])
                          AND (lower(name) IN (%(names)s)
                               OR lower(contact_name) IN (%(names)s)
                               OR lower(partner_name) IN (%(names)s))""",
                    column=SQL.identifier(column),
                    crowded=crowded,
                    kind=kind,
                    names=SQL("SELECT lower(name) FROM unnest(%s) AS name", names),
                )
                for column in _COLUMNS.get(part, (part,))
            )
        )
        return list(set(rows).difference(found))

    def _describe_leads(self, lead_ids):
        """Return what is known of names of this company.

        A name that was merged into another one means that one, also by its own spelling
        and by values that the other one doesn't have.

        :rtype: dict[int, KnownName]
        """
        if not lead_ids:
            return {}
        names, merged_ids = self._read_known(lead_ids)
        ends = self._ends_of_merges(merged_ids)
        others = set(ends.values()).difference(names)
        if others:
            names.update(self._read_known(list(others))[0])
        for lead_id, end_id in ends.items():
            if end_id in names:
                lost, kept = names[lead_id], names[end_id]
                kept.keys.extend(lost.keys)
                kept.merged.append(lost.values)
                names[lead_id] = kept
        kept = {match.lead_id: match for match in names.values()}
        self._note_places(kept)
        self._note_hidden(kept)
        return names

    def _ends_of_merges(self, lead_ids):
        """Return into which names others were merged at last.

        :param list lead_ids: ids of names that were merged
        :return: id of the survivor by id of the name
        :rtype: dict[int, int]
        """
        if not lead_ids:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    """WITH RECURSIVE way AS (
                           SELECT id AS start_id, merged_into_id AS next_id
                             FROM crm_lead WHERE id = ANY(%s)
                            UNION
                           SELECT way.start_id, lead.merged_into_id
                             FROM way JOIN crm_lead lead ON lead.id = way.next_id
                            WHERE lead.merged_into_id IS NOT NULL)
                       SELECT way.start_id, way.next_id
                         FROM way JOIN crm_lead lead ON lead.id = way.next_id
                        WHERE lead.merged_into_id IS NULL""",
                    lead_ids,
                )
            )
        )

    def _note_places(self, names):
        """Note which names are in the list, and which rows made or found them.

        :param dict names: ``KnownName`` by id
        """
        lead_ids = list(names)
        for lead_id in self._ids_in_list(lead_ids):
            names[lead_id].in_list = True
        row_numbers = dict(
            self.env.execute_query(
                SQL(
                    """SELECT lead_id, min(row_number) FROM crm_list_import_row
                        WHERE lead_id = ANY(%s) AND import_id = %s
                          AND state IN ('accepted', 'updated', 'existing')
                     GROUP BY lead_id""",
                    lead_ids,
                    self._origin.id or 0,
                )
            )
        )
        for lead_id, row_number in row_numbers.items():
            names[lead_id].row_number = row_number

    def _read_known(self, lead_ids):
        """Read what is compared of names of this company.

        :return: the names by id, and the ids of those that were merged into another
        :rtype: tuple[dict[int, KnownName], list[int]]
        """
        columns = self._described_columns()
        found = self.env.execute_query(
            SQL(
                """SELECT id, active, merged_into_id, name, contact_name,
                          partner_name, %(columns)s
                     FROM crm_lead
                    WHERE id = ANY(%(leads)s)
                      AND (company_id IS NULL OR %(companies)s::int[] IS NULL
                           OR company_id = ANY(%(companies)s))""",
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                leads=lead_ids,
                companies=self._companies_of_names(),
            )
        )
        names = {
            lead_id: KnownName(
                lead_id,
                company or contact or name,
                [
                    name_key(text)
                    for text in dict.fromkeys(filter(None, (company, contact, name)))
                ],
                dict(zip(columns, values, strict=True)),
                active=bool(active),
            )
            for lead_id, active, _into, name, contact, company, *values in found
        }
        return names, [row[0] for row in found if row[2]]

    def _company_of_names(self):
        """Return the company of the new names; none: of any company."""
        if self.destination == "list":
            return self.campaign_id.company_id
        return self.company_id

    def _companies_of_names(self):
        """Return the companies whose names are looked at.

        :return: their ids; ``None``: all
        :rtype: list[int] | None
        """
        company = self._company_of_names()
        if company or self.env.su:
            return company.ids or None
        return self.env.user.company_ids.ids

    def _note_hidden(self, names):
        """Note which names the user may not see: nothing of them is said or changed.

        :param dict names: ``KnownName`` by id
        """
        if self.env.su or not names:
            return
        # Companies that are not chosen just now are the user's all the same.
        leads = self.env["crm.lead"].with_context(
            active_test=False, allowed_company_ids=self.env.user.company_ids.ids
        )
        query = leads._search([("id", "in", list(names))])
        seen = {lead_id for (lead_id,) in self.env.execute_query(query.select())}
        for lead_id in set(names) - seen:
            names[lead_id].hidden = True
            names[lead_id].name = self.env._("somebody whom you don't see")

    def _ids_in_list(self, lead_ids):
        if not self.list_id:
            return set()
        return {
            lead_id
            for (lead_id,) in self.env.execute_query(
                SQL(
                    """SELECT lead_id FROM crm_call_list_line
                        WHERE list_id = %s AND lead_id = ANY(%s)""",
                    self.list_id.id,
                    lead_ids,
                )
            )
        }

    def _described_columns(self):
        """Return the columns of known names that are compared.

        :rtype: list[str]
        """
        custom = {
            part
            for parts in self._usable_keys(set(self.column_ids.mapped("target")))
            for part in parts
            if not part.startswith("by_")
        }
        plain = [column for columns in _COLUMNS.values() for column in columns]
        return [*plain, "city", *sorted(custom)]


class Known:
    """The names that share a telling value with a batch.

    :param list keys: the parts of each key, in their order
    """

    def __init__(self, keys):
        self.keys = keys
        #: The row that was asked for last, and the name that it means.
        self.last = None
        #: Of values that very many have: how many were sorted, and who by name.
        self._crowds = {}
        self.holders = {
            part: {}
            for parts in keys
            for part in parts
            if part in _COLUMNS or not part.startswith("by_")
        }
        #: Whether all keys with a part ask for the name, too.
        self._named = {
            part: all("by_name" in parts for parts in keys if part in parts)
            for part in self.holders
        }

    def candidates(self, part, value, key):
        """Return the names that have a value and may be the one of a row.

        Of very many that share it, the first ones and those of the very same name.

        :param str part: of a key
        :param value: what the row has
        :param tuple key: the words of the row's name
        :rtype: list[KnownName]
        """
        found = self.holders[part].get(value, [])
        if len(found) <= MOST_HOLDERS or not self._named[part]:
            return found
        crowd = self._crowds.setdefault((part, value), [MOST_HOLDERS, {}])
        for candidate in found[crowd[0] :]:
            for other in candidate.keys:
                crowd[1].setdefault(tuple(sorted(other)), []).append(candidate)
        crowd[0] = len(found)
        return found[:MOST_HOLDERS] + crowd[1].get(tuple(sorted(key)), [])

    def values_of(self, row, part):
        """Return the values that a row has for a part of a key.

        :rtype: list
        """
        if part == "by_phone":
            return row.numbers
        if part == "by_email":
            value = (row.values.get("email_from") or "").lower()
        elif part in _COLUMNS:
            value = row.values.get(_COLUMNS[part][0])
        else:
            value = row.custom.get(part)
        return [value] if value else []

    def agree(self, parts, key, row, candidate):
        """Tell whether a name has all parts of a key in common with a row.

        :rtype: bool
        """
        for part in parts:
            if part == "by_name":
                if not any(same_name(key, other) for other in candidate.keys):
                    return False
            elif part == "by_city":
                own = normalise(row.values.get("city") or "")
                if not own or all(
                    own != normalise(values.get("city") or "")
                    for values in (candidate.values, *candidate.merged)
                ):
                    return False
            else:
                columns = _COLUMNS.get(part, (part,))
                own = self.values_of(row, part)
                if not any(
                    values.get(one) in own
                    for values in (candidate.values, *candidate.merged)
                    for one in columns
                ):
                    return False
        return True

    def add(self, name, row):
        """Let later rows of the batch find a name that this row makes."""
        name.values = {
            **{f"{t}_e164": row.values.get(f"{t}_e164") for t in PHONE_TARGETS},
            "email_normalized": (row.values.get("email_from") or "").lower() or None,
            "fiscal_code": row.values.get("fiscal_code"),
            "vat_number": row.values.get("vat_number"),
            "city": row.values.get("city"),
            **row.custom,
        }
        for part, holders in self.holders.items():
            for value in self.values_of(row, part):
                holders.setdefault(value, []).append(name)
