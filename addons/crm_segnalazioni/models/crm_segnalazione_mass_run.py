from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_callcenter.models.crm_names_job_mixin import OPEN_STATES

#: Documents between two commits; nobody waits long for them.
BATCH_DOCUMENTS = 1000
#: Up to so many documents are done while the user waits.
AT_ONCE = 200


class CrmSegnalazioneMassRun(models.Model):
    """One run of a mass change: a dry one, a real one, or the undo of one.

    Batch by batch, each with a commit of its own, together with the rows that say
    what was done: a run that is killed goes on where it was.
    """

    _name = "crm.segnalazione.mass.run"
    _description = "Run of a Mass Change"
    _inherit = ["crm.names.job.mixin"]
    _order = "id desc"

    change_id = fields.Many2one(
        "crm.segnalazione.mass.change",
        "Mass Change",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="change_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [("dry", "Dry run"), ("run", "Run"), ("undo", "Undo")],
        required=True,
        readonly=True,
    )
    origin = fields.Selection(
        [("hand", "By hand"), ("schedule", "By itself")],
        required=True,
        readonly=True,
        default="hand",
    )
    starter_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    user_id = fields.Many2one(
        string="Runs as", help="Nothing is found or changed that this user may not."
    )
    phase = fields.Selection(
        [("all", "All documents"), ("retry", "Those that somebody had in hand")],
        default="all",
        readonly=True,
        copy=False,
    )
    undo_of_id = fields.Many2one(
        "crm.segnalazione.mass.run",
        "Undoes",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    undo_ids = fields.One2many(
        "crm.segnalazione.mass.run", "undo_of_id", "Undone by", readonly=True
    )
    result_ids = fields.One2many(
        "crm.segnalazione.mass.result", "run_id", "Results", readonly=True
    )
    summary = fields.Text("Changes", readonly=True)
    matched = fields.Integer("Documents Found", help="")
    seen = fields.Integer("Documents Looked At")
    done = fields.Integer("Documents Changed")
    skipped = fields.Integer(
        "Documents Left",
        help="Documents in which nothing was changed: what was wanted was there"
        " already, or it was refused.",
    )
    changed_lines = fields.Integer(readonly=True, copy=False)
    refused = fields.Integer(
        "Refusals", readonly=True, copy=False, help="Changes that were refused."
    )
    busy_ids = fields.Json(readonly=True, copy=False)
    may_undo = fields.Boolean(compute="_compute_may_undo")

    _one_at_a_time = models.UniqueIndex(
        "(change_id) WHERE state IN ('queued', 'running')",
        "This mass change is running already. Wait until the run has ended, or cancel"
        " it.",
    )

    @api.depends("kind", "change_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            run.display_name = f"{run.change_id.name}: {kinds.get(run.kind)} {run.id}"

    @api.depends("kind", "state", "done", "undo_ids.state")
    @api.depends_context("uid")
    def _compute_may_undo(self):
        for run in self:
            run.may_undo = not run._undo_obstacle()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_at_work(self):
        for run in self:
            if run.state in OPEN_STATES:
                raise ValidationError(
                    self.env._(
                        "%(run)s is at work. Cancel it first.", run=run.display_name
                    )
                )

    # ------------------------------------------------------------
    # START
    # ------------------------------------------------------------

    @api.model
    def _start(self, values, count):
        """Make a run and do it: at once with few documents, else in the background.

        :param dict values: of the run
        :param int count: how many documents it is about; ``None``: in the background
        :rtype: crm.segnalazione.mass.run
        """
        # sudo: runs are written by the system; whoever starts one was asked for the
        # right, and the documents are changed with the rights of the run's user
        runs = self.sudo()
        runs.flush_model(["state"])
        run = runs.create(values)
        if count is None or count > AT_ONCE or run._somebody_at_work():
            run._job_trigger()
        else:
            run._work_at_once()
        return run.sudo(self.env.su)

    def _somebody_at_work(self):
        """Tell whether another run has its turn; takes the turn if not.

        :rtype: bool
        """
        [[free]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)",
                self._table,
                self._job_lock_id(),
            )
        )
        return not free

    def action_undo(self):
        """Give back the old values where nobody has changed them since.

        :rtype: dict
        """
        self.ensure_one()
        obstacle = self._undo_obstacle()
        if obstacle:
            raise UserError(obstacle)
        self.change_id._check_not_running()
        return self._start(
            {
                "change_id": self.change_id.id,
                "kind": "undo",
                "undo_of_id": self.id,
                "user_id": self.env.uid,
                "starter_id": self.env.uid,
                "summary": self.env._("Undo of %(run)s", run=self.display_name),
            },
            self.done,
        ).action_open()

    def action_continue(self):
        """Go on where it was, unless what it did was undone meanwhile.

        :raise UserError: it was, or it can't go on
        """
        self.ensure_one()
        if self._is_undone():
            raise UserError(self.env._("The run has been undone already."))
        return super().action_continue()

    def _is_undone(self):
        """Tell whether the run was undone, or is just being undone.

        :rtype: bool
        """
        # sudo: also by somebody whose runs the user doesn't see
        return any(undo.state != "failed" for undo in self.sudo().undo_ids)

    def _undo_obstacle(self):
        """Return why it can't be undone, as a sentence.

        :rtype: str
        """
        if self.kind != "run":
            return self.env._("Only what a run has changed can be undone.")
        if self.state in OPEN_STATES:
            return self.env._("The run is at work. Cancel it first.")
        if not self.done:
            return self.env._("The run has changed nothing.")
        if self._is_undone():
            return self.env._("The run has been undone already.")
        manager = "crm_callcenter.group_campaign_manager"
        if self.env.user not in (
            self.user_id,
            self.starter_id,
        ) and not self.env.user.has_group(manager):
            return self.env._(
                "Only %(user)s and campaign managers may undo it.",
                user=self.user_id.name,
            )
        return False

    def action_run_now(self):
        """Do what a dry run has listed.

        :rtype: dict
        """
        self.ensure_one()
        return self.change_id.action_run()

    def action_results(self):
        """Show what it did to each document and line.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segnalazioni.crm_segnalazione_mass_result_action"
        )
        return {
            **action,
            "domain": [("run_id", "=", self.id)],
            "context": dict(self.env.context, create=False),
        }

    def action_download(self):
        """Give the rows as a file.

        :rtype: dict
        :raise UserError: the user may not export
        """
        self.ensure_one()
        self.check_access("read")
        self.env["crm.segnalazione.export.batch"]._check_right(self.env.user)
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self.display_name}.csv".replace("/", "_"),
                "raw": self._results_csv(),
                "mimetype": "text/csv",
            }
        )
        self.env["crm.export.log"]._note(
            "sale.order",
            ["mass change", self.display_name],
            self.env["crm.segnalazione.mass.result"].search_count(
                [("run_id", "=", self.id)]
            ),
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "self",
        }

    # ------------------------------------------------------------
    # WHICH DOCUMENTS
    # ------------------------------------------------------------

    def _job_trigger(self):
        # sudo: waking up a scheduled action needs no right to change it
        self.env.ref("crm_segnalazioni.ir_cron_mass_changes").sudo()._trigger()

    def _job_lock_id(self):
        # Two runs at once take turns, whatever they change.
        return self.company_id.id

    def _job_leads(self):
        return self.change_id._orders(self.user_id)

    def _job_domain(self):
        if self.phase == "retry":
            return Domain("id", "in", self.busy_ids or [])
        if self.kind == "undo":
            results = self.env["crm.segnalazione.mass.result"]
            query = results._search(
                [("run_id", "=", self.undo_of_id.id), ("outcome", "=", "changed")]
            )
            return Domain("id", "in", query.subselect("order_id"))
        return self.change_id._orders_domain(self.user_id)

    def _job_begin(self, page):
        if self.kind != "undo":
            self.change_id._check_runnable()
        if not self.max_lead_id:
            [[last]] = self.env.execute_query(SQL("SELECT max(id) FROM sale_order"))
            self.max_lead_id = last or 0
            if self.phase != "retry":
                self.write(
                    {
                        "matched": self._job_leads().search_count(self._job_domain()),
                        "date_start": fields.Datetime.now(),
                    }
                )
            page[:] = self._job_page()
        self.state = "running"

    def _job_end(self, state, error=False):
        if state == "done" and self.busy_ids and self.phase != "retry":
            busy = len(self.busy_ids)
            self.write(
                {
                    "phase": "retry",
                    "state": "queued",
                    "last_lead_id": 0,
                    "max_lead_id": 0,
                    "seen": self.seen - busy,
                    "skipped": self.skipped - busy,
                }
            )
            return
        super()._job_end(state, error)

    def _job_batch(self, page):
        more = super()._job_batch(page)
        if not more and self.state in OPEN_STATES:
            page.clear()
            return True
        return more

    def _job_process(self, leads):
        orders = leads[:BATCH_DOCUMENTS]
        # sudo: a lock changes nothing; the run's user found these documents
        free = orders.sudo()._lock_for_mass_change().with_env(orders.env)
        rows, busy = [], orders - free
        if self.phase == "retry":
            rows += [self._busy_row(order) for order in busy]
        else:
            self.busy_ids = [*(self.busy_ids or []), *busy.ids]
        rows += self._change_documents(free)
        self._write_results(rows)
        changed = [row for row in rows if row["outcome"] == "changed"]
        lines = {row["line_id"] for row in changed} - {None}
        self.changed_lines += len(lines)
        self.refused += len(rows) - len(changed)
        return len({row["order_id"] for row in changed}), len(orders)

    def _job_fail(self, error):
        if isinstance(error, AccessError):
            error = UserError(
                self.env._(
                    "%(user)s may no longer do this: %(reason)s",
                    user=self.user_id.name,
                    reason=error,
                )
            )
        return super()._job_fail(error)

    def _job_failed(self):
        """Tell the owner, and whoever started it."""
        # sudo: a message of the system
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=(self.user_id | self.starter_id).partner_id.ids,
            subject=self.env._("%(job)s failed", job=self.display_name),
            body=self.error,
            model="crm.segnalazione.mass.change",
            res_id=self.change_id.id,
        )
