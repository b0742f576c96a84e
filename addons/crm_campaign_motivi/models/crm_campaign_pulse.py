import logging
import threading
import time

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

from .utm_campaign_board import BOARD_CHANGED, BOARD_SUBCHANNEL

_logger = logging.getLogger(__name__)

#: Pages of a campaign are told of changes at most once in so many seconds.
PULSE_SECONDS = 2
#: Per database and campaign, on this process's own clock, when the last one was sent.
_sent = {}


class CrmCampaignPulse(models.Model):
    """When the pages of a campaign were last told that something changed.

    A page that is told reads its figures at once and once more when
    ``PULSE_SECONDS`` are over: so whatever is held back here is on the screen by then,
    and nothing needs to be sent later. Any number of processes share the table, which
    is why it isn't a column of the campaign: somebody may be editing that.
    """

    _name = "crm.campaign.pulse"
    _description = "Last Announcement to the Pages of a Campaign"
    _log_access = False

    # A plain id: a campaign must not wait for its pages to be deleted.
    campaign_ref = fields.Integer("Number of the Campaign", required=True)
    sent_at = fields.Datetime(required=True)

    _one_per_campaign = models.Constraint(
        "UNIQUE (campaign_ref)", "This campaign has its row already."
    )

    @api.model
    def _beat_soon(self, campaign_ids):
        """Tell the pages of campaigns in a thread of its own.

        Called after the commit of whoever changed something, an operator's confirm
        mostly, which must not wait for it.

        :param set campaign_ids: whose figures changed
        """
        database, now = self.env.cr.dbname, time.monotonic()
        due = [
            campaign_id
            for campaign_id in campaign_ids
            if now - _sent.get((database, campaign_id), -PULSE_SECONDS) >= PULSE_SECONDS
        ]
        if due:
            threading.Thread(
                target=_beat_in_thread,
                args=[self.env.registry, due],
                name="crm.campaign.pulse",
                daemon=True,
            ).start()

    @api.model
    def _beat(self, campaign_id):
        """Tell the pages of a campaign, unless they have just been told.

        :param int campaign_id: whose figures changed
        :return: whether it was sent
        :rtype: bool
        """
        sent, age = self.env.execute_query(
            SQL(
                """WITH sent AS (
                       INSERT INTO crm_campaign_pulse AS pulse (campaign_ref, sent_at)
                            VALUES (%(campaign)s, now() AT TIME ZONE 'UTC')
                       ON CONFLICT (campaign_ref) DO UPDATE
                               SET sent_at = EXCLUDED.sent_at
                             WHERE pulse.sent_at
                                   <= EXCLUDED.sent_at - %(pause)s * interval '1 second'
                         RETURNING 1)
                   SELECT EXISTS (SELECT 1 FROM sent),
                          extract(epoch FROM (now() AT TIME ZONE 'UTC')
                                  - (SELECT sent_at FROM crm_campaign_pulse
                                      WHERE campaign_ref = %(campaign)s))""",
                campaign=campaign_id,
                pause=PULSE_SECONDS,
            )
        )[0]
        age = 0 if sent else float(age or 0)
        _sent[self.env.cr.dbname, campaign_id] = time.monotonic() - age
        if sent:
            self.env["utm.campaign"].browse(campaign_id)._bus_send(
                BOARD_CHANGED,
                {"campaign_id": campaign_id},
                subchannel=BOARD_SUBCHANNEL,
            )
        return sent

    @api.autovacuum
    def _gc_forgotten(self):
        self.env.cr.execute(
            "DELETE FROM crm_campaign_pulse"
            " WHERE sent_at < (now() AT TIME ZONE 'UTC') - interval '30 days'"
        )


def _beat_in_thread(registry, campaign_ids):
    """Tell the pages of campaigns on a cursor of its own, committed at once."""
    for campaign_id in campaign_ids:
        try:
            with read_committed_cursor(registry) as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["crm.campaign.pulse"]._beat(campaign_id)
        except Exception:
            # Nobody is there to be told, and the change itself is saved.
            _logger.info(
                "The pages of campaign %s were not told of a change; they read their"
                " figures by themselves within a minute.",
                campaign_id,
                exc_info=True,
            )
