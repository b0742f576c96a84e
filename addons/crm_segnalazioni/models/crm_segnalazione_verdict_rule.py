from odoo import api, fields, models

#: What an agent can say of an appointment.
VERDICTS = [
    ("valid", "Valid"),
    ("off_target", "Off Target"),
    ("absent", "Customer Absent"),
    ("bogus", "Bogus"),
]


class CrmSegnalazioneVerdictRule(models.Model):
    """What follows from an agent's verdict: points of the operator, and the name."""

    _name = "crm.segnalazione.verdict.rule"
    _description = "Rule of a Verdict"
    _order = "sequence, id"
    _rec_name = "verdict"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    verdict = fields.Selection(VERDICTS, required=True)
    takes_points_back = fields.Boolean(
        help="The points that the operator got for the appointment are taken back."
    )
    points = fields.Integer(
        "Further Points", help="Added to the operator's points, or taken when negative."
    )
    waits_for_coordinator = fields.Boolean(
        help="Points and name stay as they are until the coordinator has agreed."
    )

    @api.model
    def _rule_of(self, verdict, order):
        """Return the rule for a verdict on an appointment.

        :param str verdict: one of ``VERDICTS``
        :param sale.order order: the document of the appointment
        :return: the rule, empty if nothing follows
        :rtype: crm.segnalazione.verdict.rule
        """
        rules = self.search(
            [("verdict", "=", verdict), *self._domain_of(order)],
        )
        return rules.sorted(lambda rule: rule._how_exact())[:1]

    @api.model
    def _domain_of(self, order):
        """Return the domain of the rules that may hold for a document.

        :rtype: list
        """
        return [("company_id", "in", (order.company_id.id, False))]

    def _how_exact(self):
        """Return the key by which the most exact of several rules comes first.

        :rtype: tuple
        """
        return (not self.company_id, self.sequence, self.id)
