from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError


class GamificationGoal(models.Model):
    """Goals of points: counted by local days, and only by the system."""

    _inherit = "gamification.goal"

    is_ledger = fields.Boolean(related="definition_id.is_ledger")

    def write(self, vals):
        if not self.env.su and any(goal.is_ledger for goal in self):
            self._check_ledger_goals(vals)
        return super().write(vals)

    def _check_ledger_goals(self, vals):
        """Refuse to write figures that the ledger gives, whoever's goal it is.

        A campaign manager may give somebody a target of their own.
        """
        manager = self.env.user.has_group("crm_callcenter.group_campaign_manager")
        if not manager or vals.keys() - {"target_goal"}:
            raise AccessError(
                self.env._(
                    "%(goal)s is counted from the history. Register outcomes to get"
                    " further.",
                    goal=self.filtered("is_ledger")[0].definition_id.name,
                )
            )

    def update_goal(self):
        """Count goals over the ledger in one query per definition and period.

        Odoo counts days in UTC, leaves alone what has fallen to nothing, and reads
        as whoever presses the button. Here days are the company's, a goal follows
        what was taken back until its period is over, and who presses the button
        doesn't matter.
        """
        # sudo: the figure is computed for the goal's owner, whoever asks
        ledger = self.sudo().filtered("is_ledger")
        for (definition, first, last), goals in ledger.grouped(
            lambda goal: (goal.definition_id, goal.start_date, goal._last_day())
        ).items():
            goals._write_ledger_values(definition._ledger_values(first, last, goals))
        return super(GamificationGoal, self - ledger.sudo(self.env.su)).update_goal()

    def _last_day(self):
        """Return the last day that counts.

        Odoo's weeks end on the Monday after, which is the first day of the next one.

        :rtype: datetime.date
        """
        self.ensure_one()
        if (
            self.challenge_id.period == "weekly"
            and self.start_date
            and self.end_date == self.start_date + timedelta(days=7)
        ):
            return self.end_date - timedelta(days=1)
        return self.end_date

    def _write_ledger_values(self, values):
        """Write how far goals have got, and whether they are reached.

        :param dict values: figures by id of the user
        """
        today = self.env["crm.points"]._today()
        for goal in self:
            current = values.get(goal.user_id.id, 0)
            higher = goal.definition_id.condition == "higher"
            reached = (
                current >= goal.target_goal if higher else current <= goal.target_goal
            )
            over = bool(goal.end_date and today > goal._last_day())
            state = "reached" if reached else "failed" if over else "inprogress"
            changed = {}
            if goal.state not in ("draft", "canceled") and goal.state != state:
                changed["state"] = state
            if goal.closed != over:
                changed["closed"] = over
            if goal.current != current:
                changed["current"] = current
            if changed:
                goal.write(changed)
