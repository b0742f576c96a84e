from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .points_case import PointsCase
from .roles_case import REFUSED

LOGGER = "odoo.addons.crm_callcenter.models.gamification_challenge"


@tagged("post_install", "-at_install")
class TestPointsGamification(PointsCase):
    """Odoo's challenges over the ledger: counted by local days, closed per person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.definitions = {
            name: cls.env.ref(f"crm_callcenter.goal_definition_{name}")
            for name in ("points", "outcomes", "appointments")
        }
        cls.badge = cls.env.ref("crm_callcenter.badge_points_week")

    def _challenge(self, user=None, **values):
        users = self.operator | self.operator_two
        return (
            self.env["gamification.challenge"]
            .with_user(user or self.manager)
            .create(
                {
                    "name": "May",
                    "user_ids": [fields.Command.set(users.ids)],
                    "user_domain": False,
                    "start_date": "2024-05-01",
                    "end_date": "2024-05-31",
                    "line_ids": [
                        fields.Command.create(
                            {"definition_id": definition.id, "target_goal": 10}
                        )
                        for definition in self.definitions.values()
                    ],
                    **values,
                }
            )
        )

    def _goals(self, challenge, user):
        """Return figure and state of a user's goals by definition."""
        goals = self.env["gamification.goal"].search(
            [("challenge_id", "=", challenge.id), ("user_id", "=", user.id)]
        )
        names = {record: name for name, record in self.definitions.items()}
        return {names[goal.definition_id]: (goal.current, goal.state) for goal in goals}

    def test_shipped_challenge(self):
        challenge = self.env.ref("crm_callcenter.challenge_weekly_points")
        self.assertEqual(challenge.state, "draft")
        self.assertEqual(challenge.line_ids.definition_id, self.definitions["points"])
        self.assertTrue(challenge.is_ledger)
        self.assertIn(
            self.operator,
            challenge.user_ids | challenge._get_challenger_users(challenge.user_domain),
        )
        found = self.env["gamification.challenge"].search([("is_ledger", "=", True)])
        self.assertIn(challenge, found)

    def test_goals_are_computed(self):
        self.allow_monitoring()
        self.score(self.operator, "T")
        self.score(self.operator, "N")
        self.score(self.operator_two, "C")
        # Rome's midnight, not that of UTC.
        self.score(self.operator, "T", date="2024-05-31 22:30:00")
        self.score(self.operator_two, "T", date="2024-04-30 22:30:00")
        challenge = self._challenge()
        with freeze_time("2024-05-20 10:00:00"):
            challenge.action_start()
        self.assertEqual(challenge.state, "inprogress")
        self.assertEqual(
            self._goals(challenge, self.operator),
            {
                "points": (10, "reached"),
                "outcomes": (2, "inprogress"),
                "appointments": (1, "inprogress"),
            },
        )
        self.assertEqual(
            self._goals(challenge, self.operator_two)["points"], (15, "reached")
        )

    def test_daily_job_counts_and_ends(self):
        self.allow_monitoring()
        challenge = self._challenge()
        with freeze_time("2024-05-20 10:00:00"):
            challenge.action_start()
            self.assertEqual(
                self._goals(challenge, self.operator)["points"], (0, "inprogress")
            )
            row = self.score(self.operator, "T")
            job = self.env["gamification.challenge"]
            job._cron_update(ids=challenge.ids, commit=False)
            self.assertEqual(
                self._goals(challenge, self.operator)["points"], (10, "reached")
            )
            self.take_back(row)
            job._cron_update(ids=challenge.ids, commit=False)
            self.assertEqual(
                self._goals(challenge, self.operator)["points"], (0, "inprogress")
            )
        with freeze_time("2024-06-01 10:00:00"):
            job._cron_update(ids=challenge.ids, commit=False)
        self.assertEqual(self._goals(challenge, self.operator)["points"], (0, "failed"))

    def test_operator_refreshes_own_goal(self):
        """The figure is the same whoever presses the button."""
        self.allow_monitoring()
        challenge = self._challenge()
        with freeze_time("2024-05-20 10:00:00"):
            challenge.action_start()
            self.score(self.operator, "T", lead=self.secret)
            goal = self.env["gamification.goal"].search(
                [
                    ("challenge_id", "=", challenge.id),
                    ("user_id", "=", self.operator.id),
                    ("definition_id", "=", self.definitions["points"].id),
                ]
            )
            goal.with_user(self.operator).update_goal()
        self.assertEqual(goal.current, 10)

    def test_week_ends_on_sunday(self):
        """Odoo's week goes on until Monday, which would count twice."""
        self.allow_monitoring()
        challenge = self._challenge(period="weekly", start_date=False, end_date=False)
        self.score(self.operator, "T", date="2024-05-19 21:30:00")
        self.score(self.operator, "T", date="2024-05-19 22:30:00")
        with freeze_time("2024-05-15 10:00:00"):
            challenge.action_start()
        self.assertEqual(self._goals(challenge, self.operator)["points"][0], 10)

    def test_badge_is_won(self):
        self.allow_monitoring()
        challenge = self._challenge(reward_id=self.badge.id, reward_realtime=True)
        challenge.line_ids.filtered(
            lambda line: line.definition_id != self.definitions["points"]
        ).unlink()
        self.score(self.operator, "T")
        with freeze_time("2024-05-20 10:00:00"):
            challenge.action_start()
            self.env["gamification.challenge"]._cron_update(
                ids=challenge.ids, commit=False
            )
        won = self.env["gamification.badge.user"].search(
            [("badge_id", "=", self.badge.id)]
        )
        self.assertEqual(won.user_id, self.operator)
        self.assertTrue(won.is_ledger)

        def seen(env):
            return env["gamification.badge.user"].search_count([("id", "=", won.id)])

        def owners(env):
            return env["gamification.badge"].browse(self.badge.id).unique_owner_ids.ids

        self.assertEqual(self.attempt(self.operator_two, seen), 1)
        self.assertEqual(self.attempt(self.operator_two, owners), self.operator.ids)
        self.company.individual_monitoring = False
        self.assertEqual(self.attempt(self.operator_two, owners), [])
        self.assertEqual(self.attempt(self.operator, owners), self.operator.ids)
        self.assertEqual(self.attempt(self.operator_two, seen), 0)
        self.assertEqual(self.attempt(self.manager, seen), 0)
        self.assertEqual(self.attempt(self.operator, seen), 1)

    def test_manager_ends_a_challenge_by_hand(self):
        """The badge is one that nobody gives but challenges."""
        self.allow_monitoring()
        challenge = self._challenge(reward_id=self.badge.id, reward_realtime=False)
        challenge.line_ids.filtered(
            lambda line: line.definition_id != self.definitions["points"]
        ).unlink()
        self.score(self.operator, "T")
        with freeze_time("2024-05-20 10:00:00"):
            challenge.action_start()
            challenge.state = "done"
        won = self.env["gamification.badge.user"].search(
            [("challenge_id", "=", challenge.id)]
        )
        self.assertEqual(won.user_id, self.operator)

    def test_manager_counts_anew(self):
        self.allow_monitoring()
        challenge = self._challenge()
        with freeze_time("2024-05-20 10:00:00"):
            challenge.action_start()
            self.score(self.operator, "T")
            challenge.action_check()
        self.assertEqual(
            self._goals(challenge, self.operator)["points"], (10, "reached")
        )

    def test_off_refuses_to_start(self):
        challenge = self._challenge()
        for call in (challenge.action_start, challenge.action_check):
            with self.assertRaisesRegex(UserError, "union agreement"):
                call()
        with self.assertRaisesRegex(UserError, "union agreement"):
            challenge.state = "inprogress"
        self.assertEqual(challenge.state, "draft")

    def test_off_does_not_stop_the_daily_job(self):
        """Odoo starts what is due each day; other challenges don't wait for ours."""
        planned = self._challenge(start_date="2024-05-02")
        other = self._challenge(start_date="2024-05-02")
        definition = self.env["gamification.goal.definition"].create(
            {"name": "By hand", "computation_mode": "manually"}
        )
        other.line_ids.unlink()
        other.line_ids = [
            fields.Command.create({"definition_id": definition.id, "target_goal": 1})
        ]
        with (
            self.assertLogs(LOGGER) as logs,
            freeze_time("2024-05-20 10:00:00"),
        ):
            self.env["gamification.challenge"]._cron_update(commit=False)
        self.assertIn("monitoring is off", logs.output[0])
        self.assertEqual(planned.state, "draft")
        self.assertEqual(other.state, "inprogress")

    def test_switched_off_while_it_runs(self):
        """Nothing more is counted, reported or won."""
        self.allow_monitoring()
        challenge = self._challenge(
            visibility_mode="ranking", report_message_frequency="daily"
        )
        with freeze_time("2024-05-20 10:00:00"):
            challenge.action_start()
        self.company.individual_monitoring = False
        self.score(self.operator, "T")
        messages = len(challenge.sudo().message_ids)
        with freeze_time("2024-06-02 10:00:00"):
            self.env["gamification.challenge"]._cron_update(commit=False)
            with self.assertRaises(UserError):
                challenge.action_report_progress()
        self.assertEqual(self._goals(challenge, self.operator)["points"][0], 0)
        bodies = challenge.sudo().message_ids[: -messages or None].mapped("body")
        self.assertNotIn("Op One", "".join(bodies))

    def test_manager_may_not_write_definitions(self):
        """A definition holds Python that the system runs."""
        definition = self.definitions["points"].id

        def write(env):
            return (
                env["gamification.goal.definition"]
                .browse(definition)
                .write({"computation_mode": "python", "compute_code": "result = 1"})
            )

        self.assertEqual(self.attempt(self.manager, write), REFUSED)
