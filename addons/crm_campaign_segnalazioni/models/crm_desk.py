from odoo import SUPERUSER_ID, Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: What a line of the cart may say.
CART_KEYS = {"product_id", "quantity", "price", "discount"}
#: In the context while an outcome is confirmed: whether the cart was asked about.
CART_ASKED_KEY = "desk_cart_was_asked"
#: No cart has more lines: a screen full of them is a mistake.
MOST_LINES = 100


class CrmDesk(models.AbstractModel):
    """The desk gets the number of the document that an outcome makes."""

    _inherit = "crm.desk"

    @api.model
    def confirm(self, line_id, claim_token, token, outcome_id, **details):
        """Register the outcome, and make its document at once.

        Besides those of ``crm.desk``:

        With a cart the expected revenue is its total without taxes, as Odoo has it for
        opportunities.

        :param list[dict] cart: for C, what was sold: ``product_id``, ``quantity``,
            ``price`` (for one, as the line of the document has it; the price list's by
            default) and ``discount`` (in percent); an empty one means that no product
            was sold, none that nobody was asked
        :return: besides, ``protocol``: the number of the document, if one was made
        :rtype: dict
        :raise UserError: something in the cart can't be sold; nothing has been saved
        """
        cart = details.pop("cart", None)
        place = self._line_after_merge(line_id, claim_token)
        lines = self._checked_cart(place, outcome_id, cart)
        if lines:
            details.setdefault("expected_revenue", 0)
        desk = self.with_context(**{CART_ASKED_KEY: lines is not None})
        with self.env["crm.lead"]._segnalazioni_at_end():
            result = super(CrmDesk, desk).confirm(
                line_id, claim_token, token, outcome_id, **details
            )
            return self._with_protocol(result, lines)

    @api.model
    def _with_protocol(self, result, lines):
        """Make the document of an outcome that has just been registered.

        :param dict result: as ``confirm`` answers
        :param list lines: commands for the lines of the document
        :return: the answer, with the number of the document
        :rtype: dict
        """
        if result["outcome"]["kind"] not in ("T", "C"):
            # A relation may report the name to an agent; the desk isn't kept waiting.
            return {**result, "protocol": None}
        # sudo: the operator had the name in hand a moment ago
        lead = self.env["crm.lead"].sudo().browse(result["lead_id"])
        row_id = result["interaction_id"]
        carts = {} if lines is None else {row_id: lines}
        documents = lead.with_context(
            segnalazione_cart_of=carts
        )._generate_segnalazioni()
        document = documents.filtered(lambda order: order.interaction_id.id == row_id)
        document = document or self.env["sale.order"].sudo().search(
            [("interaction_id", "=", row_id)], limit=1
        )
        if lines:
            self._expect_cart_total(lead, document[:1].sudo())
        return self._tell_protocol(result, document[:1].sudo())

    @api.model
    def _expect_cart_total(self, lead, document):
        """Let the opportunity expect what the document is worth without taxes.

        :param crm.lead lead: just converted
        :param sale.order document: what was made of the cart, if anything
        """
        if not document:
            return
        currency = lead.company_currency or document.company_id.currency_id
        revenue = document.currency_id._convert(
            document.amount_untaxed, currency, document.company_id
        )
        if currency.compare_amounts(lead.expected_revenue, revenue):
            # As the system: the operator has the name in hand no more.
            lead.with_user(SUPERUSER_ID).expected_revenue = revenue

    @api.model
    def _tell_protocol(self, result, document):
        if not document:
            return {**result, "protocol": None}
        sentence = self.env._(
            "%(message)s %(type)s %(number)s.",
            message=result["message"],
            type=document.segnalazione_type_id.name,
            number=document.name,
        )
        if document.is_held_for_check:
            sentence = self.env._(
                "%(message)s The back office checks it first.", message=sentence
            )
        return {**result, "message": sentence, "protocol": document.name}

    # ------------------------------------------------------------
    # CART
    # ------------------------------------------------------------

    @api.model
    def _checked_cart(self, line_id, outcome_id, cart):
        """Return the lines of the document that a cart means.

        :param int line_id: the line in hand
        :param int outcome_id: the outcome
        :param list[dict] cart: see ``confirm``
        :return: commands; ``None`` where nobody was asked
        :rtype: list | None
        :raise UserError: something in it can't be sold
        """
        if not cart:
            return None if cart is None else []
        self._check_operator()
        outcome = self.env["crm.outcome"].browse(outcome_id).exists()
        if outcome.kind != "C":
            raise UserError(
                self.env._("Only a closing on the line has a cart. Empty it first.")
            )
        rows = self._read_cart(cart)
        # sudo: a line is closed to operators; confirm looks at whose hands it is in
        line = self.env["crm.call.list.line"].sudo().browse(line_id).exists()
        self._check_cart_has_document(line.campaign_id)
        self._check_cart_products(line.campaign_id, [row[0] for row in rows])
        return [self._cart_command(*row) for row in rows]

    @api.model
    def _read_cart(self, cart):
        """Return the rows of a cart as it was sent.

        :param list[dict] cart: see ``confirm``
        :return: see ``_read_cart_row``
        :rtype: list[tuple]
        :raise UserError: it is none
        """
        if not isinstance(cart, list) or len(cart) > MOST_LINES:
            raise UserError(
                self.env._(
                    "The cart can't be read, or has more than %(most)s lines.",
                    most=MOST_LINES,
                )
            )
        return [self._read_cart_row(row) for row in cart]

    @api.model
    def _read_cart_row(self, row):
        """Return product, quantity, price and discount of a line of the cart.

        :rtype: tuple
        :raise UserError: it says something else
        """
        if not isinstance(row, dict) or not set(row) <= CART_KEYS:
            raise UserError(self.env._("The cart can't be read. Reload the page."))
        try:
            if any(value is True for value in row.values()):
                raise TypeError("true is no number")
            product_id = int(row.get("product_id") or 0)
            quantity = float(row.get("quantity", 1))
            price = row.get("price")
            # Zero is a price, of what is given as a present, and equal to False.
            is_given = price is not None and price is not False and price != ""
            price = float(price) if is_given else None
            discount = float(row.get("discount") or 0)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("Write quantities, prices and discounts as numbers.")
            ) from error
        # Written so that what is no number at all is refused, too.
        if not 0 < quantity <= 1e6:
            raise UserError(self.env._("Enter a quantity above zero."))
        if price is not None and not 0 <= price <= 1e9:
            raise UserError(self.env._("A price can't be negative."))
        if not 0 <= discount <= 100:
            raise UserError(self.env._("A discount lies between 0 and 100 percent."))
        return product_id, quantity, price, discount

    @api.model
    def _check_cart_products(self, campaign, product_ids):
        """Refuse products that the campaign doesn't sell.

        :param utm.campaign campaign: of the line in hand
        :param list product_ids: what is in the cart
        :raise UserError: it names what can't be sold
        """
        # sudo: what the campaign sells is offered to whoever calls for it
        products = self.env["product.product"].sudo()
        allowed = products.search(
            self._cart_domain(campaign) & Domain("id", "in", product_ids)
        )
        for product_id in product_ids:
            if product_id in allowed._ids:
                continue
            unknown = products.browse(product_id).exists()
            raise UserError(
                self.env._(
                    "%(product)s is not sold in the campaign %(campaign)s. Take it out"
                    " of the cart.",
                    product=unknown.display_name or self.env._("This product"),
                    campaign=campaign.title,
                )
            )

    @api.model
    def _cart_domain(self, campaign):
        """Return the domain of the products that may be sold in a campaign.

        Its own, else all that may be sold; among them those of the document's type.

        :param utm.campaign campaign: the campaign
        :rtype: Domain
        """
        company = campaign._rule_company()
        domain = Domain("sale_ok", "=", True) & Domain(
            "company_id", "in", (company.id, False)
        )
        if campaign.product_ids:
            domain &= Domain("id", "in", campaign.product_ids.ids)
        # sudo: the configuration is read for an operator
        types = self.env["crm.segnalazione.type"].sudo()._by_origin()
        of_type = types["closing"].product_ids if "closing" in types else None
        if of_type:
            domain &= Domain("id", "in", of_type.ids)
        return domain

    @api.model
    def _cart_command(self, product_id, quantity, price, discount):
        values = {
            "product_id": product_id,
            "product_uom_qty": quantity,
            "discount": discount,
        }
        if price is not None:
            values["price_unit"] = price
        return Command.create(values)
