from odoo import fields, models
from odoo.tools import SQL


class CrmSegnalazioneVerdict(models.Model):
    """A name that was off target returns to its list, by rule."""

    _inherit = "crm.segnalazione.verdict"

    returned_to_list_on = fields.Datetime(
        readonly=True, help="When the name was put back into its lists."
    )

    def _apply_to_name(self, rule):
        result = super()._apply_to_name(rule)
        if rule.list_state_id and not self.returned_to_list_on:
            lines = self._lines_to_return()
            if lines:
                lines._return_by_verdict(rule)
                self.returned_to_list_on = fields.Datetime.now()
        return result

    def _lines_to_return(self):
        """Lock the lines that the appointment closed and nobody has in hand.

        :rtype: crm.call.list.line
        """
        lead = self.order_id.opportunity_id or self.order_id.interaction_id.lead_id
        outcome = self.order_id.interaction_id.outcome_id
        if not lead or not self.campaign_id:
            return self.env["crm.call.list.line"]
        return lead._lines_where(
            SQL("line.last_outcome_id = %s", outcome.id), self.campaign_id
        )


class CrmCallListLine(models.Model):
    _inherit = "crm.call.list.line"

    def _return_by_verdict(self, rule):
        """Put these lines where a rule says, to be called again after its days.

        :param crm.segnalazione.verdict.rule rule: names a state of lists
        """
        state = rule.list_state_id
        again = fields.Datetime.add(fields.Datetime.now(), days=rule.again_days)
        for campaign, lines in self.grouped("campaign_id").items():
            own = campaign._own_list_state(state)
            lines._move_by_outcome(own)
            if own.category == "recall":
                lines.write({"recall_at": again, "recall_scope": "automatic"})
            elif own.category == "to_call" and rule.again_days:
                lines.write({"rest_until": again})
