from odoo import api, fields, models


class CrmCallList(models.Model):
    """The lists of the current user, with the names that are left in them."""

    _inherit = "crm.call.list"

    count_left = fields.Integer(
        "Names Left",
        compute="_compute_count_left",
        help="To call and to call again. Suspended names are not among them.",
    )

    @api.depends("count_to_call", "count_recall")
    def _compute_count_left(self):
        for call_list in self:
            call_list.count_left = call_list.count_to_call + call_list.count_recall
