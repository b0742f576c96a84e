from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestOperatorState(CampaignCommon):
    """What operators are doing, for how long, and whose window is the desk."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.reason = self.env.ref("crm_campaign_motivi.crm_pause_reason_lunch")
        self.states = self.env["crm.operator.state"]

    def commit_states(self):
        """Do what waits for the end of the request."""
        self.env.flush_all()
        self.env.cr.postcommit.run()
        self.env.invalidate_all()

    def row(self):
        self.env.invalidate_all()
        return self.states.search([("user_id", "=", self.operator.id)])

    def state(self):
        return self.row().state

    def age(self, **delta):
        """Let the state have begun earlier."""
        row = self.row()
        row.write({"since": row.since - timedelta(**delta)})
        row.flush_recordset()

    def times(self):
        rows = self.env["crm.operator.time"].search(
            [("campaign_id", "=", self.campaign.id)]
        )
        return {
            (row.state, row.reason_id.name or "", row.user_id.id): row.seconds
            for row in rows
        }

    # ------------------------------------------------------------
    # States follow the desk
    # ------------------------------------------------------------

    def test_states_follow_the_desk(self):
        self.assertEqual(self.desk().begin("one")["state"]["state"], "ready")
        served = self.next_name()
        self.commit_states()
        self.assertEqual(self.row().campaign_id, self.campaign)
        call = self.desk().log_dial(served["line_id"], served["claim_token"], "mobile")
        self.assertEqual(self.state(), "ready", "before it is saved")
        self.commit_states()
        self.assertEqual(self.state(), "on_call")
        self.desk().end_call(call["call_uuid"])
        self.commit_states()
        self.assertEqual(self.state(), "after_call")
        self.confirm(served, "N")
        self.commit_states()
        self.assertEqual(self.state(), "ready")
        self.assertEqual(self.row().last_outcome_id, self.outcomes["N"])

    def test_a_refused_outcome_changes_no_state(self):
        served = self.next_name()
        self.commit_states()
        self.desk().log_dial(served["line_id"], served["claim_token"], "mobile")
        self.commit_states()
        with self.assertRaises(UserError):
            self.confirm(served, "R")
        self.commit_states()
        self.assertEqual(self.state(), "on_call")

    def test_a_pause_begins_after_the_name(self):
        served = self.next_name()
        self.commit_states()
        now = self.desk().pause(self.reason.id)
        self.assertEqual(now["state"], "ready")
        self.assertEqual(now["wanted"]["max_minutes"], 60)
        self.confirm(served, "N")
        self.commit_states()
        self.assertEqual(self.state(), "pause")
        self.assertEqual(self.row().reason_id, self.reason)
        self.assertFalse(self.row().wanted_reason_id)
        self.desk().present(self.campaign.id)
        self.commit_states()
        self.assertEqual(self.state(), "pause", "a late sign of life ends no pause")
        self.assertEqual(self.desk().resume()["state"], "ready")

    def test_a_pause_can_be_taken_back(self):
        served = self.next_name()
        self.commit_states()
        self.desk().pause(self.reason.id)
        self.assertFalse(self.desk().resume()["wanted"])
        self.desk().release(served["line_id"], served["claim_token"])
        self.commit_states()
        self.assertEqual(self.state(), "ready")

    def go_away(self):
        """Let the desk give no sign of life for minutes."""
        row = self.row()
        row.seen_at = fields.Datetime.now() - timedelta(minutes=10)
        row.flush_recordset()
        self.states._cron_end_stale()
        self.assertFalse(self.state())

    def test_who_comes_back_is_there_again(self):
        """The network was gone, or the lid closed: the page goes on as it was."""
        self.desk().begin("one")
        self.next_name()
        self.commit_states()
        self.go_away()
        state = self.desk().alive("on_call")["state"]
        self.assertEqual((state["state"], self.state()), ("on_call", "on_call"))
        self.assertEqual(self.row().campaign_id, self.campaign)
        self.assertIn(self.row(), self.states._on_campaign(self.campaign))
        # Whoever is there says so as before, and the server knows better.
        self.assertEqual(self.desk().alive("ready")["state"]["state"], "on_call")

    def test_a_pause_goes_on_after_a_gap(self):
        self.desk().begin("one")
        self.desk().pause(self.reason.id)
        self.go_away()
        state = self.desk().alive("pause", self.reason.id)["state"]
        self.assertEqual(
            (state["state"], state["reason"]["id"]), ("pause", self.reason.id)
        )
        self.go_away()
        self.assertEqual(self.desk().resume()["state"], "ready")

    def test_a_desk_that_says_nonsense_has_no_state(self):
        self.desk().begin("one")
        self.go_away()
        for doing in (None, "dancing", ["ready"]):
            self.assertFalse(self.desk().alive(doing)["state"]["state"])
        self.assertEqual(self.desk().alive("pause", "x")["state"]["state"], "ready")

    def test_a_reason_out_of_use_is_refused(self):
        self.desk().begin("one")
        self.reason.active = False
        with self.assertRaises(UserError):
            self.desk().pause(self.reason.id)
        with self.assertRaises(UserError):
            self.desk().pause(self.reason.id + 1000)

    # ------------------------------------------------------------
    # Time
    # ------------------------------------------------------------

    def work_a_little(self):
        self.desk().begin("one")
        self.next_name()
        self.commit_states()
        self.age(seconds=90)
        self.states._set_state(self.operator, "on_call")
        self.age(seconds=30)
        self.states._set_state(self.operator, "after_call")

    def test_time_is_recorded_without_the_person(self):
        self.work_a_little()
        times = self.times()
        self.assertAlmostEqual(times["ready", "", False], 90, delta=3)
        self.assertAlmostEqual(times["on_call", "", False], 30, delta=3)
        self.assertNotIn("after_call", [state for state, _reason, _user in times])

    def test_time_is_recorded_with_the_person_where_it_is_allowed(self):
        self.company.write(
            {
                "individual_monitoring": True,
                "monitoring_agreement_date": "2026-01-01",
                "monitoring_agreement_reference": "Agreement 1",
            }
        )
        self.work_a_little()
        self.assertAlmostEqual(
            self.times()["on_call", "", self.operator.id], 30, delta=3
        )

    def test_time_of_two_is_one_sum(self):
        for user in self.operator | self.operator_two:
            self.states._set_state(user, "pause", self.reason, self.campaign)
            row = self.states.search([("user_id", "=", user.id)])
            row.write({"since": row.since - timedelta(minutes=10)})
            row.flush_recordset()
            self.states._set_state(user, "ready")
        times = self.times()
        self.assertAlmostEqual(times["pause", "Lunch", False], 1200, delta=3)

    def test_whoever_leads_the_campaign_reads_the_time(self):
        self.work_a_little()
        times = self.env["crm.operator.time"]
        self.assertTrue(times.with_user(self.coordinator).search([]))
        with self.assertRaises(AccessError):
            times.with_user(self.operator).search([])
        with self.assertRaises(AccessError):
            times.with_user(self.coordinator).search([("user_id", "!=", False)])
        self.campaign.coordinator_ids = False
        self.assertFalse(times.with_user(self.coordinator).search([]))

    def test_a_crash_ends_the_state(self):
        self.work_a_little()
        row = self.row()
        row.write({"since": row.since - timedelta(minutes=20)})
        row.write({"seen_at": row.since + timedelta(minutes=2)})
        self.states._cron_end_stale()
        self.assertFalse(self.state())
        # Until its last sign of life, not until somebody noticed.
        self.assertAlmostEqual(self.times()["after_call", "", False], 120, delta=3)
        self.assertEqual(self.desk().begin("two")["state"]["state"], "ready")

    # ------------------------------------------------------------
    # The coordinator sees it
    # ------------------------------------------------------------

    def board(self, user=None):
        board = self.env["crm.campaign.board"].with_user(user or self.coordinator)
        return board.get_board(self.campaign.id)["operators"]

    def test_the_board_shows_states_whatever_monitoring_says(self):
        served = self.next_name()
        self.confirm(served, "N")
        self.commit_states()
        self.states._set_state(self.operator, "pause", self.reason)
        [shown] = self.board()
        self.assertEqual(shown["name"], self.operator.name)
        self.assertEqual(shown["state"], "pause")
        self.assertEqual(shown["reason"], "Lunch")
        self.assertEqual(shown["outcome"]["kind"], "N")
        self.assertEqual(shown["outcome"]["color"], self.outcomes["N"].color)
        self.assertFalse(shown["needs_help"])
        row = self.row()
        row.write({"seen_at": row.seen_at - timedelta(minutes=10)})
        self.assertFalse(self.board(), "nobody has seen this desk for ten minutes")

    # ------------------------------------------------------------
    # One window
    # ------------------------------------------------------------

    def window(self, session):
        return self.desk().with_context(desk_session=session)

    def test_the_second_window_takes_over(self):
        self.assertFalse(self.desk().begin("one")["is_taken_over"])
        served = self.window("one").next_name(self.campaign.id)
        with patch.object(type(self.operator), "_bus_send", autospec=True) as send:
            self.assertTrue(self.window("two").begin("two")["is_taken_over"])
        self.assertEqual(
            send.call_args.args[1:], ("crm_desk/taken_over", {"session": "two"})
        )
        with self.assertRaises(UserError) as refused:
            self.window("one").confirm(
                served["line_id"],
                served["claim_token"],
                "token",
                self.outcomes["N"].id,
            )
        self.assertTrue(refused.exception.context["desk_is_frozen"])
        for call in (
            lambda desk: desk.next_name(self.campaign.id),
            lambda desk: desk.release(served["line_id"], served["claim_token"]),
            lambda desk: desk.prefetch(self.campaign.id),
            lambda desk: desk.pause(self.reason.id),
        ):
            with self.assertRaises(UserError):
                call(self.window("one"))
        opened = self.window("two").open()
        self.assertEqual(opened["current"]["claim_token"], served["claim_token"])
        # Back again.
        self.assertTrue(self.window("one").begin("one")["is_taken_over"])
        self.assertTrue(self.window("one").open()["current"])

    def test_without_a_session_nobody_is_refused(self):
        self.desk().begin("one")
        self.assertTrue(self.desk().next_name(self.campaign.id)["line_id"])

    def test_a_desk_left_long_ago_is_not_taken_over(self):
        self.desk().begin("one")
        row = self.row()
        row.write({"seen_at": fields.Datetime.now() - timedelta(hours=1)})
        self.assertFalse(self.desk().begin("two")["is_taken_over"])

    # ------------------------------------------------------------
    # Help and messages
    # ------------------------------------------------------------

    def test_help_is_asked_seen_and_done(self):
        served = self.next_name()
        self.commit_states()
        news = self.desk().ask_help(
            self.campaign.id, served["line_id"], served["claim_token"]
        )
        self.assertFalse(news["help"]["seen_by"])
        requests = self.env["crm.help.request"].with_user(self.coordinator)
        [shown] = requests.open_requests()
        self.assertEqual(shown["user"], self.operator.name)
        self.assertEqual(shown["name"], served["lead"]["name"])
        self.assertTrue(self.board()[0]["needs_help"])
        requests.browse(shown["id"]).take()
        self.assertEqual(self.desk().news()["help"]["seen_by"], self.coordinator.name)
        requests.browse(shown["id"]).done()
        self.assertFalse(self.desk().news()["help"])
        self.assertFalse(requests.open_requests())
        with self.assertRaises(UserError):
            requests.browse(shown["id"]).take()

    def test_help_asked_twice_is_taken_back(self):
        self.assertTrue(self.desk().ask_help(self.campaign.id)["help"])
        self.assertFalse(self.desk().ask_help(self.campaign.id)["help"])

    def test_only_those_who_lead_answer(self):
        self.desk().ask_help(self.campaign.id)
        request = self.env["crm.help.request"].search([])
        self.campaign.coordinator_ids = False
        mine = request.with_user(self.coordinator)
        self.assertFalse(mine.open_requests())
        for call in (mine.take, mine.done):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(AccessError):
            request.with_user(self.operator).take()

    def test_messages_reach_those_at_their_desk(self):
        self.next_name()
        self.commit_states()
        messages = self.env["crm.desk.message"].with_user(self.coordinator)
        self.assertEqual(messages.send(self.campaign.id, " Well done! "), 1)
        [message] = self.desk().news()["messages"]
        self.assertEqual(message["body"], "Well done!")
        self.assertEqual(message["sender"], self.coordinator.name)
        self.assertFalse(self.desk(self.operator_two).news()["messages"])
        # Nobody reads the messages of others.
        self.desk(self.operator_two).read_messages([message["id"]])
        self.assertTrue(self.desk().news()["messages"])
        self.assertFalse(self.desk().read_messages([message["id"]])["messages"])

    def test_messages_are_refused(self):
        self.next_name()
        self.commit_states()
        messages = self.env["crm.desk.message"].with_user(self.coordinator)
        for body in ("", "  ", "x" * 501):
            with self.assertRaises(UserError):
                messages.send(self.campaign.id, body)
        with self.assertRaises(UserError):
            messages.send(self.campaign.id, "Hello", [self.operator_two.id])
        self.campaign.coordinator_ids = False
        with self.assertRaises(AccessError):
            messages.send(self.campaign.id, "Hello")
        with self.assertRaises(AccessError):
            messages.with_user(self.operator).send(self.campaign.id, "Hello")
