from datetime import datetime, time, timedelta

from odoo import fields, models


class UtmCampaign(models.Model):
    """Recalls outside the calling hours, and when these hours are."""

    _inherit = "utm.campaign"

    allows_recall_wish = fields.Boolean(
        "Recalls at the Customer's Wish",
        help="An operator may promise a recall outside the calling hours when the"
        " customer asks for it. Who agreed it, when and for which time is recorded with"
        " the outcome, and the name is served at that time.",
    )

    def _calling_spans(self, zone, start, days):
        """Return when names of a zone may be called in the next days.

        :param zone: ``crm.zone`` or the id of one; falsy for names without
        :param datetime.date start: the first day, local
        :param int days: how many days
        :return: pairs (from, to), naive UTC, in order and without touching each other
        :rtype: list[tuple[datetime.datetime, datetime.datetime]]
        """
        self.ensure_one()
        zone_id = zone if isinstance(zone, int) else zone.id if zone else 0
        spans = []
        for number in range(days):
            day = start + timedelta(days=number)
            for hours in self._calling_hours(zone_id or 0, day):
                opening, closing = (
                    self._to_utc(
                        datetime.combine(day, time.min)
                        + timedelta(minutes=round(hour * 60))
                    )
                    for hour in hours
                )
                if spans and opening <= spans[-1][1]:
                    opening, closing = spans[-1][0], max(closing, spans.pop()[1])
                spans.append((opening, closing))
        return spans
