from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.claim_sql import NOTHING


class CrmLead(models.Model):
    """A name that somebody has in hand is not deleted under the call."""

    _inherit = "crm.lead"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_hand(self):
        held = self._lock_hands()
        if held:
            raise UserError(
                self.env._(
                    "An operator is working on %(name)s at this moment. Delete it when"
                    " the call is over.",
                    name=held[0].name,
                )
            )

    def _lock_hands(self):
        """Lock the lines of these names, so that nobody takes one in between.

        Whoever was quicker is seen when the request is run again.

        :return: the names that somebody has in hand
        :rtype: crm.lead
        """
        places = self._lock_places()
        return self.browse([lead_id for lead_id, in_hand in places.items() if in_hand])

    def _lock_places(self, beside=NOTHING):
        """Lock the lines of these names.

        :param SQL beside: CTEs of a change that goes with it
        :return: for each name that has lines, whether somebody has it in hand
        :rtype: dict[int, bool]
        """
        self.env["crm.call.list.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """%s SELECT lead_id, claimed_by_id IS NOT NULL
                                      AND claim_is_ahead IS NOT TRUE
                                      AND claimed_until > (now() AT TIME ZONE 'UTC')
                        FROM crm_call_list_line
                       WHERE lead_id = ANY(%s)
                    ORDER BY id FOR UPDATE""",
                beside,
                self.ids,
            ),
            log_exceptions=False,
        )
        places = {}
        for lead_id, in_hand in self.env.cr.fetchall():
            places[lead_id] = places.get(lead_id, False) or bool(in_hand)
        return places

    def _merge_call_lists(self, sources):
        # One statement for merges of names that are in no list, as most are.
        places = (self | sources)._lock_places(
            SQL(
                "WITH moved AS (UPDATE crm_recall SET lead_id = %s"
                " WHERE lead_id = ANY(%s))",
                self.id,
                sources.ids,
            )
        )
        listed = sources.filtered(lambda lead: lead.id in places)
        if not listed:
            return None
        self.env["crm.recall"].invalidate_model(["lead_id"])
        held = self.browse([lead_id for lead_id, in_hand in places.items() if in_hand])
        if held:
            raise UserError(
                self.env._(
                    "An operator is working on %(name)s at this moment. Merge the names"
                    " when the call is over.",
                    name=held[0].name,
                )
            )
        # Claims that ran out; their token stays for an outcome on its way.
        self.env.cr.execute(
            SQL(
                """UPDATE crm_call_list_line SET claimed_by_id = NULL
                    WHERE lead_id = ANY(%s) AND claimed_by_id IS NOT NULL""",
                (self | sources).ids,
            )
        )
        return super()._merge_call_lists(listed)
