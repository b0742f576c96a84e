from dataclasses import dataclass, field

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

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
        :return: lines with ``kind`` (``create``, ``change``, ``off`` or ``wrong``),
            ``section``, ``name``, ``field``, ``old`` and ``new``
        :rtype: list[dict]
        """
        faults = self.env["crm.graph.file.check"]._check(content)
        if faults:
            return [self._line("wrong", *fault) for fault in faults]
        plan = self._plan(content, switch_off)
        refusal = self._try(plan) if plan.lines else ""
        if refusal:
            plan.lines.insert(0, self._line("wrong", "", "", refusal))
        return plan.lines

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
            return ", ".join(value)
        if model_field.type == "selection" and value:
            return dict(model_field._description_selection(self.env))[value]
        return "" if value is None else str(value)

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
        return "" if value is False else str(value)

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

    # ------------------------------------------------------------
    # APPLY
    # ------------------------------------------------------------

    def _apply(self, plan):
        """Make the configuration what the plan says, in this transaction.

        :param Plan plan: a fresh one
        :raise UserError, ValidationError: something is refused; nothing is kept then
        """
        self._serialize()
        sections = self.env["crm.graph.file"]._sections()
        automatic = self._suspend_automatic(plan)
        for name in reversed(sections):
            records = plan.absent.get(name)
            if records:
                self._switch_off(records)
        woken = {}
        for name, section in sections.items():
            if section.model == "crm.relation":
                woken = self._wake_targets(plan, name)
            self._apply_section(plan, name, section)
        for record, values in woken.items():
            record.write({"active": False, **values})
        self._switch_off_planned(plan)
        for activity_type, outcome_id in automatic.items():
            activity_type.automatic_outcome_id = outcome_id
        self._resume_automatic(plan)
        self._check_targets(plan)
        self.env.flush_all()

    def _wake_targets(self, plan, name):
        """Switch on, for a moment, what relations refer to that is switched off.

        A type that is switched off keeps its relations, for the day on which it is
        switched on again. Relations check what they lead to when they are written.

        :return: what is to be written back, by record
        :rtype: dict
        """
        woken = {}
        for planned in plan.of(name):
            if not planned.changed:
                continue
            values = self._values(
                plan, planned, planned.section.fields_in(planned.item)
            )
            for field_name, target in planned.section.references:
                if target not in plan.ids or target == USERS:
                    continue
                model = self.env[planned.record._fields[field_name].comodel_name]
                record = model.browse(values.get(field_name) or ())
                if record and not record.active:
                    back = {}
                    if "shortcut" in record._fields:
                        back = {"shortcut": record.shortcut}
                    record.write({"active": True, **dict.fromkeys(back, False)})
                    woken[record] = back
        return woken

    def _switch_off_planned(self, plan):
        """Switch off what the file says is off, now that nothing is written to it."""
        for planned in plan.items:
            if self._is_switched_off_late(planned):
                record = self._record_of(plan, planned)
                values = {"active": False}
                if "shortcut" in planned.changed:
                    values["shortcut"] = planned.item["shortcut"] or False
                record.write(values)

    def _is_switched_off_late(self, planned):
        return (
            planned.section.is_keyed
            and "active" in planned.changed
            and not planned.item["active"]
        )

    def _record_of(self, plan, planned):
        return planned.record.browse(plan.ids[planned.name][planned.item["key"]])

    def _check_targets(self, plan):
        """Refuse relations in use that lead to something that is now switched off."""
        off = {
            (planned.section.model, self._record_of(plan, planned).id)
            for planned in plan.items
            if planned.section.is_keyed and planned.item.get("active") is False
        }
        for relation in self.env["crm.relation"].search(
            [("activity_type_id.active", "=", True)]
        ):
            targets = (
                relation.outcome_id,
                relation.commercial_state_id,
                relation.next_type_id,
                relation.process_id,
            )
            if any((target._name, target.id) in off for target in targets):
                relation._check_targets()

    def _serialize(self):
        """Let two imports at once run one after the other, the second one afresh.

        A row that both update makes PostgreSQL refuse the later one, which Odoo then
        repeats on what the first one left. A lock alone would let it go on with what
        it read before.
        """
        self.env.cr.execute(
            SQL("UPDATE ir_model SET state = state WHERE model = %s", "crm.relation")
        )

    def _switch_off(self, records):
        if "active" in records._fields:
            records.write({"active": False})
        else:
            records.unlink()

    def _suspend_automatic(self, plan):
        """Take automatic outcomes off while relations change.

        Halfway, old and new relations together might look like an endless chain.

        :return: what is to be put back where the file says nothing of it
        :rtype: dict
        """
        kept = {}
        changing = {
            planned.record
            for planned in plan.of("types")
            if "automatic_outcome_id" in planned.changed
        }
        if not any(planned.changed for planned in plan.of("relations")):
            return kept
        types = self.env["mail.activity.type"].with_context(active_test=False)
        for activity_type in types.search([("automatic_outcome_id", "!=", False)]):
            if activity_type not in changing:
                kept[activity_type] = activity_type.automatic_outcome_id.id
            activity_type.automatic_outcome_id = False
        return kept

    def _resume_automatic(self, plan):
        for planned in plan.of("types"):
            if "automatic_outcome_id" in planned.changed:
                values = self._values(plan, planned, ["automatic_outcome_id"])
                planned_type = self._record_of(plan, planned)
                if (
                    planned_type.automatic_outcome_id.id
                    != (values["automatic_outcome_id"])
                ):
                    planned_type.write(values)

    def _apply_section(self, plan, name, section):
        """Write what one section changes; what leads within it comes last."""
        late = [field for field, target in section.references if target == name]
        if section.model == "mail.activity.type":
            late.append("automatic_outcome_id")
        self._free_places(plan, name, late)
        for planned in sorted(plan.of(name), key=self._creation_order):
            fields = [one for one in planned.changed if one not in late]
            if self._is_switched_off_late(planned):
                fields = [one for one in fields if one not in ("active", "shortcut")]
            values = self._values(plan, planned, fields)
            record = planned.record
            if record and values:
                record.write(values)
            elif not record:
                record = self._create_record(planned, values)
                if section.is_keyed:
                    plan.ids[name][planned.item["key"]] = record.id
            for code, text in planned.translations.items():
                record.with_context(lang=code).name = text
        for planned in plan.of(name):
            fields = [
                one
                for one in planned.changed
                if one in late and one != "automatic_outcome_id"
            ]
            values = self._values(plan, planned, fields)
            if any(values.values()):
                self._record_of(plan, planned).write(values)

    def _free_places(self, plan, name, late):
        """Empty what two records might hold in turn: shortcuts, and places in a tree."""
        for planned in plan.of(name):
            record, changed = planned.record, planned.changed
            if not record:
                continue
            inner = [one for one in late if one in changed]
            values = dict.fromkeys(inner, False)
            if name == "outcomes" and {"shortcut", "active"} & set(changed):
                values["shortcut"] = False
                if "shortcut" in planned.item and "shortcut" not in changed:
                    changed.append("shortcut")
            values.pop("automatic_outcome_id", None)
            if values:
                record.write(values)
        self.env.flush_all()

    def _creation_order(self, planned):
        """Let the first of several with one name be created first."""
        key = planned.item.get("key") or ""
        return (planned.item.get("name") or "", len(key), key)

    def _create_record(self, planned, values):
        if planned.section.model == "mail.activity.type":
            values["is_commercial"] = True
        record = planned.record.create(values)
        external_id = planned.external_id
        if external_id:
            self._name_record(record, external_id)
        return record

    def _name_record(self, record, external_id):
        """Give a record the external id that it had where it was exported.

        Without it the next update of the addon would create its own data again.
        """
        module, name = external_id.split(".", 1)
        # sudo: only managers of the whole system may write these; it must be free,
        # and name an addon that is installed here
        data = self.env["ir.model.data"].sudo()
        if module not in self.env.registry._init_modules or data.search_count(
            [("module", "=", module), ("name", "=", name)]
        ):
            return
        data.create(
            {
                "module": module,
                "name": name,
                "model": record._name,
                "res_id": record.id,
                "noupdate": True,
            }
        )

    def _values(self, plan, planned, field_names):
        targets = dict(planned.section.references)
        values = {}
        for name in field_names:
            value = planned.item[entry_name(name)]
            if name in targets:
                known = plan.ids[targets[name]]
                if planned.record._fields[name].type == "many2many":
                    value = [(6, 0, [known[one] for one in value or ()])]
                else:
                    value = known[value] if value else False
            elif value is None:
                value = False
            values[name] = value
        return values
