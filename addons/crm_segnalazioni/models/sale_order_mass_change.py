from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Fields of a line that say what is sold: not changed on invoiced or locked ones.
SOLD = frozenset(("product_id", "price_unit", "discount", "product_uom_qty", "tax_ids"))


class SaleOrder(models.Model):
    """A document that is changed together with many others."""

    _inherit = "sale.order"

    mass_result_ids = fields.One2many(
        "crm.segnalazione.mass.result",
        "order_id",
        "Mass Changes",
        readonly=True,
        copy=False,
        domain=[("run_id.kind", "!=", "dry")],
    )

    def _lock_for_mass_change(self):
        """Lock documents with their lines; leave those that somebody has in hand.

        :return: the documents that are locked now
        :rtype: sale.order
        """
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        # Who changes one of them and has committed since our snapshot makes this
        # fail: the batch is tried again, no error.
        self.env.cr.execute(
            SQL(
                "SELECT id FROM sale_order WHERE id = ANY(%s) ORDER BY id"
                " FOR NO KEY UPDATE SKIP LOCKED",
                self.ids,
            ),
            log_exceptions=False,
        )
        free = {order_id for [order_id] in self.env.cr.fetchall()}
        self.env.cr.execute(
            SQL(
                "SELECT id FROM sale_order_line WHERE order_id = ANY(%s) ORDER BY id"
                " FOR NO KEY UPDATE SKIP LOCKED",
                list(free),
            ),
            log_exceptions=False,
        )
        locked = [line_id for [line_id] in self.env.cr.fetchall()]
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT order_id FROM sale_order_line"
                " WHERE order_id = ANY(%s) AND id != ALL(%s)",
                list(free),
                locked,
            )
        )
        free -= {order_id for [order_id] in self.env.cr.fetchall()}
        return self.filtered(lambda order: order.id in free)

    def _lines_of_domain(self):
        """Return the search for the lines of these documents.

        :rtype: Domain
        """
        return Domain("order_id", "in", self.ids)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _mass_change_obstacle(self, names):
        """Return why a line can't be changed, as a sentence.

        :param names: fields that would change
        :rtype: str
        """
        self.ensure_one()
        order = self.order_id
        is_locked = order.segnalazione_state_id.locks_lines or order.locked
        if is_locked and not set(names) <= self._writable_when_locked():
            return self.env._(
                "The lines of %(document)s are locked: it is %(state)s.",
                document=order.name,
                state=order.segnalazione_state_id.name,
            )
        if order.state == "cancel":
            return self.env._("%(document)s is cancelled.", document=order.name)
        # sudo: whether there is an invoice, not what stands in it
        if SOLD & set(names) and self.sudo().invoice_lines:
            return self.env._("The line is invoiced already.")
        if self.is_downpayment and SOLD & set(names):
            return self.env._("The line is a down payment.")
        return False
