from odoo import api, fields, models
from odoo.tools import SQL

#: How a promised recall ended; see ``CrmRecall``.
RESULTS = [("kept", "Kept"), ("late", "Late"), ("lost", "Lost")]


class CrmRecall(models.Model):
    """What became of a recall that was promised to a customer: one row per promise.

    - **Kept**: an outcome was registered no later than so many minutes after the
      promised time (``res.company.recall_tolerance_minutes``); earlier is kept too.
    - **Late**: later than that, but still on the promised day, in the time zone of
      the campaign's company.
    - **Lost**: nobody called before that day was over, or the promise was dropped
      without a call (the name was closed, taken out of the list or given another
      time when the promised one had passed). A call on a later day doesn't mend it,
      though the row then says when it was made.

    A time moved before it came is the same promise, at its new time. Retries that a
    rule plans (scope ``automatic``) are promised to nobody and don't count.

    Rows are written by the database when a line leaves its recall
    (``crm_call_list_line_recall``), and every night for the day that is over.
    """

    _name = "crm.recall"
    _description = "Promised Recall"
    _inherit = ["crm.monitored.mixin"]
    _order = "promised_at desc, id desc"
    _rec_name = "lead_id"
    _log_access = False
    _monitored_fields = ("user_id", "served_by_id")

    # A plain id: a line is deleted with its list, what became of a promise stays.
    line_id = fields.Integer("Number of the Line", readonly=True, aggregator=None)
    lead_id = fields.Many2one(
        "crm.lead", "Name", readonly=True, index=True, ondelete="set null"
    )
    campaign_id = fields.Many2one("utm.campaign", readonly=True, ondelete="cascade")
    promised_at = fields.Datetime(required=True, readonly=True)
    scope = fields.Selection(
        selection=lambda self: (
            self.env["crm.call.list.line"]._fields["recall_scope"].selection
        ),
        readonly=True,
        help="Who was to get the name, as it was promised.",
    )
    user_id = fields.Many2one(
        "res.users", "Recall Of", readonly=True, ondelete="set null"
    )
    served_by_id = fields.Many2one(
        "res.users", "Called By", readonly=True, ondelete="set null"
    )
    served_at = fields.Datetime("Called At", readonly=True)
    delay_minutes = fields.Integer(
        "Delay",
        readonly=True,
        aggregator="avg",
        help="Minutes from the promised time to the outcome; zero when earlier.",
    )
    result = fields.Selection(RESULTS, required=True, readonly=True)

    _promise_once = models.Constraint(
        "UNIQUE (line_id, promised_at)", "This recall is recorded already."
    )
    _campaign_figures = models.Index("(campaign_id, promised_at)")
    _served_by = models.Index("(served_by_id) WHERE served_by_id IS NOT NULL")
    _promised_by = models.Index("(user_id) WHERE user_id IS NOT NULL")

    @api.model
    def _cron_mark_lost(self):
        """Record as lost the recalls whose day is over and that nobody made.

        One statement per company, which reads the campaigns' index of recalls. Those
        that are still to be made stay in the queue.

        :return: how many were recorded
        :rtype: int
        """
        self.env["crm.call.list.line"].flush_model()
        return sum(
            self.with_company(company)._mark_lost()
            for company in self.env["res.company"].search([], order="id")
        )

    @api.model
    def _mark_lost(self):
        """Do so for the campaigns of the current company.

        Those of no company are the first company's.
        """
        points = self.env["crm.points"]
        midnight, _stop = points._bounds(points._today(), points._today())
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_recall (line_id, lead_id, campaign_id, promised_at,
                                           scope, user_id, result)
                   SELECT line.id, line.lead_id, line.campaign_id, line.recall_at,
                          line.recall_scope, line.recall_user_id, 'lost'
                     FROM utm_campaign campaign
                     JOIN crm_call_list_line line ON line.campaign_id = campaign.id
                    WHERE COALESCE(campaign.company_id,
                                   (SELECT min(id) FROM res_company)) = %(company)s
                      AND line.category = 'recall' AND line.recall_at < %(midnight)s
                      AND line.recall_scope IS DISTINCT FROM 'automatic'
                      AND NOT EXISTS (SELECT 1 FROM crm_recall known
                                       WHERE known.lead_id = line.lead_id
                                         AND known.campaign_id = line.campaign_id
                                         AND known.promised_at = line.recall_at)
              ON CONFLICT (line_id, promised_at) DO NOTHING""",
                company=self.env.company.id,
                midnight=midnight,
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _figures(self, campaign, start, stop):
        """Count what became of the recalls promised for a period.

        :param utm.campaign campaign: whose
        :param datetime.datetime start: naive UTC
        :param datetime.datetime stop: naive UTC, no longer within
        :return: ``kept``, ``late`` and ``lost``
        :rtype: dict[str, int]
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT result, count(*) FROM crm_recall recall
                    WHERE campaign_id = %s AND promised_at >= %s AND promised_at < %s
                      AND %s
                 GROUP BY result""",
                campaign.id,
                start,
                stop,
                self._watched_sql(campaign),
            )
        )
        return {result: 0 for result, _label in RESULTS} | dict(rows)

    @api.model
    def _watched_sql(self, campaign):
        """Return the condition that ``recall`` is in the part that the user watches."""
        if campaign._watches_all():
            return SQL("TRUE")
        return SQL(
            """EXISTS (SELECT 1 FROM crm_call_list_line line
                        WHERE line.id = recall.line_id AND %s)""",
            campaign._watched_lists_sql(SQL("line.list_id")),
        )
