import json

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.crm_dedup.tools.plain_text import normalise

from ..tools.name_row import NAME_TARGETS, PHONE_TARGETS
from ..tools.name_row_other import PEOPLE_TARGETS, PLAIN_TARGETS

#: Columns of a name that go together, by the targets that fill them.
_NAME = ("name", "contact_name", "partner_name", "lead_kind")
_EMAIL = ("email_from", "email_normalized", "email_domain_criterion", "email_state")
_PLACE = ("street", "street2", "zip", "city", "state_id")
_PHONE_COLUMNS = tuple(
    column for target in PHONE_TARGETS for column in (target, f"{target}_e164")
) + ("phone_sanitized", "phone_state")
_OF_TARGET = {
    **dict.fromkeys(NAME_TARGETS, _NAME),
    "email": _EMAIL,
    "street": ("street",),
    "street2": ("street2",),
    "zip": ("zip",),
    "city": ("city",),
    "province": ("state_id",),
    "vat": ("vat_number", "fiscal_code"),
    "fiscal_code": ("fiscal_code",),
    "birth_date": ("birth_date",),
    "zone": ("zone_id",),
    "note": ("description",),
    **{target: (column,) for target, column in PEOPLE_TARGETS.items()},
    **{target: (target,) for target in PLAIN_TARGETS},
}


class CrmListImportChange(models.Model):
    """What a known name had before an import gave it something else."""

    _name = "crm.list.import.change"
    _description = "Name Changed by a List Import"
    _log_access = False

    import_id = fields.Many2one("crm.list.import", required=True, ondelete="cascade")
    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", index=True)
    before = fields.Json(help="Values by column.")
    after = fields.Json(help="Values by column.")

    _of_import = models.Index("(import_id, id)")


