from datetime import date, datetime

import pytz
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tools.period import (
    day_bounds,
    period_days,
    previous_period,
)

from .points_case import PointsCase

ROME = pytz.timezone("Europe/Rome")


@tagged("post_install", "-at_install")
class TestPoints(PointsCase):
    """Figures are sums of ledger rows, by local days."""

    # ------------------------------------------------------------
    # PERIODS
    # ------------------------------------------------------------

    def test_days_of_periods(self):
        for kind, day, expected in (
            ("today", date(2024, 2, 29), (date(2024, 2, 29), date(2024, 2, 29))),
            ("week", date(2026, 3, 29), (date(2026, 3, 23), date(2026, 3, 29))),
            ("week", date(2026, 1, 1), (date(2025, 12, 29), date(2026, 1, 4))),
            ("month", date(2024, 2, 10), (date(2024, 2, 1), date(2024, 2, 29))),
            ("month", date(2025, 12, 31), (date(2025, 12, 1), date(2025, 12, 31))),
            ("quarter", date(2025, 11, 30), (date(2025, 10, 1), date(2025, 12, 31))),
            ("year", date(2024, 7, 1), (date(2024, 1, 1), date(2024, 12, 31))),
        ):
            with self.subTest(kind=kind, day=day):
                self.assertEqual(period_days(kind, day), expected)
        self.assertEqual(
            previous_period("quarter", date(2026, 1, 31)),
            (date(2025, 10, 1), date(2025, 12, 31)),
        )

    def test_days_have_23_and_25_hours(self):
        for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
            start, stop = day_bounds(day, day, ROME)
            self.assertEqual((stop - start).total_seconds() / 3600, hours)

    def test_edges_of_a_day_in_rome(self):
        """Midnight is 23:00 UTC in winter and 22:00 UTC in summer."""
        for day, before, first, last, after in (
            (
                "2024-01-10",
                "2024-01-09 22:59:59",
                "2024-01-09 23:00:00",
                "2024-01-10 22:59:59",
                "2024-01-10 23:00:00",
            ),
            (
                "2024-07-10",
                "2024-07-09 21:59:59",
                "2024-07-09 22:00:00",
                "2024-07-10 21:59:59",
                "2024-07-10 22:00:00",
            ),
            # The clocks go forward on this day: it begins in winter time.
            (
                "2024-03-31",
                "2024-03-30 22:59:59",
                "2024-03-30 23:00:00",
                "2024-03-31 21:59:59",
                "2024-03-31 22:00:00",
            ),
            # And back on this one.
            (
                "2024-10-27",
                "2024-10-26 21:59:59",
                "2024-10-26 22:00:00",
                "2024-10-27 22:59:59",
                "2024-10-27 23:00:00",
            ),
        ):
            with self.subTest(day=day):
                for moment in (before, after):
                    self.score(self.operator, "T", date=moment)
                for moment in (first, last):
                    self.score(self.operator, "C", date=moment)
                self.assertEqual(self.figures(day, day)[self.operator.id], (1, 10))

    def test_this_week_turns_over_at_local_midnight(self):
        points = self.env["crm.points"]
        for moment, monday in (
            ("2024-07-14 21:59:59", date(2024, 7, 8)),
            ("2024-07-14 22:00:00", date(2024, 7, 15)),
            ("2024-01-14 22:59:59", date(2024, 1, 8)),
            ("2024-01-14 23:00:00", date(2024, 1, 15)),
        ):
            with freeze_time(moment):
                self.assertEqual(points._period_days("week")[0], monday)

    def test_broken_periods_are_refused(self):
        points = self.env["crm.points"]
        for values in (
            ("fortnight",),
            ("custom",),
            ("custom", "2024-05-02", "2024-05-01"),
            ("custom", "yesterday", "2024-05-01"),
            ("custom", False, "2024-05-01"),
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                points._period_days(*values)
        with self.assertRaises(UserError):
            points.get_leaderboard({"by": "lead_id"})

    # ------------------------------------------------------------
    # RANKING
    # ------------------------------------------------------------

    def test_ties_share_a_rank(self):
        for user, kinds in (
            (self.operator, "TC"),
            (self.operator_two, "CCC"),
            (self.operator_three, "T"),
            (self.operator_four, "N"),
        ):
            for kind in kinds:
                self.score(user, kind)
        self.assertEqual(
            self.figures(),
            {
                self.operator.id: (1, 15),
                self.operator_two.id: (1, 15),
                self.operator_three.id: (3, 10),
                self.operator_four.id: (4, 0),
            },
        )

    def test_by_team_campaign_and_category(self):
        campaign = self.env["utm.campaign"].create({"title": "Sun", "name": "Sun"})
        self.score(self.operator, "T", campaign=campaign)
        self.score(self.operator_two, "C")
        self.score(self.operator_three, "C")
        self.assertEqual(
            self.figures(by="team"), {self.team.id: (1, 15), self.team_two.id: (2, 5)}
        )
        self.assertEqual(
            self.figures(by="campaign"), {campaign.id: (1, 10), False: (1, 10)}
        )
        self.assertEqual(
            self.figures(by="category"),
            {
                self.category.id: (1, 10),
                self.category_below.id: (2, 5),
                False: (2, 5),
            },
        )
        for filters, expected in (
            ({"team_ids": self.team_two.ids}, {self.operator_three.id: (1, 5)}),
            ({"campaign_ids": campaign.ids}, {self.operator.id: (1, 10)}),
            ({"category_ids": self.category_below.ids}, {self.operator_two.id: (1, 5)}),
            (
                {"category_ids": self.category.ids},
                {self.operator.id: (1, 10), self.operator_two.id: (2, 5)},
            ),
            ({"campaign_ids": []}, {}),
        ):
            with self.subTest(filters=filters):
                self.assertEqual(self.figures(**filters), expected)

    def test_team_of_that_time_counts(self):
        """Who changes the team leaves the points behind."""
        self.score(self.operator, "T")
        self.team.member_ids -= self.operator
        self.team_two.member_ids += self.operator
        self.assertEqual(self.figures(by="team"), {self.team.id: (1, 10)})

    def test_what_is_taken_back_counts_against(self):
        row = self.score(self.operator, "T")
        self.score(self.operator, "C")
        self.take_back(row)
        [line] = self.ranking()
        self.assertEqual(
            (line["points"], line["outcomes"], line["appointments"]), (5, 1, 0)
        )
        # In a later period it may well be less than nothing.
        later = self.score(self.operator_two, "T", date="2024-05-30 10:00:00")
        self.take_back(later, date="2024-06-02 10:00:00")
        self.assertEqual(
            self.figures("2024-06-01", "2024-06-30"), {self.operator_two.id: (1, -10)}
        )

    def test_what_the_system_registers_does_not_count(self):
        state = self.env.ref("crm_callcenter.crm_commercial_state_customer")
        with freeze_time("2024-05-15 12:00:00"):
            self.leads[1]._correct_state(state)
        self.assertEqual(self.ranking(), [])

    def test_points_are_the_sum_of_the_rows_that_a_line_opens(self):
        self.allow_monitoring()
        rows = self.score(self.operator, "T") | self.score(self.operator, "C")
        self.score(self.operator, "C", date="2024-06-01 10:00:00")
        self.take_back(self.score(self.operator, "C"))
        self.score(self.operator_three, "T", lead=self.leads[2])
        points = self.env["crm.points"].with_user(self.manager)
        for by in ("user", "team", "category", "campaign"):
            options = self.custom(by)
            board = points.get_leaderboard(options)
            self.assertTrue(board["lines"])
            for line in board["lines"]:
                with self.subTest(by=by, line=line["name"]):
                    action = points.explain(options, line["id"])
                    opened = self.env[action["res_model"]].search(action["domain"])
                    self.assertEqual(sum(opened.mapped("points")), line["points"])
                    self.assertEqual(sum(opened.mapped("outcomes")), line["outcomes"])
                    self.assertEqual(
                        sum(opened.interaction_id.mapped("points")), line["points"]
                    )
        self.assertEqual(sum(rows.mapped("points")), 15)

    # ------------------------------------------------------------
    # THE ANALYSIS
    # ------------------------------------------------------------

    def _replaced(self, record, **values):
        """Return a new node that has replaced another one, as the wizard does."""
        new = record.copy({"name": f"{record.name} new", **values})
        record.replaced_by_id = new
        return new

    def test_replaced_nodes_stand_under_the_new_ones(self):
        row = self.score(self.operator, "C")
        outcome = self._replaced(self.outcomes["C"], shortcut=False)
        newest = self._replaced(outcome, shortcut=False)
        activity_type = self._replaced(self.type)
        state = self._replaced(row.state_after_id)
        report = self.env["crm.interaction.report"].browse(row.id)
        self.assertEqual(report.outcome_id, newest, "the whole chain is followed")
        self.assertEqual(report.activity_type_id, activity_type)
        self.assertEqual(report.state_after_id, state)
        self.assertEqual(row.outcome_id, self.outcomes["C"], "history stays")
        groups = self.env["crm.interaction.report"]._read_group(
            [("id", "=", row.id)], ["outcome_id"], ["points:sum", "outcomes:sum"]
        )
        self.assertEqual(groups, [(newest, 5, 1)])
        found = report.search([("outcome_id", "=", newest.id), ("id", "=", row.id)])
        self.assertEqual(found, report)
        self.assertFalse(report.search([("outcome_id", "=", self.outcomes["C"].id)]))

    def test_ring_of_replacements_does_not_hang(self):
        row = self.score(self.operator, "C")
        new = self._replaced(self.outcomes["C"], shortcut=False)
        new.replaced_by_id = self.outcomes["C"]
        report = self.env["crm.interaction.report"].browse(row.id)
        self.assertEqual(report.outcome_id, self.outcomes["C"])

    def test_report_has_every_row_once(self):
        self.take_back(self.score(self.operator, "T"))
        ledger = self.env["crm.interaction"].search([])
        report = self.env["crm.interaction.report"].search([])
        self.assertEqual(ledger.ids, report.ids)
        self.assertEqual(sum(ledger.mapped("points")), sum(report.mapped("points")))

    def test_report_sees_what_is_not_yet_written(self):
        """Odoo flushes the ledger and the nodes before it reads the report."""
        row = self.score(self.operator, "T")
        found = self.env["crm.interaction.report"].search([("id", "=", row.id)])
        self.assertEqual(found.points, 10)
        self.assertEqual(found.date, row.date)

    # ------------------------------------------------------------
    # BUDGETS
    # ------------------------------------------------------------

    def _budget(self, target=20, period="month", **values):
        kind = next(name.removesuffix("_id") for name in values if name != "measure")
        return self.env["crm.points.budget"].create(
            {"target_kind": kind, "target": target, "period": period, **values}
        )

    def test_closest_budget_counts(self):
        self.allow_monitoring()
        self._budget(100, category_id=self.category.id)
        self._budget(30, user_id=self.operator_two.id)
        below = self.env["crm.operator.category"].create(
            {"name": "Night", "parent_id": self.category_below.id}
        )
        self.operator_three.operator_category_id = below
        users = self.operator | self.operator_two | self.operator_three
        targets = self.env["crm.points.budget"]._targets("user", "month", users.ids)
        self.assertEqual(
            targets,
            {
                self.operator.id: 100,
                self.operator_two.id: 30,
                self.operator_three.id: 100,
            },
        )
        self._budget(40, category_id=self.category_below.id)
        targets = self.env["crm.points.budget"]._targets("user", "month", users.ids)
        self.assertEqual(targets[self.operator_three.id], 40)
        self.assertEqual(
            self.env["crm.points.budget"]._targets("user", "week", users.ids),
            {},
        )

    def test_target_against_reached(self):
        team = self._budget(40, team_id=self.team.id)
        category = self._budget(
            20, category_id=self.category.id, measure="appointments"
        )
        with freeze_time("2024-05-20 10:00:00"):
            self.score(self.operator, "T")
            self.score(self.operator_two, "T")
            self.score(self.operator_two, "T", date="2024-04-30 10:00:00")
            (team | category).invalidate_recordset()
            self.assertEqual((team.total_target, team.reached), (40, 20))
            self.assertEqual(team.reached_rate, 50)
            self.assertEqual((category.people, category.total_target), (2, 40))
            self.assertEqual(category.reached, 2, "with the category below")
            board = self.env["crm.points"].get_leaderboard(
                {"by": "team", "period": "month"}
            )
            [line] = [one for one in board["lines"] if one["id"] == self.team.id]
            self.assertEqual((line["target"], line["reached"]), (40, 50))

    def test_leaderboard_lines_are_readable_in_a_request(self):
        board = self.env["crm.points"].with_user(self.manager).get_leaderboard({})
        self.assertEqual(board["by"], "team")
        self.assertEqual(
            fields.Date.to_date(board["first"]).weekday(), 0, "weeks begin on Mondays"
        )
        self.assertIsInstance(datetime.fromisoformat(board["last"]), datetime)
