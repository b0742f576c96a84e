from odoo import models
from odoo.tools import SQL

from ..tools.graph_file import USERS, entry_name


class CrmGraphImport(models.AbstractModel):
    """Makes a configuration what a plan says."""

    _inherit = "crm.graph.import"

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
            SQL("UPDATE ir_model SET state = state WHERE model = %s", "crm.relation"),
            # That somebody was first is no error.
            log_exceptions=False,
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
        new = []
        for planned in sorted(plan.of(name), key=self._creation_order):
            fields = [one for one in planned.changed if one not in late]
            if self._is_switched_off_late(planned):
                fields = [one for one in fields if one not in ("active", "shortcut")]
            values = self._values(plan, planned, fields)
            if not planned.record:
                new.append((planned, values))
            elif values:
                planned.record.write(values)
            self._translate(planned.record, planned.translations)
        self._create_records(plan, section, new)
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
        """Empty what two records might hold in turn: shortcuts, places in a tree."""
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

    def _create_records(self, plan, section, new):
        """Create what is new in a section, all at once."""
        if section.model == "mail.activity.type":
            for _planned, values in new:
                values["is_commercial"] = True
        # In the source's language, whatever the user's is.
        model = self.env[section.model].with_context(lang=None)
        records = model.create([values for _planned, values in new])
        for (planned, _values), record in zip(new, records, strict=True):
            if section.is_keyed:
                plan.ids[planned.name][planned.item["key"]] = record.id
            if planned.external_id:
                self._name_record(record, planned.external_id)
            self._translate(record, planned.translations)

    def _translate(self, record, translations):
        for code, text in translations.items():
            if record:
                record.with_context(lang=code).name = text

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
