from unittest.mock import Mock, patch

from odoo.tests import tagged

from ..models.utm_campaign_board import BOARD_CHANGED, BOARD_SUBCHANNEL
from .test_campaign_board import BoardCase


@tagged("post_install", "-at_install")
class TestCampaignPulse(BoardCase):
    """Pages are told that something changed, seldom, and nobody else is."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.pulse = self.env["crm.campaign.pulse"]
        self.enterContext(
            patch.dict(
                "odoo.addons.crm_campaign_motivi.models.crm_campaign_pulse._sent",
                clear=True,
            )
        )

    def sent(self):
        """Return how often the pages of the campaign were told."""
        self.env.cr.precommit.run()
        return self.env["bus.bus"].search_count(
            [
                ("message", "like", BOARD_CHANGED),
                ("channel", "like", BOARD_SUBCHANNEL),
                ("channel", "like", f'"utm.campaign",{self.campaign.id}'),
            ]
        )

    def pass_seconds(self, seconds):
        self.env.cr.execute(
            "UPDATE crm_campaign_pulse SET sent_at = sent_at - %s * interval '1s'",
            [seconds],
        )

    # ------------------------------------------------------------

    def test_at_most_one_in_two_seconds(self):
        self.assertTrue(self.pulse._beat(self.campaign.id))
        self.assertEqual(self.sent(), 1)
        self.assertFalse(self.pulse._beat(self.campaign.id))
        self.pass_seconds(1.9)
        self.assertFalse(self.pulse._beat(self.campaign.id))
        self.assertEqual(self.sent(), 1)
        self.pass_seconds(0.1)
        self.assertTrue(self.pulse._beat(self.campaign.id))
        self.assertEqual(self.sent(), 2)

    def test_a_message_says_nothing_but_changed(self):
        self.pulse._beat(self.campaign.id)
        self.env.cr.precommit.run()
        message = self.env["bus.bus"].search([], order="id desc", limit=1)
        self.assertIn(f'"utm.campaign",{self.campaign.id}', message.channel)
        self.assertEqual(
            message.message,
            f'{{"type":"{BOARD_CHANGED}","payload":'
            f'{{"campaign_id":{self.campaign.id}}}}}',
        )

    def test_each_process_remembers_when_it_was_sent(self):
        """Within the pause not even a thread is started; after it, one is."""
        with patch("threading.Thread") as thread:
            self.pulse._beat_soon({self.campaign.id})
            self.assertEqual(thread.call_count, 1)
            self.pulse._beat(self.campaign.id)
            self.pulse._beat_soon({self.campaign.id})
            self.assertEqual(thread.call_count, 1)
            with patch("time.monotonic", return_value=1e9):
                self.pulse._beat_soon({self.campaign.id})
            self.assertEqual(thread.call_count, 2)

    def test_another_process_sent_it(self):
        """What another process sent counts from the moment at which it did."""
        self.pulse._beat(self.campaign.id)
        self.pass_seconds(1.5)
        with patch("time.monotonic", return_value=100.0):
            self.assertFalse(self.pulse._beat(self.campaign.id))
        with patch("threading.Thread") as thread:
            with patch("time.monotonic", return_value=100.4):
                self.pulse._beat_soon({self.campaign.id})
            self.assertFalse(thread.called)
            with patch("time.monotonic", return_value=100.6):
                self.pulse._beat_soon({self.campaign.id})
            self.assertTrue(thread.called)

    # ------------------------------------------------------------

    def test_every_outcome_announces_and_costs_no_query(self):
        payload = self.next_name()
        with patch.object(type(self.pulse), "_beat_soon") as beat:
            self.confirm(payload, "N")
            self.assertFalse(beat.called, "announced before the commit")
            self.env.cr.postcommit.run()
        beat.assert_called_once_with({self.campaign.id})
        self.confirm_queries()  # what the first one of its kind reads is cached
        with_it = self.confirm_queries()
        with patch.object(type(self.campaign), "_announce_change"):
            without = self.confirm_queries()
        self.assertEqual(with_it, without)

    def confirm_queries(self):
        payload = self.next_name()
        before = self.env.cr.sql_log_count
        self.confirm(payload, "N")
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_what_is_rolled_back_is_never_announced(self):
        with patch.object(type(self.pulse), "_beat_soon") as beat:
            self.campaign._announce_change()
            self.env.cr.postcommit.clear()  # as a rollback does
            self.campaign._announce_change()
            self.campaign._announce_change()
            self.env.cr.postcommit.run()
        beat.assert_called_once_with({self.campaign.id})

    def test_bulk_outcomes_corrections_and_new_names_announce(self):
        interaction = self.register("N", self.operator, None)
        for change in (
            lambda: self.leads._register_outcome_batch(
                self.outcomes["N"], campaign=self.campaign
            ),
            lambda: interaction._reverse("Wrong"),
            lambda: self.call_list._add_leads(self.leads.ids),
        ):
            self.env.cr.postcommit.clear()
            with patch.object(type(self.pulse), "_beat_soon") as beat:
                change()
                self.env.cr.postcommit.run()
            beat.assert_called_once_with({self.campaign.id})

    # ------------------------------------------------------------

    def channels(self, user, *asked):
        request = Mock()
        request.session.uid = user.id
        websocket = self.env["ir.websocket"].with_user(user)
        path = "odoo.addons.bus.models.ir_websocket.request"
        with patch(path, request):
            channels = websocket._build_bus_channel_list(list(asked))
        return [channel for channel in channels if BOARD_SUBCHANNEL in str(channel)]

    def test_the_channel_opens_to_those_who_may_watch(self):
        asked = f"{BOARD_SUBCHANNEL}:{self.campaign.id}"
        for user in (self.coordinator, self.manager):
            [(campaign, sub)] = self.channels(user, asked)
            self.assertEqual((campaign.id, sub), (self.campaign.id, BOARD_SUBCHANNEL))
        for user in (
            self.operator,
            self.stranger,
            self.agent,
            self.back_office,
            self.env.ref("base.public_user"),
        ):
            self.assertEqual(self.channels(user, asked), [])

    def test_nonsense_opens_no_channel(self):
        for asked in ("", "x", "1e3", "-1", "0", "99999999999999999999", "²"):
            self.assertEqual(
                self.channels(self.manager, f"{BOARD_SUBCHANNEL}:{asked}"), []
            )
