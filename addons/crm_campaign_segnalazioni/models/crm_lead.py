from odoo import Command, models


class CrmLead(models.Model):
    """Documents of names that a campaign calls."""

    _inherit = "crm.lead"

    def _segnalazione_company(self, interaction=None):
        company = self.company_id
        if not company and interaction:
            company = interaction.campaign_id.company_id
        return company or super()._segnalazione_company(interaction)

    def _prepare_segnalazione_values(self, document_type, interaction, event):
        """Add what the cart of the desk says, else the campaign's only product.

        Of several, nobody knows yet which one the customer wants.
        """
        values = super()._prepare_segnalazione_values(document_type, interaction, event)
        # By number: keys that a client sends with its context are texts.
        carts = self.env.context.get("segnalazione_cart_of") or {}
        if interaction.id in carts:
            values["order_line"] = carts[interaction.id]
            return values
        products = interaction.campaign_id.product_ids.filtered(
            lambda product: product.active and product.sale_ok
        )
        allowed = document_type.product_ids
        if len(products) == 1 and (not allowed or products in allowed):
            values["order_line"] = [Command.create({"product_id": products.id})]
        return values
