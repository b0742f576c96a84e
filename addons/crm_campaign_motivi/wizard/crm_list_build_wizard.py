from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: So many names of the search are sorted for the preview; the rest is counted only.
PREVIEW_NAMES = 50000
#: Up to so many names are put into the list while the user waits.
AT_ONCE = 5000


class CrmListBuildWizard(models.TransientModel):
    """Fills a list, new or not, from a search, and says first with how many names."""

    _name = "crm.list.build.wizard"
    _description = "Fill a List from a Search"
    _inherit = ["crm.list.rule.mixin"]

    list_id = fields.Many2one(
        "crm.call.list",
        "Existing List",
        domain="[('owner_id', '=', False)]",
        help="Leave it empty to make a new list.",
    )
    name = fields.Char("New List")
    campaign_id = fields.Many2one(
        "utm.campaign",
        compute="_compute_campaign_id",
        store=True,
        readonly=False,
        domain="[('is_call_campaign', '=', True)]",
    )
    operator_ids = fields.Many2many(
        "res.users",
        string="Operators",
        domain="[('may_call_names', '=', True)]",
    )
    domain = fields.Char("Names", default="[]", required=True)
    is_live = fields.Boolean(
        "Keep It Live",
        help="From now on new matches enter the list, and names that stop matching and"
        " were never worked leave it.",
    )
    found = fields.Integer("Names Found", compute="_compute_preview")
    entering = fields.Integer("Names That Enter", compute="_compute_preview")
    left_out = fields.Text(compute="_compute_preview")
    is_estimate = fields.Boolean(compute="_compute_preview")

    @api.model
    def default_get(self, fields_list):
        """Take the search of the names from which the window was opened.

        The list remembers the search, so selected names are a search as well.
        """
        values = super().default_get(fields_list)
        context = self.env.context
        if context.get("active_model") == "crm.lead" and "domain" in fields_list:
            values["domain"] = repr(list(self._chosen_domain()))
        call_list = self.env["crm.call.list"].browse(values.get("list_id"))
        if call_list:
            values.update(self._values_of_list(call_list))
        return values

    def _chosen_domain(self):
        """Return the search, or the selected names if the search finds others too.

        :rtype: Domain
        """
        chosen = self.env.context.get("active_ids") or []
        searched = self.env.context.get("active_domain")
        # The browser names so many; whoever selects all of a search means more.
        limit = self.env["crm.bulk.wizard"]._selection_limit()
        if searched and chosen:
            leads = self.env["crm.lead"]
            others = Domain(searched) & Domain("id", "not in", chosen)
            if len(chosen) >= limit or not leads.search_count(others, limit=1):
                return Domain(searched)
        return Domain("id", "in", chosen)

    def _values_of_list(self, call_list):
        names = [*self.env["crm.list.rule.mixin"]._rule_fields(), "is_live"]
        values = call_list.read(names, load=None)[0]
        del values["id"]
        if call_list.domain:
            values["domain"] = call_list.domain
        return values

    @api.depends("list_id")
    def _compute_campaign_id(self):
        for wizard in self:
            if wizard.list_id:
                wizard.campaign_id = wizard.list_id.campaign_id

    @api.onchange("list_id")
    def _onchange_list_id(self):
        if self.list_id:
            values = self._values_of_list(self.list_id)
            # What the window was opened with is what the user wants to add.
            if self.env.context.get("active_model") == "crm.lead":
                values.pop("domain", None)
            self.update(values)

    @api.depends(
        lambda self: (
            "domain",
            "list_id",
            "campaign_id",
            *self.env["crm.list.rule.mixin"]._rule_fields(),
        )
    )
    def _compute_preview(self):
        for wizard in self:
            leads, domain = wizard._search_leads(wizard.domain)
            lead_ids = leads.search(domain, order="id", limit=PREVIEW_NAMES).ids
            wizard.is_estimate = len(lead_ids) >= PREVIEW_NAMES
            wizard.found = (
                leads.search_count(domain) if wizard.is_estimate else len(lead_ids)
            )
            # sudo: whoever keeps a name out is counted, whether the user sees it or not
            counts = wizard.list_id.sudo()._sort_names(lead_ids, rules=wizard)
            wizard.entering = counts.pop("added", 0)
            wizard.left_out = wizard._count_sentences(counts)

    def action_fill(self):
        """Put the names into the list; with many it goes on in the background.

        :return: the operation, with its progress
        :rtype: dict
        :raise UserError: no list is said
        """
        self.ensure_one()
        call_list = self.list_id or self._create_list()
        call_list.check_access("write")
        names = self.env["crm.list.rule.mixin"]._rule_fields()
        [values] = self.read([*names, "is_live", "domain"], load=None)
        del values["id"]
        call_list.write(values)
        job = self.env["crm.list.job"]._start(
            {
                "kind": "build",
                "list_id": call_list.id,
                "campaign_id": call_list.campaign_id.id,
                "domain": self.domain,
            },
            self.found,
            at_once=AT_ONCE,
        )
        return job.action_open()

    def _create_list(self):
        if not (self.name or "").strip() or not self.campaign_id:
            raise UserError(
                self.env._("Choose a list, or the campaign and the name of a new one.")
            )
        if not self.env["crm.call.list"].has_access("create"):
            raise UserError(
                self.env._(
                    "Campaign managers make new lists. Choose one of your campaigns."
                )
            )
        values = {"name": self.name.strip(), "campaign_id": self.campaign_id.id}
        # A list that is given to nobody by name is for everybody of the campaign.
        if self.operator_ids:
            values["operator_ids"] = [fields.Command.set(self.operator_ids.ids)]
        return self.env["crm.call.list"].create(values)
