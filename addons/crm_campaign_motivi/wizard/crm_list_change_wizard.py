from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.crm_callcenter.wizard.crm_bulk_wizard import AT_ONCE


class CrmListChangeWizard(models.TransientModel):
    """Changes many names of lists at once, while operators work on them."""

    _name = "crm.list.change.wizard"
    _description = "Change Names in Lists"

    kind = fields.Selection(
        [
            ("suspend", "Suspend them"),
            ("resume", "Resume suspended ones"),
            ("reopen", "Open them again, to be called as new"),
            ("move", "Move them into another list, with state and recall"),
            ("copy", "Copy them into another list, to be called there too"),
            ("remove", "Take them out of the list"),
        ],
        "What",
        required=True,
        default="suspend",
    )
    scope = fields.Selection(
        [("selected", "The selected names"), ("search", "All names of the search")],
        "With",
        required=True,
        default="selected",
    )
    selected_domain = fields.Text(readonly=True, required=True, default="[]")
    search_domain = fields.Text(readonly=True, required=True, default="[]")
    source_list_ids = fields.Many2many("crm.call.list", string="Lists", readonly=True)
    list_state_ids = fields.Many2many(
        "crm.list.state",
        string="In the States",
        help="Only names in one of these states. Left empty: in any state.",
    )
    keep_attempts = fields.Boolean(
        help="Attempts made so far count on. Otherwise counting begins anew."
    )
    target_list_id = fields.Many2one(
        "crm.call.list", "Other List", domain="[('owner_id', '=', False)]"
    )
    archive_emptied = fields.Boolean(
        "Archive Emptied Lists", help="Lists from which all names were moved."
    )
    count = fields.Integer("Names", compute="_compute_count")
    has_live = fields.Boolean(compute="_compute_count")

    @api.model
    def default_get(self, fields_list):
        """Take the names from the lines or lists that were chosen."""
        values = super().default_get(fields_list)
        context = self.env.context
        ids = context.get("active_ids") or []
        if context.get("active_model") == "crm.call.list":
            values["source_list_ids"] = [fields.Command.set(ids)]
            chosen = searched = Domain("list_id", "in", ids)
        else:
            chosen = Domain("id", "in", ids)
            searched = Domain(context.get("active_domain") or chosen)
            if len(ids) >= self.env["crm.bulk.wizard"]._selection_limit():
                values["scope"] = "search"
        values["selected_domain"] = repr(list(chosen))
        values["search_domain"] = repr(list(searched))
        return values

    def _lines_domain(self):
        """Return which lines are meant.

        :rtype: Domain
        """
        self.ensure_one()
        text = self.selected_domain if self.scope == "selected" else self.search_domain
        domain = Domain(literal_eval(text))
        if self.list_state_ids:
            domain &= Domain("list_state_id", "in", self.list_state_ids.ids)
        if self.kind == "resume":
            domain &= Domain("suspended", "=", True)
        return domain

    @api.depends("scope", "list_state_ids", "kind", "selected_domain", "search_domain")
    def _compute_count(self):
        lines = self.env["crm.call.list.line"]
        for wizard in self:
            domain = wizard._lines_domain()
            wizard.count = lines.search_count(domain)
            live = Domain("list_id.is_live", "=", True)
            wizard.has_live = bool(lines.search(domain & live, limit=1))

    def action_confirm(self):
        """Do it: at once with few names, in the background with many.

        :return: the operation, with its progress
        :rtype: dict
        :raise UserError: no name is meant, or the other list is missing
        """
        self.ensure_one()
        if not self.count:
            raise UserError(
                self.env._("No name is meant. Choose other names or states.")
            )
        values = {
            "kind": self.kind,
            "domain": repr(list(self._lines_domain())),
            "keep_attempts": self.keep_attempts,
        }
        lists = self._check_rights()
        if len(lists) == 1:
            values["list_id"] = lists.id
        if len(lists.campaign_id) == 1:
            values["campaign_id"] = lists.campaign_id.id
        if self.kind in ("move", "copy"):
            values["target_list_ids"] = [fields.Command.set(self._checked_target().ids)]
        if self.kind == "move" and self.archive_emptied:
            values["source_list_ids"] = [
                fields.Command.set((self.source_list_ids - self.target_list_id).ids)
            ]
        return (
            self.env["crm.list.job"]._start(values, self.count, AT_ONCE).action_open()
        )

    def _check_rights(self):
        """Refuse to change names of lists that the user may not write.

        :return: the lists of the names
        :rtype: crm.call.list
        """
        lines = self.env["crm.call.list.line"]
        groups = lines._read_group(self._lines_domain(), ["list_id"])
        lists = lines.list_id.union(*(call_list for [call_list] in groups))
        lists.check_access("write")
        return lists

    def _checked_target(self):
        if not self.target_list_id:
            raise UserError(self.env._("Choose the list into which the names go."))
        self.target_list_id.check_access("write")
        return self.target_list_id
