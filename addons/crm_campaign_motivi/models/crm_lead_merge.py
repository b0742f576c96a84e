from odoo import models
from odoo.tools import SQL


class CrmLead(models.Model):
    """Names that are merged keep their places in lists, one in each."""

    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self._merge_call_lists(opportunities)
        return result

    def _merge_call_lists(self, sources):
        """Give this name the places in lists of names that go.

        Where both are in a list, the stronger state stays, as when lists are merged: a
        refusal is not forgotten, and a recall that was promised is made.

        :param crm.lead sources: the names that go
        """
        self.ensure_one()
        # sudo: the places follow the name, whoever merges
        lines = self.env["crm.call.list.line"].sudo()
        lines.flush_model()
        # One by one: of several that are in a list, each meets what the last one left.
        for source in sources:
            lines._take_over(self._places_of_both(source))
            self._drop_promises(source)
            self._move_places(source)
        # Those that the database has just recorded as lost.
        self.env.cr.execute(
            SQL(
                "UPDATE crm_recall SET lead_id = %s WHERE lead_id = ANY(%s)",
                self.id,
                sources.ids,
            )
        )
        lines.invalidate_model()
        (self | sources).invalidate_recordset(["call_list_line_ids"])

    def _places_of_both(self, source):
        """Return the ids of the lines of another name and of this one, list by list.

        :rtype: list[tuple[int, int]]
        """
        return self.env.execute_query(
            SQL(
                """SELECT line.id, twin.id
                     FROM crm_call_list_line line
                     JOIN crm_call_list_line twin
                       ON twin.list_id = line.list_id AND twin.lead_id = %s
                    WHERE line.lead_id = %s""",
                self.id,
                source.id,
            )
        )

    def _drop_promises(self, source):
        """Delete the places whose promised recall gave way to a stronger state.

        At once, so that the database records the promise as lost; the other places of
        the name go with it.
        """
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_call_list_line line USING crm_call_list_line own
                    WHERE line.lead_id = %s AND line.category = 'recall'
                      AND own.lead_id = %s AND own.list_id = line.list_id
                      AND own.recall_at IS DISTINCT FROM line.recall_at""",
                source.id,
                self.id,
            )
        )

    def _move_places(self, source):
        """Take the places of another name in the lists where this one has none."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_call_list_line line SET lead_id = %(target)s
                    WHERE line.lead_id = %(source)s
                      AND NOT EXISTS (SELECT 1 FROM crm_call_list_line own
                                       WHERE own.lead_id = %(target)s
                                         AND own.list_id = line.list_id)""",
                target=self.id,
                source=source.id,
            )
        )
