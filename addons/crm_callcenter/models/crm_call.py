from odoo import fields, models


class CrmCall(models.Model):
    """One dial of one number, by hand or by a dialler: a narrow technical row.

    No chatter and no log columns: a call centre writes tens of thousands a day.
    """

    _name = "crm.call"
    _description = "Call"
    _inherit = ["crm.monitored.mixin"]
    _order = "started_at desc, id desc"
    _rec_name = "number_e164"
    _log_access = False

    uuid = fields.Char("Call UUID", required=True, readonly=True)
    number_e164 = fields.Char("Number", required=True, readonly=True)
    direction = fields.Selection(
        [("out", "Outbound"), ("in", "Inbound")],
        required=True,
        default="out",
        readonly=True,
    )
    started_at = fields.Datetime("Start", required=True, readonly=True)
    ended_at = fields.Datetime("End", readonly=True)
    result = fields.Selection(
        [
            ("dialled", "Dialled"),
            ("answered", "Answered"),
            ("no_answer", "No Answer"),
            ("busy", "Busy"),
            ("failed", "Failed"),
        ],
        required=True,
        default="dialled",
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users", "Operator", readonly=True, ondelete="restrict"
    )
    lead_id = fields.Many2one("crm.lead", "Name", readonly=True, ondelete="restrict")

    _uuid_once = models.Constraint("UNIQUE (uuid)", "This call is recorded already.")
    # How often a number was called lately, over all campaigns.
    _number_lately = models.Index("(number_e164, started_at)")
    _lead_lately = models.Index("(lead_id, started_at)")
