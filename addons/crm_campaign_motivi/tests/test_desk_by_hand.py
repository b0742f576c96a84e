from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestDeskByHand(CampaignCommon):
    """A name is opened at the desk from its own form."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.lead = self.leads[3]

    def take(self, lead=None, user=None, campaign=None):
        return self.desk(user).take_by_hand((lead or self.lead).id, campaign)

    def open_form(self, user, lead=None, purpose="outcome"):
        self.env.flush_all()
        self.env.invalidate_all()
        return (lead or self.lead).with_user(user)._open_desk(purpose)

    def second_campaign(self):
        other = self.env["utm.campaign"].create(
            {
                "title": "Another campaign",
                "is_call_campaign": True,
                "company_id": self.company.id,
            }
        )
        self.env["crm.call.window"]._open_always(other)
        self.env["crm.call.list"].create(
            {
                "name": "List of another",
                "campaign_id": other.id,
                "operator_ids": [Command.set(self.operator.ids)],
            }
        )
        other.call_list_ids._add_leads(self.leads[:1].ids)
        other.action_start()
        return other

    # Who

    def test_operator_coordinator_and_manager(self):
        for user in (self.operator, self.coordinator, self.manager):
            payload = self.take(user=user)
            self.assertEqual(payload["lead"]["id"], self.lead.id)
            line = self.line_of(payload)
            self.assertEqual((line.claimed_by_id, line.list_id), (user, self.call_list))
            self.assertEqual(self.desk(user).open()["current"]["line_id"], line.id)
            self.desk(user).release(payload["line_id"], payload["claim_token"])
            line.rest_until = False

    def test_not_the_back_office_nor_agents(self):
        for user in (self.back_office, self.agent):
            with self.assertRaises(AccessError):
                self.take(user=user)
            with self.assertRaises(AccessError):
                self.open_form(user)

    def test_names_of_no_list_of_mine_are_not_mine(self):
        stranger = self.env["crm.lead"].create({"name": "Stranger", "phone": "0212345"})
        with self.assertRaisesRegex(UserError, "in none of your lists"):
            self.take(stranger)

    # What

    def test_gone_archived_and_blocked_names_are_a_sentence(self):
        blocked = self.env.ref("crm_callcenter.crm_commercial_state_blocked")
        self.leads[4]._correct_state(blocked, "correction")
        self.leads[5].active = False
        cases = [
            (self.leads[4], "is blocked"),
            (self.leads[5], "is archived, or was merged"),
            (self.env["crm.lead"].browse(2**31 - 1), "deleted, or merged"),
        ]
        for lead, sentence in cases:
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                self.take(lead, user=self.manager)
        self.assertFalse(self.call_list.line_ids.claimed_by_id)

    def test_a_name_in_other_hands(self):
        served = self.next_name(self.operator_two)
        lead = self.env["crm.lead"].browse(served["lead"]["id"])
        with self.assertRaisesRegex(UserError, "Somebody else is working"):
            self.take(lead)
        line = self.line_of(served)
        self.assertEqual(line.claimed_by_id, self.operator_two)
        # A claim that ran out holds nobody up.
        line.claimed_until = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(self.take(lead)["lead"]["id"], lead.id)

    def test_a_second_name_leads_to_the_first(self):
        self.next_name()
        with self.assertRaisesRegex(RedirectWarning, "Name 1 in hand") as refusal:
            self.take()
        action = self.env.ref("crm_campaign_motivi.crm_desk_action")
        self.assertEqual(refusal.exception.args[1], action.id)

    def test_the_same_name_again_is_the_same_claim(self):
        first = self.take()
        self.assertEqual(self.take()["claim_token"], first["claim_token"])

    # Where

    def test_its_own_list_comes_first(self):
        other = self.second_campaign()
        self.assertEqual(self.take()["campaign"]["id"], self.campaign.id)
        self.assertFalse(self.lead.call_list_line_ids.filtered("is_by_hand"))
        self.assertNotIn(self.lead, other.call_list_ids.line_ids.lead_id)

    def test_in_two_campaigns_it_is_asked(self):
        other = self.second_campaign()
        lead = self.leads[0]
        with self.assertRaisesRegex(UserError, "Choose the campaign"):
            self.take(lead)
        action = self.open_form(self.operator, lead)
        self.assertEqual(action["res_model"], "crm.desk.campaign.wizard")
        wizard = (
            self.env["crm.desk.campaign.wizard"]
            .with_user(self.operator)
            .browse(action["res_id"])
        )
        self.assertEqual(wizard.sudo().possible_campaign_ids, self.campaign | other)
        wizard.campaign_id = other.id
        opened = wizard.action_open()
        self.assertEqual(opened["tag"], "crm_campaign_motivi.desk")
        self.assertEqual(self.desk().open()["current"]["campaign"]["id"], other.id)

    def test_a_name_in_no_list_enters_one_and_leaves_it_again(self):
        found = self.env["crm.lead"].create(
            {"name": "Walked in", "phone": "030 9200111", "company_id": self.company.id}
        )
        payload = self.take(found, user=self.manager, campaign=self.campaign.id)
        line = self.line_of(payload)
        self.assertEqual(line.list_id, self.call_list)
        self.assertTrue(line.is_by_hand)
        self.desk(self.manager).release(payload["line_id"], payload["claim_token"])
        self.assertFalse(line.exists(), "nothing was done: nothing is left")
        payload = self.take(found, user=self.manager, campaign=self.campaign.id)
        self.confirm(payload, "N", user=self.manager)
        self.assertEqual(self.line_of(payload).category, "closed_negative")

    def test_a_desk_left_without_a_word_leaves_no_place(self):
        """A browser that crashed: the name leaves the list by itself, but not at once.

        Its place opens it to all operators of the list.
        """
        found = self.env["crm.lead"].create(
            {"name": "Walked in", "phone": "030 9200111", "company_id": self.company.id}
        )
        payload = self.take(found, user=self.manager, campaign=self.campaign.id)
        line = self.line_of(payload)
        served = self.line_of(self.next_name())

        def after(minutes):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE crm_call_list_line SET claimed_until ="
                " now() AT TIME ZONE 'UTC' - %s * interval '1 minute'"
                " WHERE id = ANY(%s)",
                [minutes, (line | served).ids],
            )
            self.env.invalidate_all()
            self.env["crm.queue.job"]._cron_work()
            return line.exists()

        self.assertTrue(after(-5), "in hand")
        self.assertTrue(after(30), "whoever comes back late ends the call")
        self.assertFalse(after(61))
        self.assertTrue(served.exists(), "the list had it before")

    def test_a_place_with_an_outcome_stays(self):
        found = self.env["crm.lead"].create(
            {"name": "Walked in", "phone": "030 9200111", "company_id": self.company.id}
        )
        payload = self.take(found, user=self.manager, campaign=self.campaign.id)
        self.confirm(payload, "N", user=self.manager)
        self.env["crm.call.list.line"]._leave_places_by_hand()
        self.assertTrue(self.line_of(payload).exists())

    def test_a_name_of_another_company_enters_no_campaign(self):
        other = self.env["res.company"].create({"name": "Another company"})
        self.manager.company_ids |= other
        found = self.env["crm.lead"].create(
            {"name": "Of another", "phone": "030 9200112", "company_id": other.id}
        )
        for campaign in (None, self.campaign.id):
            with self.assertRaisesRegex(UserError, "no running campaign"):
                self.take(found, user=self.manager, campaign=campaign)
        self.assertFalse(found.call_list_line_ids)

    def test_a_list_of_another_portfolio_takes_no_name(self):
        found = self.env["crm.lead"].create(
            {"name": "Outside", "phone": "030 9200113", "company_id": self.company.id}
        )
        portfolio = self.env["crm.portfolio"].create({"name": "Of the list"})
        self.leads.portfolio_id = portfolio
        self.call_list.portfolio_id = portfolio
        with self.assertRaisesRegex(UserError, "no list that the name could enter"):
            self.take(found, user=self.manager, campaign=self.campaign.id)
        found.portfolio_id = portfolio
        payload = self.take(found, user=self.manager, campaign=self.campaign.id)
        self.assertEqual(self.line_of(payload).list_id, self.call_list)

    def close_hours_since(self, minutes):
        """Let the calling hours have ended some minutes ago, for good."""
        end = fields.Datetime.now() - timedelta(minutes=minutes)
        self.patch(
            type(self.campaign),
            "_call_window",
            lambda _campaign, _zone, moment: (moment < end, None),
        )

    def take_and_begin(self, minutes_ago):
        """Take a name by hand some minutes ago; return what a dial needs."""
        served = self.take(self.leads[0])
        self.line_of(served).claimed_at = fields.Datetime.now() - timedelta(
            minutes=minutes_ago
        )
        return (
            served["line_id"],
            served["claim_token"],
            served["phones"][0]["field"],
        )

    def log_call(self, dial, direction, begun, ended=None):
        """Record a call of the name in hand, of so many minutes ago."""
        line = self.env["crm.call.list.line"].browse(dial[0])
        now = fields.Datetime.now()
        return self.env["crm.call"].create(
            {
                "uuid": f"{direction} {begun}",
                "number_e164": "+390309200111",
                "direction": direction,
                "started_at": now - timedelta(minutes=begun),
                "ended_at": ended is not None and now - timedelta(minutes=ended),
                "user_id": self.operator.id,
                "lead_id": line.lead_id.id,
                "line_id": line.id,
            }
        )

    def check_not_dialled(self, dial):
        with self.assertRaisesRegex(UserError, "no calling hours"):
            self.desk().log_dial(*dial)

    def test_outside_the_calling_hours_it_is_not_dialled(self):
        """Also when it was served within them: being served is no call."""
        self.close_hours_since(20)
        for minutes in (10, 30, 8 * 60):
            with self.subTest(minutes=minutes):
                dial = self.take_and_begin(minutes)
                self.check_not_dialled(dial)

    def test_a_call_that_goes_on_may_end_with_another_number(self):
        self.close_hours_since(20)
        dial = self.take_and_begin(60)
        # Begun within the hours, and over for long.
        self.log_call(dial, "out", 50, 40)
        self.check_not_dialled(dial)
        # Begun outside of them: no reason for a further one.
        self.log_call(dial, "out", 10)
        self.check_not_dialled(dial)
        self.log_call(dial, "out", 25)
        self.assertTrue(self.desk().log_dial(*dial)["tel"])

    def test_a_long_call_goes_on_until_its_end(self):
        self.close_hours_since(20)
        dial = self.take_and_begin(120)
        self.log_call(dial, "out", 90, 5)
        self.assertTrue(self.desk().log_dial(*dial)["tel"])

    def test_a_call_before_the_name_was_taken_is_another_one(self):
        self.close_hours_since(20)
        dial = self.take_and_begin(5)
        self.log_call(dial, "out", 25)
        self.check_not_dialled(dial)

    def test_who_calls_us_is_called_back(self):
        self.close_hours_since(20)
        dial = self.take_and_begin(10 * 60)
        self.log_call(dial, "in", 9 * 60, 9 * 60 - 1)
        self.check_not_dialled(dial)
        self.log_call(dial, "in", 2)
        self.assertTrue(self.desk().log_dial(*dial)["tel"])

    def test_without_a_campaign_there_is_nothing_to_do(self):
        self.campaign.call_state = "closed"
        with self.assertRaisesRegex(UserError, "no running campaign"):
            self.take()

    # Rest

    def test_closing_it_shortens_no_rest(self):
        """An outcome's rule says when it is tried again; a look at the name doesn't."""
        line = self.call_list.line_ids.filtered(
            lambda found: found.lead_id == self.lead
        )
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        line.rest_until = tomorrow
        payload = self.take()
        self.desk().release(payload["line_id"], payload["claim_token"])
        self.env.invalidate_all()
        self.assertFalse(line.claimed_by_id)
        self.assertEqual(line.rest_until, tomorrow)
        # A shorter one becomes as long as a name without outcome rests.
        line.rest_until = soon = fields.Datetime.now() + timedelta(minutes=1)
        payload = self.take()
        self.desk().release(payload["line_id"], payload["claim_token"])
        self.env.invalidate_all()
        self.assertGreater(line.rest_until, soon)

    # What for

    def test_the_desk_opens_for_a_purpose(self):
        for purpose, kind in (("appointment", "T"), ("outcome", None)):
            action = self.open_form(self.operator, purpose=purpose)
            self.assertEqual(
                (action["type"], action["tag"], action["params"]),
                (
                    "ir.actions.client",
                    "crm_campaign_motivi.desk",
                    {"lead_id": self.lead.id, "purpose": purpose, "kind": kind},
                ),
            )

    def test_a_purpose_that_the_campaign_does_not_allow(self):
        self.campaign.outcome_ids = self.outcomes["N"]
        with self.assertRaisesRegex(UserError, "No outcome of .* an appointment"):
            self.open_form(self.operator, purpose="appointment")
        self.assertFalse(self.call_list.line_ids.claimed_by_id)

    def test_buttons_are_for_those_who_have_the_desk(self):
        view = self.env.ref("crm_callcenter.crm_lead_view_form_name")
        for user, is_shown in ((self.operator, True), (self.agent, False)):
            arch = self.env["crm.lead"].with_user(user).get_view(view.id)["arch"]
            for method in ("action_desk_appointment", "action_desk_outcome"):
                self.assertEqual(method in arch, is_shown, (user.name, method))
