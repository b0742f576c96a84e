from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmBulkJob(models.Model):
    """Many names are put into a call list."""

    _inherit = "crm.bulk.job"

    kind = fields.Selection(
        selection_add=[("list", "Add to a call list")], ondelete={"list": "cascade"}
    )
    call_list_id = fields.Many2one(
        "crm.call.list", readonly=True, index=True, ondelete="cascade"
    )
    list_counts = fields.Json(readonly=True, copy=False)
    list_result = fields.Text("Names Left Out", compute="_compute_list_result")

    @api.depends("list_counts")
    def _compute_list_result(self):
        for job in self:
            counts = job.list_counts or {}
            job.list_result = job.call_list_id._count_sentences(counts)

    def _job_end(self, state, error=False):
        result = super()._job_end(state, error)
        # sudo: the order is the system's, whoever adds names
        self.call_list_id.campaign_id.sudo()._settle_queue()
        return result

    def _process_list(self, leads):
        """Put names at the end of the list, but for those that it leaves out.

        :return: how many were added
        :rtype: int
        """
        call_list = self.call_list_id
        if not call_list.active or call_list.owner_id:
            raise UserError(
                self.env._(
                    "The list %(list)s takes no names. Choose another one.",
                    list=call_list.name,
                )
            )
        chosen = leads.filtered_domain([("commercial_state_class", "!=", "blocked")])
        counts = call_list._sort_names(chosen.ids, add=True)
        added = counts.pop("added", 0)
        # Whatever the list leaves out: a blocked name is in none.
        total = Counter(self.list_counts or {}) + Counter(counts)
        total["uncallable"] += len(leads) - len(chosen)
        self.list_counts = dict(+total)
        return added
