from odoo import fields, models
from odoo.tools import SQL

from ..tools.claim_sql import NOW, open_zone
from .crm_call_list_line_wish import wish_holds

#: Names up to which each one is asked why, not only its line.
MOST_ASKED = 5000


class UtmCampaign(models.Model):
    """Why a campaign serves nothing: its names counted by the first reason."""

    _inherit = "utm.campaign"

    def _not_callable_labels(self):
        """Return what each reason is called, in the order of ``_not_callable_counts``.

        :rtype: dict[str, str]
        """
        return {
            "not_running": self.env._("The campaign is not running"),
            "by_mail": self.env._("The campaign is by e-mail only"),
            "no_outcome": self.env._("No outcome is allowed"),
            "no_list": self.env._("List archived, or nobody works on it"),
            "closed": self.env._("Closed"),
            "exhausted": self.env._("Exhausted"),
            "in_progress": self.env._("In progress"),
            "suspended": self.env._("Suspended"),
            "claimed": self.env._("In somebody's hands"),
            "rest": self.env._("Resting"),
            "recall_later": self.env._("To be called again later"),
            "recall_private": self.env._("Private recall, due"),
            "recall_skill": self.env._("Recall of the most skilled, due"),
            "archived": self.env._("Archived"),
            "blocked": self.env._("Blocked commercial state"),
            "blacklist": self.env._("On the do-not-call list"),
            "no_number": self.env._("No number that can be dialled"),
            "consent": self.env._("No consent"),
            "frequency": self.env._("Called as often as is allowed"),
            "filter": self.env._("Left out by the filter"),
            "left_out": self.env._("Left out by the filter, or can't be called"),
            "window": self.env._("Outside the calling hours"),
            "callable": self.env._("Would be served now"),
        }

    def _not_callable_counts(self):
        """Count the names of this campaign by the first reason why none is served.

        Those of the lists that the current user watches.

        :return: (code, label, count) of each reason that there is; ``callable`` are
            those without any
        :rtype: list[tuple[str, str, int]]
        """
        self.ensure_one()
        self.check_access("read")
        self.env.flush_all()
        counts = dict(self.env.execute_query(self._count_lines_sql()))
        asked = counts.get("left_out", 0) + counts.get("callable", 0)
        if 0 < asked <= MOST_ASKED:
            counts.pop("left_out", None)
            counts.pop("callable", None)
            counts.update(self.env.execute_query(self._count_names_sql()))
        is_open, exceptions = self._open_zones(fields.Datetime.now())
        if not is_open and not exceptions and counts.get("callable"):
            wished = min(self._count_wishes_due(), counts["callable"])
            counts["window"] = counts.pop("callable") - wished
            counts["callable"] = wished
        serves_nobody = self._why_nobody_is_served()
        if serves_nobody:
            waiting = counts.pop("callable", 0) + counts.pop("window", 0)
            counts[serves_nobody] = waiting
        return [
            (code, label, counts[code])
            for code, label in self._not_callable_labels().items()
            if counts.get(code)
        ]

    def _count_wishes_due(self):
        """Count the recalls that are served although it is outside the calling hours.

        :rtype: int
        """
        return self.env.execute_query(
            SQL(
                """SELECT count(*) FROM %s
                    WHERE line.campaign_id = %s AND %s AND %s = 'callable' AND %s""",
                self._lines_sql(),
                self.id,
                wish_holds(),
                self._line_reason_sql(),
                self._watched_lists_sql(SQL("line.list_id")),
            )
        )[0][0]

    def _why_nobody_is_served(self):
        """Return the code of the reason why no name at all is served, if any.

        :rtype: str | None
        """
        if self.call_state != "running" or not self.active:
            return "not_running"
        if not self._serves_by_phone():
            return "by_mail"
        return "no_outcome" if self._missing_outcomes() else None

    def _line_reason_sql(self):
        """Return the first reason that a line itself shows, as an expression."""
        is_open, exceptions = self._open_zones(fields.Datetime.now())
        return SQL(
            """CASE WHEN line.category IN ('closed_positive', 'closed_negative')
                    THEN 'closed'
                    WHEN line.category IN ('exhausted', 'in_progress')
                    THEN line.category
                    WHEN line.category IS NULL THEN 'closed'
                    WHEN NOT served.is_served THEN 'no_list'
                    WHEN line.suspended THEN 'suspended'
                    WHEN line.claimed_by_id IS NOT NULL THEN 'claimed'
                    WHEN line.rest_until > %(now)s THEN 'rest'
                    WHEN line.category = 'recall'
                         AND (line.recall_at > %(now)s) IS NOT FALSE
                    THEN 'recall_later'
                    WHEN line.category = 'recall'
                         AND line.recall_scope IN ('private', 'skill')
                         AND (%(everybodys_from)s > %(now)s) IS NOT FALSE
                    THEN 'recall_' || line.recall_scope
                    WHEN line.is_filtered
                         AND (line.category = 'to_call'
                              OR line.recall_scope = 'automatic')
                    THEN 'left_out'
                    WHEN %(special)s AND NOT %(window)s AND %(wish)s IS NOT TRUE
                    THEN 'window'
                    ELSE 'callable' END""",
            now=NOW,
            everybodys_from=self._everybodys_from_sql(),
            special=bool(exceptions),
            window=open_zone(is_open, exceptions),
            wish=wish_holds(),
        )

    def _lines_sql(self):
        """Return the lines of this campaign, and whether their list is served."""
        return SQL(
            """crm_call_list_line line
               JOIN LATERAL (
                   SELECT list.active AND EXISTS (
                              SELECT 1 FROM crm_call_list_operator_rel rel
                               WHERE rel.list_id = list.id) AS is_served
                     FROM crm_call_list list WHERE list.id = line.list_id
               ) AS served ON true""",
        )

    def _count_lines_sql(self):
        return SQL(
            "SELECT %s AS reason, count(*) FROM %s WHERE line.campaign_id = %s AND %s"
            " GROUP BY reason",
            self._line_reason_sql(),
            self._lines_sql(),
            self.id,
            self._watched_lists_sql(SQL("line.list_id")),
        )

    def _count_names_sql(self):
        """Return the query that asks each name for which its line shows no reason."""
        dispatch = self.env["crm.dispatch"]
        company = self._rule_company()
        caps = [(since, most) for _days, since, most in company._frequency_rules()]
        return SQL(
            """SELECT CASE
                      WHEN lead.active IS NOT TRUE THEN 'archived'
                      WHEN (SELECT state.state_class FROM crm_commercial_state state
                             WHERE state.id = lead.commercial_state_id) = 'blocked'
                      THEN 'blocked'
                      WHEN lead.may_not_be_called THEN 'blacklist'
                      WHEN coalesce(lead.phone_e164, lead.mobile_e164,
                                    lead.phone_second_e164) IS NULL
                      THEN 'no_number'
                      WHEN %(callable)s IS NOT TRUE THEN 'consent'
                      WHEN NOT %(promised)s AND %(seldom)s IS NOT TRUE
                      THEN 'frequency'
                      WHEN NOT %(promised)s AND NOT %(filter)s THEN 'filter'
                      ELSE 'callable' END AS reason,
                      count(*)
                 FROM %(lines)s
                 JOIN crm_lead lead ON lead.id = line.lead_id
                WHERE line.campaign_id = %(campaign)s
                  AND line.category IN ('to_call', 'recall')
                  AND %(line_reason)s IN ('left_out', 'callable') AND %(watched)s
             GROUP BY reason""",
            callable=dispatch._callable_sql(company),
            seldom=dispatch._callable_sql(company, caps),
            promised=SQL(
                "(line.category = 'recall' AND line.recall_scope != 'automatic')"
            ),
            filter=self._filter_in_use(),
            lines=self._lines_sql(),
            line_reason=self._line_reason_sql(),
            watched=self._watched_lists_sql(SQL("line.list_id")),
            campaign=self.id,
        )
