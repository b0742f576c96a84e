from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from .checksums import differences, table_checksums
from .common import CampaignCommon

#: Tables that a call without an outcome may change, and why. All others of the database
#: are compared, also those that are made after this was written.
LEFT_OUT = {
    "crm_call": "a number was really dialled: that counts for its frequency",
    "crm_desk_presence": "the operator was at work",
    "crm_operator_state": "the operator was on a call, then free again",
    "crm_operator_time": "the time of these states",
    "bus_bus": "messages between browser and server",
    "mail_presence": "who is on line",
    "ir_logging": "the server's log",
    "res_users_log": "log-ins",
    "res_device_log": "browsers that were logged in",
    "web_tour_tour": "the test's own tour",
    "res_users_web_tour_tour_rel": "the test's own tour",
}
#: Columns of a line that say in whose hands it is and until when it rests.
CLAIM = (
    "claimed_by_id",
    "claimed_at",
    "claim_token",
    "claimed_until",
    "claim_is_ahead",
    "rest_until",
)
#: How far somebody has read: Odoo's chat notes it whenever a page is opened.
READ = ("fetched_message_id", "seen_message_id", "new_message_separator", "write_date")


def business_checksums(env):
    """Return the checksums of all that a call without an outcome may not change.

    :param env: an environment
    :rtype: dict[str, tuple[int, str]]
    """
    return table_checksums(
        env,
        left_out=LEFT_OUT,
        columns={"crm_call_list_line": CLAIM, "discuss_channel_member": READ},
        # The browser's code is put together when a page is opened first.
        rows={"ir_attachment": SQL("coalesce(url, '') NOT LIKE '/web/assets/%%'")},
    )


@tagged("post_install", "-at_install", "desk_tour")
class TestDeskCloseLeavesNothing(CampaignCommon, HttpCase):
    """STOP and CLOSE: the database is as it was before, byte for byte."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.custom.field"].create(
            [
                {"label": "People", "field_type": "integer"},
                {
                    "label": "Roof",
                    "field_type": "choice",
                    "allow_new_choices": True,
                },
            ]
        )
        cls.registry.signal_changes()

    def checksums(self):
        return business_checksums(self.env)

    def start_desk(self, tour):
        self.start_tour("/odoo/desk", tour, login=self.operator.login, timeout=120)
        self.env.invalidate_all()

    def test_everything_done_on_a_name_then_stop_and_close(self):
        # Whoever logs in first gets settings of their own.
        self.authenticate(self.operator.login, self.operator.login)
        self.url_open("/odoo/desk")
        before = self.checksums()
        self.assertGreater(len(before), 300, "the tables of the database")
        self.start_desk("crm_desk_everything_then_close")
        self.assertEqual(differences(before, self.checksums()), {})
        calls = self.env["crm.call"].search([("lead_id", "in", self.leads.ids)])
        self.assertEqual(
            set(calls.mapped("number_e164")),
            {self.leads[0].mobile_e164, "+390305559999"},
            "only what was really dialled is kept",
        )
        line = self.call_list.line_ids.filtered(
            lambda row: row.lead_id == self.leads[0]
        )
        self.assertFalse(line.claimed_by_id)
        self.assertTrue(line.rest_until, "the name rests before it is served again")

    def test_the_checksums_see_what_is_saved(self):
        """One note of one call, one digit of one number: both are seen."""
        before = self.checksums()
        self.leads[0].phone_second = "030 5559998"
        changed = differences(before, self.checksums())
        self.assertEqual(set(changed) - {"mail_tracking_value"}, {"crm_lead"})
        between = self.checksums()
        self.leads[1].sudo()._register_outcome(self.outcomes["N"], note="No")
        self.assertIn("crm_interaction", differences(between, self.checksums()))

    def test_what_is_left_out_is_there(self):
        """A name that is misspelt, or gone, would leave out nothing."""
        self.env.cr.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')")
        tables = {name for (name,) in self.env.cr.fetchall()}
        self.assertFalse(set(LEFT_OUT) - tables)
        self.assertTrue(set(CLAIM) <= set(self.env["crm.call.list.line"]._fields))
        self.assertTrue(set(READ) <= set(self.env["discuss.channel.member"]._fields))
