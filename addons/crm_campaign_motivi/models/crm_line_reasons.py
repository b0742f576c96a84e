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
        return [
            {"code": code, "sentence": sentence, "until": until}
            for code, sentence, until in (
                *line._reasons_of_settings(),
                *line._reasons_of_time(fields.Datetime.now()),
            )
        ]

    def _reasons_of_settings(self):
        """Yield what stays until somebody changes it: code, sentence, None."""
        if self.campaign_id.call_state != "running":
            yield "campaign", self.env._("The campaign is not running. Start it."), None
        if not self.list_id.active:
            yield "list", self.env._("The list is archived. Restore it."), None
        if self.category not in _SERVED:
            sentence = self.env._(
                "Its list state is %(state)s: such names are not called.",
                state=self.list_state_id.name or self.env._("empty"),
            )
            yield "state", sentence, None
        lead = self.lead_id
        if lead.may_not_be_called or not lead._e164_numbers():
            sentence = lead.do_not_call_reason or self.env._(
                "The name has no number that may be called."
            )
            yield "number", sentence, None

    def _reasons_of_time(self, now):
        """Yield what goes by itself: code, sentence, until when."""
        if self.claimed_by_id and self.claimed_until > now:
            sentence = self.env._(
                "%(user)s has the name in hand.", user=self.claimed_by_id.name
            )
            yield "claimed", sentence, self.claimed_until
        if self.rest_until and self.rest_until > now:
            sentence = self.env._("It was put back without an outcome and rests.")
            yield "rest", sentence, self.rest_until
        if self.category == "recall" and self.recall_at and self.recall_at > now:
            sentence = self.env._("It is to be called again at a later time.")
            yield "recall_later", sentence, self.recall_at


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
