from odoo import fields, models
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

    def _job_end(self, state, error=False):
        super()._job_end(state, error)
        # sudo: the order is the system's, whoever adds names
        self.call_list_id.campaign_id.sudo()._settle_queue()

    def _process_list(self, leads):
        """Put names at the end of the list; blocked ones and those in it stay out.

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
        return call_list._add_leads(chosen.ids)
