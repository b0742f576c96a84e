from odoo.tests import tagged

from .roles_case import RolesCase


@tagged("post_install", "-at_install")
class TestPortfolioRights(RolesCase):
    """Whoever is bound to branches learns nothing of names outside them, by any way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        portfolios = cls.env["crm.portfolio"]
        cls.retail = portfolios.create({"name": "Retail"})
        cls.business = portfolios.create({"name": "Business"})
        cls.shops = portfolios.create({"name": "Shops", "parent_id": cls.business.id})
        cls.secret.portfolio_id = cls.shops
        cls.contact = cls.env["res.partner"].create(
            {"name": "Secret Contact", "parent_id": cls.secret_partner.id}
        )
        cls.env["crm.lead.contact"].create(
            {"lead_id": cls.secret.id, "name": "Secret Person"}
        )
        cls.env["crm.lead.site"].create({"lead_id": cls.secret.id, "name": "Secret"})
        cls.env["crm.appointment.notice"].create(
            {
                "kind": "fixed",
                "lead_id": cls.secret.id,
                "start": "2031-01-13 10:00:00",
                "stop": "2031-01-13 11:00:00",
                "location": "Secret street",
            }
        )

    def _more_attempts(self):
        rows = [("lead_id", "=", self.secret.id)]
        return {
            "contact": lambda e: e["res.partner"].search_count(
                [("name", "=", "Secret Contact")]
            ),
            "rows of contacts": lambda e: e["crm.lead.contact"].search_count(rows),
            "rows of sites": lambda e: e["crm.lead.site"].search_count(rows),
            "notices": lambda e: e["crm.appointment.notice"].search_count(rows),
            "analysis": lambda e: e["crm.interaction.report"].search_count(rows),
            "processes": lambda e: e["crm.lead.process"].search_count(rows),
            "archive": lambda e: e["crm.lead"].search_count(
                [("is_anchor", "=", True), ("archive_text", "ilike", "0305559999")]
                + [("id", "=", self.secret.id)]
            ),
            "archive by branch": lambda e: e["crm.lead"].search_count(
                [("portfolio_id", "child_of", self.business.id)]
            ),
        }

    def test_managers_without_a_binding_see_all(self):
        attempts = self.secret_attempts() | self._more_attempts()
        attempts.pop("processes")
        for label, call in attempts.items():
            with self.subTest(attempt=label):
                self.assertTrue(self.tells(self.attempt(self.manager, call)), label)

    def test_bound_users_learn_nothing_of_other_branches(self):
        attempts = self.secret_attempts() | self._more_attempts()
        # The series is nobody's business, but is about no name.
        del attempts["recurrences"]
        attempts["attendees"] = lambda e: e["calendar.attendee"].search_count(
            [("event_id", "=", self.secret_event.id)]
        )
        for user in (self.manager, self.back_office, self.coordinator, self.operator):
            user.portfolio_ids = self.retail
            self.check_learns_nothing(user, attempts)

    def test_they_see_their_own_branch(self):
        for user in (self.manager, self.back_office):
            user.portfolio_ids = self.business
            for label in ("read", "search", "web_read_group", "ledger", "activities"):
                with self.subTest(role=user.login, attempt=label):
                    call = self.secret_attempts()[label]
                    self.assertTrue(self.tells(self.attempt(user, call)), label)
            call = self._more_attempts()["contact"]
            self.assertTrue(self.tells(self.attempt(user, call)))

    def test_a_moved_branch_takes_its_rights_along(self):
        self.manager.portfolio_ids = self.retail
        read = self.secret_attempts()["search"]
        self.assertFalse(self.tells(self.attempt(self.manager, read)))
        self.business._move_under(self.retail)
        self.assertTrue(self.tells(self.attempt(self.manager, read)))

    def test_a_company_and_its_contacts_share_portfolios(self):
        self.assertEqual(self.secret_partner.portfolio_id, self.shops)
        self.assertEqual(self.contact.portfolio_id, self.shops)
        self.secret.portfolio_id = self.retail
        self.assertEqual(self.contact.portfolio_id, self.retail)
        self.contact.portfolio_id = self.business
        self.assertEqual(self.secret.portfolio_id, self.business)

    def test_who_is_bound_creates_names_that_it_sees(self):
        self.manager.portfolio_ids = self.shops
        lead = self.env["crm.lead"].with_user(self.manager).create({"name": "New"})
        self.assertEqual(lead.portfolio_id, self.shops)
        self.assertEqual(
            self.env["crm.lead"].create({"name": "X"}).portfolio_id,
            self.env.ref("crm_callcenter.crm_portfolio_default"),
        )
