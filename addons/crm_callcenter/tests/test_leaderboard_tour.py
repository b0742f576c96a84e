from odoo import fields
from odoo.tests import HttpCase, tagged

from .points_case import PointsCase


@tagged("post_install", "-at_install")
class TestLeaderboardTour(PointsCase, HttpCase):
    def test_manager_reads_the_leaderboard(self):
        now = fields.Datetime.now()
        for user, kind in (
            (self.operator, "T"),
            (self.operator_two, "C"),
            (self.operator_three, "C"),
        ):
            self.score(user, kind, date=now)
        self.env["crm.points.budget"].create(
            {"target_kind": "team", "team_id": self.team.id, "target": 30}
        )
        self.start_tour(
            "/odoo/leaderboard", "callcenter_leaderboard", login=self.manager.login
        )
