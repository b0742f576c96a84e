from datetime import datetime, time, timedelta

from odoo import fields, models

from odoo.addons.crm_callcenter.tools.national_holidays import is_national_holiday

from ..tools.call_calendar import common_hours

#: Days searched for the next opening.
SEARCH_DAYS = 30


class UtmCampaign(models.Model):
    """When names of this campaign may be called, in their own time."""

    _inherit = "utm.campaign"

    call_window_ids = fields.One2many(
        "crm.call.window",
        "campaign_id",
        "Call Windows",
        copy=True,
        help="Hours in which names of this campaign are called. Without any, the"
        " general windows hold.",
    )

    def _call_window(self, zone, moment):
        """Tell whether names of a zone may be called at a moment, or else from when.

        :param zone: ``crm.zone`` or the id of one; falsy for names without
        :param datetime.datetime moment: naive UTC
        :return: whether the window is open, and when it opens next (naive UTC), which
            is ``None`` for an open one and where nothing opens in the next weeks
        :rtype: tuple[bool, datetime.datetime | None]
        """
        self.ensure_one()
        zone_id = zone if isinstance(zone, int) else zone.id if zone else 0
        local = self._to_local(moment)
        hour = local.hour + local.minute / 60 + local.second / 3600
        for days in range(SEARCH_DAYS):
            day = local.date() + timedelta(days=days)
            for hour_from, hour_to in self._calling_hours(zone_id or 0, day):
                if days or hour < hour_from:
                    opening = datetime.combine(day, time.min) + timedelta(
                        minutes=round(hour_from * 60)
                    )
                    return False, self._to_utc(opening)
                if hour < hour_to:
                    return True, None
        return False, None

    def _calling_hours(self, zone_id, day):
        """Return the hours of a day in which names of a zone may be called.

        :param int zone_id: zero for none
        :param datetime.date day: local
        :return: pairs (from, to) of local hours as floats, in order
        :rtype: list[tuple[float, float]]
        """
        zones = self.env["crm.zone"]._way_up(zone_id)
        week = self._calling_week(zones)
        if self._is_holiday(zones, day):
            return sorted(week.get("holiday", ()))
        hours = week.get(str(day.weekday()), ())
        if "eve" in week and self._is_holiday(zones, day + timedelta(days=1)):
            hours = common_hours(hours, week["eve"])
        return sorted(hours)

    def _calling_week(self, zones):
        """Return the hours by day that hold for a zone.

        :param tuple zones: the zone and those around it, nearest first
        :rtype: dict[str, list[tuple[float, float]]]
        """
        weeks = self.env["crm.call.window"]._weeks()
        for campaign_id in (self.id, 0):
            for zone_id in (*zones, 0):
                if (campaign_id, zone_id) in weeks:
                    return weeks[campaign_id, zone_id]
        return {}

    def _is_holiday(self, zones, day):
        """Tell whether nobody is called on a day as on a holiday.

        :param tuple zones: ids of the zone and those around it
        :param datetime.date day: local
        :rtype: bool
        """
        closed = self.env["crm.call.holiday"]._zones_closed_on(day)
        return is_national_holiday(day) or not closed.isdisjoint((*zones, 0))

    def _open_zones(self, moment):
        """Return where names may be called at a moment, decided before the claim.

        :param datetime.datetime moment: naive UTC
        :return: whether names may be called in general, and the ids of those zones
            for which the opposite holds
        :rtype: tuple[bool, set[int]]
        """
        self.ensure_one()
        is_open = self._call_window(0, moment)[0]
        weeks = self.env["crm.call.window"]._weeks()
        special = {
            zone_id for campaign_id, zone_id in weeks if campaign_id in (0, self.id)
        }
        day = self._to_local(moment).date()
        for near in (day, day + timedelta(days=1)):
            special |= self.env["crm.call.holiday"]._zones_closed_on(near)
        exceptions = {
            zone_id
            for zone_id in self.env["crm.zone"]._way_down(tuple(sorted(special - {0})))
            if self._call_window(zone_id, moment)[0] != is_open
        }
        return is_open, exceptions
