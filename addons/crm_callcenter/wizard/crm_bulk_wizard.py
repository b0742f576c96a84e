from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Up to so many names are changed while the user waits.
AT_ONCE = 1000


class CrmBulkWizard(models.TransientModel):
    """Asks what is to be done with the names that were chosen in their list."""

    _name = "crm.bulk.wizard"
    _description = "Change Many Names"

    kind = fields.Selection(
        selection=lambda self: self.env["crm.bulk.job"]._fields["kind"].selection,
        string="Operation",
        required=True,
        default="outcome",
    )
    scope = fields.Selection(
        [("selected", "The selected names"), ("search", "All names of the search")],
        string="With",
        required=True,
        default="selected",
    )
    selected_domain = fields.Text(readonly=True, required=True, default="[]")
    search_domain = fields.Text(readonly=True, required=True, default="[]")
    selected_count = fields.Integer(readonly=True)
    search_count = fields.Integer(readonly=True)
    count = fields.Integer("Names", compute="_compute_count")
    in_background = fields.Boolean(compute="_compute_count")
    note = fields.Text()
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Type",
        domain="[('is_commercial', '=', True), ('is_system', '=', False)]",
    )
    allowed_outcome_ids = fields.Many2many(
        "crm.outcome", compute="_compute_allowed_outcome_ids"
    )
    outcome_id = fields.Many2one(
        "crm.outcome",
        domain="[('id', 'in', allowed_outcome_ids)]",
    )
    effects = fields.Text("What Follows", compute="_compute_effects")
    commercial_state_id = fields.Many2one("crm.commercial.state")
    process_id = fields.Many2one("crm.process")
    sets_salesperson = fields.Boolean("Change the Salesperson")
    salesperson_id = fields.Many2one("res.users", domain="[('share', '=', False)]")
    sets_contact_user = fields.Boolean("Change the Contact Person")
    contact_user_id = fields.Many2one(
        "res.users", "Contact Person", domain="[('share', '=', False)]"
    )
    sets_technician = fields.Boolean("Change the Technician")
    technician_id = fields.Many2one("res.users", domain="[('share', '=', False)]")

    @api.model
    def default_get(self, fields_list):
        """Take the names from the list that the wizard was opened from."""
        values = super().default_get(fields_list)
        leads = self.env["crm.lead"]
        companies = Domain("company_id", "in", [False, *self.env.companies.ids])
        chosen = Domain("id", "in", self.env.context.get("active_ids") or [])
        # Whoever selected an archived name means it.
        chosen &= Domain("active", "in", [True, False])
        searched = Domain(self.env.context.get("active_domain") or chosen)
        values["selected_domain"] = repr(list(chosen & companies))
        values["search_domain"] = repr(list(searched & companies))
        values["selected_count"] = leads.search_count(chosen & companies)
        values["search_count"] = leads.search_count(searched & companies)
        if len(self.env.context.get("active_ids") or []) >= self._selection_limit():
            values["scope"] = "search"
        return values

    @api.model
    def _selection_limit(self):
        """Return how many names the browser names; whoever selects all means more.

        :rtype: int
        """
        # sudo: a parameter of the web client, which the session tells everybody
        parameters = self.env["ir.config_parameter"].sudo()
        return int(parameters.get_param("web.active_ids_limit", default="20000"))

    @api.depends("scope", "selected_count", "search_count")
    def _compute_count(self):
        for wizard in self:
            wizard.count = (
                wizard.selected_count
                if wizard.scope == "selected"
                else wizard.search_count
            )
            wizard.in_background = wizard.count > AT_ONCE

    @api.depends("activity_type_id")
    def _compute_allowed_outcome_ids(self):
        for wizard in self:
            relations = self.env["crm.relation"].search(
                [("activity_type_id", "=", wizard.activity_type_id.id)]
            )
            wizard.allowed_outcome_ids = relations.outcome_id

    @api.onchange("activity_type_id")
    def _onchange_activity_type_id(self):
        if self.outcome_id not in self.allowed_outcome_ids:
            self.outcome_id = False

    @api.depends("activity_type_id", "outcome_id")
    def _compute_effects(self):
        for wizard in self:
            relation = self.env["crm.relation"]._get(
                wizard.activity_type_id, wizard.outcome_id
            )
            wizard.effects = "\n".join(relation._describe_effects())

    def action_confirm(self):
        """Do it: at once with few names, in the background with many.

        :return: the operation, with its progress
        :rtype: dict
        :raise UserError: something is missing, or no name is chosen
        """
        self.ensure_one()
        if not self.count:
            raise UserError(self.env._("No name is chosen. Select names in the list."))
        self._check_complete()
        # sudo: operations are written by the system; only managers open this window
        job = self.env["crm.bulk.job"].sudo().create(self._job_values())
        if self.in_background:
            job._job_trigger()
        else:
            job._work_at_once()
        return job.sudo(False).action_open()

    def _check_complete(self):
        """Refuse an operation that says not enough.

        :raise UserError: it names what is missing
        """
        missing = {
            "outcome": not (self.activity_type_id and self.outcome_id)
            and self.env._("Choose the type and its outcome."),
            "state": not (self.commercial_state_id and (self.note or "").strip())
            and self.env._("Choose the state, and write why it is changed."),
            "process": not self.process_id and self.env._("Choose the process."),
            "people": not (
                self.sets_salesperson or self.sets_contact_user or self.sets_technician
            )
            and self.env._("Tick whom you want to change."),
        }[self.kind]
        if missing:
            raise UserError(missing)
        if self.kind == "outcome" and self.outcome_id not in self.allowed_outcome_ids:
            raise UserError(
                self.env._(
                    "%(type)s can't end with %(outcome)s: they have no relation."
                    " Choose another outcome.",
                    type=self.activity_type_id.name,
                    outcome=self.outcome_id.name,
                )
            )

    def _job_values(self):
        """Return the values of the operation that does it.

        :rtype: dict
        """
        names = [
            "kind",
            "note",
            "activity_type_id",
            "outcome_id",
            "commercial_state_id",
            "process_id",
            "sets_salesperson",
            "salesperson_id",
            "sets_contact_user",
            "contact_user_id",
            "sets_technician",
            "technician_id",
        ]
        [values] = self.read(names, load=None)
        del values["id"]
        domain = (
            self.selected_domain if self.scope == "selected" else self.search_domain
        )
        return {**values, "domain": domain, "user_id": self.env.uid}
