from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .points_case import PointsCase


@tagged("post_install", "-at_install")
class TestPrize(PointsCase):
    """Prizes are awarded once per period, and explained by ledger rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.prize"].search([("id", ">", 0)]).active = False

    def _prize(self, created="2024-05-02 10:00:00", **values):
        with freeze_time(created):
            prize = self.env["crm.prize"].create(
                {"name": "Prize", "reward": "Dinner", "threshold": 10, **values}
            )
        # The database's own clock doesn't freeze.
        self.env.cr.execute(
            "UPDATE crm_prize SET create_date = %s WHERE id = %s", (created, prize.id)
        )
        prize.invalidate_recordset()
        return prize

    def _run(self, moment):
        with freeze_time(moment):
            self.env["crm.prize"]._cron_award()

    def test_awarded_once_under_two_runs(self):
        prize = self._prize()
        self.score(self.operator, "T")
        self.score(self.operator_three, "C")
        self._run("2024-05-31 21:59:00")
        self.assertFalse(prize.award_ids, "May is not over in Rome")
        self._run("2024-05-31 22:01:00")
        award = prize.award_ids
        self.assertEqual(award.team_id, self.team)
        self.assertEqual((award.points, award.rank, award.state), (10, 1, "awarded"))
        self.assertEqual(award.date_from, date(2024, 5, 1))
        self.assertTrue(award.awarded_date)
        self.assertTrue(award.awarded_by_id)
        self._run("2024-06-01 08:00:00")
        self.assertEqual(prize.award_ids, award)
        # Even when nobody remembers that the period was awarded.
        prize.awarded_until = False
        self._run("2024-06-01 08:00:00")
        self.assertEqual(prize.award_ids, award)

    def test_database_refuses_a_second_award(self):
        prize = self._prize()
        self.score(self.operator, "T")
        award = prize._award(date(2024, 5, 1), date(2024, 5, 31))
        self.assertFalse(prize._award(date(2024, 5, 1), date(2024, 5, 31)))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            award.copy()

    def test_missed_periods_are_made_up_for(self):
        prize = self._prize()
        self.score(self.operator, "T", date="2024-05-10 10:00:00")
        self.score(self.operator, "T", date="2024-06-10 10:00:00")
        self.score(self.operator_three, "T", date="2024-07-10 10:00:00")
        self._run("2024-07-05 10:00:00")
        self.assertEqual(
            prize.award_ids.sorted("date_from").mapped("date_from"),
            [date(2024, 5, 1), date(2024, 6, 1)],
        )
        self._run("2024-08-01 10:00:00")
        self.assertEqual(len(prize.award_ids), 3)

    def test_what_was_awarded_stays(self):
        """A later outcome dated back changes nothing that was handed out."""
        prize = self._prize(rule="rank")
        self.score(self.operator, "T")
        self._run("2024-06-01 08:00:00")
        self.score(self.operator_three, "T")
        self.score(self.operator_three, "T")
        self._run("2024-06-02 08:00:00")
        self.assertEqual(prize.award_ids.team_id, self.team)
        with self.assertRaises(UserError):
            prize.award_ids.points = 1000

    def test_ranks_with_ties(self):
        self.allow_monitoring()
        prize = self._prize(rule="rank", rank=2, winner_kind="user")
        for user, kind in (
            (self.operator, "T"),
            (self.operator_two, "T"),
            (self.operator_three, "C"),
            (self.operator_four, "N"),
        ):
            self.score(user, kind)
        self._run("2024-06-01 08:00:00")
        self.assertEqual(
            prize.award_ids.user_id, self.operator | self.operator_two, "1, 1, 3"
        )

    def test_awarded_prize_stays(self):
        prize = self._prize()
        self.score(self.operator, "T")
        self._run("2024-06-01 08:00:00")
        with self.assertRaisesRegex(UserError, "Archive it"):
            prize.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "awarded already"):
            prize.with_user(self.manager).winner_kind = "user"
        self._prize().with_user(self.manager).unlink()

    def test_nobody_wins_with_nothing(self):
        prize = self._prize(rule="rank", rank=3)
        self.score(self.operator, "N")
        self._run("2024-06-01 08:00:00")
        self.assertFalse(prize.award_ids)

    def test_once_between_two_days(self):
        prize = self._prize(
            period="custom", date_from="2024-05-10", date_to="2024-05-20"
        )
        self.score(self.operator, "T", date="2024-05-20 21:59:00")
        self.score(self.operator_three, "T", date="2024-05-20 22:00:00")
        with freeze_time("2024-05-20 12:00:00"), self.assertRaises(UserError):
            prize.action_preview()
        self._run("2024-05-21 08:00:00")
        self._run("2024-05-22 08:00:00")
        self.assertEqual(prize.award_ids.team_id, self.team)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            prize.date_to = "2024-05-01"
            prize.flush_recordset()

    def test_only_what_the_prize_counts(self):
        campaign = self.env["utm.campaign"].create({"title": "Sun", "name": "Sun"})
        prize = self._prize(campaign_ids=campaign.ids)
        self.score(self.operator, "T")
        self.score(self.operator_three, "T", campaign=campaign)
        self._run("2024-06-01 08:00:00")
        award = prize.award_ids
        self.assertEqual(award.team_id, self.team_two)
        self.assertEqual(self._explained(award), award.points)

    def _explained(self, award):
        action = award.action_explain()
        rows = self.env[action["res_model"]].search(action["domain"])
        return sum(rows.mapped("points"))

    def test_award_is_explained(self):
        self.allow_monitoring()
        prize = self._prize(winner_kind="user", threshold=5)
        self.take_back(self.score(self.operator, "C"))
        self.score(self.operator, "T")
        self.score(self.operator, "T", date="2024-06-01 10:00:00")
        self.score(self.operator_two, "C")
        self._run("2024-06-01 12:00:00")
        self.assertEqual(len(prize.award_ids), 2)
        for award in prize.award_ids:
            self.assertEqual(self._explained(award), award.points)

    def test_persons_only_with_the_agreement(self):
        prize = self._prize(winner_kind="user")
        teams = self._prize()
        self.score(self.operator, "T")
        with self.assertLogs("odoo.addons.crm_callcenter.models.crm_prize") as logs:
            self._run("2024-06-01 08:00:00")
        self.assertIn("individual monitoring is off", logs.output[0])
        self.assertFalse(prize.award_ids)
        self.assertTrue(teams.award_ids)
        with self.assertRaisesRegex(UserError, "union agreement"):
            prize.with_user(self.manager).action_preview()

    def test_preview_then_award_and_deliver(self):
        prize = self._prize().with_user(self.manager)
        self.score(self.operator, "T")
        with freeze_time("2024-06-03 10:00:00"):
            action = prize.action_preview()
            preview = self.env["crm.prize.preview"].browse(action["res_id"])
            self.assertEqual(preview.line_ids.team_id, self.team)
            self.assertFalse(preview.line_ids.is_awarded)
            self.assertFalse(prize.award_ids, "a preview awards nothing")
            preview.with_user(self.manager).action_award()
        award = prize.award_ids
        self.assertEqual(award.awarded_by_id, self.manager)
        with freeze_time("2024-06-03 11:00:00"):
            again = self.env["crm.prize.preview"].browse(
                prize.action_preview()["res_id"]
            )
            self.assertTrue(again.line_ids.is_awarded)
            with self.assertRaises(UserError):
                again.with_user(self.manager).action_award()
        award.action_deliver()
        self.assertEqual(award.state, "delivered")
        self.assertEqual(award.delivered_by_id, self.manager)
        self.assertTrue(award.delivered_date)
        with self.assertRaisesRegex(UserError, "delivered already"):
            award.action_deliver()
