from odoo import models
from odoo.tools import SQL

from ..tools.claim_sql import NOW
from .crm_desk_presence import PRESENT_MINUTES

# When a promised recall is everybody's, as a claim sees it; NULL: never by itself. The
# owner may have been seen at work since it was due, or work on the list no more.
_PRIVATE = """
    CASE WHEN NOT EXISTS (SELECT 1 FROM crm_call_list_operator_rel owner
                           WHERE owner.list_id = line.list_id
                             AND owner.user_id = line.recall_user_id)
         THEN line.recall_at + %(fall)s * interval '1 minute'
         WHEN %(fall)s > 0
         THEN greatest(line.recall_at,
                       (SELECT presence.seen_at FROM crm_desk_presence presence
                         WHERE presence.user_id = line.recall_user_id
                           AND presence.campaign_id = line.campaign_id))
              + %(fall)s * interval '1 minute' END"""
# Each level that has somebody free is waited for, down to the last one of the list.
_SKILL = """
    line.recall_at + %(wait)s * interval '1 minute' * (
        SELECT count(DISTINCT skill.level)
          FROM crm_desk_presence presence
          JOIN crm_campaign_skill skill ON skill.user_id = presence.user_id
                                       AND skill.campaign_id = presence.campaign_id
         WHERE presence.campaign_id = line.campaign_id
           AND presence.seen_at > %(now)s - %(present)s * interval '1 minute'
           AND NOT EXISTS (SELECT 1 FROM crm_call_list_line held
                            WHERE held.claimed_by_id = presence.user_id
                              AND held.claimed_until > %(now)s)
           AND skill.level > (
               SELECT min(coalesce(own.level, 0))
                 FROM crm_call_list_operator_rel rel
            LEFT JOIN crm_campaign_skill own ON own.user_id = rel.user_id
                                            AND own.campaign_id = line.campaign_id
                WHERE rel.list_id = line.list_id))"""
_EVERYBODYS_FROM = f"""
    (CASE line.recall_scope WHEN 'private' THEN {_PRIVATE}
                            WHEN 'skill' THEN {_SKILL}
                            ELSE line.recall_at END)"""


class UtmCampaign(models.Model):
    _inherit = "utm.campaign"

    def _everybodys_from_sql(self):
        """Return from when on the recall of ``line`` is everybody's; NULL for never.

        :rtype: SQL
        """
        return SQL(
            _EVERYBODYS_FROM,
            fall=self.private_fall_minutes,
            wait=self.skill_wait_minutes,
            present=PRESENT_MINUTES,
            now=NOW,
        )


class CrmCallListLine(models.Model):
    """Why a recall is not served to everybody now."""

    _inherit = "crm.call.list.line"

    def _reasons_of_recall(self, now):
        if self.category != "recall":
            return
        due = self.recall_at
        if not due or due > now:
            yield self._reason(
                "recall_later",
                self.env._(
                    "It is to be called again on %(moment)s.",
                    moment=self._local_text(due) if due else "-",
                ),
                due,
            )
        if due and self.recall_scope in ("private", "skill"):
            [[moment]] = self._ask_sql(self.campaign_id._everybodys_from_sql())
            moment = moment and moment.replace(microsecond=0)
            if not moment or moment > now:
                yield from getattr(self, f"_reasons_of_{self.recall_scope}")(moment)

    def _reasons_of_private(self, moment):
        if self.recall_user_id & self.list_id.operator_ids:
            sentence = self.env._(
                "Its recall is private: only %(user)s is served it.",
                user=self.recall_user_id.name,
            )
        else:
            sentence = self.env._(
                "Its recall is private, and its operator works on the list no more:"
                " everybody is served it from %(moment)s on.",
                moment=self._local_text(moment),
            )
        yield self._reason("recall_private", sentence, moment)

    def _reasons_of_skill(self, moment):
        if moment == self.recall_at:
            # Nobody is waited for: it is only too early.
            return
        yield self._reason(
            "recall_skill",
            self.env._(
                "Its recall goes to the most skilled operator at work first; each next"
                " level waits %(minutes)s minutes more.",
                minutes=self.campaign_id.skill_wait_minutes,
            ),
            moment,
        )
