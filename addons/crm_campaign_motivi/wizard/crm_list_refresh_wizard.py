from odoo import api, fields, models

from .crm_list_build_wizard import PREVIEW_NAMES


class CrmListRefreshWizard(models.TransientModel):
    """Says what a live list would change now, before it does it."""

    _name = "crm.list.refresh.wizard"
    _description = "Follow the Search of a List"

    list_id = fields.Many2one("crm.call.list", required=True, readonly=True)
    entering = fields.Integer("Names That Enter", compute="_compute_counts")
    leaving = fields.Integer(
        "Names That Leave",
        compute="_compute_counts",
        help="They stopped matching, or are left out now, and were never worked.",
    )
    left_out = fields.Text(compute="_compute_counts")
    is_estimate = fields.Boolean(compute="_compute_counts")
    is_leaving_estimate = fields.Boolean(compute="_compute_counts")

    @api.depends("list_id")
    def _compute_counts(self):
        for wizard in self:
            call_list = wizard.list_id
            leads, domain = call_list._search_leads(
                call_list.domain, call_list._searcher()
            )
            # Of very many the newest are looked at: among them are those that enter.
            newest = leads.search(domain, order="id desc", limit=PREVIEW_NAMES)
            wizard.is_estimate = len(newest) >= PREVIEW_NAMES
            # sudo: whoever keeps a name out is counted, whether the user sees it or not
            counts = call_list.sudo()._sort_names(newest.ids)
            counts.pop("already", None)
            wizard.entering = counts.pop("added", 0)
            wizard.left_out = wizard.list_id._count_sentences(counts)
            wizard.leaving, is_all = call_list.sudo()._count_leaving(PREVIEW_NAMES)
            wizard.is_leaving_estimate = not is_all

    def action_confirm(self):
        """Do it, in the background, and show the progress.

        :rtype: dict
        """
        self.ensure_one()
        self.list_id.check_access("write")
        return self.list_id._queue_refresh().sudo(False)[:1].action_open()
