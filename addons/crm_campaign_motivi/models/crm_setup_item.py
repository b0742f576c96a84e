from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.i18n import format_list


class CrmSetupItem(models.Model):
    """A table that must be filled in before people can call, and whether it is.

    Rows are data: each addon adds those of its own tables. Whatever a count can't tell
    is said by a method ``_check_<code>`` that returns sentences. Tables of state say
    where something stands (Stati); the same rows are their overview.
    """

    _name = "crm.setup.item"
    _description = "Start-Up Check"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Names the method that checks more.")
    sequence = fields.Integer(default=10)
    purpose = fields.Char(translate=True, help="What it is for, in a sentence.")
    is_state_table = fields.Boolean("Table of States")
    is_optional = fields.Boolean("Not Needed by Everybody")
    res_model = fields.Char("Kind of Record", required=True)
    domain = fields.Char(default="[]", required=True, help="Which records count.")
    minimum = fields.Integer(default=1, help="How many records there must be.")
    action_xmlid = fields.Char("Screen", required=True)
    can_replace = fields.Boolean(help="One of its records can be replaced by another.")
    # What it looks like now
    state = fields.Selection(
        [("done", "Defined"), ("missing", "To Define"), ("optional", "Empty")],
        compute="_compute_state",
    )
    sentence = fields.Text("What Is Missing", compute="_compute_state")
    count = fields.Integer("In Use", compute="_compute_counts")
    archived_count = fields.Integer("Switched Off", compute="_compute_counts")

    _code_once = models.Constraint("UNIQUE (code)", "There is such a check already.")

    @api.model
    def _search(self, domain, *args, **kwargs):
        # Tables of addons that aren't installed wait for them.
        known = Domain("res_model", "in", tuple(self.env.registry))
        return super()._search(Domain(domain) & known, *args, **kwargs)

    @api.depends("res_model", "domain")
    def _compute_counts(self):
        for item in self:
            # sudo: how many there are, of everybody
            model = self.env[item.res_model].sudo()
            domain = literal_eval(item.domain)
            item.count = model.search_count(domain)
            item.archived_count = (
                model.search_count([*domain, (model._active_name, "=", False)])
                if model._active_name
                else 0
            )

    @api.depends("count")
    def _compute_state(self):
        for item in self:
            problems = item._problems()
            item.sentence = "\n".join(problems)
            if not problems:
                item.state = "done"
            else:
                item.state = "optional" if item.is_optional else "missing"

    def _problems(self):
        """Return a sentence for each thing that is undefined here.

        :rtype: list[str]
        """
        self.ensure_one()
        if self.count < self.minimum:
            return [
                self.env._("None is defined yet.")
                if not self.count
                else self.env._(
                    "%(count)s of at least %(minimum)s are defined.",
                    count=self.count,
                    minimum=self.minimum,
                )
            ]
        check = getattr(self, f"_check_{self.code}", None)
        return check() if check else []

    # ------------------------------------------------------------
    # WHAT A COUNT CAN'T TELL
    # ------------------------------------------------------------

    def _check_outcomes(self):
        field = self.env["crm.outcome"]._fields["kind"]
        # sudo: settings, read for whoever may open the checklist
        found = self.env["crm.outcome"].sudo().search([("kind", "!=", False)])
        kinds = set(found.mapped("kind"))
        missing = [
            label
            for kind, label in field._description_selection(self.env)
            if kind in ("R", "N", "T") and kind not in kinds
        ]
        if not missing:
            return []
        return [
            self.env._(
                "No active outcome of kind %(kinds)s.",
                kinds=format_list(self.env, missing),
            )
        ]

    def _check_list_states(self):
        field = self.env["crm.list.state"]._fields["category"]
        # sudo: as above
        states = self.env["crm.list.state"].sudo().search([("active", "=", True)])
        found = set(states.mapped("category"))
        missing = [
            label
            for category, label in field._description_selection(self.env)
            if category not in found
        ]
        if not missing:
            return []
        return [
            self.env._(
                "No active state of category %(categories)s: names can't get there.",
                categories=format_list(self.env, missing),
            )
        ]

    def _check_relations(self):
        # sudo: as above
        types = self.env["mail.activity.type"].sudo()
        call = types._default_call()
        if not call:
            return [
                self.env._(
                    "No action by telephone is active. Activate a scheme, or an action."
                )
            ]
        outcomes = self.env["crm.outcome"].sudo().search([("kind", "!=", False)])
        relations = self.env["crm.relation"].sudo()
        known = relations.search([("activity_type_id", "=", call.id)]).outcome_id
        if outcomes <= known:
            return []
        return [
            self.env._(
                "Nothing follows yet from these outcomes of %(type)s: %(outcomes)s.",
                type=call.name,
                outcomes=format_list(self.env, (outcomes - known).mapped("name")),
            )
        ]

    def _check_stages(self):
        # sudo: as above
        if self.env["crm.stage"].sudo().search_count([("is_won", "=", True)]):
            return []
        return [self.env._("No stage says that an opportunity is won.")]

    def _check_zones(self):
        # sudo: as above
        zones = self.env["crm.zone"].sudo().search([("active", "=", True)])
        return self._name_some(
            zones.filtered(lambda zone: not zone.agent_ids and not zone.child_ids),
            self.env._("No agent covers: %(names)s."),
        )

    def _check_agents(self):
        # sudo: as above
        agents = self.env["res.users"].sudo().search(literal_eval(self.domain))
        return self._name_some(
            agents.filtered(lambda agent: not agent.zone_ids),
            self.env._("Without a zone: %(names)s."),
        )

    def _check_groups(self):
        # sudo: as above
        groups = self.env["crm.operator.group"].sudo().search([("active", "=", True)])
        return self._name_some(
            groups.filtered(lambda group: not group.coordinator_id),
            self.env._("Without a coordinator: %(names)s."),
        ) + self._name_some(
            groups.filtered(lambda group: not group.member_count),
            self.env._("Without members: %(names)s."),
        )

    def _check_campaigns(self):
        # sudo: as above
        campaigns = self.env["utm.campaign"].sudo().search(literal_eval(self.domain))
        return [
            f"{campaign.title}: {' '.join(campaign.setup_problem.splitlines())}"
            for campaign in campaigns
            if campaign.call_state == "running" and campaign.setup_problem
        ]

    def _name_some(self, records, sentence, limit=5):
        """Return a sentence that names the first of some records, if there are any.

        :param str sentence: with ``%(names)s``
        :rtype: list[str]
        """
        if not records:
            return []
        names = records[:limit].mapped("display_name")
        if len(records) > limit:
            names.append(self.env._("%s more", len(records) - limit))
        return [sentence % {"names": format_list(self.env, names)}]

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open(self):
        """Button: the screen on which it is defined.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["ir.actions.actions"]._for_xml_id(self.action_xmlid)

    def action_replace(self):
        """Button: replace one of its records by another.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_callcenter.crm_replace_wizard_action"
        )
        action["context"] = {"default_kind": self.res_model}
        return action
