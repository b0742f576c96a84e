from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..tools.claim_sql import NOW

#: How long after the time that a customer asked for the name is served although it is
#: outside the calling hours; later it waits for them as all others do.
WISH_MINUTES = 60


class CrmCallListLine(models.Model):
    """Recalls outside the calling hours, because the customer asked for that time."""

    _inherit = "crm.call.list.line"

    # A time and no tick: whoever moves the recall to another hour ends the wish, by
    # whatever way.
    recall_wish_at = fields.Datetime(
        "Asked by the Customer For",
        help="The customer asked to be called at this time, outside the calling hours."
        " Holds as long as the recall stays at it.",
    )

    # Read by claims of campaigns that are closed at this hour.
    _wishes = models.Index("(campaign_id, recall_at) WHERE recall_wish_at IS NOT NULL")

    def _values_after(self, outcome, recall=None):
        return {"recall_wish_at": False, **super()._values_after(outcome, recall)}

    def _values_of_recall(self, moment, scope, by_wish=False):
        values = super()._values_of_recall(moment, scope)
        return {**values, "recall_wish_at": moment if by_wish else False}

    def _reasons_of_window(self, now):
        if self._wish_ends_after(now):
            return
        yield from super()._reasons_of_window(now)

    def _wish_ends_after(self, now):
        """Tell whether the customer's wish opens the hour, now or when it comes.

        :param datetime.datetime now: naive UTC
        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self._is_promised()
            and self.recall_at
            and self.recall_wish_at == self.recall_at
            and self.recall_at + timedelta(minutes=WISH_MINUTES) > now
        )


def wish_holds():
    """Return the condition that the customer asked for ``line`` to be called now.

    :rtype: SQL
    """
    return SQL(
        """(line.recall_wish_at = line.recall_at AND line.category = 'recall'
            AND line.recall_scope != 'automatic' AND line.recall_at <= %(now)s
            AND line.recall_at > %(now)s - %(minutes)s * interval '1 minute')""",
        now=NOW,
        minutes=WISH_MINUTES,
    )
