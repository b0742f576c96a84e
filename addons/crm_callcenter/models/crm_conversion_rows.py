from odoo import models


class CrmConversion(models.Model):
    """Contacts and sites of a conversion that is taken back."""

    _inherit = "crm.conversion"

    def _undo(self):
        """Let the rows of the name part from the partners that they became."""
        lead, partner = self.lead_id, self.partner_id
        result = super()._undo()
        if lead.partner_id != partner:
            rows = (lead.contact_ids | lead.household_ids, lead.site_ids)
            for model_rows in rows:
                model_rows._part_from_partners()
        self._drop_company(partner)
        return result

    def _drop_company(self, partner):
        """Archive the company that was made with its contact, if nobody is left."""
        company = partner.parent_id
        if (
            not self.partner_created
            or partner.active
            or not company
            or company.create_date < self.create_date
        ):
            return
        used = self.env["crm.lead"].with_context(active_test=False)
        if not company.child_ids and not used.search_count(
            [("partner_id", "=", company.id)], limit=1
        ):
            company.active = False
