from lxml.builder import E

from odoo import api, models
from odoo.tools.misc import format_amount, format_date, format_datetime, formatLang

#: At most so many custom fields are columns of a list, for Odoo reads columns that
#: nobody has opened as well; and as many stand in the search bar. Filters and groups
#: that people make themselves know all fields.
MOST_OFFERED = 40

#: Widgets of the types that have one of their own.
WIDGETS = {"choices": "many2many_tags", "amount": "monetary"}


class CrmCustomFieldMixin(models.AbstractModel):
    """Custom fields on every form, list and search of names and customers.

    They are put into the views when these are read, so that nobody has to touch one.
    """

    _inherit = "crm.custom.field.mixin"

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        entry_model = self.env["crm.custom.field"]
        return (*key, entry_model._catalogue_version(), entry_model._my_roles())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if self._custom_names():
            if view_type == "form":
                self._patch_custom_form(arch)
            elif view_type == "list":
                self._patch_custom_list(arch)
            elif view_type == "search":
                self._patch_custom_search(arch)
        return arch, view

    @api.model
    def _visible_entries(self):
        """Return the entries that the current user may see, with the mode of each.

        :return: (technical name, entry, mode)
        :rtype: list[tuple]
        """
        modes = self.env["crm.custom.field"]._my_modes()
        return [
            (name, entry, modes[name])
            for name, entry in self.env["crm.custom.field"]._catalogue().items()
            if modes[name] != "hidden" and name in self._fields
        ]

    @api.model
    def _patch_custom_form(self, arch):
        """Add the custom fields: a page of their own, or on phones a short block."""
        entries = self._visible_entries()
        notebook = arch.find(".//notebook")
        if not entries or notebook is None:
            return
        if self.env["crm.custom.field"]._my_roles() == ("agent",):
            on_phone = [row for row in entries if row[1]["on_phone"]]
            if not on_phone:
                return
            # Before all else on the card: at the door nobody scrolls.
            first = arch.find(".//group[@name='card']")
            first = notebook if first is None else first
            for hidden in ("custom_field_keys", "custom_currency_id"):
                first.addprevious(E.field(name=hidden, invisible="1"))
            first.addprevious(
                E.group(
                    *(self._custom_node(*row) for row in on_phone),
                    name="custom_fields",
                    string=self.env._("To Know"),
                )
            )
            return
        page = E.page(
            E.field(name="custom_field_keys", invisible="1"),
            E.field(name="custom_currency_id", invisible="1"),
            self._custom_groups(entries),
            name="custom_fields",
            string=self.env._("Custom Fields"),
        )
        if any(not entry["is_shown"] for _name, entry, _mode in entries):
            page.append(
                E.button(
                    name="action_add_custom_field",
                    type="object",
                    string=self.env._("Add a Field…"),
                    **{"class": "btn-link ps-0"},
                    invisible="not id",
                )
            )
        timeline = notebook.find("page[@name='history']")
        notebook.insert(0 if timeline is None else notebook.index(timeline) + 1, page)

    @api.model
    def _custom_groups(self, entries):
        """Return the fields under the headings of their groups, side by side."""
        # sudo: headings are no secret
        groups = self.env["crm.custom.field.group"].sudo()
        by_group = {}
        for row in entries:
            by_group.setdefault(row[1]["group"] or 0, []).append(row)
        outer = E.group()
        for group_id, rows in by_group.items():
            heading = groups.browse(group_id).name if group_id else None
            node = E.group(
                *(self._custom_node(*row) for row in rows),
                name=f"custom_group_{group_id}",
                invisible=f"',g{group_id},' not in (custom_field_keys or '')",
            )
            if heading:
                node.set("string", heading)
            outer.append(node)
        return outer

    @api.model
    def _custom_node(self, name, entry, mode):
        """Return the node of one field of a form."""
        key = f"',f{entry['id']},'"
        keys = "(custom_field_keys or '')"
        node = E.field(name=name, invisible=f"{key} not in {keys}")
        if entry["field_type"] in WIDGETS:
            node.set("widget", WIDGETS[entry["field_type"]])
        if mode == "readonly":
            node.set("readonly", "1")
        elif mode == "required":
            node.set("required", f"{key} in {keys}")
        if entry["field_type"] in ("choice", "choices"):
            self._limit_choices(node, entry, mode)
        elif entry["field_type"] == "contact":
            node.set("options", "{'no_create': True}")
        return node

    @api.model
    def _limit_choices(self, node, entry, mode):
        may_add = mode in ("edit", "required") and (
            entry["allow_new_choices"]
            or "campaign_manager" in self.env["crm.custom.field"]._my_roles()
        )
        options = {"no_open": True, "no_create_edit": True}
        if not may_add:
            options["no_create"] = True
        if entry["field_type"] == "choices":
            options["color_field"] = "color"
        node.set("options", repr(options))
        node.set("domain", f"[('custom_field_id', '=', {entry['id']})]")
        node.set(
            "context",
            repr(
                {
                    "default_custom_field_id": entry["id"],
                    "custom_field_name": entry["name"],
                }
            ),
        )

    @api.model
    def _offered_entries(self, flag):
        """Return the first entries that lists, or the search bar, offer.

        :param str flag: ``in_list`` or ``in_search``
        :rtype: list[tuple]
        """
        entries = [row for row in self._visible_entries() if row[1][flag]]
        return entries[:MOST_OFFERED]

    @api.model
    def _patch_custom_list(self, arch):
        """Offer the custom fields as columns that everybody may show."""
        shown = {node.get("name") for node in arch.iter("field")}
        for name, entry, mode in self._offered_entries("in_list"):
            if name in shown:
                continue
            node = E.field(name=name, optional="hide")
            if entry["field_type"] in WIDGETS:
                node.set("widget", WIDGETS[entry["field_type"]])
            if mode == "readonly":
                node.set("readonly", "1")
            if entry["field_type"] in ("choice", "choices"):
                self._limit_choices(node, entry, mode)
            if entry["field_type"] == "amount" and "custom_currency_id" not in shown:
                shown.add("custom_currency_id")
                arch.append(E.field(name="custom_currency_id", column_invisible="1"))
            arch.append(node)

    @api.model
    def _patch_custom_search(self, arch):
        """Offer the custom fields in the search bar, as filters and to group by."""
        groups = arch.findall("./group")
        group_by = groups[-1] if groups else None
        for name, entry, _mode in self._offered_entries("in_search"):
            if entry["field_type"] == "yes_no":
                arch.append(E.separator())
                arch.append(
                    E.filter(
                        name=f"is_{name}",
                        string=entry["label"],
                        domain=f"[('{name}', '=', True)]",
                    )
                )
            elif entry["field_type"] in ("date", "datetime"):
                arch.append(E.separator())
                arch.append(
                    E.filter(name=f"when_{name}", string=entry["label"], date=name)
                )
            else:
                node = E.field(name=name)
                if entry["field_type"] in ("choice", "choices"):
                    node.set("domain", f"[('custom_field_id', '=', {entry['id']})]")
                arch.insert(len(arch.findall("./field")), node)
            if entry["field_type"] not in ("long_text", "decimal", "amount"):
                if group_by is None:
                    group_by = E.group()
                    arch.append(group_by)
                group_by.append(
                    E.filter(
                        name=f"group_{name}",
                        string=entry["label"],
                        context=repr({"group_by": name}),
                    )
                )

    def _show_custom_value(self, name):
        """Return a custom value of this record in words, as people here read it.

        :param str name: technical name of the field
        :rtype: str
        """
        self.ensure_one()
        value, field = self[name], self._fields[name]
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if isinstance(value, models.BaseModel):
            # sudo: the user may see the field, and so what it says
            return ", ".join(value.sudo().mapped("display_name"))
        if field.type == "date":
            return format_date(self.env, value) if value else ""
        if field.type == "datetime":
            return format_datetime(self.env, value, dt_format="short") if value else ""
        if field.type == "monetary":
            return format_amount(self.env, value, self.custom_currency_id)
        if field.type in ("integer", "float"):
            return formatLang(self.env, value, 0 if field.type == "integer" else 2)
        return value or ""
