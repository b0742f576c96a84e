from odoo import api, models
from odoo.exceptions import UserError

from ..tools.graph_file import (
    GROUPS,
    USERS,
    BrokenFile,
    Section,
    entry_name,
    read_file,
    write_file,
)


class CrmGraphFile(models.AbstractModel):
    """A whole configuration of the commercial graph as one file.

    Nothing in it is an id: items refer to one another by name, to users by login, to
    roles by external id. What only the system uses stays out of it.
    """

    _name = "crm.graph.file"
    _description = "File of the Commercial Graph"

    @api.model
    def _sections(self):
        """Return the lists of the file, each after those that it refers to.

        Addons whose fields belong to the configuration extend it.

        :return: sections by name
        :rtype: dict[str, Section]
        """
        node = ("name", "sequence", "active", "color", "icon")
        return {
            "operator_categories": Section(
                "crm.operator.category",
                ("name", "active"),
                (("parent_id", "operator_categories"),),
            ),
            "commercial_states": Section(
                "crm.commercial.state",
                (*node, "state_class"),
                (("replaced_by_id", "commercial_states"),),
            ),
            "outcomes": Section(
                "crm.outcome",
                (*node, "kind", "quick_button", "shortcut", "do_not_call"),
                (("replaced_by_id", "outcomes"),),
            ),
            "types": Section(
                "mail.activity.type",
                (*node, "channel", "is_meeting", "duration_minutes"),
                (("automatic_outcome_id", "outcomes"), ("replaced_by_id", "types")),
            ),
            "processes": Section(
                "crm.process",
                ("name", "sequence", "active", "color"),
                (
                    ("commercial_state_id", "commercial_states"),
                    ("type_ids", "types"),
                ),
            ),
            "relations": self._relation_section(),
            "planning_rights": Section(
                "crm.planning.right",
                ("target",),
                (
                    ("activity_type_id", "types"),
                    ("planner_group_id", GROUPS),
                    ("planner_category_id", "operator_categories"),
                    ("target_group_id", GROUPS),
                ),
                identity=(
                    "activity_type_id",
                    "planner_group_id",
                    "planner_category_id",
                    "target",
                    "target_group_id",
                ),
            ),
        }

    def _relation_section(self):
        return Section(
            "crm.relation",
            (
                "sequence",
                "active",
                "next_assignee",
                "delay_days",
                "delay_hours",
                "points",
                "is_conclusive",
                "conclusion",
                "takes_charge",
            ),
            (
                ("activity_type_id", "types"),
                ("outcome_id", "outcomes"),
                ("commercial_state_id", "commercial_states"),
                ("next_type_id", "types"),
                ("next_user_id", USERS),
                ("process_id", "processes"),
            ),
            identity=("activity_type_id", "outcome_id"),
        )

    def _records(self, section):
        """Return the records of this database that a section is about.

        :param Section section: one of :meth:`_sections`
        :rtype: odoo.models.BaseModel
        """
        # Names as they are written at the source, whatever the user's language is.
        model = self.env[section.model].with_context(active_test=False, lang=None)
        domain = []
        if "is_commercial" in model._fields:
            domain.append(("is_commercial", "=", True))
        if "is_system" in model._fields:
            domain.append(("is_system", "=", False))
        return model.search(domain, order="id")

    # ------------------------------------------------------------
    # KEYS
    # ------------------------------------------------------------

    def _keys(self, section):
        """Return the key of each record: its name, with a number where that repeats.

        :rtype: dict[int, str]
        """
        keys, used = {}, set()
        named = "complete_name" if section.model == "crm.operator.category" else "name"
        for record in self._records(section):
            name = key = record[named] or ""
            number = 1
            while key in used:
                number += 1
                key = f"{name}#{number}"
            used.add(key)
            keys[record.id] = key
        return keys

    def _external_ids(self, records):
        """Return external ids given by addons, not those of exports and imports.

        :rtype: dict[int, str]
        """
        # sudo: external ids, which tell nothing; the records are readable
        external_ids = records.sudo().get_external_id()
        return {
            record_id: external_id
            for record_id, external_id in external_ids.items()
            if external_id and not external_id.startswith("__")
        }

    def _group_names(self):
        """Return the roles that a file may refer to, by external id or full name.

        :rtype: dict[str, int]
        """
        groups = self.env["res.groups"].with_context(lang=None)
        groups = groups.search([("name", "!=", False)])
        external_ids = self._external_ids(groups)
        return {
            external_ids.get(group.id, group.full_name): group.id for group in groups
        }

    def _user_logins(self):
        """Return the internal users, archived ones too, by login.

        :rtype: dict[str, int]
        """
        users = self.env["res.users"].with_context(active_test=False)
        return {user.login: user.id for user in users.search([("share", "=", False)])}

    # ------------------------------------------------------------
    # EXPORT
    # ------------------------------------------------------------

    @api.model
    def _export(self):
        """Return the configuration of this database as a file.

        :return: JSON, the same for the same configuration
        :rtype: bytes
        """
        sections = self._sections()
        names = {
            name: self._keys(section)
            for name, section in sections.items()
            if section.is_keyed
        }
        names[GROUPS] = {
            group_id: name for name, group_id in self._group_names().items()
        }
        names[USERS] = {
            user_id: login for login, user_id in self._user_logins().items()
        }
        return write_file(
            {
                name: self._export_section(name, section, names)
                for name, section in sections.items()
            }
        )

    def _export_section(self, name, section, names):
        records = self._records(section)
        external_ids = self._external_ids(records) if section.is_keyed else {}
        items = []
        for record in records:
            item = {}
            if section.is_keyed:
                item["key"] = names[name][record.id]
                item["external_id"] = external_ids.get(record.id)
            item.update(self._export_values(section, record, names))
            items.append(item)
        return sorted(items, key=lambda item: self._sort_key(section, item))

    def _sort_key(self, section, item):
        parts = [item.get("sequence") or 0]
        if section.is_keyed:
            return (*parts, item["key"])
        return tuple(item[entry_name(field)] or "" for field in section.identity)

    def _export_values(self, section, record, names):
        values = {}
        for field_name in section.plain:
            value = record[field_name]
            if value is False and record._fields[field_name].type != "boolean":
                value = None
            values[entry_name(field_name)] = value
        for field_name, target in section.references:
            found = [names[target].get(one.id) for one in record[field_name]]
            found = sorted(filter(None, found))
            if record._fields[field_name].type == "many2one":
                found = found[0] if found else None
            values[entry_name(field_name)] = found
        if section.is_keyed and record._fields["name"].translate:
            values["translations"] = self._translations(record)
        return values

    def _translations(self, record):
        """Return the names of a record in the other languages that are installed.

        :rtype: dict[str, str]
        """
        source = record.name
        found = {}
        for code, _name in self.env["res.lang"].get_installed():
            translated = record.with_context(lang=code).name
            if translated != source:
                found[code] = translated
        return found

    # ------------------------------------------------------------
    # READ
    # ------------------------------------------------------------

    @api.model
    def _read(self, raw):
        """Return the content of a file.

        :param bytes raw: whatever somebody uploaded
        :rtype: dict
        :raise UserError: it is no configuration; the sentence says what is wrong
        """
        try:
            return read_file(raw)
        except BrokenFile as error:
            raise UserError(self._describe_broken(*error.args)) from error

    def _describe_broken(self, reason, detail=""):
        if reason == "large":
            return self.env._(
                "The file is larger than 5 MB. A configuration is far smaller: choose"
                " the file that the export made."
            )
        if reason == "double":
            return self.env._(
                "The file holds “%(entry)s” twice in one place. Leave one of them.",
                entry=detail,
            )
        if reason == "format":
            return self.env._(
                "The file is no configuration of the commercial graph. Choose the file"
                " that the export made."
            )
        if reason == "version":
            return self.env._(
                "The file has version %(version)s, which is not known here: export it"
                " again with this release.",
                version=detail,
            )
        return self.env._(
            "The file can't be read as JSON: it is damaged or of another kind. Choose"
            " the file that the export made."
        )
