from odoo.tests import tagged

from .points_case import PointsCase
from .roles_case import REFUSED

REPORT = "crm.interaction.report"


@tagged("post_install", "-at_install")
class TestPointsMonitoring(PointsCase):
    """Points per person: one's own always, a colleague's only with the agreement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user, kind in (
            (cls.operator, "C"),
            (cls.operator_two, "T"),
            (cls.operator_three, "T"),
            (cls.coordinator, "C"),
            (cls.agent, "C"),
            (cls.manager, "C"),
        ):
            cls.score(user, kind)
        cls.prize = cls.env["crm.prize"].create(
            {
                "name": "May",
                "reward": "Dinner",
                "winner_kind": "user",
                "period": "custom",
                "date_from": "2024-05-01",
                "date_to": "2024-05-31",
                "threshold": 5,
            }
        )
        cls.definition = cls.env.ref("crm_callcenter.goal_definition_points")
        cls.goal = cls.env["gamification.goal"].create(
            {
                "definition_id": cls.definition.id,
                "user_id": cls.operator_two.id,
                "start_date": "2024-05-01",
                "end_date": "2024-05-31",
                "target_goal": 50,
                "state": "inprogress",
            }
        )
        cls.working = ("operator", "coordinator", "agent", "manager")

    def _board(self, by="user", **values):
        def call(env):
            board = env["crm.points"].get_leaderboard(self.custom(by, **values))
            return {
                line["id"]: (line["rank"], line["points"]) for line in board["lines"]
            }

        return call

    def _explain(self, user):
        return lambda env: bool(
            env["crm.points"].explain(self.custom("user"), user.id)["domain"]
        )

    def _attempts(self):
        """Return ways to learn what a colleague scored."""
        other = self.operator_two.id
        awards = "crm.prize.award"

        def groups(**kwargs):
            kwargs = {"groupby": ["outcome_id"], "aggregates": ["points:sum"], **kwargs}
            return lambda e: e[REPORT].formatted_read_group([], **kwargs)

        return {
            "line opened": self._explain(self.operator_two),
            "report grouped": groups(groupby=["user_id"]),
            "report grouped by path": groups(groupby=["user_id.login"]),
            "report filtered": lambda e: e[REPORT].search_count(
                [("user_id", "=", other)]
            ),
            "report filtered by row": lambda e: e[REPORT].search_count(
                [("interaction_id.user_id", "=", other)]
            ),
            "report sorted": lambda e: e[REPORT].search([], order="user_id").ids,
            "report exported": lambda e: (
                e[REPORT].search([]).export_data(["user_id/name", "points"])
            ),
            "report pivot": lambda e: e[REPORT].formatted_read_grouping_sets(
                [], [["user_id"], []], ["points:sum"]
            ),
            "awards grouped": lambda e: e[awards].formatted_read_group(
                [], ["user_id"], ["__count"]
            ),
        }

    def test_off_refuses_colleagues_figures(self):
        sentence = self.env["crm.interaction"]._monitoring_sentence()
        for role in self.working:
            user = self.roles[role]
            for label, call in self._attempts().items():
                with self.subTest(role=role, attempt=label):
                    self.assertEqual(self.attempt(user, call), REFUSED)
            with self.subTest(role=role, attempt="leaderboard"):
                own = 5
                scope = self.attempt(user, lambda e: e["crm.points"]._scope())
                lines = {} if scope is not None else {user.id: (0, own)}
                self.assertEqual(self.attempt(user, self._board()), lines)
            notice = self.attempt(
                user,
                lambda e: e["crm.points"].get_leaderboard(self.custom("user"))[
                    "notice"
                ],
            )
            self.assertEqual(notice, sentence)

    def test_off_leaves_own_figures_and_teams(self):
        self.check_table(
            self.operator,
            {
                "teams": (
                    self._board("team"),
                    {
                        self.team.id: (1, 15),
                        False: (1, 15),
                        self.team_two.id: (3, 10),
                    },
                ),
                "own line opened": (self._explain(self.operator), True),
                "own rows": (
                    lambda e: e[REPORT].search([]).mapped("points"),
                    [5],
                ),
                "own sum": (
                    lambda e: e[REPORT]._read_group([], [], ["points:sum"]),
                    [(5,)],
                ),
            },
        )

    def test_on_opens_the_leaderboard(self):
        self.allow_monitoring()
        for role in ("operator", "agent", "manager"):
            with self.subTest(role=role):
                lines = self.attempt(self.roles[role], self._board())
                self.assertEqual(lines[self.operator_two.id], (1, 10))
                self.assertEqual(lines[self.operator_three.id], (1, 10))
                self.assertEqual(lines[self.operator.id], (3, 5))
        for label, call in self._attempts().items():
            with self.subTest(attempt=label):
                self.assertNotEqual(self.attempt(self.manager, call), REFUSED)
        # A colleague's rows stay closed to the operator all the same.
        self.assertEqual(
            self.attempt(
                self.operator,
                lambda e: e[REPORT].search_count(
                    e["crm.points"].explain(self.custom("user"), self.operator_two.id)[
                        "domain"
                    ]
                ),
            ),
            0,
        )

    def test_all_companies_must_allow(self):
        self.allow_monitoring()
        self.manager.company_ids += self.env["res.company"].create({"name": "Other"})
        self.assertEqual(
            self.attempt(self.manager, self._board()), {self.manager.id: (0, 5)}
        )

    def test_persons_of_a_company_without_agreement_are_not_named(self):
        self.allow_monitoring()
        other = self.env["res.company"].create({"name": "Without agreement"})
        self.operator_two.write(
            {"company_ids": [(6, 0, other.ids)], "company_id": other.id}
        )
        lines = self.attempt(self.manager, self._board())
        self.assertIn(self.operator_three.id, lines)
        self.assertNotIn(self.operator_two.id, lines)
        awards = self.prize._award(self.prize.date_from, self.prize.date_to)
        self.assertIn(self.operator_three, awards.user_id)
        self.assertNotIn(self.operator_two, awards.user_id)

    def test_switching_takes_effect_at_once(self):
        """Rules look at the setting, and Odoo caches what rules say."""

        def awards(env):
            return env["crm.prize.award"].search_count([])

        self.assertEqual(self.attempt(self.manager, awards), 0)
        self.allow_monitoring()
        self.prize._award(self.prize.date_from, self.prize.date_to)
        everybody = self.attempt(self.manager, awards)
        self.assertEqual(everybody, 6)
        self.assertEqual(self.attempt(self.operator, awards), 1)
        self.company.individual_monitoring = False
        self.assertEqual(self.attempt(self.manager, awards), 1, "only one's own")
        self.assertEqual(self.attempt(self.operator, awards), 1)
        self.assertEqual(self.attempt(self.coordinator, awards), 1)

    def test_goals_of_others(self):
        def goals(env):
            return env["gamification.goal"].search_count([("id", "=", self.goal.id)])

        def read(env):
            return env["gamification.goal"].browse(self.goal.id).read(["current"])

        for role in ("operator", "coordinator", "manager", "administrator"):
            with self.subTest(role=role):
                self.assertEqual(self.attempt(self.roles[role], goals), 0)
                self.assertEqual(self.attempt(self.roles[role], read), REFUSED)
        self.assertEqual(self.attempt(self.operator_two, goals), 1)
        self.allow_monitoring()
        self.assertEqual(self.attempt(self.manager, goals), 1)
        self.assertEqual(self.attempt(self.operator, goals), 0)

    def test_nobody_writes_a_figure(self):
        def write(**values):
            return lambda e: e["gamification.goal"].browse(self.goal.id).write(values)

        self.allow_monitoring()
        self.check_table(
            self.operator_two,
            {
                "figure": (write(current=1000), REFUSED),
                "state": (write(state="reached"), REFUSED),
                "target": (write(target_goal=1), REFUSED),
            },
        )
        self.check_table(
            self.manager,
            {
                "figure": (write(current=1000), REFUSED),
                "target": (write(target_goal=40), True),
            },
        )

    def test_budgets_of_persons(self):
        def create(**values):
            return lambda e: bool(
                e["crm.points.budget"].create({"target": 10, **values})
            )

        person = create(target_kind="user", user_id=self.operator_two.id)
        team = create(target_kind="team", team_id=self.team.id)
        self.check_table(
            self.manager, {"person": (person, REFUSED), "team": (team, True)}
        )
        self.allow_monitoring()
        self.check_table(self.manager, {"person": (person, True)})
        self.check_table(
            self.operator, {"person": (person, REFUSED), "team": (team, REFUSED)}
        )
        budget = self.env["crm.points.budget"].create(
            {"target_kind": "user", "user_id": self.operator_two.id, "target": 10}
        )

        def seen(env):
            return env["crm.points.budget"].search_count([("id", "=", budget.id)])

        for user, on, off in (
            (self.manager, 1, 0),
            (self.operator_two, 1, 1),
            (self.operator, 0, 0),
        ):
            with self.subTest(user=user.login):
                self.company.individual_monitoring = True
                self.assertEqual(self.attempt(user, seen), on)
                self.company.individual_monitoring = False
                self.assertEqual(self.attempt(user, seen), off)

    def test_who_has_no_role_is_refused(self):
        for role in ("employee", "installer", "support"):
            with self.subTest(role=role):
                user = self.roles[role]
                self.assertEqual(self.attempt(user, self._board("team")), REFUSED)
                self.assertEqual(
                    self.attempt(user, lambda e: e["crm.points"].get_choices()),
                    REFUSED,
                )
                self.assertEqual(
                    self.attempt(user, lambda e: e[REPORT].search_count([])), REFUSED
                )

    def test_only_managers_configure(self):
        prize = self.prize.id
        attempts = {
            "prize": lambda e: e["crm.prize"].browse(prize).write({"threshold": 1}),
            "new prize": lambda e: bool(
                e["crm.prize"].create({"name": "Mine", "reward": "All"})
            ),
            "preview": lambda e: bool(e["crm.prize"].browse(prize).action_preview()),
            "mail": lambda e: bool(e["crm.points.mail.preview"].create({}).body),
            "challenge": lambda e: bool(
                e["gamification.challenge"].create({"name": "Mine"})
            ),
        }
        self.allow_monitoring()
        for role in ("operator", "coordinator", "agent", "back_office"):
            for label, call in attempts.items():
                with self.subTest(role=role, attempt=label):
                    self.assertEqual(self.attempt(self.roles[role], call), REFUSED)
        for label, call in attempts.items():
            with self.subTest(role="manager", attempt=label):
                self.assertEqual(self.attempt(self.manager, call), True)
