from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SaleOrderLine(models.Model):
    """A line of a document has a state of its own (Stato Riga)."""

    _inherit = "sale.order.line"

    line_state_id = fields.Many2one(
        "crm.segnalazione.line.state",
        compute="_compute_line_state_id",
        precompute=True,
        store=True,
        readonly=False,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="Only confirmed lines are delivered and invoiced.",
    )
    line_state_category = fields.Selection(
        related="line_state_id.category", string="Line State Category"
    )

    @api.depends("order_id.segnalazione_type_id", "display_type", "is_downpayment")
    def _compute_line_state_id(self):
        """Give new lines of a document their first state; keep what lines have."""
        first = self.env["crm.segnalazione.line.state"]
        for line in self:
            document_type = line.order_id.segnalazione_type_id
            if not document_type or line.display_type or line.is_downpayment:
                line.line_state_id = False
            elif not line.line_state_id:
                first = first or first._first_of("pending")
                line.line_state_id = document_type.line_state_id or first

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        for vals, line in zip(vals_list, lines, strict=True):
            if vals.get("line_state_id") and line.line_state_id != line._first_state():
                line._check_line_state(line._first_state() | line.line_state_id)
        return lines

    def write(self, vals):
        if "line_state_id" not in vals:
            return super().write(vals)
        lines = self | self._combo_items()
        new = self.env["crm.segnalazione.line.state"].browse(vals["line_state_id"])
        changed = lines.filtered(
            lambda line: (
                line.line_state_id != new and line.order_id.segnalazione_type_id
            )
        )
        changed._check_line_state(changed.line_state_id | new)
        changed._check_line_free(new)
        result = super().write(vals)
        if others := lines - self:
            super(SaleOrderLine, others).write({"line_state_id": new.id})
        if new.category == "confirmed":
            changed._lines_confirmed()
        else:
            changed._lines_taken_back()
        return result

    def _combo_items(self):
        """Return the lines inside the combinations among these lines."""
        return self.linked_line_ids.filtered("combo_item_id")

    def _first_state(self):
        self.ensure_one()
        first = self.env["crm.segnalazione.line.state"]._first_of("pending")
        return self.order_id.segnalazione_type_id.line_state_id or first

    def _lines_confirmed(self):
        """Do what follows when lines of a document are confirmed later on.

        Deliveries, if they are installed, begin here.
        """

    def _lines_taken_back(self):
        """Do what follows when lines of a document are no longer confirmed.

        Deliveries that are still to be made end here.
        """

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _check_line_state(self, states):
        """Let only those change the state of lines whom the states name.

        :param crm.segnalazione.line.state states: those left, and the one reached
        :raise UserError: the user may not
        """
        if not self or self.env.su:
            return
        obstacles = states._obstacles(self.env.user)
        if obstacles:
            raise UserError("\n".join(obstacles))

    def _check_line_free(self, new):
        """Refuse to take confirmed lines back that are invoiced or delivered.

        :param crm.segnalazione.line.state new: the state that they shall have
        :raise UserError: a line is
        """
        if new.category == "confirmed":
            return
        for line in self:
            if line.line_state_id.category != "confirmed":
                continue
            if line.qty_invoiced > 0:
                raise UserError(
                    self.env._(
                        "%(product)s of %(document)s is invoiced. Make a credit note"
                        " first.",
                        product=line.product_id.display_name,
                        document=line.order_id.name,
                    )
                )
            if line.qty_delivered > 0 and line.qty_delivered_method != "manual":
                raise UserError(
                    self.env._(
                        "%(product)s of %(document)s is delivered. Register its return"
                        " first.",
                        product=line.product_id.display_name,
                        document=line.order_id.name,
                    )
                )

    @api.constrains("product_id", "order_id")
    def _check_product_allowed(self):
        """Let documents have the products that their type names only."""
        for line in self:
            document_type = line.order_id.segnalazione_type_id
            # sudo: the type says which, whether or not the user may see them all
            allowed = document_type.sudo().product_ids
            if (
                not allowed
                or not line.product_id
                or line.is_downpayment
                or line._is_discount_line()
                or line.combo_item_id
                or line.product_id in allowed
            ):
                continue
            raise ValidationError(
                self.env._(
                    "%(product)s can't be sold by %(document)s: documents of the type"
                    " %(type)s have these products only: %(products)s.",
                    product=line.product_id.display_name,
                    document=line.order_id.name,
                    type=document_type.name,
                    products=", ".join(allowed[:10].mapped("display_name")),
                )
            )

    # ------------------------------------------------------------
    # LOOK-UP
    # ------------------------------------------------------------

    def _is_held(self):
        """Tell whether this line of a document waits for its confirmation.

        Sections, notes and down payments have no state, and never wait.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self.order_id.segnalazione_type_id
            and not self.display_type
            and not self.is_downpayment
            and self.line_state_id.category != "confirmed"
        )
