from odoo import Command, models


class CrmLead(models.Model):
    """Documents of names that a campaign calls."""

    _inherit = "crm.lead"

    def _segnalazione_company(self, interaction=None):
        company = self.company_id
        if not company and interaction:
            company = interaction.campaign_id.company_id
        return company or super()._segnalazione_company(interaction)

    def _prepare_segnalazione_values(self, interaction, event):
        """Add the products that the campaign sells, when there is one of them.

        Of several, nobody knows yet which the customer wants; the cart of the desk
        says so.
        """
        values = super()._prepare_segnalazione_values(interaction, event)
        lines = self.env.context.get("segnalazione_cart_of", {}).get(interaction.id)
        products = interaction.campaign_id.product_ids.filtered("active")
        if lines:
            values["order_line"] = lines
        elif len(products) == 1 and interaction:
            values["order_line"] = [Command.create({"product_id": products.id})]
        return values
