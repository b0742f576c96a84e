from urllib.parse import quote

from odoo import api, fields, models
from odoo.fields import Domain

#: Opens the navigation of the telephone, see "Maps URLs" of Google Maps Platform.
MAP_LINK = "https://www.google.com/maps/search/?api=1&query="


class SaleOrder(models.Model):
    """What the screens of documents show and open."""

    _inherit = "sale.order"

    customer_phone = fields.Char(
        related="partner_id.phone", string="Phone", related_sudo=True
    )
    customer_mobile = fields.Char(
        related="partner_id.mobile", string="Mobile", related_sudo=True
    )
    customer_phone_second = fields.Char(
        related="partner_id.phone_second", string="Second Phone", related_sudo=True
    )
    customer_address = fields.Char(
        "Address", compute="_compute_customer_address", compute_sudo=True
    )
    customer_map_url = fields.Char(
        "Map", compute="_compute_customer_address", compute_sudo=True
    )
    # Stored, so that lists and the calendar find documents by it.
    appointment_start = fields.Datetime(
        "Appointment On",
        related="appointment_event_id.start",
        store=True,
        index="btree_not_null",
    )
    appointment_stop = fields.Datetime(
        "Appointment Until", related="appointment_event_id.stop", store=True
    )
    allowed_product_ids = fields.Many2many(
        related="segnalazione_type_id.product_ids", string="Products of the Type"
    )
    takes_any_product = fields.Boolean(compute="_compute_takes_any_product")
    is_quotation_type = fields.Boolean(
        related="segnalazione_type_id.is_quotation", string="Is a Quotation"
    )
    are_lines_locked = fields.Boolean(
        related="segnalazione_state_id.locks_lines", string="Lines Are Locked"
    )
    segnalazione_state_id = fields.Many2one(group_expand="_group_expand_states")

    @api.depends(
        "partner_shipping_id", "partner_shipping_id.street", "partner_shipping_id.city"
    )
    def _compute_customer_address(self):
        """Write the place of the visit in one line, and the link that finds it."""
        for order in self:
            place = order.partner_shipping_id or order.partner_id
            town = " ".join(filter(None, (place.zip, place.city)))
            code = place.state_id.code
            if town and code:
                town = f"{town} ({code})"
            parts = [place.street, place.street2, town]
            order.customer_address = ", ".join(filter(None, parts))
            order.customer_map_url = (
                MAP_LINK + quote(order.customer_address)
                if order.customer_address
                else False
            )

    @api.depends("segnalazione_type_id")
    def _compute_takes_any_product(self):
        """Tell whether the type leaves the choice of products open."""
        for order in self:
            order.takes_any_product = not order.segnalazione_type_id.product_ids

    @api.model
    def _group_expand_states(self, states, domain):
        """Show a column for each state that a card may be dragged to.

        :param states: those that documents are in
        :param domain: which documents are shown
        :return: the states of the types that are shown
        """
        types = states.type_ids
        for condition in Domain(domain).iter_conditions():
            if condition.field_expr != "segnalazione_type_id":
                continue
            if condition.operator in ("=", "in") and condition.value:
                kinds = self.env["crm.segnalazione.type"].search(
                    [("id", condition.operator, condition.value)]
                )
                types = kinds or types
        return (states | types.state_ids).sorted()

    def get_formview_id(self, access_uid=None):
        """Open a document in its own form, wherever it is linked."""
        if self and all(order.segnalazione_type_id for order in self.sudo()):
            # sudo: only whether it is a document; which one is opened with rights
            return self.env.ref("crm_segnalazioni.sale_order_view_form_segnalazione").id
        return super().get_formview_id(access_uid=access_uid)

    @api.model
    def _count_documents(self, name, records):
        """Count the documents of records, as far as the current user may see them.

        :param str name: of the field of documents that holds the record
        :param records: of whatever that field holds
        :return: number by record; those without documents are missing
        :rtype: dict
        """
        if not self.has_access("read"):
            return {}
        domain = [(name, "in", records.ids), ("segnalazione_type_id", "!=", False)]
        return dict(self._read_group(domain, [name], ["__count"]))

    @api.model
    def _documents_action(self, domain, **context):
        """Return the action that shows some documents.

        :param domain: which
        :param context: defaults of a new one
        :rtype: dict
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segnalazioni.sale_order_action_documents"
        )
        action["domain"] = list(
            Domain("segnalazione_type_id", "!=", False) & Domain(domain)
        )
        action["context"] = {"active_test": False, **context}
        return action

    def action_open_opportunity(self):
        """Open the opportunity, or the name, that the document belongs to."""
        self.ensure_one()
        return self.opportunity_id.get_formview_action()

    def action_open_appointment(self):
        """Open the appointment of the document."""
        self.ensure_one()
        return self.appointment_event_id.get_formview_action()
