from odoo import api, fields, models

#: The list state that an outcome leads to when it names none, by its kind.
CATEGORY_OF_KIND = {
    "R": "recall",
    "N": "closed_negative",
    "C": "closed_positive",
    "T": "closed_positive",
}


class CrmOutcome(models.Model):
    _inherit = "crm.outcome"

    list_state_id = fields.Many2one(
        "crm.list.state",
        ondelete="restrict",
        help="State of the name in its list after this outcome. Left empty, the first"
        " state that fits the kind is taken.",
    )
    recall_scope = fields.Selection(
        [
            ("public", "Public: any operator"),
            ("private", "Private: the same operator"),
            ("skill", "Best skill: the most skilled operator"),
        ],
        default="public",
        required=True,
        help="Who gets the name when it is to be called again. The operator may choose"
        " otherwise.",
    )
    retry_minutes = fields.Integer(
        "Try Again After",
        help="Minutes after which the name is tried again by itself when the operator"
        " agrees no time. Zero: the operator must enter one.",
    )
    retry_max = fields.Integer(
        "Retries in a Row",
        help="How many times in a row the name is tried again after this outcome; then"
        " it is exhausted. Zero: until the attempts of the campaign are used up.",
    )
    retry_other_band = fields.Boolean(
        "At Another Time of Day",
        default=True,
        help="The next try falls into a band of the day in which nobody has tried yet:"
        " three tries at the same hour are not three tries.",
    )

    _retry_positive = models.Constraint(
        "CHECK (retry_minutes >= 0 AND retry_max >= 0)",
        "Minutes and number of retries are zero or more.",
    )

    def _get_list_state(self, category=None):
        """Return the list state that this outcome drives.

        :param str category: that the state must have, whatever the outcome says
        :rtype: crm.list.state
        """
        self.ensure_one()
        own = self.list_state_id
        if own.active and category in (None, own.category):
            return own
        return self.env["crm.list.state"]._get_by_category(
            category or CATEGORY_OF_KIND.get(self.kind, "to_call")
        )

    @api.model
    def _graph_references(self):
        return super()._graph_references() + [("utm.campaign", "outcome_ids")]

    @api.model
    def _history_references(self):
        # What a name of a list ended with last is a fact, not a plan.
        return super()._history_references() + [
            ("crm.call.list.line", "last_outcome_id"),
        ]
