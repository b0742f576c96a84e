from odoo import fields, models


class SaleOrder(models.Model):
    """A document of the archive (Segnalazione/Contratto): an order with a type.

    An order without a type is Odoo's own and behaves as such.
    """

    _inherit = "sale.order"

    segnalazione_type_id = fields.Many2one(
        "crm.segnalazione.type",
        "Document Type",
        index=True,
        tracking=True,
        copy=False,
        ondelete="restrict",
    )
    segnalazione_state_id = fields.Many2one(
        "crm.segnalazione.state",
        "Document State",
        index=True,
        tracking=True,
        copy=False,
        readonly=True,
        ondelete="restrict",
    )
    state_category = fields.Selection(
        related="segnalazione_state_id.category",
        string="State Category",
        store=True,
        index=True,
    )
    segnalazione_color = fields.Char(related="segnalazione_state_id.color")
    protocol_ids = fields.One2many(
        "crm.segnalazione.protocol", "order_id", "Protocol Numbers", readonly=True
    )
    move_ids = fields.One2many(
        "crm.segnalazione.move", "order_id", "Movements", readonly=True
    )
    operator_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        help="Who had the call that it came from.",
    )
    zone_id = fields.Many2one("crm.zone", index="btree_not_null", ondelete="restrict")
    call_note = fields.Text("Conversation Note", copy=False)
    appointment_event_id = fields.Many2one(
        "calendar.event",
        "Appointment",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    interaction_id = fields.Many2one(
        "crm.interaction",
        "Outcome",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The row of the history that it was made from.",
    )
