from odoo.tests import Form, TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestCompanyZone(TransactionCase):
    """In which time zone a company counts its days, asked for with every call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Hours of a test", "tz": "Europe/London"}
        )
        cls.company = cls.env["res.company"].create({"name": "Zone of a test"})
        cls.company.resource_calendar_id = cls.calendar
        cls.calendar.company_id = cls.company

    def test_it_is_that_of_the_working_hours(self):
        self.assertEqual(self.company._local_zone(), "Europe/London")

    def test_other_hours_are_known_at_once(self):
        self.company._local_zone()
        self.calendar.tz = "America/New_York"
        self.assertEqual(self.company._local_zone(), "America/New_York")
        other = self.calendar.copy({"tz": "Europe/Lisbon"})
        self.company.resource_calendar_id = other
        self.assertEqual(self.company._local_zone(), "Europe/Lisbon")

    def test_the_address_decides_where_the_hours_say_nothing(self):
        self.calendar.tz = "UTC"
        self.company.partner_id.tz = "Europe/Athens"
        self.assertEqual(self.company._local_zone(), "Europe/Athens")
        self.company.partner_id.tz = "Europe/Paris"
        self.assertEqual(self.company._local_zone(), "Europe/Paris")
        self.company.partner_id.tz = False
        self.assertEqual(self.company._local_zone(), "Europe/Rome")

    def test_asking_again_reads_nothing(self):
        self.company._local_zone()
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            self.company._local_zone()

    def test_a_company_in_a_form_has_the_hours_that_stand_there(self):
        form = Form(self.company)
        self.assertEqual(form.record._local_zone(), "Europe/London")
        draft = self.env["res.company"].new(
            {"resource_calendar_id": self.calendar.copy({"tz": "Europe/Oslo"}).id}
        )
        self.assertEqual(draft._local_zone(), "Europe/Oslo")
