from lxml.builder import E

from odoo import api, models


class SaleOrder(models.Model):
    """Dates that managers add appear on forms, lists and searches by themselves."""

    _inherit = "sale.order"

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self.env["crm.segnalazione.date"]._known())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            self._patch_dates_form(arch)
        # Lists and searches of Odoo's own orders stay as they are.
        elif arch.find(".//field[@name='segnalazione_type_id']") is not None:
            if view_type == "list":
                self._patch_dates_list(arch)
            elif view_type == "search":
                self._patch_dates_search(arch)
        return arch, view

    @api.model
    def _patch_dates_form(self, arch):
        left = arch.find(".//group[@name='segnalazione_dates']")
        right = arch.find(".//group[@name='segnalazione_dates_right']")
        if left is None or right is None:
            return
        entries = self.env["crm.segnalazione.date"]._known()
        middle = (len(entries) + 1) // 2
        for number, (_id, name) in enumerate(entries):
            group = left if number < middle else right
            group.append(E.field(name=name, readonly="1"))

    @api.model
    def _patch_dates_list(self, arch):
        shown = {node.get("name") for node in arch.iter("field")}
        for _id, name in self.env["crm.segnalazione.date"]._known():
            if name not in shown:
                arch.append(E.field(name=name, optional="hide", readonly="1"))

    @api.model
    def _patch_dates_search(self, arch):
        """Offer the dates as filters by month, and to group by."""
        filters = {node.get("name") for node in arch.iter("filter")}
        groups = arch.findall("./group")
        group_by = groups[-1] if groups else E.group()
        if not groups:
            arch.append(group_by)
        added = [
            name
            for _id, name in self.env["crm.segnalazione.date"]._known()
            if f"when_{name}" not in filters
        ]
        if not added:
            return
        group_by.addprevious(E.separator())
        for name in added:
            group_by.addprevious(
                E.filter(
                    name=f"when_{name}",
                    string=self._fields[name]._description_string(self.env),
                    date=name,
                )
            )
            group_by.append(
                E.filter(
                    name=f"group_{name}",
                    string=self._fields[name]._description_string(self.env),
                    context=repr({"group_by": name}),
                )
            )
