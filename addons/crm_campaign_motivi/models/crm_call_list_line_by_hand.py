from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

from ..tools.claim_sql import NOW

#: Minutes for which whoever comes back late still finds the place of a name opened by
#: hand, to register its outcome.
LATE_MINUTES = 60
#: Places left by one run of the upkeep.
LEFT_AT_ONCE = 500


class CrmCallListLine(models.Model):
    """Places that names only have because somebody opened them at the desk."""

    _inherit = "crm.call.list.line"

    is_by_hand = fields.Boolean(
        "Put Here by Hand",
        help="The name was opened at the desk by hand and was in no list of the"
        " campaign. Closed without an outcome, it leaves the list again.",
    )

    _by_hand = models.Index("(id) WHERE is_by_hand")

    @api.model
    def _leave_places_by_hand(self):
        """Take names out of the lists again whose desk was left without a word.

        A browser that crashed gives no name back; its claim runs out by itself, and
        the place would stay, open to all operators of the list.
        """
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    """SELECT id FROM crm_call_list_line
                        WHERE is_by_hand AND category = 'in_progress'
                          AND coalesce(attempts, 0) = 0
                          AND (claimed_until IS NULL
                               OR claimed_until <= %s - %s * interval '1 minute')
                     ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED""",
                    NOW,
                    LATE_MINUTES,
                    LEFT_AT_ONCE,
                )
            )
            # sudo: upkeep; whose name it was doesn't matter
            lines = self.env(cr=cr)["crm.call.list.line"].sudo()
            lines.browse([line_id for (line_id,) in cr.fetchall()]).unlink()
        self.invalidate_model()