class CrmListImport(models.Model):
    """Known names get values of the file, for each column as it says."""

    _inherit = "crm.list.import"

    def _update_names(self, matched):
        """Give known names the values of their rows, set-based.

        Customers are left to their own forms, since what the customer has counts, and
        names in somebody's hands to that person.

        :param list matched: id of the name and ``NameRow`` of each row
        :return: the rows of each name that changed, by its id
        :rtype: dict[int, list[NameRow]]
        """
        updates = self.update_existing or self.fill_custom
        modes = self._update_modes() if updates else {}
        if not matched or not modes:
            return {}
        changes, current = self._wanted_changes(matched, modes)
        kept = self._names_to_leave(list(changes))
        for lead_id, row in matched:
            if lead_id in kept and lead_id in changes:
                row.remarks.append((kept[lead_id], "", ""))
        changes = {id_: new for id_, new in changes.items() if id_ not in kept}
        if changes:
            self._move_zones(changes, current)
            # A new name that a later row of its own file fills up is still untouched.
            rows = self.env["crm.list.import.row"]
            untouched = rows._untouched(list(changes), self)
            self._write_changes(changes, current)
            rows._note_system_change(untouched, self)
            self._after_changes(changes, matched)
        updated = {}
        for lead_id, row in matched:
            if lead_id in changes:
                updated.setdefault(lead_id, []).append(row)
        return updated

    def _wanted_changes(self, matched, modes):
        """Return what names get of their rows, and lock those that get something.

        Who saves one of them waits until it is written; what somebody has saved since
        the names were read counts.

        :param list matched: id of the name and ``NameRow`` of each row
        :param dict modes: when each column is written
        :return: new values of columns, and what the names have, by id of the name
        :rtype: tuple[dict, dict]
        """
        lead_ids = list({lead_id for lead_id, _row in matched})
        seen = self._current_values(lead_ids, modes)
        changes = self._changes_of_names(matched, seen, modes)
        current = self._current_values(list(changes), modes, lock=True)
        stale = {id_ for id_ in changes if current.get(id_) != seen[id_]}
        changes = {id_: new for id_, new in changes.items() if id_ not in stale}
        again = [(id_, row) for id_, row in matched if id_ in stale]
        return changes | self._changes_of_names(again, current, modes), current

    def _changes_of_names(self, matched, current, modes):
        """Return what names get of their rows, one row after the other.

        :param list matched: id of the name and ``NameRow`` of each row
        :param dict current: what the names have; those that are gone are not in it
        :param dict modes: when each column is written
        :return: new values of columns by id of the name
        :rtype: dict[int, dict]
        """
        provinces = {code: state.id for code, state in self._provinces().items()}
        changes = {}
        for lead_id, row in matched:
            if lead_id not in current:
                continue
            now = {**current[lead_id], **changes.get(lead_id, {})}
            new = self._changes_of(row, now, modes, provinces)
            if new:
                changes.setdefault(lead_id, {}).update(new)
        return changes

    def _after_changes(self, changes, matched):
        """Do what follows from new values of known names; for other files.

        :param dict changes: new values of columns by id of the name
        :param list matched: id of the name and ``NameRow`` of each row
        """

    def _update_modes(self):
        """Return which columns of known names are written, and when.

        :return: ``empty`` or ``always`` by column
        :rtype: dict[str, str]
        """
        modes = {}
        for column in self.column_ids:
            if column.update_mode == "never" or column.target == "ignore":
                continue
            names = _OF_TARGET.get(column.target)
            if column.target in PHONE_TARGETS:
                names = _PHONE_COLUMNS
            elif column.target == "portfolio":
                names = self.env["crm.lead"]._portfolio_field_names()
            elif names is None:
                if column.target not in self.env["crm.lead"]._fields:
                    continue
                names = (column.target,)
            for name in names:
                if modes.get(name) != "always":
                    modes[name] = column.update_mode
        return modes

    def _current_values(self, lead_ids, modes, lock=False):
        """Return what names have in the columns that may change.

        :param list lead_ids: their ids
        :param dict modes: when each column is written
        :param bool lock: let nobody change them before the next commit, and leave out
            those that were merged meanwhile
        :return: values by column, by id of the name; without those that are gone
        :rtype: dict[int, dict]
        """
        if not lead_ids:
            return {}
        plain = [name for name in modes if name not in self._several_choices()]
        # What decides about others.
        plain += [name for name in (*_PLACE, "zone_id") if name not in plain]
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM crm_lead WHERE id = ANY(%s) %s",
                SQL(", ").join(map(SQL.identifier, plain)),
                lead_ids,
                SQL("AND merged_into_id IS NULL ORDER BY id FOR NO KEY UPDATE")
                if lock
                else SQL(),
            )
        )
        current = {
            lead_id: dict(zip(plain, values, strict=True)) for lead_id, *values in rows
        }
        for name in self._several_choices():
            for values in current.values():
                values[name] = []
            for lead_id, choice_id in self._linked_choices(name, list(current)):
                current[lead_id][name].append(choice_id)
        return current

    def _changes_of(self, row, now, modes, provinces):
        """Return what a name gets of a row.

        :param NameRow row: the row
        :param dict now: what the name has
        :param dict modes: when each column is written
        :param dict provinces: ids by code
        :rtype: dict
        """
        new = {**self._prepare_lead_columns(row, provinces), **row.custom}
        if row.zone_id:
            new["zone_id"] = row.zone_id
        if row.portfolios is not None:
            new.update(row.portfolios)
        found = {}
        for name, mode in modes.items():
            if name in _PHONE_COLUMNS or name in _NAME or name in _EMAIL:
                continue
            value = new.get(name)
            if _is_blank(value):
                continue
            if _same(now.get(name), value):
                continue
            if name == "description" and now.get(name):
                if mode == "always" and value not in now[name]:
                    found[name] = now[name] + value
                continue
            if mode == "always" or _is_blank(now.get(name)):
                found[name] = value
        self._keep_place_whole(found, new, now, modes)
        if "email_from" in modes:
            found.update(self._email_changes(new, now, modes["email_from"]))
        if "name" in modes and row.values["name"]:
            found.update(self._name_changes(new, now, modes["name"]))
        if "phone" in modes:
            found.update(self._phone_changes(row, now, modes["phone"]))
        return found

    @staticmethod
    def _keep_place_whole(found, new, now, modes):
        """Never fill up an address with parts of another one."""
        parts = [name for name in _PLACE if name in found]
        if not parts or any(modes.get(name) == "always" for name in _PLACE):
            return
        if any(
            now.get(name) and new.get(name) and not _alike(now[name], new[name])
            for name in ("street", "zip", "city", "state_id")
        ):
            for name in parts:
                del found[name]

    @staticmethod
    def _email_changes(new, now, mode):
        """Return the address that a name gets, with what Odoo makes of it, or none."""
        if not new["email_from"] or _same(now.get("email_from"), new["email_from"]):
            return {}
        if mode != "always" and now.get("email_from"):
            return {}
        return {
            name: new[name] for name in _EMAIL if not _same(now.get(name), new[name])
        }

    @staticmethod
    def _name_changes(new, now, mode):
        """Return the parts of the name that change: all of them or those missing."""
        if mode == "always":
            return {
                name: new[name]
                for name in _NAME
                if new.get(name) and not _same(now.get(name), new[name])
            }
        return {
            name: new[name]
            for name in ("contact_name", "partner_name")
            if new.get(name)
            and not now.get(name)
            # Who is known as a company gets no second name, and the other way round.
            and now.get("lead_kind") == new.get("lead_kind")
        }

    @staticmethod
    def _phone_changes(row, now, mode):
        """Return the numbers that a name gets: new ones in free places first."""
        held = {now.get(f"{target}_e164") for target in PHONE_TARGETS}
        found = {}
        for target in PHONE_TARGETS:
            e164 = row.values.get(f"{target}_e164")
            if not e164 or e164 in held:
                continue
            places = [target, *(one for one in PHONE_TARGETS if one != target)]
            free = [one for one in places if not now.get(one) and one not in found]
            place = target if mode == "always" else next(iter(free), None)
            if place:
                found[place] = row.values[target]
                found[f"{place}_e164"] = e164
        if not found:
            return found
        numbers = ({**now, **found}.get(f"{target}_e164") for target in PHONE_TARGETS)
        first = next(filter(None, numbers))
        if first != now.get("phone_sanitized"):
            found["phone_sanitized"] = first
        if found.get("phone"):
            found["phone_state"] = "correct"
        return found

    def _names_to_leave(self, lead_ids):
        """Return which names an import doesn't change, and why.

        :return: code of the remark by id
        :rtype: dict[int, str]
        """
        if not lead_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT id, 'customer_kept' FROM crm_lead
                    WHERE id = ANY(%(ids)s) AND partner_id IS NOT NULL
                    UNION ALL
                   SELECT lead_id, 'in_hand' FROM crm_call_list_line
                    WHERE lead_id = ANY(%(ids)s) AND claimed_by_id IS NOT NULL
                      AND claim_is_ahead IS NOT TRUE
                      AND claimed_until > (now() AT TIME ZONE 'UTC')""",
                ids=lead_ids,
            )
        )
        return dict(rows)

    def _move_zones(self, changes, current):
        """Let names whose address changes get the zone of the new one."""
        moved = {
            lead_id: {**current[lead_id], **new}
            for lead_id, new in changes.items()
            if "zone_id" not in new and not set(new).isdisjoint(_PLACE)
        }
        zones = self.env["crm.zone"]._zones_for(
            [(now["zip"], now["state_id"], now["city"]) for now in moved.values()]
        )
        for lead_id, now in moved.items():
            place = (
                now["zip"] or False,
                now["state_id"] or False,
                now["city"] or False,
            )
            zone_id = zones.get(place) or None
            if zone_id != now["zone_id"]:
                changes[lead_id]["zone_id"] = zone_id

    def _write_changes(self, changes, current):
        """Write new values of names, and what they had before.

        :param dict changes: new values of columns by id of the name
        :param dict current: what the names have
        """
        several = self._several_choices()
        before = [
            {name: _plain(current[lead_id].get(name)) for name in new}
            for lead_id, new in changes.items()
        ]
        after = [
            {name: _plain(value) for name, value in new.items()}
            for new in changes.values()
        ]
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_list_import_change
                               (import_id, lead_id, before, after)
                   SELECT %s, change.* FROM unnest(%s::int[], %s::jsonb[], %s::jsonb[])
                          AS change(lead_id, before, after)""",
                self.id,
                list(changes),
                [json.dumps(values) for values in before],
                [json.dumps(values) for values in after],
            )
        )
        columns = {name for new in changes.values() for name in new} - set(several)
        self._write_columns(
            {
                lead_id: {
                    **{name: _plain(current[lead_id].get(name)) for name in columns},
                    **{name: _plain(new[name]) for name in new if name in columns},
                }
                for lead_id, new in changes.items()
            },
            sorted(columns),
        )
        for name in several:
            self._set_links(
                name, {id_: new[name] for id_, new in changes.items() if name in new}
            )
        self.env["crm.lead"].invalidate_model()

    def _write_columns(self, values, columns):
        """Write columns of many names with one statement.

        :param dict values: by id of the name; every name has all columns
        :param list columns: their names
        """
        if not columns or not values:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead lead
                      SET %(sets)s, write_uid = %(uid)s,
                          write_date = now() AT TIME ZONE 'UTC'
                     FROM jsonb_populate_recordset(NULL::crm_lead, %(values)s::jsonb)
                          AS new
                    WHERE lead.id = new.id""",
                sets=SQL(", ").join(
                    SQL("%s = new.%s", SQL.identifier(column), SQL.identifier(column))
                    for column in columns
                ),
                uid=self.env.uid,
                values=json.dumps(
                    [{"id": lead_id, **new} for lead_id, new in values.items()]
                ),
            )
        )


def _plain(value):
    """Return a value of a column as JSON holds it."""
    if value is None or isinstance(value, (str, int, float, bool, list)):
        return value
    return str(value)


def _is_blank(value):
    """Tell whether a value is none: zero and no are values."""
    return value is None or value == "" or value == []


def _alike(now, new):
    """Tell whether two parts of an address are the same but for their writing."""
    return normalise(str(now)) == normalise(str(new))


def _same(now, new):
    """Tell whether a column has a value already, whatever type it comes in."""
    if isinstance(now, list):
        return sorted(now) == sorted(new)
    if isinstance(new, float) and now is not None:
        return float(now) == new
    return now == new or str(now) == str(new)
