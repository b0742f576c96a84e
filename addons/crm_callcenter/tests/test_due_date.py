from datetime import date, datetime, time, timedelta

from odoo.tests import BaseCase, TransactionCase, tagged

from ..tools.due_date import next_due, time_of_day

STANDARD = time(9, 30)
HOLIDAYS = {date(2027, 12, 8), date(2027, 12, 24), date(2027, 12, 27)}


def is_working_day(day):
    return day.weekday() < 5 and day not in HOLIDAYS


@tagged("post_install", "-at_install")
class TestDueDate(BaseCase):
    """The arithmetic alone; local times."""

    def check(self, closing, days, hours, due):
        found = next_due(
            datetime.fromisoformat(closing), days, hours, STANDARD, is_working_day
        )
        self.assertEqual(found, datetime.fromisoformat(due))

    def test_same_day_keeps_its_hour(self):
        for closing, hours, due in (
            ("2027-12-06 10:15", 0, "2027-12-06 10:15"),
            ("2027-12-06 10:15", 4, "2027-12-06 14:15"),
            ("2027-12-06 10:15", 13, "2027-12-06 23:15"),
        ):
            self.check(closing, 0, hours, due)

    def test_later_days_are_due_at_the_standard_time(self):
        for closing, days, hours, due in (
            ("2027-12-06 10:15", 1, 0, "2027-12-07 09:30"),
            ("2027-12-06 07:00", 1, 0, "2027-12-07 09:30"),
            ("2027-12-06 10:15", 1, 5, "2027-12-07 09:30"),
            # Hours that pass midnight, and days made of hours.
            ("2027-12-06 22:00", 0, 3, "2027-12-07 09:30"),
            ("2027-12-06 10:15", 0, 24, "2027-12-07 09:30"),
            ("2027-12-06 22:00", 2, 3, "2027-12-09 09:30"),
        ):
            self.check(closing, days, hours, due)

    def test_days_without_work_pass_it_on(self):
        for closing, days, hours, due in (
            # Friday and a day: Saturday, so Monday.
            ("2027-12-10 10:15", 1, 0, "2027-12-13 09:30"),
            ("2027-12-10 10:15", 2, 0, "2027-12-13 09:30"),
            ("2027-12-10 10:15", 3, 0, "2027-12-13 09:30"),
            # A holiday in the middle of the week.
            ("2027-12-07 10:15", 1, 0, "2027-12-09 09:30"),
            # Christmas Eve, a weekend and another holiday in a row.
            ("2027-12-23 10:15", 1, 0, "2027-12-28 09:30"),
            # Closed on a Sunday: the same day is passed on as well.
            ("2027-12-12 10:15", 0, 0, "2027-12-13 09:30"),
            ("2027-12-12 10:15", 0, 2, "2027-12-13 09:30"),
            # Over the turn of the year.
            ("2027-12-31 18:00", 1, 0, "2028-01-03 09:30"),
        ):
            self.check(closing, days, hours, due)

    def test_a_calendar_without_any_work_ends(self):
        due = next_due(datetime(2027, 12, 6, 10), 1, 0, STANDARD, lambda day: False)
        self.assertEqual(due.time(), STANDARD)
        self.assertGreater(due, datetime(2028, 12, 1))

    def test_time_of_day(self):
        for hours, expected in (
            (0, time(0, 0)),
            (9.5, time(9, 30)),
            (9.99, time(9, 59)),
            (17 + 1 / 3, time(17, 20)),
            (24, time(23, 59)),
            (-1, time(0, 0)),
        ):
            self.assertEqual(time_of_day(hours), expected)


@tagged("post_install", "-at_install")
class TestDueMoment(TransactionCase):
    """The same through Odoo's calendars and time zones; naive UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Monday to Friday", "tz": "Europe/Rome"}
        )
        cls.env.company.write(
            {"action_calendar_id": cls.calendar.id, "next_action_time": 9.5}
        )

    def due(self, closing, days=0, hours=0):
        return self.env["crm.planner"]._due(
            days, hours, datetime.fromisoformat(closing)
        )

    def test_the_standard_time_is_local_all_year(self):
        # Clocks go forward on Sunday 28 March 2027, back on Sunday 31 October.
        self.assertEqual(self.due("2027-03-26 09:00", 1), datetime(2027, 3, 29, 7, 30))
        self.assertEqual(self.due("2027-03-25 09:00", 1), datetime(2027, 3, 26, 8, 30))
        self.assertEqual(self.due("2027-10-29 09:00", 1), datetime(2027, 11, 1, 8, 30))
        self.assertEqual(self.due("2027-10-28 09:00", 1), datetime(2027, 10, 29, 7, 30))

    def test_hours_are_counted_when_the_clock_changes(self):
        """Three hours are three hours, in the night of the change as well."""
        self.calendar.write(
            {
                "attendance_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Sunday",
                            "dayofweek": "6",
                            "hour_from": 0,
                            "hour_to": 23,
                            "day_period": "morning",
                        },
                    )
                ]
            }
        )
        for closing in ("2027-03-28 00:30", "2027-10-30 23:30"):
            moment = datetime.fromisoformat(closing)
            self.assertEqual(self.due(closing, 0, 3), moment + timedelta(hours=3))

    def test_the_day_is_the_local_one(self):
        """Half past eleven at night in London is the next day in Rome."""
        self.assertEqual(self.due("2027-05-17 22:30", 1), datetime(2027, 5, 19, 7, 30))
        self.assertEqual(self.due("2027-05-17 21:30", 1), datetime(2027, 5, 18, 7, 30))

    def test_holidays_of_the_calendar(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Festa",
                "calendar_id": self.calendar.id,
                "date_from": "2027-06-01 22:00:00",
                "date_to": "2027-06-02 21:59:59",
            }
        )
        self.assertEqual(self.due("2027-06-01 09:00", 1), datetime(2027, 6, 3, 7, 30))

    def test_a_day_on_which_somebody_works_half_is_a_working_day(self):
        self.calendar.attendance_ids.filtered(
            lambda attendance: (
                attendance.dayofweek == "4" and attendance.day_period != "morning"
            )
        ).unlink()
        self.assertEqual(self.due("2027-05-20 09:00", 1), datetime(2027, 5, 21, 7, 30))
