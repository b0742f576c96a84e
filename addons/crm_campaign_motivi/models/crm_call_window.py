from odoo import api, fields, models
from odoo.tools import ormcache

#: Kinds of days; a holiday and the day before one come before the day of the week.
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
    ("eve", "Day Before a Holiday"),
    ("holiday", "Holiday"),
]


def forget_calling_hours(env):
    """Have calling hours read anew, by this request and by all after its commit.

    In between, another thread may have read them as they were before.
    """
    env.registry.clear_cache()
    env.cr.postcommit.add(env.registry.clear_cache)


class CrmCallWindow(models.Model):
    """Hours of a kind of day in which names may be called.

    The windows of a campaign for a zone come before those of the campaign, these
    before those of the zone, these before the general ones: the first set that there
    is holds for the whole week, and a day without a window in it is closed.
    """

    _name = "crm.call.window"
    _description = "Call Window"
    # What holds for everybody stands first.
    _order = "campaign_id NULLS FIRST, zone_id NULLS FIRST, weekday, hour_from, id"
    _rec_name = "weekday"

    weekday = fields.Selection(
        WEEKDAYS,
        "Day",
        required=True,
        help="The day before a holiday narrows the hours of an open day; a closed one"
        " stays closed.",
    )
    hour_from = fields.Float("From", required=True, default=9, help="Local time.")
    hour_to = fields.Float("To", required=True, default=20, help="Local time.")
    campaign_id = fields.Many2one(
        "utm.campaign",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('is_call_campaign', '=', True)]",
        help="Left empty, the window holds for all campaigns without own windows.",
    )
    zone_id = fields.Many2one(
        "crm.zone",
        index="btree_not_null",
        ondelete="cascade",
        help="For names of this zone and the zones inside it. Left empty: everywhere.",
    )

    _hours_of_day = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "A window lies within one day and begins before it ends.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        forget_calling_hours(self.env)
        return super().create(vals_list)

    def write(self, vals):
        forget_calling_hours(self.env)
        return super().write(vals)

    def unlink(self):
        forget_calling_hours(self.env)
        return super().unlink()

    @api.model
    @ormcache()
    def _weeks(self):
        """Return all windows, by the campaign and zone for which they hold.

        Few and read at every claim, so they are kept in memory.

        :return: by (campaign id or 0, zone id or 0) the hours by day
        :rtype: dict[tuple, dict[str, list[tuple[float, float]]]]
        """
        weeks = {}
        # sudo: whoever asks for a name is bound by all windows
        for window in self.sudo().search([("hour_to", ">", 0)]):
            key = (window.campaign_id.id or 0, window.zone_id.id or 0)
            hours = weeks.setdefault(key, {}).setdefault(window.weekday, [])
            hours.append((window.hour_from, window.hour_to))
        return weeks

    @api.model
    def _open_always(self, campaign):
        """Let a campaign call around the clock, for trials and tests.

        :param utm.campaign campaign: has no windows of its own yet
        :rtype: crm.call.window
        """
        return self.create(
            [
                {
                    "weekday": weekday,
                    "hour_from": 0,
                    "hour_to": 24,
                    "campaign_id": campaign.id,
                }
                for weekday, _label in WEEKDAYS
            ]
        )
