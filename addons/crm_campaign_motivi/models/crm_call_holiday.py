from datetime import date

from odoo import api, fields, models
from odoo.tools import ormcache

from .crm_call_window import forget_calling_hours


class CrmCallHoliday(models.Model):
    """A day on which nobody is called, besides the national holidays."""

    _name = "crm.call.holiday"
    _description = "Day Without Calls"
    _order = "date, id"

    name = fields.Char(required=True)
    date = fields.Date(required=True, index=True)
    is_yearly = fields.Boolean(
        "Every Year", default=True, help="On this day and month of every year."
    )
    zone_id = fields.Many2one(
        "crm.zone",
        index="btree_not_null",
        ondelete="cascade",
        help="For names of this zone and the zones inside it, for instance on the feast"
        " of a patron saint. Left empty: everywhere.",
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
    def _days(self):
        """Return all days without calls, kept in memory.

        :return: zone ids (0: everywhere) by (year or 0 for every year, month, day)
        :rtype: dict[tuple[int, int, int], set[int]]
        """
        days = {}
        # sudo: whoever asks for a name is bound by all of them
        for holiday in self.sudo().search([("date", "!=", False)]):
            day = holiday.date
            key = (0 if holiday.is_yearly else day.year, day.month, day.day)
            days.setdefault(key, set()).add(holiday.zone_id.id or 0)
        return days

    @api.model
    def _zones_closed_on(self, day):
        """Return the zones for which a day is an own holiday.

        :param datetime.date day: local
        :return: ids; 0 stands for everywhere
        :rtype: set[int]
        """
        day = date(day.year, day.month, day.day)
        days = self._days()
        return days.get((0, day.month, day.day), set()) | days.get(
            (day.year, day.month, day.day), set()
        )
