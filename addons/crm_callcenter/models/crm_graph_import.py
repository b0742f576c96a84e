from dataclasses import dataclass, field

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.graph_file import GROUPS, USERS, entry_name


@dataclass
class PlannedItem:
    """An item of the file, the record that it is about, and what it changes there."""

    name: str
    section: object
    item: dict
    #: empty for what is to be created
    record: models.BaseModel
    changed: list = field(default_factory=list)
    #: language -> name, as far as they change
    translations: dict = field(default_factory=dict)

    @property
    def external_id(self):
        return self.item.get("external_id")


@dataclass
class Plan:
    """What an import would do."""

    items: list = field(default_factory=list)
    #: records that the file does not contain, by section
    absent: dict = field(default_factory=dict)
    #: section -> key -> id, of what is here already; grows while it is applied
    ids: dict = field(default_factory=dict)
    lines: list = field(default_factory=list)

    def of(self, name):
        return [item for item in self.items if item.name == name]


class _Undo(Exception):
    """Takes the trial back."""


class CrmGraphImport(models.AbstractModel):
    """Compares a transfer file with this database, and makes it so.

    Nothing here goes past the rights of the user: whoever may not configure is
    refused by the records themselves.
    """

    _name = "crm.graph.import"
    _description = "Import of the Commercial Graph"

    # ------------------------------------------------------------
    # DRY RUN
    # ------------------------------------------------------------

    @api.model
    def _dry_run(self, content, switch_off):
        """Say what an import would do, without doing it.

        It is also tried and taken back, so that whatever would be refused is known.

        :param dict content: as :meth:`crm.graph.file._read` returns it
        :param bool switch_off: whether to switch off what the file does not contain
        :return: lines with ``kind`` (``create``, ``change``, ``off``, ``left`` out or
            ``wrong``), ``section``, ``name``, ``field``, ``old`` and ``new``
        :rtype: list[dict]
        """
        faults = self.env["crm.graph.file.check"]._check(content)
        if faults:
            return [self._line("wrong", *fault) for fault in faults]
        plan = self._plan(content, switch_off)
        refusal = self._try(plan) if plan.lines else ""
        if refusal:
            return [self._line("wrong", "", "", refusal)]
        return plan.lines + self._left_out(content)

    def _left_out(self, content):
        """Name what stands in the file and no addon here knows.

        A file from a database with more addons has more in it.
        """
        sections = self.env["crm.graph.file"]._sections()
        unknown = sorted(set(content) - set(sections) - {"format", "version"})
        lines = [
            self._line("left", "", name[:60], self.env._("Unknown here"))
            for name in unknown
        ]
        for name, section in sections.items():
            known = {entry_name(field) for field in section.fields}
            known |= {"key", "external_id", "translations"}
            entries = {entry for item in content.get(name, ()) for entry in item}
            lines += [
                self._line("left", name, entry[:60], self.env._("Unknown here"))
                for entry in sorted(entries - known)
            ]
        return lines

    def _line(self, kind, section, name, new="", *, old="", field_label=""):
        if section:
            model_name = self.env["crm.graph.file"]._sections()[section].model
            # sudo: the name of a kind of record, for the list
            section = self.env["ir.model"].sudo()._get(model_name).name
        return {
            "kind": kind,
            "section": section,
            # A file may hold signs that no database keeps.
            "name": name.replace("\0", "�"),
            "field": field_label,
            "old": old,
            "new": new.replace("\0", "�"),
        }

    def _try(self, plan):
        """Apply a plan, take it back, and return the sentence of a refusal."""
        ids = {name: dict(keys) for name, keys in plan.ids.items()}
        try:
            with self.env.cr.savepoint():
                self._apply(plan)
                raise _Undo
        except _Undo:
            return ""
        except UserError as error:
            return str(error)
        except (psycopg2.IntegrityError, psycopg2.DataError) as error:
            return self.env["base"]._sql_error_to_message(error)
        finally:
            plan.ids = ids
            self.env.invalidate_all(flush=False)
            # What was looked up during the trial is in no database.
            self.env.registry.clear_cache()

    # ------------------------------------------------------------
    # PLAN
    # ------------------------------------------------------------

    def _plan(self, content, switch_off):
        graph_file = self.env["crm.graph.file"]
        plan = Plan(
            ids={
                USERS: graph_file._user_logins(),
                GROUPS: graph_file._group_names(),
            }
        )
        for name, section in graph_file._sections().items():
            if name not in content:
                continue  # an optional one: what is here stays as it is
            records = graph_file._records(section)
            matched = self._match(plan, section, content[name], records)
            if section.is_keyed:
                plan.ids[name] = {
                    item["key"]: record.id
                    for item, record in zip(content[name], matched, strict=True)
                    if record
                }
            for item, record in zip(content[name], matched, strict=True):
                self._plan_item(plan, PlannedItem(name, section, item, record))
            found = records.browse().union(*matched)
            self._plan_absent(plan, name, records - found, switch_off)
        return plan

    def _match(self, plan, section, items, records):
        """Return the record that each item is about, empty ones for new items."""
        none = records.browse()
        if not section.is_keyed:
            by_identity = {}
            for record in records:
                by_identity[self._record_identity(section, record)] = record
            return [
                by_identity.get(self._item_identity(plan, section, item), none)
                for item in items
            ]
        graph_file = self.env["crm.graph.file"]
        by_id = {record.id: record for record in records}
        by_external_id = {
            external_id: by_id[record_id]
            for record_id, external_id in graph_file._external_ids(records).items()
        }
        by_key = {
            key: by_id[record_id]
            for record_id, key in graph_file._keys(section).items()
        }
        found = [by_external_id.get(item.get("external_id"), none) for item in items]
        taken = none.union(*found)
        for number, item in enumerate(items):
            record = by_key.get(item["key"], none)
            if not found[number] and record not in taken:
                found[number] = record
                taken |= record
        return found

    def _record_identity(self, section, record):
        return tuple(
            record[name].id if record._fields[name].relational else record[name]
            for name in section.identity
        )

    def _item_identity(self, plan, section, item):
        targets = dict(section.references)
        identity = []
        for name in section.identity:
            value = item.get(entry_name(name))
            if name in targets:
                # What is new has no id yet, and so no relation.
                value = plan.ids[targets[name]].get(value, -1) if value else False
            identity.append(value)
        return tuple(identity)

    def _plan_item(self, plan, planned):
        record, item = planned.record, planned.item
        model = self.env[planned.section.model]
        lang_codes = {code for code, _name in self.env["res.lang"].get_installed()}
        planned.translations = {
            code: text
            for code, text in item.get("translations", {}).items()
            if code in lang_codes
            and (record.with_context(lang=code).name if record else item["name"])
            != text
        }
        for field_name in planned.section.fields:
            if entry_name(field_name) not in item:
                continue
            if not record or self._differs(plan, planned, field_name):
                planned.changed.append(field_name)
        plan.items.append(planned)
        label = self.env["crm.graph.file.check"]._label(planned.section, item)
        if not record:
            text = self._describe_new(planned)
            plan.lines.append(self._line("create", planned.name, label, text))
            return
        for field_name in planned.changed:
            off = field_name == "active" and not item["active"]
            plan.lines.append(
                self._line(
                    "off" if off else "change",
                    planned.name,
                    label,
                    self._describe(planned, field_name),
                    old=self._describe_old(record, field_name),
                    field_label=model._fields[field_name]._description_string(self.env),
                )
            )
        for code, text in planned.translations.items():
            plan.lines.append(
                self._line(
                    "change",
                    planned.name,
                    label,
                    text,
                    old=record.with_context(lang=code).name,
                    field_label=self.env._("Name (%(language)s)", language=code),
                )
            )

    def _differs(self, plan, planned, field_name):
        targets = dict(planned.section.references)
        value = planned.item[entry_name(field_name)]
        current = planned.record[field_name]
        if field_name not in targets:
            return (value or False) != (current or False)
        names = value if isinstance(value, list) else [value] if value else []
        known = plan.ids.get(targets[field_name], {})
        return {known.get(name) for name in names} != set(current.ids)

    def _plan_absent(self, plan, name, records, switch_off):
        if not switch_off:
            return
        if "active" in records._fields:
            records = records.filtered("active")
        plan.absent[name] = records
        for record in records:
            plan.lines.append(
                self._line(
                    "off", name, record.display_name, self.env._("Not in the file")
                )
            )

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    def _describe(self, planned, field_name):
        """Return a value of the file as people read it."""
        value = planned.item.get(entry_name(field_name))
        model_field = self.env[planned.section.model]._fields[field_name]
        if model_field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if isinstance(value, list):
            return ", ".join(value) or "–"
        if model_field.type == "selection" and value:
            return dict(model_field._description_selection(self.env))[value]
        return "–" if value in (None, "") else str(value)

    def _describe_old(self, record, field_name):
        value = record[field_name]
        model_field = record._fields[field_name]
        if model_field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if model_field.type == "selection" and value:
            return dict(model_field._description_selection(self.env))[value]
        if model_field.relational:
            named = "login" if model_field.comodel_name == "res.users" else False
            return ", ".join(one[named] if named else one.display_name for one in value)
        return "–" if value in (False, "") else str(value)

    def _describe_new(self, planned):
        """Return what is worth knowing of something new, in one line."""
        model = self.env[planned.section.model]
        hidden = {"name", "sequence", "active", "color", "icon"}
        hidden.update(planned.section.identity)
        parts = []
        for name in planned.changed:
            if name not in hidden and planned.item.get(entry_name(name)):
                label = model._fields[name]._description_string(self.env)
                parts.append(f"{label}: {self._describe(planned, name)}")
        return "; ".join(parts)
