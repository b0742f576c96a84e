import re

from odoo import api, models

from ..tools.graph_file import GROUPS, USERS, entry_name, find_circle

_LARGEST_INTEGER = 2**31 - 1
_LONGEST_TEXT = 250


class CrmGraphFileCheck(models.AbstractModel):
    """Finds what is wrong in the content of a transfer file, before anything is done.

    It names every fault at once: whoever edits a file by hand wants the whole list.
    """

    _name = "crm.graph.file.check"
    _description = "Check of a File of the Commercial Graph"

    @api.model
    def _check(self, content):
        """Return what is wrong in a file.

        :param dict content: as :meth:`crm.graph.file._read` returns it
        :return: (section, item, sentence); empty when the content is sound
        :rtype: list[tuple[str, str, str]]
        """
        sections = self.env["crm.graph.file"]._sections()
        faults = [
            (name, "", self._missing_sentence(name))
            for name, section in sections.items()
            if not isinstance(content.get(name), list)
            and not (section.is_optional and name not in content)
        ]
        if faults:
            return faults
        known = self._known_names(content, sections)
        for name, section in sections.items():
            faults += self._check_section(name, section, content.get(name, ()), known)
        return faults

    def _missing_sentence(self, name):
        return self.env._(
            "The file has no list “%(section)s”: it is not complete. Export it again.",
            section=name,
        )

    def _known_names(self, content, sections):
        graph_file = self.env["crm.graph.file"]
        known = {
            name: {
                item["key"]
                for item in content.get(name, ())
                if isinstance(item, dict) and isinstance(item.get("key"), str)
            }
            for name, section in sections.items()
            if section.is_keyed
        }
        known[USERS] = set(graph_file._user_logins())
        known[GROUPS] = set(graph_file._group_names())
        return known

    def _check_section(self, name, section, items, known):
        faults, seen = [], set()
        for number, item in enumerate(items, 1):
            if not isinstance(item, dict):
                faults.append(
                    (
                        name,
                        str(number),
                        self.env._("Each item is an object with named entries."),
                    )
                )
                continue
            label = self._label(section, item) or str(number)
            sentences = self._check_identity(section, item, seen)
            sentences += self._check_values(section, item)
            sentences += self._check_references(section, item, known)
            faults += [(name, label, sentence) for sentence in sentences]
        if not faults:
            faults += self._check_circles(name, section, items)
            faults += self._check_shortcuts(name, items)
        return faults

    @api.model
    def _label(self, section, item):
        """Return what an item is called in a list for people.

        :rtype: str
        """
        if section.is_keyed:
            return str(item.get("key") or "")[:_LONGEST_TEXT]
        parts = [item.get(entry_name(field)) for field in section.identity]
        return " → ".join(str(part)[:_LONGEST_TEXT] for part in parts if part)

    def _check_identity(self, section, item, seen):
        if section.is_keyed:
            missing = [
                entry
                for entry in ("key", "name")
                if not isinstance(item.get(entry), str) or not item[entry].strip()
            ]
            identity = item.get("key")
        else:
            entries = [entry_name(field) for field in section.identity]
            missing = [
                entry
                for field, entry in zip(section.identity, entries, strict=True)
                if self.env[section.model]._fields[field].required
                and not item.get(entry)
            ]
            identity = tuple(repr(item.get(entry)) for entry in entries)
        if missing:
            return [
                self.env._("The entry “%(entry)s” is missing.", entry=entry)
                for entry in missing
            ]
        if identity in seen:
            return [self.env._("It stands twice in the file. Leave one of them.")]
        seen.add(identity)
        return []

    # ------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------

    def _check_values(self, section, item):
        model, sentences = self.env[section.model], []
        for field_name in section.plain:
            entry = entry_name(field_name)
            if entry in item and not self._fits(model._fields[field_name], item[entry]):
                sentences.append(
                    self.env._(
                        "“%(value)s” is no value for “%(entry)s”.",
                        value=str(item[entry])[:60],
                        entry=entry,
                    )
                )
        return sentences or self._check_texts(item) + self._check_relation(
            section, item
        ) + self._check_right(section, item)

    def _fits(self, field, value):
        if value is None:
            return not field.required and field.type != "boolean"
        if field.type == "boolean":
            return isinstance(value, bool)
        if field.type == "integer":
            smallest = 1 if field.name == "duration_minutes" else -_LARGEST_INTEGER
            smallest = 0 if field.name.startswith("delay_") else smallest
            return type(value) is int and smallest <= value <= _LARGEST_INTEGER
        if field.type == "selection":
            return value in field.get_values(self.env)
        if not isinstance(value, str) or "\0" in value or len(value) > _LONGEST_TEXT:
            return False
        if field.name == "color":
            return bool(re.fullmatch("#[0-9a-fA-F]{6}", value))
        if field.name == "shortcut":
            return bool(re.fullmatch("[0-9a-z]", value))
        return True

    def _check_texts(self, item):
        translations = item.get("translations", {})
        sound = isinstance(translations, dict) and all(
            isinstance(text, str) and "\0" not in text and len(text) <= _LONGEST_TEXT
            for text in translations.values()
        )
        external_id = item.get("external_id")
        sentences = []
        if not sound:
            sentences.append(self.env._("Its translations can't be read."))
        if external_id is not None and not (
            isinstance(external_id, str)
            and re.fullmatch(r"[a-z][a-z0-9_]*\.[A-Za-z0-9_.\-]{1,128}", external_id)
        ):
            sentences.append(self.env._("Its external id can't be read."))
        return sentences

    def _check_relation(self, section, item):
        if section.model != "crm.relation":
            return []
        sentences = []
        if item.get("is_conclusive") and not item.get("conclusion"):
            sentences.append(
                self.env._(
                    "A conclusive relation says whether the process is won or lost."
                )
            )
        if (
            item.get("next_assignee") == "fixed"
            and item.get("next_type")
            and not item.get("next_user")
        ):
            sentences.append(
                self.env._("Choose the fixed user who gets the next action.")
            )
        return sentences

    def _check_right(self, section, item):
        if (
            section.model == "crm.planning.right"
            and item.get("target") == "group"
            and not item.get("target_group")
        ):
            return [
                self.env._(
                    "Choose the role whose members the action may be planned for."
                )
            ]
        return []

    def _check_shortcuts(self, name, items):
        faults, holders = [], {}
        for item in items if name == "outcomes" else ():
            shortcut = item.get("active", True) and item.get("shortcut")
            if shortcut and shortcut in holders:
                faults.append(
                    (
                        name,
                        item["key"],
                        self.env._(
                            "It has the same shortcut as %(outcome)s. Choose another"
                            " key.",
                            outcome=holders[shortcut],
                        ),
                    )
                )
            holders.setdefault(shortcut, item["key"])
        return faults

    # ------------------------------------------------------------
    # REFERENCES
    # ------------------------------------------------------------

    def _check_references(self, section, item, known):
        sentences = []
        for field_name, target in section.references:
            entry = entry_name(field_name)
            value = item.get(entry)
            many = self.env[section.model]._fields[field_name].type == "many2many"
            names = value if many and isinstance(value, list) else [value]
            if many and value is not None and not isinstance(value, list):
                sentences.append(self.env._("“%(entry)s” must be a list.", entry=entry))
                continue
            for name in names:
                if name is not None and not (
                    isinstance(name, str) and name in known[target]
                ):
                    sentences.append(self._unknown_sentence(entry, target, name))
        return sentences

    def _unknown_sentence(self, entry, target, name):
        name = str(name)[:60]
        if target == USERS:
            return self.env._(
                "There is no user with the login “%(login)s” here. Create that user,"
                " or enter another login in the file.",
                login=name,
            )
        if target == GROUPS:
            return self.env._("There is no role “%(role)s” here.", role=name)
        return self.env._(
            "“%(entry)s” refers to “%(name)s”, which is not in the file.",
            entry=entry,
            name=name,
        )

    def _check_circles(self, name, section, items):
        faults = []
        for field_name, target in section.references:
            if target != name:
                continue
            entry = entry_name(field_name)
            circle = find_circle({item["key"]: item.get(entry) for item in items})
            if circle:
                faults.append(
                    (
                        name,
                        circle[0],
                        self.env._(
                            "“%(entry)s” runs in a circle: %(circle)s.",
                            entry=entry,
                            circle=" → ".join([*circle, circle[0]][:10]),
                        ),
                    )
                )
        return faults
