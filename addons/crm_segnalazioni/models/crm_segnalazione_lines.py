from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmSegnalazioneType(models.Model):
    """What a type says of the lines of its documents."""

    _inherit = "crm.segnalazione.type"

    line_state_id = fields.Many2one(
        "crm.segnalazione.line.state",
        "First State of Lines",
        ondelete="restrict",
        help="New lines begin here. Left empty: the first pending state.",
    )
    confirms_lines = fields.Boolean(
        "Confirm All Lines",
        help="A document that is confirmed has all its pending lines confirmed."
        " Otherwise they wait until somebody confirms them one by one.",
    )

    @api.constrains("line_state_id")
    def _check_line_state(self):
        for document_type in self:
            if document_type.line_state_id.category == "refused":
                raise ValidationError(
                    self.env._(
                        "New lines of %(type)s can't begin as %(state)s.",
                        type=document_type.name,
                        state=document_type.line_state_id.name,
                    )
                )


class CrmSegnalazioneTransition(models.Model):
    _inherit = "crm.segnalazione.transition"

    confirms_lines = fields.Boolean(
        "Confirm All Lines",
        help="This step has all pending lines of the document confirmed.",
    )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _state_reached(self, transition, move):
        # Lines first: what confirms the order finds them confirmed.
        document_type = self.segnalazione_type_id
        if transition.confirms_lines or (
            document_type.confirms_lines and move.to_state_id.is_confirmed
        ):
            self._confirm_lines()
        return super()._state_reached(transition, move)

    def _confirm_lines(self):
        """Confirm all pending lines of a document; refused ones stay so."""
        pending = self.order_line.filtered(
            lambda line: line._is_held() and line.line_state_id.category != "refused"
        )
        if pending:
            pending.line_state_id = pending.line_state_id._first_of("confirmed")

    @api.constrains("segnalazione_type_id")
    def _check_products_of_type(self):
        """The lines of a document that becomes another type fit that type, too."""
        self.order_line._check_product_allowed()

    def action_line_states(self):
        """Open the lines of a document, to confirm or refuse some.

        :return: the action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segnalazioni.sale_order_line_action_states"
        )
        return {
            **action,
            "name": self.env._("Lines of %(document)s", document=self.name),
            "domain": [("order_id", "=", self.id), ("line_state_id", "!=", False)],
            "context": {},
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def action_confirm_lines(self):
        """Confirm the chosen lines.

        :rtype: bool
        """
        return self._set_category("confirmed")

    def action_refuse_lines(self):
        """Refuse the chosen lines.

        :rtype: bool
        """
        return self._set_category("refused")

    def action_hold_lines(self):
        """Let the chosen lines wait again.

        :rtype: bool
        """
        return self._set_category("pending")

    def _set_category(self, category):
        lines = self.filtered(
            lambda line: line.line_state_id and line.line_state_id.category != category
        )
        if lines:
            lines.line_state_id = lines.line_state_id._first_of(category)
        return True
