from odoo import fields, models


class CrmDuplicatePair(models.Model):
    """Two names, two customers, or a name and a customer that may be one.

    Narrow, because a run over the archive writes hundreds of thousands at a time.
    """

    _name = "crm.duplicate.pair"
    _description = "Possible Duplicate"
    _order = "score desc, id"
    _log_access = False

    kind = fields.Selection(
        [
            ("lead", "Two Names"),
            ("partner", "Two Customers"),
            ("customer", "Name and Customer"),
        ],
        required=True,
        readonly=True,
        default="lead",
    )
    first_lead_id = fields.Many2one("crm.lead", readonly=True, ondelete="cascade")
    second_lead_id = fields.Many2one("crm.lead", readonly=True, ondelete="cascade")
    first_partner_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade")
    second_partner_id = fields.Many2one(
        "res.partner", readonly=True, ondelete="cascade"
    )
    score = fields.Float(readonly=True, aggregator=None, help="Sum of the points.")
    verdict = fields.Selection(
        [("same", "Sure"), ("review", "To Review")], required=True, readonly=True
    )
    reasons = fields.Json(
        readonly=True, help="What speaks for and against: code of each and its points."
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("merged", "Merged"),
            ("different", "Different"),
            ("postponed", "Later"),
        ],
        required=True,
        default="open",
        readonly=True,
    )
    found_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    decided_at = fields.Datetime(readonly=True)
