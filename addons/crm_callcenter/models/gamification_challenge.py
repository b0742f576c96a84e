import logging

from odoo import fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class GamificationChallenge(models.Model):
    """Challenges over the ledger run only where persons may be monitored."""

    _inherit = "gamification.challenge"

    is_ledger = fields.Boolean(
        compute="_compute_is_ledger",
        search="_search_is_ledger",
        help="It counts the history: its goals are figures per person.",
    )

    def _compute_is_ledger(self):
        for challenge in self:
            challenge.is_ledger = any(
                # sudo: what the definitions count
                line.definition_id.is_ledger
                for line in challenge.sudo().line_ids
            )

    def _search_is_ledger(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("line_ids.definition_id.is_ledger", operator, value)]

    def _closed_by_monitoring(self):
        """Return those that may not run, since they would show figures per person.

        :rtype: gamification.challenge
        """
        return self.filtered(
            lambda challenge: (
                challenge.is_ledger
                # sudo: the companies of the participants
                and not all(
                    user.sees_person_figures
                    for user in challenge.sudo().user_ids | self.env.user
                )
            )
        )

    def write(self, vals):
        if vals.get("state") == "inprogress":
            closed = self._closed_by_monitoring()
            if closed and "commit_gamification" in self.env.context:
                # The daily job starts what is due; the others shall not wait for it.
                _logger.info(
                    "challenges %s not started: individual monitoring is off",
                    closed.ids,
                )
                if not self - closed:
                    return True
                return super(GamificationChallenge, self - closed).write(vals)
            closed._refuse_closed()
            result = super().write(vals)
            # The start has looked for participants anew.
            self._closed_by_monitoring()._refuse_closed()
            return result
        return super().write(vals)

    def _refuse_closed(self):
        """Refuse whatever would show figures per person."""
        if self:
            raise UserError(
                self.env._(
                    "The challenge %(challenge)s counts what single persons do and"
                    " can't run.",
                    challenge=self[0].name,
                )
                + " "
                + self.env["crm.interaction"]._monitoring_sentence()
            )

    def action_check(self):
        """Refuse to count while individual monitoring is off."""
        self._closed_by_monitoring()._refuse_closed()
        # sudo: a campaign manager may run a challenge, and so renew its goals
        return super(GamificationChallenge, self._as_runner()).action_check()

    def action_report_progress(self):
        """Refuse to report while individual monitoring is off."""
        self._closed_by_monitoring()._refuse_closed()
        return super().action_report_progress()

    def _as_runner(self):
        self.check_access("write")
        return self.sudo()  # sudo: checked in the line above

    def report_progress(self, users=(), subset_goals=False):
        """Post nothing about persons while individual monitoring is off."""
        if self._closed_by_monitoring():
            return True
        return super().report_progress(users=users, subset_goals=subset_goals)

    def _generate_goals_from_challenge(self):
        # sudo: goals belong to the participants; whoever may start the challenge may
        # have them made. The system counts them.
        return super(
            GamificationChallenge, self.sudo()
        )._generate_goals_from_challenge()

    def _update_all(self):
        closed = self._closed_by_monitoring()
        if closed:
            _logger.info(
                "challenges %s not counted: individual monitoring is off", closed.ids
            )
        opened = self - closed
        # Odoo counts only for those who have just worked in the web client, and so
        # never ends the week of who is on holiday.
        goals = self.env["gamification.goal"].search(
            [("challenge_id", "in", opened.ids), ("closed", "=", False)]
        )
        goals.filtered("is_ledger").update_goal()
        return super(GamificationChallenge, opened)._update_all()

    def _check_challenge_reward(self, force=False):
        # sudo: badges that only challenges give are given by the system; who ends the
        # challenge has named them in it
        opened = (self - self._closed_by_monitoring()).sudo()
        return super(GamificationChallenge, opened)._check_challenge_reward(force=force)
