from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.crm_callcenter.models.crm_names_job_mixin import OPEN_STATES
from odoo.addons.crm_callcenter.tools.saved_search import BROKEN_SEARCH, read_search

#: What can't change while a run of the definition is at work.
_DEFINITION = frozenset(("domain", "line_domain", "value_ids", "user_id", "company_id"))


class CrmSegnalazioneMassChange(models.Model):
    """One change to many documents (Manutenzione massiva): which, and what of them.

    It is kept, so that it can be run again, also by itself. It acts as its owner,
    whoever starts it: nothing is found or changed that the owner may not.
    """

    _name = "crm.segnalazione.mass.change"
    _description = "Mass Maintenance"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self._default_name())
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        default=lambda self: self.env.user,
        copy=False,
        ondelete="restrict",
        domain="[('share', '=', False)]",
        help="It runs with the rights of its owner, who gets a message when a run that"
        " started by itself fails.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    domain = fields.Char("Documents", required=True, default="[]")
    line_domain = fields.Char(
        "Lines",
        required=True,
        default="[]",
        help="Which of their lines are changed. Documents without such a line are left"
        " out.",
    )
    value_ids = fields.One2many(
        "crm.segnalazione.mass.change.value", "change_id", "Changes", copy=True
    )
    document_count = fields.Integer(
        "Documents Found", compute="_compute_counts", help="As of now."
    )
    line_count = fields.Integer("Lines Found", compute="_compute_counts")
    run_ids = fields.One2many(
        "crm.segnalazione.mass.run", "change_id", "Runs", readonly=True
    )
    last_run_id = fields.Many2one(
        "crm.segnalazione.mass.run", compute="_compute_last_run"
    )

    def _default_name(self):
        today = fields.Date.context_today(self)
        return self.env._("Mass change of %(date)s", date=today)

    @api.depends("domain", "line_domain", "company_id", "user_id")
    def _compute_counts(self):
        for change in self:
            try:
                orders = change._orders()
                change.document_count = orders.search_count(change._orders_domain())
                change.line_count = orders.order_line.search_count(
                    Domain("order_id", "any", change._orders_domain())
                    & change._lines_domain()
                )
            except UserError:
                change.document_count = change.line_count = 0

    @api.depends("run_ids.state")
    def _compute_last_run(self):
        newest = dict(
            self.env["crm.segnalazione.mass.run"]._read_group(
                [("change_id", "in", self.ids), ("kind", "=", "run")],
                ["change_id"],
                ["id:max"],
            )
        )
        for change in self:
            change.last_run_id = newest.get(change._origin)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_owner(vals)
        return super().create(vals_list)

    def write(self, vals):
        if _DEFINITION & vals.keys():
            self._check_not_running()
        self._check_owner(vals)
        return super().write(vals)

    @api.model
    def _check_owner(self, vals):
        """Let nobody run with the rights of somebody else.

        :param dict vals: to be written
        :raise AccessError: the owner would be another user
        """
        if not self.env.su and vals.get("user_id", self.env.uid) != self.env.uid:
            raise AccessError(
                self.env._(
                    "A mass change runs with the rights of its owner: you may take it"
                    " over, but not give it to somebody else."
                )
            )

    def _check_not_running(self):
        """Refuse to change what a run is working on.

        :raise UserError: a run is at work
        """
        for run in self.sudo().run_ids:  # sudo: runs of others count as well
            if run.state in OPEN_STATES:
                raise UserError(
                    self.env._(
                        "%(change)s is running: %(user)s started it. Wait until the"
                        " run has ended, or cancel it.",
                        change=run.change_id.name,
                        user=run.user_id.name,
                    )
                )

    # ------------------------------------------------------------
    # WHICH DOCUMENTS AND LINES
    # ------------------------------------------------------------

    def _orders(self, user=None):
        """Return an empty ``sale.order`` as the owner sees it, without messages.

        :param res.users user: whose rights; the owner's by default
        :rtype: sale.order
        """
        self.ensure_one()
        user = user or self.user_id
        return (
            self.env["sale.order"]
            .with_user(user)
            .with_context(
                lang=user.lang,
                tz=user.tz,
                allowed_company_ids=self.company_id.ids,
                # A run is the trace: not a message and a mail for each document.
                tracking_disable=True,
                mail_auto_subscribe_no_notify=True,
            )
        )

    def _read_domain(self, text, records, title):
        """Return a search of this definition.

        :raise UserError: it can't be run any more
        """
        try:
            return read_search(text, records, records.env.user)
        except BROKEN_SEARCH as error:
            raise UserError(
                self.env._(
                    "The search for %(title)s can't be run any more (%(error)s)."
                    " Define it again.",
                    title=title,
                    error=error,
                )
            ) from error

    def _orders_domain(self, user=None):
        """Return which documents are changed; only those of the archive ever are.

        :param res.users user: whom ``uid`` means; the owner by default
        :rtype: Domain
        """
        orders = self._orders(user)
        domain = Domain(
            [
                ("segnalazione_type_id", "!=", False),
                ("company_id", "=", self.company_id.id),
            ]
        ) & self._read_domain(self.domain, orders, self.env._("documents"))
        lines = self._lines_search(user)
        if not lines.is_true():
            domain &= Domain("order_line", "any", self._lines_domain(user))
        return domain

    def _lines_search(self, user=None):
        lines = self._orders(user).order_line
        return self._read_domain(self.line_domain, lines, self.env._("lines"))

    def _lines_domain(self, user=None):
        """Return which lines of these documents are changed: those with a product.

        :rtype: Domain
        """
        return Domain("display_type", "=", False) & self._lines_search(user)

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def action_dry_run(self):
        """List what a run would change, and what it would refuse.

        :rtype: dict
        """
        return self._queue_run("dry").action_open()

    def action_run(self):
        """Change the documents.

        :rtype: dict
        """
        return self._queue_run("run").action_open()

    def action_undo(self):
        """Undo the last run.

        :rtype: dict
        """
        self.ensure_one()
        if not self.last_run_id:
            raise UserError(self.env._("There is no run that could be undone."))
        return self.last_run_id.action_undo()

    def action_runs(self):
        """Show the runs of this definition.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segnalazioni.crm_segnalazione_mass_run_action"
        )
        return {**action, "domain": [("change_id", "=", self.id)]}

    def action_documents(self):
        """Show the documents that the search finds now.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents Found"),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": list(self._orders_domain(self.env.user)),
        }

    def _queue_run(self, kind, origin="hand"):
        """Make a run; a short one is done at once, others in the background.

        :param str kind: ``dry`` or ``run``
        :param str origin: ``hand`` or ``schedule``
        :rtype: crm.segnalazione.mass.run
        :raise UserError: one is at work already, or it can't run
        """
        self.ensure_one()
        self.check_access("write")
        self._check_not_running()
        self._check_runnable()
        return self.env["crm.segnalazione.mass.run"]._start(
            {
                "change_id": self.id,
                "kind": kind,
                "origin": origin,
                "user_id": self.user_id.id,
                "starter_id": self.env.uid,
                "summary": "\n".join(self.value_ids.mapped("display_name")),
            },
            self.document_count if origin == "hand" else None,
        )

    def _check_runnable(self):
        """Say why it can't run.

        :raise UserError: no changes are defined, or its owner may not run it
        """
        if not self.value_ids:
            raise UserError(
                self.env._("Say first what is to be changed in the documents.")
            )
        if not self.user_id.active or not (
            self.user_id.has_group("crm_callcenter.group_back_office")
            or self.user_id.has_group("crm_callcenter.group_campaign_manager")
        ):
            raise UserError(
                self.env._(
                    "%(user)s may no longer change documents in bulk. Give"
                    " %(change)s another owner.",
                    user=self.user_id.name,
                    change=self.name,
                )
            )
        self._orders_domain()

    @api.model
    def _action_from_selection(self, records):
        """Open a new definition for what was chosen in a list.

        :param records: documents, or lines of documents
        :rtype: dict
        """
        chosen = repr([("id", "in", records.ids)])
        context = {"default_domain": chosen}
        if records._name == "sale.order.line":
            context = {
                "default_domain": repr([("id", "in", records.order_id.ids)]),
                "default_line_domain": chosen,
            }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mass Maintenance"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": context,
        }
