from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.models.crm_names_job_mixin import OPEN_STATES

#: A name that was never worked: nobody has called it from this list, or has it in hand.
NEVER_WORKED = SQL(
    "line.category = 'to_call' AND coalesce(line.attempts, 0) = 0"
    " AND line.last_contact_at IS NULL AND line.claimed_by_id IS NULL"
)
#: Hours after which a live list is looked at again.
_EVERY = {"hour": 1, "day": 20}


class CrmCallList(models.Model):
    """A list remembers the search that it was built from, and may follow it.

    In a live list new matches enter and names that stop matching leave, unless they
    were worked already.
    """

    _inherit = "crm.call.list"

    domain = fields.Char(
        "Search",
        copy=True,
        help="The names that the list was built from. A live list follows it.",
    )
    search_user_id = fields.Many2one(
        "res.users",
        "Searches As",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Whose names the search finds: those of whoever built the list.",
    )
    is_live = fields.Boolean(
        "Live",
        help="New matches of the search enter, and names that stop matching and were"
        " never worked leave: on schedule, and on demand. After each import what came"
        " in with it enters.",
    )
    live_every = fields.Selection(
        [("hour", "Every hour"), ("day", "Every day")],
        "Follows Its Search",
        default="day",
        required=True,
    )
    live_date = fields.Datetime("Last Followed", readonly=True, copy=False)
    job_ids = fields.One2many("crm.list.job", "list_id", "Operations", readonly=True)

    @api.constrains("is_live", "domain")
    def _check_live(self):
        for call_list in self:
            if call_list.domain:
                call_list._search_leads(call_list.domain, call_list._searcher())
            elif call_list.is_live:
                raise ValidationError(
                    self.env._(
                        "%(list)s has no search that it could follow. Choose its names"
                        " first.",
                        list=call_list.name,
                    )
                )

    def write(self, vals):
        if "domain" in vals and "search_user_id" not in vals and not self.env.su:
            # Whoever changes the search searches with the own rights from now on.
            vals = {**vals, "search_user_id": self.env.uid}
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("domain"):
                vals.setdefault("search_user_id", self.env.uid)
        return super().create(vals_list)

    def _searcher(self):
        """Return with whose rights the search runs.

        :rtype: res.users
        """
        self.ensure_one()
        return self.search_user_id or self.env.user

    # ------------------------------------------------------------
    # PREVIEW
    # ------------------------------------------------------------

    def _count_leaving(self, limit):
        """Count the names that would leave at the next look.

        :param int limit: so many names are looked at, the first to be called
        :return: how many of them would leave, and whether all were looked at
        :rtype: tuple[int, bool]
        """
        self.ensure_one()
        lines = self.env["crm.call.list.line"]
        lines.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT line.lead_id FROM crm_call_list_line line"
                " WHERE line.list_id = %s AND %s ORDER BY line.rank LIMIT %s",
                self.id,
                NEVER_WORKED,
                limit + 1,
            )
        )
        lead_ids = [lead_id for (lead_id,) in rows[:limit]]
        return len(lead_ids) - len(self._staying(lead_ids)), len(rows) <= limit

    def _staying(self, lead_ids):
        """Return those of some names that match the search and are not left out.

        :param list lead_ids: ids of ``crm.lead``
        :rtype: set[int]
        """
        self.ensure_one()
        leads, domain = self._search_leads(self.domain, self._searcher())
        query = leads._search(domain & fields.Domain("id", "in", lead_ids))
        found = {lead_id for (lead_id,) in self.env.execute_query(query.select())}
        return found - self._kept_out(list(found)).keys()

    # ------------------------------------------------------------
    # REFRESH
    # ------------------------------------------------------------

    def action_preview_refresh(self):
        """Button: say what a look at the search would change, then do it.

        :rtype: dict
        :raise UserError: the list has no search
        """
        self.ensure_one()
        self.check_access("write")
        if not self.domain:
            raise UserError(
                self.env._("%(list)s has no search. Choose its names.", list=self.name)
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Follow the Search"),
            "res_model": "crm.list.refresh.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_list_id": self.id},
        }

    def _queue_refresh(self):
        """Have these lists follow their search, in the background.

        A list that is about to do so is left alone.

        :return: the operations
        :rtype: crm.list.job
        """
        # sudo: operations are written by the system
        jobs = self.env["crm.list.job"].sudo()
        waiting = jobs.search(
            [
                ("list_id", "in", self.ids),
                ("kind", "=", "refresh"),
                ("import_id", "=", False),
                ("state", "in", OPEN_STATES),
            ]
        )
        new = jobs.create(
            [
                {
                    "kind": "refresh",
                    "list_id": call_list.id,
                    "domain": call_list.domain,
                    "user_id": call_list._searcher().id,
                }
                for call_list in self - waiting.list_id
            ]
        )
        if new:
            new._job_trigger()
        return new | waiting

    @api.model
    def _refresh_live(self, due_only=True):
        """Queue the live lists of campaigns that are not closed.

        :param bool due_only: only those whose time has come
        :rtype: crm.list.job
        """
        lists = self._live_lists()
        if due_only:
            lists = lists.filtered(lambda found: found._is_due())
        return lists._queue_refresh()

    @api.model
    def _live_lists(self):
        """Return the lists that follow their search, of campaigns at work.

        :rtype: crm.call.list
        """
        # sudo: a scheduled action; each search runs with the rights of its user
        return self.sudo().search(
            [
                ("is_live", "=", True),
                ("domain", "!=", False),
                ("owner_id", "=", False),
                ("campaign_id.active", "=", True),
                ("campaign_id.call_state", "!=", "closed"),
            ]
        )

    @api.model
    def _enter_imported(self, imports):
        """Let what was imported enter the live lists whose search it matches.

        Only those names are looked at. Who leaves is found when its time has come.

        :param crm.list.import imports: that have ended
        :rtype: crm.list.job
        """
        # sudo: operations are written by the system
        jobs = self.env["crm.list.job"].sudo()
        new = jobs.create(
            [
                {
                    "kind": "refresh",
                    "phase": "enter",
                    "import_id": found.id,
                    "list_id": call_list.id,
                    "domain": call_list.domain,
                    "user_id": call_list._searcher().id,
                }
                for found in imports
                for call_list in self._live_lists()
            ]
        )
        if new:
            new._job_trigger()
        return new

    def _is_due(self):
        self.ensure_one()
        limit = fields.Datetime.now() - timedelta(hours=_EVERY[self.live_every])
        return not self.live_date or self.live_date <= limit
