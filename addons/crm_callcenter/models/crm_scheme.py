from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.i18n import format_list


class CrmScheme(models.Model):
    """A ready-made graph: types, outcomes, states, processes and their relations.

    Its records are switched on and off together. What every company has (outcomes
    of the desk, the basic states) belongs to no scheme.
    """

    _name = "crm.scheme"
    _description = "Scheme of the Commercial Graph"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True)
    state = fields.Selection(
        [("off", "Switched Off"), ("on", "Active")],
        required=True,
        default="off",
        readonly=True,
        copy=False,
    )
    activity_type_ids = fields.Many2many(
        "mail.activity.type",
        "crm_scheme_activity_type_rel",
        "scheme_id",
        "node_id",
        string="Types",
        domain="[('is_commercial', '=', True), ('is_system', '=', False)]",
        context={"active_test": False},
    )
    outcome_ids = fields.Many2many(
        "crm.outcome",
        "crm_scheme_outcome_rel",
        "scheme_id",
        "node_id",
        string="Outcomes",
        domain="[('is_system', '=', False)]",
        context={"active_test": False},
        help="Outcomes that are switched on and off with this scheme. Those that it"
        " uses and that are always there need not stand here.",
    )
    commercial_state_ids = fields.Many2many(
        "crm.commercial.state",
        "crm_scheme_commercial_state_rel",
        "scheme_id",
        "node_id",
        string="Commercial States",
        context={"active_test": False},
    )
    process_ids = fields.Many2many(
        "crm.process",
        "crm_scheme_process_rel",
        "scheme_id",
        "process_id",
        string="Processes",
        context={"active_test": False},
    )
    relation_ids = fields.Many2many(
        "crm.relation",
        "crm_scheme_relation_rel",
        "scheme_id",
        "relation_id",
        string="Relations",
        context={"active_test": False},
        help="Switched on with the scheme. When it is switched off, it remembers here"
        " which relations of its types were on.",
    )
    type_count = fields.Integer("Number of Types", compute="_compute_counts")
    relation_count = fields.Integer("Number of Relations", compute="_compute_counts")

    @api.depends("activity_type_ids", "relation_ids")
    def _compute_counts(self):
        for scheme in self:
            scheme.type_count = len(scheme.activity_type_ids)
            scheme.relation_count = len(scheme.relation_ids)

    # ------------------------------------------------------------
    # ON
    # ------------------------------------------------------------

    def action_activate(self):
        """Switch the records of these schemes on, except those that were replaced.

        :return: reloads the page
        :rtype: dict
        """
        for scheme in self:
            for nodes in scheme._nodes():
                nodes.filtered(lambda node: not node.replaced_by_id).active = True
            scheme.process_ids.active = True
            scheme.relation_ids.filtered(
                lambda relation: all(
                    target.active for target in relation._targets() if target
                )
            ).active = True
            scheme.state = "on"
        self._first_choice_is_made()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _nodes(self):
        """Return types, outcomes and states of this scheme, each as a record set.

        :rtype: tuple
        """
        self.ensure_one()
        return self.activity_type_ids, self.outcome_ids, self.commercial_state_ids

    @api.model
    def _first_choice_is_made(self):
        """Ask nobody any more, after installation, which scheme to activate."""
        todo = self.env.ref(
            "crm_callcenter.crm_scheme_first_choice_todo", raise_if_not_found=False
        )
        if todo:
            # sudo: the campaign manager decides it, an administrator's list shows it
            todo.sudo().state = "done"

    # ------------------------------------------------------------
    # OFF
    # ------------------------------------------------------------

    def action_deactivate(self):
        """Switch the records of these schemes off.

        What another active scheme has too stays on, and so does what is used
        beside the schemes: a state in which names stand, an outcome of a relation
        that somebody added to a type of their own.

        :return: tells what stayed on
        :rtype: dict
        :raise UserError: actions of its types are planned
        """
        kept = []
        for scheme in self:
            types = scheme._own("activity_type_ids")
            scheme._check_nothing_planned(types)
            relations = self.env["crm.relation"].search(
                [("activity_type_id", "in", types.ids)]
            )
            scheme.relation_ids = relations | scheme._own("relation_ids").filtered(
                lambda relation, types=types: relation.activity_type_id not in types
            )
            scheme.relation_ids.active = False
            kept += scheme._switch_off("process_ids")
            for name in ("activity_type_ids", "outcome_ids", "commercial_state_ids"):
                kept += scheme._switch_off(name)
            scheme.state = "off"
        return self._tell_what_stayed(kept)

    def _own(self, name):
        """Return the records of a field that no other active scheme has."""
        self.ensure_one()
        others = self.search([("state", "=", "on"), ("id", "not in", self.ids)])
        return self[name] - others[name]

    def _check_nothing_planned(self, types):
        self.env["mail.activity"].flush_model(["activity_type_id", "active"])
        rows = self.env.execute_query(
            SQL(
                """SELECT activity_type_id, count(*) FROM mail_activity
                    WHERE active AND activity_type_id = ANY(%s)
                 GROUP BY activity_type_id ORDER BY count(*) DESC""",
                types.ids,
            )
        )
        if not rows:
            return
        planned = [
            self.env._(
                "%(type)s (%(count)s)", type=types.browse(type_id).name, count=count
            )
            for type_id, count in rows
        ]
        raise UserError(
            self.env._(
                "Actions of %(scheme)s are still planned: %(planned)s. Close them, or"
                " replace their types, and switch the scheme off then.",
                scheme=self.name,
                planned=format_list(self.env, planned),
            )
        )

    def _switch_off(self, name):
        """Switch own records of a field off, and return the names of those kept on.

        :rtype: list[str]
        """
        records = self._own(name).filtered("active")
        in_use = records.filtered(lambda record: record._is_used_elsewhere())
        (records - in_use).active = False
        return in_use.mapped("display_name")

    @api.model
    def _tell_what_stayed(self, kept):
        reload = {"type": "ir.actions.client", "tag": "soft_reload"}
        if not kept:
            return reload
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "Still in use, so they stay on: %(records)s.",
                    records=format_list(self.env, kept),
                ),
                "next": reload,
            },
        }
