from odoo import models


class CrmCallListLine(models.Model):
    """The next try waits until the number may be called again."""

    _inherit = "crm.call.list.line"

    def _is_promised(self):
        """Tell whether the customer was promised the call that this line waits for.

        :rtype: bool
        """
        self.ensure_one()
        return self.category == "recall" and self.recall_scope != "automatic"

    def _earliest_try(self, outcome):
        earliest = super()._earliest_try(outcome)
        company = self.campaign_id._rule_company()
        # sudo: the numbers of the name in hand
        numbers = self.lead_id.sudo()._e164_numbers()
        allowed = company._calls_allowed_from(numbers)
        if numbers and len(allowed) == len(set(numbers)):
            earliest = max(earliest, min(allowed.values()))
        return earliest
