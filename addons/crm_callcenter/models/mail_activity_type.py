from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL


class MailActivityType(models.Model):
    """An action type (Tipo/Azione): what can be planned with a name.

    Only *commercial* types belong to the graph. Odoo's own types stay as they are:
    its other apps complete them by themselves.
    """

    _name = "mail.activity.type"
    _inherit = ["mail.activity.type", "crm.graph.node.mixin"]
    _leads_here_field = "next_type_id"

    is_commercial = fields.Boolean(
        "Commercial Action",
        help="An action of the commercial graph: it is planned on names, and asks for"
        " its outcome when it is done.",
    )
    channel = fields.Selection(
        [
            ("call", "Call"),
            ("visit", "Visit"),
            ("email", "E-mail"),
            ("form", "Form"),
            ("other", "Other"),
        ],
        default="other",
        help="How the contact with the name takes place.",
    )
    is_meeting = fields.Boolean(
        "Takes Time in the Calendar",
        help="Planned as an event in the calendar of whoever does it, in the first"
        " free time from the due date on.",
    )
    duration_minutes = fields.Integer(
        "Duration (minutes)", default=60, help="How long such an event takes."
    )
    automatic_outcome_id = fields.Many2one(
        "crm.outcome",
        "Closed by the System With",
        ondelete="restrict",
        help="Nobody has to do anything: when such an action is due, the system closes"
        " it with this outcome.",
    )
    replaced_by_id = fields.Many2one(
        "mail.activity.type",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="Reports count the history of this type under the one that replaced it.",
    )
    relation_ids = fields.One2many("crm.relation", "activity_type_id", "Relations")
    planning_right_ids = fields.One2many(
        "crm.planning.right",
        "activity_type_id",
        "Who May Plan It",
        help="Who may plan this action for whom. Without any line everybody who may"
        " change the name may plan it for everybody.",
    )

    relation_count = fields.Integer(
        "Number of Relations", compute="_compute_relation_count"
    )
    scheme_ids = fields.Many2many(
        "crm.scheme",
        "crm_scheme_activity_type_rel",
        "node_id",
        "scheme_id",
        string="Schemes",
        readonly=True,
    )

    _duration_positive = models.Constraint(
        "CHECK (duration_minutes > 0)", "An event lasts at least one minute."
    )

    @api.depends("relation_ids")
    def _compute_relation_count(self):
        counts = dict(
            self.env["crm.relation"]._read_group(
                [("activity_type_id", "in", self.ids)],
                ["activity_type_id"],
                ["__count"],
            )
        )
        for activity_type in self:
            activity_type.relation_count = counts.get(activity_type, 0)

    @api.constrains("is_commercial", "res_model", "chaining_type", "relation_ids")
    def _check_commercial(self):
        for activity_type in self:
            if activity_type.is_commercial and activity_type.res_model != "crm.lead":
                raise ValidationError(
                    self.env._(
                        "%(type)s is a commercial action: it is planned on names, so"
                        " its model must be Lead.",
                        type=activity_type.name,
                    )
                )
            if activity_type.is_commercial and activity_type.chaining_type == "trigger":
                raise ValidationError(
                    self.env._(
                        "%(type)s is a commercial action: what follows it is decided"
                        " by its relations. Leave Odoo's chaining on 'Suggest'.",
                        type=activity_type.name,
                    )
                )
            if activity_type.relation_ids and not activity_type.is_commercial:
                raise ValidationError(
                    self.env._(
                        "%(type)s has relations, so it must be a commercial action.",
                        type=activity_type.name,
                    )
                )

    @api.constrains("automatic_outcome_id")
    def _check_endless_chain(self):
        self.env["crm.relation"]._check_endless_chain()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("is_commercial"):
                vals.setdefault("res_model", "crm.lead")
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        if vals.get("is_system") is False or vals.get("active") is False:
            self._check_not_system()
        return super().write(vals)

    def unlink(self):
        # Before Odoo turns what is planned into to-dos.
        self._unlink_except_in_use()
        self.env.registry.clear_cache()
        return super().unlink()

    def _check_not_system(self):
        for activity_type in self.filtered("is_system"):
            raise UserError(
                self.env._(
                    "%(type)s is used by the system itself and stays as it is.",
                    type=activity_type.name,
                )
            )

    @api.model
    @tools.ormcache()
    def _commercial_ids(self):
        """Return the ids of all commercial types, archived ones included.

        :rtype: frozenset[int]
        """
        # sudo: the ids of a configuration, for every user's request
        types = self.sudo().with_context(active_test=False)
        return frozenset(types.search([("is_commercial", "=", True)])._ids)

    @api.model
    @tools.ormcache()
    def _system_ids(self):
        """Return the ids of the types that only the system itself uses.

        :rtype: frozenset[int]
        """
        # sudo: see above
        return frozenset(self.sudo().search([("is_system", "=", True)])._ids)

    @api.model
    @tools.ormcache()
    def _asking_ids(self):
        """Return the ids of the types whose actions end only with an outcome.

        :rtype: frozenset[int]
        """
        # sudo: see above
        relations = self.env["crm.relation"].sudo().with_context(active_test=True)
        groups = relations._read_group([], ["activity_type_id"])
        return frozenset(activity_type.id for [activity_type] in groups)

    @api.model
    @tools.ormcache("field", "value")
    def _first_id(self, field, value):
        # sudo: see above
        return (
            self.sudo()
            .with_context(active_test=True)
            .search(
                [
                    ("is_commercial", "=", True),
                    ("is_system", "=", False),
                    (field, "=", value),
                ],
                limit=1,
            )
            .id
        )

    @api.model
    def _default_visit(self):
        """Return the type of an appointment that the graph says nothing about.

        :rtype: mail.activity.type
        """
        # sudo: see above
        return self.sudo().browse(self._first_id("is_meeting", True) or ())

    @api.model
    def _default_call(self):
        """Return the type of a call that nobody gave a type.

        :rtype: mail.activity.type
        """
        # sudo: see above
        return self.sudo().browse(self._first_id("channel", "call") or ())

    @api.model
    def get_graph_legend(self):
        """Return what the icons and colours in lists, cards and calendars mean.

        :return: ``types``, ``outcomes`` and ``states`` in use, each a list of ``id``,
            ``name``, ``color`` and ``icon``, in their order
        :rtype: dict[str, list[dict]]
        """
        columns = ["name", "color", "icon"]
        return {
            "types": self.search_read(
                [("is_commercial", "=", True), ("is_system", "=", False)], columns
            ),
            "outcomes": self.env["crm.outcome"].search_read(
                [("active", "=", True)], columns
            ),
            "states": self.env["crm.commercial.state"].search_read(
                [("active", "=", True)], columns
            ),
        }

    def _asks_outcome(self):
        """Tell whether an action of this type ends only with an outcome.

        :rtype: bool
        """
        return self.id in self._asking_ids()

    @api.model
    def _graph_references(self):
        return super()._graph_references() + [
            ("crm.relation", "activity_type_id"),
            ("crm.relation", "next_type_id"),
            ("mail.activity", "activity_type_id"),
            ("calendar.event", "action_type_id"),
            ("mail.activity.plan.template", "activity_type_id"),
            ("crm.process", "type_ids"),
            ("crm.macro", "activity_type_id"),
        ]

    @api.model
    def _history_references(self):
        return super()._history_references() + [
            ("crm.interaction", "activity_type_id"),
        ]

    # ------------------------------------------------------------
    # REPLACE
    # ------------------------------------------------------------

    def _is_of_graph(self):
        return self.is_commercial

    def _check_replaceable(self, new):
        result = super()._check_replaceable(new)
        events = self.env["calendar.event"].sudo()  # sudo: how many, of all
        if self.is_meeting and not new.is_meeting:
            count = events.search_count(
                self._planned_domain("calendar.event", "action_type_id")
            )
            if count:
                raise UserError(
                    self.env._(
                        "%(count)s appointments of %(old)s stand in the calendar, and"
                        " %(new)s takes no time there. Choose a type that does.",
                        count=count,
                        old=self.name,
                        new=new.name,
                    )
                )
        return result

    def _replace_assignments(self, model_name, field_name, new):
        assignments = super()._replace_assignments(model_name, field_name, new)
        if model_name == "mail.activity":
            assignments = SQL(
                "%s, needs_scheduling = %s AND calendar_event_id IS NULL",
                assignments,
                new.is_meeting,
            )
        return assignments
