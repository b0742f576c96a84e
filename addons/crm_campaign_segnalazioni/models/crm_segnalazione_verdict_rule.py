from odoo import fields, models


class CrmSegnalazioneVerdictRule(models.Model):
    """What becomes of the name in the list from which it was called."""

    _inherit = "crm.segnalazione.verdict.rule"

    campaign_id = fields.Many2one(
        "utm.campaign",
        domain="[('is_call_campaign', '=', True)]",
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: all campaigns without a rule of their own.",
    )
    list_state_id = fields.Many2one(
        "crm.list.state",
        "Returns to the List As",
        ondelete="restrict",
        help="The name is moved to this state in the lists of the campaign that it was"
        " called from. Empty: it stays as the appointment left it.",
    )
    again_days = fields.Integer(
        "After Days",
        help="Not called before. Only where the state is one to call, or call again.",
    )

    _again_days_positive = models.Constraint(
        "CHECK (again_days IS NULL OR again_days BETWEEN 0 AND 730)",
        "A name is called again after 0 to 730 days.",
    )

    def _domain_of(self, order):
        return [
            *super()._domain_of(order),
            ("campaign_id", "in", (order.campaign_id.id, False)),
        ]

    def _how_exact(self):
        return (not self.campaign_id, *super()._how_exact())
