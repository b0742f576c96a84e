from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.safe_eval import safe_eval

from ..tools.period import local_midnight

#: Models whose rows say how much a person works.
LEDGER_MODELS = ("crm.interaction", "crm.interaction.report")


class GamificationGoalDefinition(models.Model):
    _inherit = "gamification.goal.definition"

    is_ledger = fields.Boolean(
        "Counts the Ledger",
        compute="_compute_is_ledger",
        store=True,
        help="Its goals are figures per person: individual monitoring decides who may"
        " have and see them.",
    )

    @api.depends("model_id")
    def _compute_is_ledger(self):
        for definition in self:
            # sudo: the technical name of a model
            model = definition.model_id.sudo().model
            definition.is_ledger = model in LEDGER_MODELS

    def _ledger_values(self, first, last, goals):
        """Count the ledger for goals of one definition and one period.

        :param datetime.date first: local; False: from the beginning
        :param datetime.date last: local, within; False: until now
        :param gamification.goal goals: whose users to count for
        :return: figures by id of the user
        :rtype: dict[int, float]
        """
        self.ensure_one()
        timezone = self.env["crm.points"]._timezone()
        user_ids = goals.user_id.ids
        domain = safe_eval(self.domain, {"user": self.env.user})
        domain.append(("user_id", "in", user_ids))
        if first:
            domain.append(("date", ">=", local_midnight(first, timezone)))
        if last:
            stop = local_midnight(last + timedelta(days=1), timezone)
            domain.append(("date", "<", stop))
        aggregate = "__count"
        if self.computation_mode == "sum":
            aggregate = f"{self.field_id.name}:sum"
        rows = self.env[self.model_id.model]._read_group(
            domain, ["user_id"], [aggregate]
        )
        return {user.id: value or 0 for user, value in rows}
