from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CampaignCommon

MANY = 100_000


class ListCommon(CampaignCommon):
    """A second, empty list beside that of the common campaign, and its windows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.extra = cls.env["crm.lead"].create(
            [cls._lead_values(number) for number in range(20, 26)]
        )
        cls.second = cls.env["crm.call.list"].create(
            {
                "name": "Second list",
                "campaign_id": cls.campaign.id,
                "operator_ids": [Command.set(cls.operator_two.ids)],
            }
        )
        cls.search = [("phone", "like", "030 55500")]

    def build_wizard(self, user=None, **values):
        wizard = self.env["crm.list.build.wizard"].with_user(user or self.manager)
        return wizard.create(
            {"domain": repr(self.search), "list_id": self.second.id, **values}
        )

    def build(self, user=None, **values):
        """Fill the list as the window does, and return the operation."""
        return self.job(self.build_wizard(user, **values).action_fill())

    def job(self, action):
        self.assertEqual(action["res_model"], "crm.list.job")
        return self.env["crm.list.job"].browse(action["res_id"])

    def run_jobs(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_campaign_motivi.ir_cron_list_jobs"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def names_in(self, call_list):
        call_list.invalidate_recordset()
        return call_list.line_ids.lead_id


@tagged("post_install", "-at_install")
class TestListBuild(ListCommon):
    """A list is built from a search, but for those whom it leaves out."""

    def test_a_setting_of_the_caller_stays(self):
        for before in ("off", "on"):
            self.env.cr.execute(
                "SELECT set_config('enable_seqscan', %s, true)", [before]
            )
            self.second._kept_out(self.extra.ids)
            self.env.cr.execute("SHOW enable_seqscan")
            self.assertEqual(self.env.cr.fetchone(), (before,))

    def test_a_search_fills_a_list(self):
        job = self.build()
        self.assertEqual(job.state, "done")
        # The six names of the other list of the campaign would be called twice.
        self.assertEqual(self.names_in(self.second), self.extra)
        self.assertEqual((job.matched, job.done), (12, 6))
        self.assertIn("6 in another list of the campaign", job.result)
        self.assertEqual(self.second.domain, repr(self.search))

    def test_twice_adds_nothing(self):
        self.build()
        job = self.build()
        self.assertEqual(job.done, 0)
        self.assertIn("6 already in the list", job.result)
        self.assertEqual(len(self.names_in(self.second)), 6)

    def test_the_preview_says_what_happens(self):
        self.extra[0]._register_outcome(self.outcomes["N"])
        wizard = self.build_wizard()
        self.assertEqual((wizard.found, wizard.entering), (12, 5))
        self.assertIn("1 refused recently", wizard.left_out)
        self.assertEqual(self.job(wizard.action_fill()).done, 5)
        self.assertNotIn(self.extra[0], self.names_in(self.second))

    def test_refusals_count_for_some_days_and_can_be_let_in(self):
        self.extra[0]._register_outcome(
            self.outcomes["N"],
            date=fields.Datetime.subtract(fields.Datetime.now(), days=91),
        )
        self.assertEqual(self.build_wizard().entering, 6)
        self.extra[1]._register_outcome(self.outcomes["N"])
        self.assertEqual(self.build_wizard().entering, 5)
        self.assertEqual(self.build_wizard(leave_refusals=False).entering, 6)
        self.assertEqual(self.build_wizard(refusal_days=0).entering, 6)

    def test_a_refusal_that_was_taken_back_is_none(self):
        refusal = self.extra[0]._register_outcome(self.outcomes["N"])
        self.assertEqual(self.build_wizard().entering, 5)
        refusal.sudo()._reverse("Wrong name")
        self.assertEqual(self.build_wizard().entering, 6)

    def test_the_household_is_left_out_too(self):
        """By a number that they share, by a member of it, or as the same customer."""
        refused = self.env["crm.lead"].create(
            {
                **self._lead_values(40),
                "phone": "02 7777777",
                "mobile": self.extra[0].phone,
                "household_ids": [
                    Command.create(
                        {
                            "kind": "household",
                            "name": "Daughter",
                            "phone": self.extra[1].mobile,
                        }
                    )
                ],
            }
        )
        customer = self.env["res.partner"].create({"name": "Their customer"})
        (refused | self.extra[2]).partner_id = customer
        refused._register_outcome(self.outcomes["N"])
        wizard = self.build_wizard()
        self.assertEqual(wizard.entering, 3)
        self.assertIn("3 refused recently", wizard.left_out)
        self.assertEqual(self.build_wizard(leave_household=False).entering, 6)

    def test_customers_and_negotiations_are_left_out(self):
        state = self.env["crm.commercial.state"].search(
            [("state_class", "=", "customer")], limit=1
        )
        self.extra[0]._correct_state(state, note="Bought elsewhere")
        self.extra[1].type = "opportunity"
        wizard = self.build_wizard()
        self.assertEqual(wizard.entering, 4)
        self.assertIn("1 customers", wizard.left_out)
        self.assertIn("1 in an open negotiation", wizard.left_out)
        self.assertEqual(
            self.build_wizard(leave_customers=False, leave_negotiations=False).entering,
            6,
        )
        relative = self.env["crm.lead"].create(
            {
                **self._lead_values(41),
                "type": "opportunity",
                "phone": self.extra[2].phone,
            }
        )
        relative.mobile = False
        self.assertEqual(self.build_wizard().entering, 3)
        relative.action_set_lost()
        self.assertEqual(self.build_wizard().entering, 4, "a lost one is over")

    def test_who_must_not_be_called_is_left_out(self):
        for number in (self.extra[0].phone_e164, self.extra[0].mobile_e164):
            self.env["phone.blacklist"].create({"number": number})
        self.assertEqual(self.build_wizard().entering, 5)
        self.assertEqual(self.build_wizard(leave_uncallable=False).entering, 6)

    def test_a_new_list_is_made(self):
        job = self.build(
            list_id=False,
            name="Spring",
            campaign_id=self.campaign.id,
            operator_ids=[Command.set(self.operator.ids)],
            is_live=True,
        )
        self.assertEqual(job.list_id.name, "Spring")
        self.assertTrue(job.list_id.is_live)
        self.assertEqual(job.list_id.search_user_id, self.manager)
        self.assertEqual(job.list_id.operator_ids, self.operator)
        with self.assertRaisesRegex(UserError, "name of a new one"):
            self.build_wizard(list_id=False, name=" ").action_fill()

    def test_a_broken_search_says_so(self):
        for domain in ("[('nothing', '=', 1)]", "[[", "__import__('os')"):
            with self.assertRaisesRegex(ValidationError, "can't be read"):
                self.build_wizard(domain=domain).entering  # noqa: B018
            with self.assertRaisesRegex(ValidationError, "can't be read"):
                self.second.domain = domain

    def test_a_list_that_is_bound_takes_its_portfolio_only(self):
        self.second.portfolio_id = self.env["crm.portfolio"].create({"name": "Retail"})
        self.extra[0].portfolio_id = self.second.portfolio_id
        job = self.build()
        self.assertEqual(self.names_in(self.second), self.extra[0])
        self.assertIn("5 of another portfolio", job.result)

    def test_a_coordinator_fills_lists_of_its_campaigns(self):
        """With the names that a coordinator sees, and no others."""
        self.call_list._add_leads(self.extra[:2].ids)
        job = self.build(self.coordinator, leave_elsewhere=False)
        self.assertEqual(
            self.names_in(self.second), self.leads | self.extra[:2], job.result
        )
        with self.assertRaisesRegex(UserError, "Campaign managers make new lists"):
            self.build(
                self.coordinator,
                list_id=False,
                name="Mine",
                campaign_id=self.campaign.id,
            )
        self.campaign.coordinator_ids = [Command.clear()]
        with self.assertRaises(AccessError):
            self.build(self.coordinator)
        with self.assertRaises(AccessError):
            self.build(self.operator)

    def test_names_chosen_in_their_list(self):
        wizard = (
            self.env["crm.list.build.wizard"]
            .with_user(self.manager)
            .with_context(active_model="crm.lead", active_ids=self.extra[:2].ids)
            .create({"list_id": self.second.id})
        )
        self.job(wizard.action_fill())
        self.assertEqual(self.names_in(self.second), self.extra[:2])

    def test_whoever_selects_all_that_was_found_means_the_search(self):
        found = self.env["crm.lead"].search(self.search)

        def domain(chosen):
            wizard = self.env["crm.list.build.wizard"].with_context(
                active_model="crm.lead",
                active_ids=chosen.ids,
                active_domain=self.search,
            )
            return wizard.create({"list_id": self.second.id}).domain

        self.assertEqual(domain(found), repr(self.search))
        self.assertEqual(domain(found[:2]), repr([("id", "in", found[:2].ids)]))

    def test_a_new_list_without_operators_is_everybodys(self):
        self.campaign.skill_ids = [Command.create({"user_id": self.operator.id})]
        made = self.build(
            list_id=False, name="Everybody's", campaign_id=self.campaign.id
        ).list_id
        self.assertTrue(made.is_for_campaign)
        self.assertEqual(made.operator_ids, self.operator)
        made = self.build(
            list_id=False,
            name="Hers",
            campaign_id=self.campaign.id,
            operator_ids=[Command.set(self.operator_two.ids)],
        ).list_id
        self.assertEqual(made.operator_ids, self.operator_two)

    def test_many_go_on_in_the_background_and_can_be_stopped(self):
        wizard = self.build_wizard()
        job = (
            self.env["crm.list.job"]
            .with_user(self.manager)
            ._start(
                {
                    "kind": "build",
                    "list_id": self.second.id,
                    "campaign_id": self.campaign.id,
                    "domain": wizard.domain,
                },
                count=12,
                at_once=0,
            )
        )
        self.assertEqual((job.state, job.done), ("queued", 0))
        job.action_cancel()
        self.run_jobs()
        self.assertEqual((job.state, len(self.names_in(self.second))), ("cancelled", 0))
        job.action_continue()
        self.run_jobs()
        self.assertEqual((job.state, job.done, job.progress), ("done", 6, 100))

    def test_a_hundred_thousand_enter_by_one_statement(self):
        self.env.cr.execute(
            """INSERT INTO crm_lead (name, type, active, lead_kind, phone_e164)
               SELECT 'n' || n, 'lead', true, 'person', '+3906' || 10000000 + n
                 FROM generate_series(1, %s) n RETURNING id""",
            [MANY],
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        # As the automatic one does: checks of keys planned for a nearly empty table
        # would read all of it for each name.
        self.env.cr.execute("ANALYZE crm_lead")
        few = self.second.copy({"name": "Few"})
        few._sort_names(self.extra.ids, add=True)
        with self.assertQueryCount(10):
            counts = self.second._sort_names(ids, add=True)
        self.assertEqual(counts, {"added": MANY})
        self.env.cr.execute(
            "SELECT count(*), min(rank), max(rank) FROM crm_call_list_line"
            " WHERE list_id = %s AND category = 'to_call'",
            [self.second.id],
        )
        self.assertEqual(self.env.cr.fetchone(), (MANY, 1, MANY))
