from odoo import fields, models
from odoo.tools import SQL


class CrmLead(models.Model):
    """Presa in carico: who follows a name, and since when.

    Not the claim of a line in a list, which lasts minutes.
    """

    _inherit = "crm.lead"

    def _take_charge_by_outcome(self, effects, user):
        """Put a user in charge if the relation says so.

        :param dict effects: as ``_get_outcome_effects`` returns them
        :param res.users user: who registered the outcome
        """
        if effects["relation"].takes_charge and self.charge_user_id != user:
            self._take_charge_batch(user)

    def _take_charge_batch(self, user):
        """Put a user in charge of these names; the row of the ledger is another's work.

        :param res.users user: who follows them; empty: nobody does
        """
        self.flush_recordset(["charge_user_id", "charge_date"])
        self.env.execute_query(
            SQL(
                """UPDATE crm_lead SET charge_user_id = %s, charge_date = %s
                    WHERE id = ANY(%s) RETURNING id""",
                user.id or None,
                fields.Datetime.now() if user else None,
                self.ids,
            )
        )
        self.invalidate_recordset(["charge_user_id", "charge_date"])
