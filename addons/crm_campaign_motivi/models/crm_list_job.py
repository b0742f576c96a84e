from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.sql_db import Cursor
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from odoo.addons.crm_callcenter.models.crm_names_job_mixin import OPEN_STATES

#: Kinds that go over names and put them into the list.
ENTERING = ("build", "refresh")


class CrmListJob(models.Model):
    """One operation on a list and its names: its log, and the work itself.

    It fills a list from a search, lets a live list follow its search, or changes
    names in lists. Each batch is a transaction of its own, so that what is done is
    seen by the next request of an operator, and none of them waits for it.
    """

    _name = "crm.list.job"
    _description = "Operation on a List"
    _inherit = ["crm.names.job.mixin"]
    _order = "id desc"

    kind = fields.Selection(
        [
            ("build", "Fill from a search"),
            ("refresh", "Follow the search"),
            ("suspend", "Suspend names"),
            ("resume", "Resume names"),
            ("reopen", "Open names again"),
            ("remove", "Take names out"),
            ("move", "Move names"),
            ("copy", "Copy names"),
            ("split", "Share out names"),
            ("recalls", "Hand over recalls"),
        ],
        "Operation",
        required=True,
        readonly=True,
    )
    phase = fields.Selection(
        [("leave", "Names leave"), ("enter", "Names enter")], readonly=True, copy=False
    )
    list_id = fields.Many2one(
        "crm.call.list",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    campaign_id = fields.Many2one(
        "utm.campaign", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    target_list_ids = fields.Many2many(
        "crm.call.list",
        "crm_list_job_target_rel",
        "job_id",
        "list_id",
        "Into",
        readonly=True,
    )
    import_id = fields.Many2one(
        "crm.list.import",
        "Names of",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Only names that came in with this import are looked at.",
    )
    domain = fields.Text("Search", required=True, readonly=True, default="[]")
    keep_attempts = fields.Boolean(
        readonly=True, help="Names that are opened again keep their attempts."
    )
    new_user_id = fields.Many2one("res.users", "To", readonly=True, ondelete="restrict")
    source_list_ids = fields.Many2many(
        "crm.call.list",
        "crm_list_job_source_rel",
        "job_id",
        "list_id",
        "Archived When Empty",
        readonly=True,
    )
    by_zone = fields.Boolean(readonly=True)
    zone_shares = fields.Json(readonly=True, copy=False)
    counts = fields.Json(readonly=True, copy=False)
    result = fields.Text("Names Left Out", compute="_compute_result")
    done = fields.Integer("Names Done")

    @api.depends("kind", "list_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for job in self:
            parts = [kinds.get(job.kind, ""), job.list_id.name]
            job.display_name = ": ".join(filter(None, parts))

    @api.depends("counts")
    def _compute_result(self):
        for job in self:
            counts = job.counts or {}
            lines = [job.list_id._count_sentences(counts)]
            if counts.get("left"):
                lines.append(
                    self.env._("%(count)s names left the list", count=counts["left"])
                )
            if counts.get("held"):
                lines.append(
                    self.env._(
                        "%(count)s names stayed as they are, in the hands of somebody"
                        " or where they were wanted already",
                        count=counts["held"],
                    )
                )
            job.result = "\n".join(filter(None, lines))

    def _job_trigger(self):
        # sudo: waking up a scheduled action needs no right to change it
        self.env.ref("crm_campaign_motivi.ir_cron_list_jobs").sudo()._trigger()

    # ------------------------------------------------------------
    # OVER NAMES, OR OVER LINES
    # ------------------------------------------------------------

    def _enters(self):
        return self.kind in ENTERING and self.phase != "leave"

    def _job_leads(self):
        if self._enters():
            return super()._job_leads()
        lines = self.env["crm.call.list.line"].with_user(self.user_id)
        if self.kind in ("refresh", "recalls"):
            # sudo: whose list it is was asked when the operation was made; whose
            # recalls they are is closed to whoever may not see figures per person
            lines = lines.sudo()
        return lines.with_context(lang=self.user_id.lang)

    def _job_domain(self):
        if self._enters():
            _leads, domain = self.list_id._search_leads(self.domain, self.user_id)
            if self.import_id:
                # sudo: which import it was, whoever searches
                domain &= self.sudo().import_id._came_in()
            return domain
        if self.phase == "leave":
            return Domain(
                [
                    ("list_id", "=", self.list_id.id),
                    ("category", "=", "to_call"),
                    ("attempts", "=", 0),
                    ("last_contact_at", "=", False),
                ]
            )
        return Domain(safe_eval(self.domain))

    def _job_begin(self, page):
        if self.kind == "refresh" and not self.phase:
            self.phase = "leave"
        if self._enters():
            entered = self.matched
            super()._job_begin(page)
            if self.kind == "refresh":
                self.matched = entered + self.matched
            return
        if not self.max_lead_id:
            [[last]] = self.env.execute_query(
                SQL("SELECT max(id) FROM crm_call_list_line")
            )
            self.max_lead_id = last or 0
            self.matched = self._job_leads().search_count(self._job_domain())
            self.date_start = fields.Datetime.now()
            self._prepare_shares()
            page[:] = self._job_page()
        self.state = "running"

    def _job_end(self, state, error=False):
        if state == "done" and self.phase == "leave":
            self.write(
                {
                    "phase": "enter",
                    "state": "queued",
                    "last_lead_id": 0,
                    "max_lead_id": 0,
                }
            )
            return
        super()._job_end(state, error)
        if state == "done" and self.kind in ENTERING and not self.import_id:
            # sudo: when a list was last looked at is written by the system
            self.list_id.sudo().live_date = self.date_end
        if state == "done":
            self._archive_emptied()
            self._settle_queue()

    def _archive_emptied(self):
        # sudo: whoever started the operation may write these lists
        lists = self.source_list_ids.sudo()
        lists.invalidate_recordset(["count_total"])
        lists.filtered(lambda found: not found.count_total).active = False

    def _settle_queue(self):
        """Have the campaigns put the names into their order, past their filter."""
        # sudo: the order is the system's, whoever changed the lists
        self._campaigns().sudo()._settle_queue()

    def _campaigns(self):
        """Return the campaigns in whose lists names change.

        :rtype: utm.campaign
        """
        lists = self.list_id | self.target_list_ids | self.source_list_ids
        return self.campaign_id | lists.campaign_id

    def _job_batch(self, page):
        more = super()._job_batch(page)
        if not more and self.state in OPEN_STATES:
            page.clear()
            return True
        return more

    # ------------------------------------------------------------
    # BESIDE OPERATORS AT WORK
    # ------------------------------------------------------------

    def _work(self, remaining=1):
        # A batch sees what operators have claimed up to its own moment, and waits for
        # nobody: for that its transaction is READ COMMITTED from its first statement.
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        alone = self.with_context(list_job_alone=True)
        return super(CrmListJob, alone)._work(remaining=remaining)

    def _job_lock_row(self):
        # A test's cursor shares the transaction of the test, which has begun.
        if self.env.context.get("list_job_alone") and isinstance(self.env.cr, Cursor):
            self.env.cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        result = super()._job_lock_row()
        self.env["crm.call.list.line"].invalidate_model()
        return result

    # ------------------------------------------------------------
    # WHAT IS DONE
    # ------------------------------------------------------------

    def _job_process(self, leads):
        if self._enters():
            self._campaigns()._announce_change()
            return self._process_enter(leads), len(leads)
        # sudo: lines are written by the system; the search found those of the user
        lines = leads.sudo()
        if self.phase == "leave":
            done = self._process_leave(lines)
        else:
            done = getattr(self, f"_process_{self.kind}")(lines)
            self._count({"held": len(lines) - done})
        self._campaigns()._announce_change()
        return done, len(lines)

    def _process_enter(self, leads):
        counts = self.list_id._sort_names(leads.ids, add=True)
        added = counts.pop("added", 0)
        if self.kind == "refresh":
            counts.pop("already", None)
        self._count(counts)
        return added

    def _process_leave(self, lines):
        staying = self.list_id._staying(lines.lead_id.ids)
        going = lines.filtered(lambda line: line.lead_id.id not in staying)
        left = going._bulk_remove(never_worked=True)
        self._count({"left": left})
        return left

    def _process_suspend(self, lines):
        return lines._bulk_suspend()

    def _process_resume(self, lines):
        return lines._bulk_resume()

    def _process_reopen(self, lines):
        return lines._bulk_reopen(self.keep_attempts)

    def _process_remove(self, lines):
        return lines._bulk_remove()

    def _process_move(self, lines):
        self._check_targets()
        return lines._bulk_move(self.target_list_ids[:1])

    def _process_copy(self, lines):
        self._check_targets()
        return self.target_list_ids[:1]._add_leads(lines.sorted("rank").lead_id.ids)

    def _process_recalls(self, lines):
        return lines._bulk_give_recalls(self.new_user_id)

    def _process_split(self, lines):
        self._check_targets()
        shares = {}
        for line, call_list in self._shares(lines):
            shares[call_list] = shares.get(call_list, lines.browse()) | line
        return sum(
            share._bulk_move(call_list)
            for call_list, share in shares.items()
            if call_list
        )

    def _check_targets(self):
        if not self.target_list_ids:
            raise UserError(
                self.env._(
                    "The list into which the names were to go has been deleted. Choose"
                    " another one and start again."
                )
            )

    def _prepare_shares(self):
        """Give each zone to the operator who has the fewest names yet."""
        if not self.by_zone:
            return
        lines = self._job_leads()
        query = lines._search(self._job_domain(), order="id")
        rows = self.env.execute_query(
            SQL(
                """SELECT coalesce(lead.zone_id, 0), count(*)
                     FROM crm_call_list_line line
                     JOIN crm_lead lead ON lead.id = line.lead_id
                    WHERE line.id IN (%s) GROUP BY 1 ORDER BY 2 DESC, 1""",
                query.subselect(),
            )
        )
        loads = dict.fromkeys(self.target_list_ids.sorted("id").ids, 0)
        shares = {}
        for zone_id, count in rows:
            list_id = min(loads, key=loads.get)
            loads[list_id] += count
            shares[str(zone_id)] = list_id
        self.zone_shares = shares

    def _shares(self, lines):
        """Yield each line with the list of the operator who gets it.

        A private recall stays with its operator, if the operator gets a share.
        """
        targets = self.target_list_ids.sorted("id")
        of_user = {user: found for found in targets for user in found.operator_ids}
        zones = self.zone_shares if self.by_zone else None
        for place, line in enumerate(lines.sorted("rank"), start=self.seen):
            own = line.recall_user_id and of_user.get(line.recall_user_id)
            if own:
                yield line, own
            elif zones:
                list_id = zones.get(str(line.lead_id.zone_id.id or 0))
                yield line, targets.browse(list_id or targets[0].id)
            else:
                yield line, targets[place % len(targets)]

    def _count(self, counts):
        """Add to the counts that the log shows."""
        total = dict(self.counts or {})
        for reason, count in counts.items():
            if count:
                total[reason] = total.get(reason, 0) + count
        self.counts = total

    def _job_failed(self):
        # sudo: a message of the system
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=self.env._("%(job)s failed", job=self.display_name),
            body=self.error,
            model=self._name,
            res_id=self.id,
        )

    # ------------------------------------------------------------
    # START
    # ------------------------------------------------------------

    @api.model
    def _start(self, values, count, at_once=1000):
        """Make an operation and do it: at once with few names, else in the background.

        :param dict values: of the operation
        :param int count: how many names it is about
        :param int at_once: up to so many are done while the user waits
        :rtype: crm.list.job
        """
        # sudo: operations are written by the system; the window asked for the right
        job = self.sudo().create({"user_id": self.env.uid, **values})
        if count > at_once:
            job._job_trigger()
        else:
            job._work_at_once()
        return job.sudo(False)
