from odoo import fields, models

from .crm_operator_state import STATES


class CrmOperatorTime(models.Model):
    """How long operators were ready, on the telephone, after a call, or on pause.

    Sums per day, campaign, state and reason. With the operator only while the company
    has recorded the union agreement (article 4 of Italian law 300/1970): otherwise
    nothing per person is stored at all. Training counts nowhere.
    """

    _name = "crm.operator.time"
    _description = "Time of Operators"
    _inherit = ["crm.monitored.mixin"]
    _order = "day desc, campaign_id, state, id"
    _rec_name = "day"
    _log_access = False

    day = fields.Date(
        required=True, readonly=True, help="On which the time began, at the company."
    )
    campaign_id = fields.Many2one("utm.campaign", readonly=True, ondelete="cascade")
    # With whoever goes: without the person, the row would be another one's.
    user_id = fields.Many2one(
        "res.users", "Operator", readonly=True, ondelete="cascade"
    )
    state = fields.Selection(STATES, required=True, readonly=True)
    reason_id = fields.Many2one(
        "crm.pause.reason", "Reason of the Pause", readonly=True, ondelete="restrict"
    )
    seconds = fields.Integer(readonly=True)
    hours = fields.Float(compute="_compute_hours", digits=(16, 2))
    times = fields.Integer(readonly=True, help="How often it began.")

    _sum_once = models.UniqueIndex(
        "(day, coalesce(campaign_id, 0), state, coalesce(reason_id, 0),"
        " coalesce(user_id, 0))",
        "This sum is there already.",
    )
    _campaign_days = models.Index("(campaign_id, day)")
    _person = models.Index("(user_id) WHERE user_id IS NOT NULL")

    def _compute_hours(self):
        for row in self:
            row.hours = row.seconds / 3600
