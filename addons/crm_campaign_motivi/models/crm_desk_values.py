from odoo import api, fields, models
from odoo.exceptions import UserError

#: Years that a day may lie in: others are a slip, and more than clocks can add up.
YEARS = range(2000, 2201)


class CrmDesk(models.AbstractModel):
    """Values as the browser sends them are read here, or refused with a sentence."""

    _inherit = "crm.desk"

    @api.model
    def _read_day(self, day):
        """Return a day that was sent.

        :param str day: as it came; may be empty
        :rtype: datetime.date | None
        :raise UserError: it is none
        """
        try:
            found = fields.Date.to_date(day)
        except (TypeError, ValueError):
            found = None
        if day and (not found or found.year not in YEARS):
            raise UserError(self.env._("This date can't be read. Enter another one."))
        return found or None

    @api.model
    def _read_slot(self, slot):
        """Return the time of an agent that was sent.

        :param dict slot: ``agent_id``, ``start`` and ``stop`` (UTC), as they came
        :return: the agent, start and stop (naive UTC)
        :rtype: tuple[res.users, datetime.datetime, datetime.datetime]
        :raise UserError: it is none
        """
        try:
            agent = self.env["res.users"].browse(int(slot["agent_id"]))
            start, stop = (
                fields.Datetime.to_datetime(slot[key]) for key in ("start", "stop")
            )
            is_time = start.year in YEARS and stop.year in YEARS
        except (AttributeError, KeyError, TypeError, ValueError):
            is_time = False
        if not is_time:
            raise UserError(self.env._("Choose a time in the agents' agenda first."))
        return agent, start, stop
