from odoo import fields, models
from odoo.tools import SQL

#: Categories of names that the dispatch serves.
_SERVED = ("to_call", "recall")


class CrmCallListLine(models.Model):
    """Why a name of a list is not served, reason by reason."""

    _inherit = "crm.call.list.line"

    def _not_callable_reasons(self):
        """Return every reason why this name is not served now, in order.

        Other addons add theirs by super().

        :return: ``code``, ``sentence`` and ``until``: when the reason goes by itself,
            naive UTC, None when somebody has to do something
        :rtype: list[dict]
        """
        self.ensure_one()
        # sudo: whoever may read the line may know why it waits
        line = self.sudo()
        now = fields.Datetime.now()
        reasons = []

        def add(code, sentence, until=None):
            reasons.append({"code": code, "sentence": sentence, "until": until})

        if line.campaign_id.call_state != "running":
            add("campaign", self.env._("The campaign is not running. Start it."))
        if not line.list_id.active:
            add("list", self.env._("The list is archived. Restore it."))
        if line.category not in _SERVED:
            add(
                "state",
                self.env._(
                    "Its list state is %(state)s: such names are not called.",
                    state=line.list_state_id.name or self.env._("empty"),
                ),
            )
        if line.lead_id.may_not_be_called or not line.lead_id._e164_numbers():
            add(
                "number",
                line.lead_id.do_not_call_reason
                or self.env._("The name has no number that may be called."),
            )
        if line.claimed_by_id and line.claimed_until > now:
            add(
                "claimed",
                self.env._(
                    "%(user)s has the name in hand.", user=line.claimed_by_id.name
                ),
                line.claimed_until,
            )
        if line.rest_until and line.rest_until > now:
            add(
                "rest",
                self.env._("It was put back without an outcome and rests."),
                line.rest_until,
            )
        if line.category == "recall" and line.recall_at and line.recall_at > now:
            add(
                "recall_later",
                self.env._("It is to be called again at a time that is still to come."),
                line.recall_at,
            )
        return reasons


class UtmCampaign(models.Model):
    _inherit = "utm.campaign"

    def _not_callable_counts(self):
        """Return how many names are not served now, by the first reason of each.

        :return: code, label, count
        :rtype: list[tuple[str, str, int]]
        """
        self.ensure_one()
        self.env["crm.call.list.line"].flush_model()
        labels = {
            "claimed": self.env._("Somebody has them in hand"),
            "rest": self.env._("Put back without an outcome, they rest"),
            "recall_later": self.env._("To be called again later"),
            "state": self.env._("Closed or in progress by their list state"),
        }
        rows = self.env.execute_query(
            SQL(
                """SELECT code, count(*) FROM (
                       SELECT CASE
                              WHEN category IS NULL OR category NOT IN %(served)s
                              THEN 'state'
                              WHEN claimed_by_id IS NOT NULL
                                   AND claimed_until > %(now)s THEN 'claimed'
                              WHEN rest_until > %(now)s THEN 'rest'
                              WHEN category = 'recall' AND recall_at > %(now)s
                              THEN 'recall_later' END AS code
                         FROM crm_call_list_line WHERE campaign_id = %(campaign)s
                   ) AS line WHERE code IS NOT NULL GROUP BY code""",
                served=_SERVED,
                now=fields.Datetime.now(),
                campaign=self.id,
            )
        )
        counts = dict(rows)
        return [
            (code, label, counts[code])
            for code, label in labels.items()
            if counts.get(code)
        ]
