from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools.saved_search import BROKEN_SEARCH
from .crm_names_job_mixin import OPEN_STATES


class CrmMacroRun(models.Model):
    """One run of a macro: its log, and the work itself."""

    _name = "crm.macro.run"
    _description = "Run of a Macro"
    _inherit = ["crm.names.job.mixin"]
    _order = "id desc"

    macro_id = fields.Many2one(
        "crm.macro", required=True, index=True, readonly=True, ondelete="restrict"
    )
    activity_type_id = fields.Many2one(
        related="macro_id.activity_type_id", string="Action"
    )
    origin = fields.Selection(
        [("hand", "By hand"), ("schedule", "By itself")],
        required=True,
        readonly=True,
        default="hand",
    )
    done = fields.Integer("Planned")
    skipped = fields.Integer(
        "Left Out",
        help="Names that were left out: the action was planned already, or they were"
        " blocked or archived meanwhile.",
    )

    _one_at_a_time = models.UniqueIndex(
        "(macro_id) WHERE state IN ('queued', 'running')",
        "This macro is running already. Wait until the run has ended, or cancel it.",
    )

    @api.depends("macro_id", "date_start")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "%(macro)s, run %(number)s", macro=run.macro_id.name, number=run.id
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_at_work(self):
        for run in self:
            if run.state in OPEN_STATES:
                raise ValidationError(
                    self.env._(
                        "%(run)s is at work. Cancel it first.", run=run.display_name
                    )
                )

    @api.depends("macro_id.cap", "done")
    def _compute_progress(self):
        result = super()._compute_progress()
        for run in self:
            cap = run.macro_id.cap
            if cap and run.state != "done":
                run.progress = max(run.progress, min(100.0 * run.done / cap, 100.0))
        return result

    def _job_trigger(self):
        # sudo: waking up a scheduled action needs no right to change it
        self.env.ref("crm_callcenter.ir_cron_macros").sudo()._trigger()

    def _job_lock_id(self):
        return self.macro_id.id

    def _job_leads(self):
        leads = self.macro_id._leads()
        return leads.with_context(lang=self.macro_id.user_id.lang)

    def _job_begin(self, page):
        self.macro_id._check_runnable()
        return super()._job_begin(page)

    def _job_domain(self):
        macro = self.macro_id
        try:
            return macro._names_domain()
        except BROKEN_SEARCH as error:
            raise macro._broken_search(error) from error

    def _job_is_full(self):
        cap = self.macro_id.cap
        return bool(cap) and self.done >= cap

    def _job_process(self, leads):
        macro = self.macro_id
        lead_ids = self._names_to_plan(leads.ids)
        if not lead_ids:
            return 0, len(leads)
        if macro.process_id:
            leads.browse(lead_ids)._open_process_by_hand(
                macro.process_id,
                note=self.env._("Opened by the macro %(macro)s.", macro=macro.name),
            )
        planner = leads.env["crm.planner"]
        planner._insert_actions(
            macro.activity_type_id,
            planner._due(macro.delay_days, macro.delay_hours),
            macro._assignee_source(lead_ids, self.done),
        )
        if macro.cap and self.done + len(lead_ids) >= macro.cap:
            return len(lead_ids), leads.ids.index(lead_ids[-1]) + 1
        return len(lead_ids), len(leads)

    def _names_to_plan(self, lead_ids):
        """Return which of some names get the action, as they are at this moment.

        They were looked up a while ago: somebody may have blocked, archived or
        planned one since.

        :param list lead_ids: numbers of names
        :rtype: list[int]
        """
        macro = self.macro_id
        self.env["crm.lead"].flush_model(["active", "commercial_state_id"])
        is_planned = SQL("false")
        if macro.skip_planned:
            is_planned = macro._is_planned_sql(
                SQL.identifier("lead", "id"), macro.activity_type_id
            )
        rows = self.env.execute_query(
            SQL(
                """SELECT lead.id FROM crm_lead lead
                    WHERE lead.id = ANY(%s) AND lead.active
                      AND COALESCE(lead.commercial_state_id != ALL (%s), true)
                      AND NOT %s
                 ORDER BY lead.id LIMIT %s""",
                lead_ids,
                macro._blocked_state_ids(),
                is_planned,
                macro.cap - self.done if macro.cap else None,
            )
        )
        return [lead_id for [lead_id] in rows]

    def _job_failed(self):
        """Send the sentence to the owner of the macro."""
        macro = self.macro_id
        # sudo: a message of the system
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=macro.user_id.partner_id.ids,
            subject=self.env._("The macro %(macro)s failed", macro=macro.name),
            body=self.error,
            model="crm.macro",
            res_id=macro.id,
        )
