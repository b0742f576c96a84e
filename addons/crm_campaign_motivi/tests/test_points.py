from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.points_case import PointsCase

REPORT = "crm.interaction.report"


@tagged("post_install", "-at_install")
class TestCampaignPoints(PointsCase):
    """Coordinators see the points of their campaigns, operators explain their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign, cls.other = cls.env["utm.campaign"].create(
            [
                {
                    "title": title,
                    "is_call_campaign": True,
                    "company_id": cls.company.id,
                    "coordinator_ids": [Command.set(coordinators.ids)],
                }
                for title, coordinators in (
                    ("Own campaign", cls.coordinator),
                    ("Secret campaign", cls.env["res.users"]),
                )
            ]
        )
        cls.score(cls.operator, "T", campaign=cls.campaign)
        cls.score(cls.operator_two, "C", campaign=cls.campaign)
        cls.score(cls.operator, "C", campaign=cls.other)
        cls.score(cls.operator_three, "T", campaign=cls.other)

    def _board(self, by, **values):
        def call(env):
            points = env["crm.points"]
            options = self.custom(by, **values)
            return {
                line["id"]: (
                    line["points"],
                    sum(
                        env[REPORT]
                        .search(points.explain(options, line["id"])["domain"])
                        .mapped("points")
                    ),
                )
                for line in points.get_leaderboard(options)["lines"]
                if line["can_open"]
            }

        return call

    def test_coordinator_sees_own_campaigns_and_every_row_behind(self):
        self.check_table(
            self.coordinator,
            {
                "teams": (self._board("team"), {self.team.id: (15, 15)}),
                "campaigns": (self._board("campaign"), {self.campaign.id: (15, 15)}),
                "another campaign": (
                    self._board("team", campaign_id=self.other.id),
                    {},
                ),
                "persons": (self._board("user"), {}),
                "analysis": (lambda e: e[REPORT].search_count([]), 2),
            },
        )
        self.allow_monitoring()
        self.assertEqual(
            self.attempt(self.coordinator, self._board("user")),
            {self.operator.id: (10, 10), self.operator_two.id: (5, 5)},
        )

    def test_operator_explains_own_points_wherever_the_names_are(self):
        """None of these names is in a list of the operator's."""
        for allowed in (False, True):
            if allowed:
                self.allow_monitoring()
            self.assertEqual(
                self.attempt(self.operator, self._board("user")),
                {self.operator.id: (15, 15)},
            )

    def test_operator_learns_of_no_other_campaign(self):
        def names(env):
            board = env["crm.points"].get_leaderboard(self.custom("campaign"))
            choices = env["crm.points"].get_choices()["campaigns"]
            return [line["name"] for line in board["lines"]] + choices

        def filtered(env):
            return env["crm.points"].get_leaderboard(
                self.custom("team", campaign_id=self.other.id)
            )["lines"]

        self.assertFalse(self.tells(self.attempt(self.operator, names)))
        self.assertEqual(self.attempt(self.operator, filtered), [])
        self.assertEqual(len(self.attempt(self.manager, filtered)), 2)
        self.assertTrue(self.tells(self.attempt(self.manager, names)))

    def test_manager_sees_all(self):
        self.assertEqual(
            self.attempt(self.manager, self._board("campaign")),
            {self.campaign.id: (15, 15), self.other.id: (15, 15)},
        )
