from odoo import fields, models


class CrmRelation(models.Model):
    """A relation may report the name to an agent."""

    _inherit = "crm.relation"

    makes_report = fields.Boolean(
        "Reports to an Agent",
        help="The name becomes a customer with an opportunity, and a document of the"
        " type of reports is made for the agent who visits its zone. Appointments and"
        " closings on the line make theirs anyway.",
    )
