import pytz

from odoo import fields, models
from odoo.tools import ormcache

#: What says in which time zone a company is.
_ZONE_FIELDS = frozenset(("action_calendar_id", "resource_calendar_id", "partner_id"))


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
        company_id = self._origin.id
        # A company that stands in a form isn't what others know of it.
        if self.id != company_id:
            return self._read_local_zone()
        return self._known_local_zone(company_id)

    @ormcache("company_id")
    def _known_local_zone(self, company_id):
        # sudo: whoever calls follows the hours of the company, whatever they may read
        return self.sudo().browse(company_id)._read_local_zone()

    def _read_local_zone(self):
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

    def write(self, vals):
        result = super().write(vals)
        if not _ZONE_FIELDS.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result


class ResourceCalendar(models.Model):
    """Companies keep in mind in which time zone their working hours are."""

    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            self.env.registry.clear_cache()
        return result


class ResPartner(models.Model):
    """The same of the time zone of a company's own address."""

    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        # sudo: whose address it is doesn't depend on who writes it
        if "tz" in vals and self.env["res.company"].sudo().search_count(
            [("partner_id", "in", self.ids)], limit=1
        ):
            self.env.registry.clear_cache()
        return result


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    call_consent_purpose_id = fields.Many2one(
        related="company_id.call_consent_purpose_id", readonly=False
    )
