import json
from functools import lru_cache

from odoo import api, models, tools
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.phone import to_e164

#: Columns that are never taken over from the record that goes.
_KEPT = frozenset(
    """id create_uid create_date write_uid write_date active merged_into_id name
    display_name complete_name color company_id parent_id is_company
    commercial_partner_id commercial_company_name message_main_attachment_id
    commercial_state_id stage_id date_last_stage_update date_closed date_open
    probability automated_probability won_status lost_reason_id day_open day_close
    may_not_be_called phone mobile phone_second description comment type ref""".split()
)
#: Columns that go together: those of one record are taken, or none.
BLOCKS = {
    "address": ("street", "street2", "zip", "city", "state_id", "country_id"),
}
#: What an opportunity is, which a plain name becomes when one goes into it.
_PIPELINE = ("type", "stage_id", "date_conversion", "probability", "date_open")
#: Columns of numbers, with where their computed ones stand.
NUMBERS = ("phone", "mobile", "phone_second")


class CrmMergeValues(models.AbstractModel):
    """What the record that stays takes over from the one that goes.

    Its own value stays where it has one; where somebody decides, field by field, the
    chosen one. Numbers that find no free place become a contact of the name, texts are
    joined.
    """

    _inherit = "crm.merge"

    @api.model
    def _take_values(self, records, pairs, rows, log, choices):
        """Fill in what the records that stay lack."""
        changes = {}
        for key, kept, lost in pairs:
            found = self._merged_values(records, rows[kept], rows[lost], choices)
            if found:
                changes[kept] = (key, found)
        if not changes:
            return
        log.watch(records._table, {kept: key for kept, (key, _v) in changes.items()})
        self._write_values(
            records, {kept: found for kept, (_key, found) in changes.items()}
        )

    @api.model
    def _merged_values(self, records, kept, lost, choices):
        """Return the columns of the record that stays which get another value.

        :param dict kept: the row that stays, as JSON
        :param dict lost: the row that goes
        :param dict choices: as in ``_merge``
        :rtype: dict
        """
        values, block_names = {}, set()
        for block, names in BLOCKS.items():
            names = [name for name in names if name in kept]
            block_names.update(names)
            chosen = choices.get(block) or next(
                (choices[name] for name in names if name in choices), None
            )
            if chosen == lost["id"]:
                values.update({name: lost[name] for name in names})
            elif chosen is None and self._completes(kept, lost, names):
                values.update({name: lost[name] for name in names if lost[name]})
        for name in self._fillable(records._name):
            if name in block_names or name not in kept:
                continue
            takes = choices.get(name) == lost["id"] or (
                name not in choices and _is_empty(kept[name])
            )
            if self._has_parts(records._fields[name], kept, lost):
                rows = (lost, kept) if takes else (kept, lost)
                values[name] = _united(*(row[name] for row in rows))
            elif takes:
                values[name] = lost[name]
        if choices.get("name") == lost["id"]:
            values["name"] = lost["name"]
        values.update(self._joined_values(kept, lost, choices))
        return {
            name: value
            for name, value in values.items()
            if value != kept[name] and not (_is_empty(value) and _is_empty(kept[name]))
        }

    @api.model
    def _has_parts(self, field, kept, lost):
        """Tell whether a value is made of parts, of which each stands for itself.

        A value for each company is, and so are properties of one definition.

        :rtype: bool
        """
        if not all(isinstance(row[field.name], dict) for row in (kept, lost)):
            return False
        if field.type == "properties":
            holder = field.definition_record
            return kept.get(holder) == lost.get(holder)
        return bool(field.company_dependent)

    @api.model
    def _completes(self, kept, lost, names):
        """Tell whether a block of the record that goes is the same, with more in it.

        :rtype: bool
        """
        return all(
            not kept[name] or not lost[name] or kept[name] == lost[name]
            for name in names
        )

    @api.model
    @tools.ormcache("model_name")
    def _fillable(self, model_name):
        """Return the columns that are taken over where the survivor's is empty.

        :rtype: list[str]
        """
        return [
            name
            for name, field in self.env[model_name]._fields.items()
            if field.store
            and field.column_type
            and name not in _KEPT
            and not (field.compute and field.readonly)
            and not field.related
        ]

    @api.model
    def _joined_values(self, kept, lost, choices):
        """Return values that are made of both: texts, and what an opportunity is."""
        values = {}
        for name in ("description", "comment"):
            texts = [row[name] for row in (kept, lost) if row.get(name)]
            if name in kept and name not in choices and lost.get(name):
                values[name] = "<br/><br/>".join(dict.fromkeys(texts))
            elif choices.get(name) == lost["id"]:
                values[name] = lost[name]
        if kept.get("type") == "lead" and lost.get("type") == "opportunity":
            values.update({name: lost[name] for name in _PIPELINE})
        for name in NUMBERS:
            if choices.get(name) == lost["id"] and name in kept:
                values[name] = lost[name]
        values.update(self._placed_numbers(kept, {**kept, **values}, lost)[0])
        return values

    @api.model
    def _placed_numbers(self, kept, wanted, lost):
        """Find places for the numbers of both records.

        :param dict kept: the row that stays
        :param dict wanted: the row as it is to be so far
        :param dict lost: the row that goes
        :return: numbers by column, and those that found no place
        :rtype: tuple[dict, list[str]]
        """
        columns = [name for name in NUMBERS if name in kept]
        known = {self._number_key(wanted[name]) for name in columns} - {None}
        free = [name for name in columns if not wanted[name]]
        further = {}
        for row in (kept, lost):
            for name in columns:
                number = self._number_key(row[name])
                if number is not None and number not in known:
                    further.setdefault(number, (name, row[name]))
        placed, left = {}, []
        # A mobile stays a mobile where it can.
        for name, number in sorted(
            further.values(), key=lambda entry: entry[0] not in free
        ):
            if free:
                place = name if name in free else free[0]
                free.remove(place)
                placed[place] = number
            else:
                left.append(number)
        return placed, left

    @api.model
    def _number_key(self, number):
        """Return what two ways to write one number have in common, or ``None``."""
        return _number_key(number or "")

    @api.model
    def _write_values(self, records, changes):
        """Write values of many records by one statement, and compute what follows.

        :param dict changes: the new values of columns by number of the record
        """
        names = sorted({name for values in changes.values() for name in values})
        columns = SQL(", ").join(
            SQL("%s = row.%s", SQL.identifier(name), SQL.identifier(name))
            for name in names
        )
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s AS t
                      SET %(columns)s, write_date = now() AT TIME ZONE 'UTC',
                          write_uid = %(uid)s
                     FROM (SELECT (jsonb_populate_record(old, change.values)).*
                             FROM jsonb_to_recordset(%(changes)s::jsonb)
                                  AS change(id int, values jsonb)
                             JOIN %(table)s AS old ON old.id = change.id) AS row
                    WHERE t.id = row.id""",
                table=SQL.identifier(records._table),
                columns=columns,
                uid=self.env.uid,
                changes=json.dumps(
                    [{"id": key, "values": values} for key, values in changes.items()]
                ),
            )
        )
        changed = records.browse(changes)
        changed.invalidate_recordset(flush=False)
        # What somebody may write stays as it was merged; the rest is computed of it.
        written = [
            field
            for field in records._fields.values()
            if field.store and field.compute and not field.readonly
        ]
        # sudo: what Odoo computes of the new values, whoever merges
        changed = changed.sudo()
        with self.env.protecting(written, changed):
            changed.modified([name for name in names if name in records._fields])
            self.env.flush_all()
        self.env["crm.dedup.key"]._mark_records_stale(records._name, changes)


@lru_cache(maxsize=10_000)
def _number_key(number):
    # 39 is Italy's prefix, and how some mobiles begin: the plan of numbers tells.
    digits = "".join(sign for sign in number if sign.isdigit())
    return to_e164(number, "IT") or digits or None


def _united(first, second):
    """Return the parts of two values: those of the second one fill the gaps.

    :rtype: dict
    """
    own = {key: value for key, value in first.items() if not _is_empty(value)}
    return {**first, **second, **own}


def _is_empty(value):
    return value is None or value is False or value in ("", 0, 0.0, {}, [])
