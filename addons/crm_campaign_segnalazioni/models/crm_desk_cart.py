from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Products that a search shows at a time.
PAGE = 20


class CrmDesk(models.AbstractModel):
    """The cart of the desk: what may be sold, and what it will cost.

    Prices, taxes and totals are those of the document that the outcome makes: they are
    computed by an order that is never written.
    """

    _inherit = "crm.desk"

    @api.model
    def cart_products(self, line_id, claim_token, search="", offset=0):
        """Return products that may be sold to the name in hand.

        Those of the campaign, all that may be sold if it names none.

        :param int line_id: the line in hand
        :param str claim_token: of the claim
        :param str search: part of name, code or barcode
        :param int offset: products to pass over
        :return: ``products`` (``product_id``, ``name``, ``price``, ``taxes``), and
            whether there are ``more``
        :rtype: dict
        """
        line = self._held_line(line_id, claim_token)
        domain = self._cart_domain(line.campaign_id)
        words = str(search or "").strip()[:100]
        if words:
            matching = Domain("name", "ilike", words) | Domain(
                "default_code", "ilike", words
            )
            domain &= matching | Domain("barcode", "=", words)
        # sudo: what the campaign sells is offered to whoever calls for it
        products = self.env["product.product"].sudo()
        found = products.search(
            domain, limit=PAGE + 1, offset=max(0, int(offset or 0)), order="name, id"
        )
        shown = found[:PAGE]
        rows = [(product.id, 1, None, 0) for product in shown]
        order = self._cart_order(line, [self._cart_command(*row) for row in rows])
        return {
            "products": [
                {
                    "product_id": product.id,
                    "name": product.display_name,
                    "price": order_line.price_unit,
                    "taxes": self._tax_names(order_line),
                }
                for product, order_line in zip(shown, order.order_line, strict=True)
            ],
            "more": len(found) > PAGE,
        }

    @api.model
    def preview_cart(self, line_id, claim_token, cart):
        """Return what a cart will cost, as its document will have it.

        :param int line_id: the line in hand
        :param str claim_token: of the claim
        :param list[dict] cart: see ``confirm``
        :return: ``lines`` in the order of the cart (``product_id``, ``price``,
            ``taxes``, ``subtotal``, ``total``), and ``untaxed``, ``tax``, ``total``
        :rtype: dict
        :raise UserError: something in it can't be sold
        """
        line = self._held_line(line_id, claim_token)
        rows = self._read_cart(cart)
        self._check_cart_products(line.campaign_id, [row[0] for row in rows])
        order = self._cart_order(line, [self._cart_command(*row) for row in rows])
        return {
            "lines": [
                {
                    "product_id": order_line.product_id.id,
                    "price": order_line.price_unit,
                    "taxes": self._tax_names(order_line),
                    "subtotal": order_line.price_subtotal,
                    "total": order_line.price_total,
                }
                for order_line in order.order_line
            ],
            "untaxed": order.amount_untaxed,
            "tax": order.amount_tax,
            "total": order.amount_total,
        }

    @api.model
    def _payload_campaign(self, campaign):
        """Tell besides whether sales have a cart, and what it begins with."""
        products = campaign.product_ids.filtered(
            lambda product: product.active and product.sale_ok
        )
        only = products if len(products) == 1 else products.browse()
        if only and not only.filtered_domain(self._cart_domain(campaign)):
            only = only.browse()
        return {
            **super()._payload_campaign(campaign),
            "cart": {
                "is_offered": self._makes_document(campaign),
                "only": {"product_id": only.id, "name": only.display_name}
                if only
                else None,
            },
        }

    @api.model
    def _makes_document(self, campaign):
        """Tell whether a closing of this campaign makes a document.

        :param utm.campaign campaign: of the name in hand
        :rtype: bool
        """
        return (
            campaign._rule_company().makes_segnalazioni
            and self.env["crm.segnalazione.type"]._is_made_of_closings()
        )

    @api.model
    def _tax_names(self, order_line):
        return ", ".join(tax.tax_label or tax.name for tax in order_line.tax_ids)

    @api.model
    def _cart_order(self, line, commands):
        """Return the order that a cart will be, not written.

        :param crm.call.list.line line: in hand
        :param list commands: for its lines
        :rtype: sale.order
        """
        # As the system: so the document is made, and an operator has no right to
        # orders, price lists and taxes. Nothing of it is written.
        lead = line.lead_id.with_user(SUPERUSER_ID)
        interaction = lead.env["crm.interaction"].new(
            {"campaign_id": line.campaign_id.id, "user_id": self.env.uid}
        )
        company = lead._segnalazione_company(interaction)
        lead = lead.with_company(company)
        return lead.env["sale.order"].new(
            {
                "company_id": company.id,
                "partner_id": self._cart_customer(lead),
                "campaign_id": line.campaign_id.id,
                "order_line": commands,
            }
        )

    @api.model
    def _cart_customer(self, lead):
        """Return the customer that a name is, or will be: not written.

        :param crm.lead lead: the name
        :rtype: res.partner
        """
        if lead.partner_id:
            return lead.partner_id
        values = lead._prepare_customer_values(
            lead.partner_name or lead.contact_name or lead.name,
            is_company=bool(lead.partner_name),
        )
        return lead.env["res.partner"].new(values)

    @api.model
    def _check_cart_has_document(self, campaign):
        """Refuse a cart of which nothing would be kept.

        :param utm.campaign campaign: of the name in hand
        :raise UserError: no document is made of closings
        """
        if not self._makes_document(campaign):
            raise UserError(
                self.env._(
                    "No document is made of a closing here, so the cart can't be kept."
                    " Empty it, or ask a manager to switch the documents on."
                )
            )
