from odoo import fields, models


class ResCompany(models.Model):
    """When a promised recall counts as kept."""

    _inherit = "res.company"

    recall_tolerance_minutes = fields.Integer(
        "Minutes of Grace of a Recall",
        default=10,
        required=True,
        help="A promised recall counts as kept when its outcome is registered no later"
        " than so many minutes after the promised time, and as late after that.",
    )

    _recall_tolerance_of_a_day = models.Constraint(
        "CHECK (recall_tolerance_minutes BETWEEN 0 AND 720)",
        "A promised recall has between 0 and 720 minutes of grace.",
    )
