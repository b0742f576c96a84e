from odoo import models
from odoo.tools import SQL


class CrmNormaliseRun(models.Model):
    """Names that operators have in hand are left alone."""

    _inherit = "crm.normalise.run"

    def _names_in_hand(self, lead_ids):
        self.env["crm.call.list.line"].flush_model()
        held = self.env.execute_query(
            SQL(
                """SELECT DISTINCT lead_id FROM crm_call_list_line
                    WHERE lead_id = ANY(%s) AND claimed_by_id IS NOT NULL
                      AND claim_is_ahead IS NOT TRUE
                      AND claimed_until > (clock_timestamp() AT TIME ZONE 'UTC')""",
                lead_ids,
            )
        )
        return [*super()._names_in_hand(lead_ids), *(row[0] for row in held)]

    def _write_changes(self, changes):
        # sudo: of rows only that they changed is noted, whoever normalises
        rows = self.env["crm.list.import.row"].sudo()
        untouched = rows._untouched(self._names_changed(changes))
        result = super()._write_changes(changes)
        rows._note_system_change(untouched)
        return result

    def _job_end(self, state, error=False):
        result = super()._job_end(state, error)
        if self.kind != "preview" and self.addresses and self.done:
            # Orders and filters of campaigns may ask for province, town or zone.
            # sudo: the order is the system's, whoever normalises
            campaigns = self.env["utm.campaign"].sudo()
            campaigns.search(
                [("is_call_campaign", "=", True), ("call_state", "=", "running")]
            )._settle_queue()
        return result
