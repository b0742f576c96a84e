import pytz

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    call_consent_purpose_id = fields.Many2one(
        "crm.consent.purpose",
        "Consent Needed for Calls",
        domain="[('channel', '!=', 'email')]",
        ondelete="restrict",
        help="Numbers without this consent are not served and not dialled. Empty: no"
        " consent is asked for.",
    )

    def _local_zone(self):
        """Return the time zone in which this company's days and hours are counted.

        Working hours in UTC are those that Odoo made before anybody chose a time zone:
        customers called by them would be called at hours that the law forbids.

        :return: name of the zone of the working hours, or else of the address
        :rtype: str
        """
        calendar = self.action_calendar_id or self.resource_calendar_id
        zone = calendar.tz if calendar.tz != "UTC" else self.partner_id.tz
        return zone if zone in pytz.all_timezones_set else "Europe/Rome"

    def _local_day(self, moment=None):
        """Return the day of a moment where this company is.

        A consent ends at midnight there, wherever whoever asks may be.

        :param datetime.datetime moment: naive UTC; now by default
        :rtype: datetime.date
        """
        moment = pytz.utc.localize(moment or fields.Datetime.now())
        return moment.astimezone(pytz.timezone(self._local_zone())).date()


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    call_consent_purpose_id = fields.Many2one(
        related="company_id.call_consent_purpose_id", readonly=False
    )
