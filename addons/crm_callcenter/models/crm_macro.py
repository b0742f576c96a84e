import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.saved_search import BROKEN_SEARCH, read_search
from .crm_relation import ASSIGNEES

_MANAGER = "crm_callcenter.group_campaign_manager"


class CrmMacro(models.Model):
    """A saved search whose names get an action by themselves, again and again.

    A macro acts as its owner, a campaign manager: it finds the names that the owner
    sees, ``uid`` in its search is the owner, and so is "whoever registers the
    outcome". It doesn't matter who started a run. Rights to plan a type don't apply:
    who may make macros may plan everything.
    """

    _name = "crm.macro"
    _description = "Macro"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        domain="[('share', '=', False)]",
        help="Campaign manager in whose name the macro runs: it finds the names that"
        " the owner sees. Gets a message when a run fails.",
    )
    filter_id = fields.Many2one(
        "ir.filters",
        "Saved Search",
        domain="[('model_id', '=', 'crm.lead')]",
        ondelete="set null",
        help="Copies a search that was saved as a favourite in the list of names. The"
        " macro keeps its own copy.",
    )
    domain = fields.Char("Search", required=True, default="[]")
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Action",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_commercial', '=', True), ('is_system', '=', False)]",
        help="What is planned with every name of the search.",
    )
    assignee = fields.Selection(
        ASSIGNEES + [("category", "Operators of a category, in turn")],
        string="Assigned To",
        default="everyone",
        required=True,
        help="Who does the action. When a name has none such, or that user is archived,"
        " it goes to the unassigned pool. 'Whoever registers the outcome' is the owner"
        " of the macro.",
    )
    assignee_user_id = fields.Many2one(
        "res.users",
        "Fixed User",
        ondelete="restrict",
        domain="[('share', '=', False)]",
    )
    operator_category_id = fields.Many2one(
        "crm.operator.category",
        "Category",
        ondelete="restrict",
        help="Its operators, and those of the categories below it, get the actions in"
        " turn.",
    )
    delay_days = fields.Integer("Days", help="Days from the run until it is due.")
    delay_hours = fields.Integer("Hours", help="Hours from the run until it is due.")
    process_id = fields.Many2one(
        "crm.process",
        "Process to Open",
        ondelete="restrict",
        help="Opened with every name that gets the action, unless it is open already.",
    )
    cap = fields.Integer(
        "At Most per Run",
        default=1000,
        help="How many actions one run plans at most. Zero: no limit.",
    )
    skip_planned = fields.Boolean(
        "Not If Already Planned",
        default=True,
        help="Leaves out names with which an action of this type is planned already.",
    )
    # Schedule
    is_scheduled = fields.Boolean("Runs by Itself", copy=False)
    interval_number = fields.Integer("Every", default=1)
    interval_type = fields.Selection(
        [("hours", "Hours"), ("days", "Days"), ("weeks", "Weeks")],
        default="days",
        required=True,
    )
    next_run = fields.Datetime(
        help="Days and weeks keep the time of day, also over a change of the clocks."
    )
    run_ids = fields.One2many("crm.macro.run", "macro_id", "Runs", readonly=True)
    last_run_state = fields.Selection(
        selection=lambda self: self.env["crm.macro.run"]._fields["state"].selection,
        compute="_compute_last_run",
    )
    last_run_date = fields.Datetime("Last Run", compute="_compute_last_run")

    _delay_positive = models.Constraint(
        "CHECK (delay_days >= 0 AND delay_hours >= 0)",
        "An action can't be due before the run: enter zero or more days and hours.",
    )
    _cap_positive = models.Constraint(
        "CHECK (cap >= 0)", "A run plans zero (no limit) or more actions."
    )
    _interval_positive = models.Constraint(
        "CHECK (interval_number > 0)", "A macro runs every one or more hours or days."
    )

    @api.depends("run_ids.state", "run_ids.date_start")
    def _compute_last_run(self):
        newest = dict(
            self.env["crm.macro.run"]._read_group(
                [("macro_id", "in", self.ids)], ["macro_id"], ["id:max"]
            )
        )
        for macro in self:
            run = self.env["crm.macro.run"].browse(newest.get(macro))
            macro.last_run_state = run.state
            macro.last_run_date = run.date_start

    @api.onchange("filter_id")
    def _onchange_filter_id(self):
        if self.filter_id:
            self.domain = self.filter_id.domain

    @api.onchange("is_scheduled")
    def _onchange_is_scheduled(self):
        if self.is_scheduled and not self.next_run:
            self.next_run = fields.Datetime.now()

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.constrains(
        "active",
        "domain",
        "user_id",
        "activity_type_id",
        "assignee",
        "assignee_user_id",
        "operator_category_id",
        "process_id",
    )
    def _check_runnable(self):
        for macro in self.filtered("active"):
            macro._check_targets()
            macro._check_assignee()
            macro._check_search()

    @api.constrains("is_scheduled", "next_run")
    def _check_next_run(self):
        for macro in self:
            if macro.is_scheduled and not macro.next_run:
                raise ValidationError(
                    self.env._(
                        "%(macro)s runs by itself: enter when it runs next.",
                        macro=macro.name,
                    )
                )

    def _check_targets(self):
        """Refuse an action or a process that can't be planned.

        :raise ValidationError: it is switched off, or no commercial action
        """
        for target in (self.activity_type_id, self.process_id):
            if target and not target.active:
                raise ValidationError(
                    self.env._(
                        "The macro %(macro)s uses %(target)s, which is switched off."
                        " Switch it on again or choose another one.",
                        macro=self.name,
                        target=target.display_name,
                    )
                )
        activity_type = self.activity_type_id
        if not activity_type.is_commercial or activity_type.is_system:
            raise ValidationError(
                self.env._(
                    "The macro %(macro)s can't plan %(type)s: choose a commercial"
                    " action that is not the system's own.",
                    macro=self.name,
                    type=activity_type.name,
                )
            )

    def _check_assignee(self):
        """Refuse people who can't run the macro, or do what it plans.

        :raise ValidationError: the owner is no campaign manager, the fixed user has
            no access to names, or the category is missing
        """
        if not (self.user_id.active and self.user_id.has_group(_MANAGER)):
            raise ValidationError(
                self.env._(
                    "The macro %(macro)s runs in the name of %(user)s, who is no"
                    " campaign manager. Choose another owner.",
                    macro=self.name,
                    user=self.user_id.name,
                )
            )
        if self.assignee == "category" and not self.operator_category_id:
            raise ValidationError(
                self.env._(
                    "The macro %(macro)s gives its actions to operators in turn:"
                    " choose their category.",
                    macro=self.name,
                )
            )
        user = self.assignee_user_id
        if self.assignee == "fixed" and not (
            user.active
            and not user.share
            and self.env["crm.lead"].with_user(user).has_access("read")
        ):
            raise ValidationError(
                self.env._(
                    "The macro %(macro)s gives its actions to %(user)s, who has no"
                    " access to names. Give that user a role of the call centre, or"
                    " choose somebody else.",
                    macro=self.name,
                    user=user.name or self.env._("nobody"),
                )
            )

    def _check_search(self):
        """Refuse a search that PostgreSQL or Odoo don't understand.

        :raise ValidationError: it names the macro and what is wrong
        """
        try:
            query = self._leads()._search(self._names_domain())
            with self.env.cr.savepoint(flush=False):
                # Without any row: PostgreSQL reads it, and looks at no name.
                self.env.execute_query(
                    SQL("SELECT FROM (%s) q LIMIT 0", query.select())
                )
        except (*BROKEN_SEARCH, psycopg2.Error) as error:
            raise self._broken_search(error) from error

    def _broken_search(self, error):
        """Return the refusal of a search.

        :param Exception error: what Odoo or PostgreSQL said
        :rtype: ValidationError
        """
        return ValidationError(
            self.env._(
                "The search of the macro %(macro)s is broken: %(error)s Open the macro"
                " and mend its search.",
                macro=self.name,
                error=str(error).strip().splitlines()[0].rstrip(".") + ".",
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_runs(self):
        for macro in self:
            if macro.run_ids:
                raise UserError(
                    self.env._(
                        "%(macro)s has run already, and the log of its runs stays."
                        " Archive it instead.",
                        macro=macro.name,
                    )
                )

    # ------------------------------------------------------------
    # NAMES
    # ------------------------------------------------------------

    def _leads(self):
        """Return ``crm.lead`` as the owner sees it.

        :rtype: crm.lead
        """
        self.ensure_one()
        return self.env["crm.lead"].with_user(self.user_id)

    def _names_domain(self):
        """Return which names get the action: never blocked or archived ones.

        :rtype: Domain
        :raise ValueError: the search isn't written as a search is
        """
        return (
            self._search_domain()
            & Domain("active", "=", True)
            & Domain("commercial_state_id", "not in", self._blocked_state_ids())
        )

    def _search_domain(self):
        """Return the search as a domain, evaluated for the owner and for today.

        :rtype: Domain
        :raise ValueError: it isn't written as a search is
        """
        return read_search(self.domain, self._leads(), self.user_id)

    @api.model
    def _blocked_state_ids(self):
        """Return the states in which nobody may be contacted, archived ones included.

        :rtype: list[int]
        """
        states = self.env["crm.commercial.state"].with_context(active_test=False)
        return states.search([("state_class", "=", "blocked")]).ids

    def _assignee_source(self, lead_ids, planned):
        """Return the query that says who gets the action with each of some names.

        :param list lead_ids: the names, in the order of their numbers
        :param int planned: how many actions the run has planned already
        :return: a query that yields ``lead_id`` and ``user_id``
        :rtype: SQL
        """
        if self.assignee == "category":
            user_ids = self._category_user_ids()
            user = SQL(
                "(%s::integer[])[1 + (%s + lead.place - 1) %% %s]",
                user_ids,
                planned,
                max(len(user_ids), 1),
            )
            # The engine joins the names itself: here their numbers are enough.
            names = SQL("unnest(%s) WITH ORDINALITY AS lead(id, place)", lead_ids)
        else:
            user = self.env["crm.planner"]._assignee_sql(
                self.assignee, self.user_id, self.assignee_user_id
            )
            names = SQL("crm_lead lead WHERE lead.id = ANY(%s)", lead_ids)
        return SQL("SELECT lead.id AS lead_id, %s AS user_id FROM %s", user, names)

    def _category_user_ids(self):
        """Return the operators of the category, and of those below it.

        :rtype: list[int]
        """
        # sudo: the category of colleagues
        users = self.env["res.users"].sudo()
        return users.search(
            [
                ("operator_category_id", "child_of", self.operator_category_id.ids),
                ("share", "=", False),
            ],
            order="id",
        ).ids

    def _count_names(self):
        """Count what a run would do now.

        :return: ``found`` (names of the search), ``planned`` (of these, names left
            out because the action is planned already) and ``to_plan``
        :rtype: dict[str, int]
        :raise ValidationError: the search is broken
        """
        self.ensure_one()
        self._check_search()
        query = self._leads()._search(self._names_domain())
        planned = SQL("false")
        if self.skip_planned:
            planned = self._is_planned_sql(
                SQL.identifier(query.table, "id"), self.activity_type_id
            )
        [[found, already]] = self.env.execute_query(
            query.select(SQL("count(*)"), SQL("count(*) FILTER (WHERE %s)", planned))
        )
        to_plan = found - already
        return {
            "found": found,
            "planned": already,
            "to_plan": min(to_plan, self.cap) if self.cap else to_plan,
        }

    @api.model
    def _is_planned_sql(self, lead_id, activity_type):
        """Return the condition that an action of a type is open with a name.

        Asked name by name, by the index: as a join, a plan made before thousands of
        such actions were planned compares each of them with each name.

        :param SQL lead_id: the number of the name
        :rtype: SQL
        """
        self.env["mail.activity"].flush_model()
        return SQL(
            """((SELECT true FROM mail_activity a
                  WHERE a.res_id = %s AND a.activity_type_id = %s
                    AND a.res_model = 'crm.lead' AND a.active
                  LIMIT 1) IS TRUE)""",
            lead_id,
            activity_type.id,
        )
