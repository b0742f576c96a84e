from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models

from ..tools.call_calendar import common_hours

#: Days searched for the next moment at which a name may be tried again.
SEARCH_DAYS = 15


class UtmCampaign(models.Model):
    """How often and when a name is tried that nobody answered for."""

    _inherit = "utm.campaign"

    max_attempts = fields.Integer(
        "Attempts Needed",
        default=6,
        help="How many times a name is tried before it is exhausted. A recall that was"
        " promised to the customer is made all the same. Zero: no limit.",
    )

    _max_attempts_positive = models.Constraint(
        "CHECK (max_attempts IS NULL OR max_attempts BETWEEN 0 AND 100)",
        "A name is tried zero (no limit) to 100 times.",
    )

    def _time_zone(self):
        """Return the time zone of the names of this campaign.

        :rtype: datetime.tzinfo
        """
        # sudo: the address of one's own company is no secret
        company = (self.company_id or self.env.company).sudo()
        return pytz.timezone(company._local_zone())

    def _local_now(self):
        """Return the moment at the customers' place, naive.

        :rtype: datetime.datetime
        """
        return self._to_local(fields.Datetime.now())

    def _to_local(self, moment):
        """Return naive UTC as naive local time of the names of this campaign."""
        return (
            pytz.utc.localize(moment).astimezone(self._time_zone()).replace(tzinfo=None)
        )

    def _to_utc(self, moment):
        """Return naive local time of the names of this campaign as naive UTC."""
        local = self._time_zone().localize(moment)
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _band_now(self):
        """Return the band of the day that it is now, empty outside all of them.

        :rtype: crm.day.band
        """
        now = self._local_now()
        return self.env["crm.day.band"]._in_use()._at(now.hour + now.minute / 60)

    def _next_try(self, earliest, zone_id, mask, other_band):
        """Return when a name is tried again, and the bands that count as tried.

        :param datetime.datetime earliest: naive UTC
        :param int zone_id: of the name, zero for none
        :param int mask: bits of the bands tried in this round, the last one included
        :param bool other_band: only in a band that was not tried in this round
        :return: naive UTC, and the mask of the round that goes on or begins
        :rtype: tuple[datetime.datetime, int]
        """
        self.ensure_one()
        hours = [(0, 24)]
        bands = self.env["crm.day.band"]._in_use()
        if other_band and bands:
            bands, mask = bands._not_tried(mask, self._band_now())
            hours = [(band.hour_from, band.hour_to) for band in bands]
        start = self._to_local(earliest)
        for days in range(SEARCH_DAYS):
            day = start.date() + timedelta(days=days)
            at_once = start.hour + start.minute / 60 if not days else 0
            for hour_from, hour_to in common_hours(
                self._calling_hours(zone_id, day), hours
            ):
                if at_once < hour_to:
                    moment = max(hour_from, at_once)
                    if not days and moment == at_once:
                        return earliest, mask
                    return self._to_utc(_at_hour(day, moment)), mask
        return earliest, mask


def _at_hour(day, hour):
    """Return a moment of a day; hour 24 is the midnight that ends it."""
    return datetime.combine(day, time.min) + timedelta(minutes=round(hour * 60))
