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
        [("public", "Public: any operator"), ("private", "Private: the same operator")],
        default="public",
        required=True,
        help="Who gets the name when it is to be called again. The operator may choose"
        " otherwise.",
    )

    def _get_list_state(self):
        """Return the list state that this outcome drives.

        :rtype: crm.list.state
        """
        self.ensure_one()
        if self.list_state_id.active:
            return self.list_state_id
        return self.env["crm.list.state"]._get_by_category(
            CATEGORY_OF_KIND.get(self.kind, "to_call")
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
