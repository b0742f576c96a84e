from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: Length of a step of the forecast, in seconds.
STEP_SECONDS = 1800

#: Recalls up to a moment by half hour, those that are overdue under no half hour.
_DUE = """
    SELECT CASE WHEN line.recall_at >= %(now)s
           THEN to_timestamp(floor(extract(epoch FROM line.recall_at)
                                   / %(step)s) * %(step)s)
                AT TIME ZONE 'UTC' END AS start,
           count(*) FILTER (
               WHERE line.recall_scope IS DISTINCT FROM 'automatic'),
           count(*) FILTER (WHERE line.recall_scope = 'automatic')
      FROM crm_call_list_line line
      JOIN crm_call_list list ON list.id = line.list_id AND list.active
     WHERE line.campaign_id = %(campaign)s AND line.category = 'recall'
       AND line.recall_at < %(stop)s AND %(served)s AND %(watched)s
    GROUP BY 1 ORDER BY 1 NULLS FIRST"""


class CrmRecallForecast(models.AbstractModel):
    """How many recalls fall due when: what the operators' next hours hold."""

    _name = "crm.recall.forecast"
    _description = "Forecast of Recalls"

    @api.model
    def _per_half_hour(self, campaign):
        """Count the recalls of today and tomorrow by half hour, in all active lists.

        One statement that reads the campaign's index of recalls up to tomorrow's end.
        Looks at no rights, which the caller does; who leads a group and not the
        campaign gets the lists on which it works.

        :param utm.campaign campaign: whose; its company decides what today is
        :return: ``overdue`` (due before now and not made yet), ``overdue_automatic``
            and ``slots``: a dict per half hour in which something is still to come,
            with ``start`` (naive UTC), ``promised`` and ``automatic`` (retries that a
            rule planned, promised to nobody)
        :rtype: dict
        """
        now = fields.Datetime.now()
        points = self.env["crm.points"]
        today = points._today()
        _start, stop = points._bounds(today, today + timedelta(days=1))
        lines = self.env["crm.call.list.line"]
        lines.flush_model()
        served = SQL("line.suspended IS NOT TRUE")
        rows = self.env.execute_query(
            SQL(
                _DUE,
                now=now,
                step=STEP_SECONDS,
                stop=stop,
                campaign=campaign.id,
                served=served,
                watched=campaign._watched_lists_sql(SQL("line.list_id")),
            )
        )
        forecast = {"overdue": 0, "overdue_automatic": 0, "slots": []}
        for start, promised, automatic in rows:
            if start is None:
                forecast.update(overdue=promised, overdue_automatic=automatic)
            else:
                forecast["slots"].append(
                    {"start": start, "promised": promised, "automatic": automatic}
                )
        return forecast
