from odoo import api, models
from odoo.exceptions import UserError

from ..tools.workflow import WORKFLOW, WORKFLOW_KEY, is_workflow

#: What the name of a document is between its insertion and its number.
NO_NUMBER_YET = "/"


class SaleOrder(models.Model):
    """How a document begins: its number, its first state, its first movement."""

    _inherit = "sale.order"

    @api.model
    def _create_segnalazione(self, document_type, values):
        """Make a document, as the system does: quickly, and nobody is told of it.

        :param crm.segnalazione.type document_type: its type
        :param dict values: of the order; type, state and number follow by themselves
        :rtype: sale.order
        """
        return self._create_segnalazioni(document_type, [values])

    @api.model
    def _create_segnalazioni(self, document_type, vals_list):
        """Make several documents of one type at once.

        :param crm.segnalazione.type document_type: their type
        :param list[dict] vals_list: as ``create`` takes them
        :rtype: sale.order
        """
        # sudo: operators and agents have no right to orders; whoever calls this has
        # decided that the document is due
        orders = self.sudo().with_context(
            tracking_disable=True,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            mail_notrack=True,
        )
        return orders.create(
            [{**vals, "segnalazione_type_id": document_type.id} for vals in vals_list]
        ).with_env(self.env)

    @api.model_create_multi
    def create(self, vals_list):
        default = self.env.context.get("default_segnalazione_type_id")
        for vals in vals_list:
            if not is_workflow(self.env):
                self._check_new_document(vals)
            if vals.get("segnalazione_type_id", default):
                # Odoo would take a number of its own sequence, which leaves holes.
                vals["name"] = NO_NUMBER_YET
        orders = super().create(vals_list)
        documents = orders.filtered("segnalazione_type_id")
        if documents:
            # sudo: register and trace are closed to everybody
            documents.sudo()._begin_documents()
        return orders

    @api.model
    def _check_new_document(self, vals):
        """Refuse a document that would be born in the middle of its way.

        :raise UserError: it would
        """
        default = self.env.context.get("default_segnalazione_type_id")
        if vals.get("segnalazione_state_id") or (
            vals.get("segnalazione_type_id", default)
            and vals.get("state", "draft") != "draft"
        ):
            raise UserError(
                self.env._(
                    "A document begins in the first state of its type and moves on by"
                    " its steps. Leave the state out."
                )
            )

    def _begin_documents(self):
        """Give new documents their number, first state and first movement."""
        names = self.env["crm.segnalazione.protocol"]._take_numbers(self)
        nothing = self.env["crm.segnalazione.transition"]
        moves = self.env["crm.segnalazione.move"].create(
            [
                order._move_values(
                    order.segnalazione_type_id,
                    order.segnalazione_type_id.default_state_id,
                    nothing,
                )
                for order in self
            ]
        )
        for order in self:
            state = order.segnalazione_type_id.default_state_id
            order.with_context(**{WORKFLOW_KEY: WORKFLOW}).write(
                {
                    "name": names[order.id],
                    "segnalazione_state_id": state.id,
                    "locked": state.locks_lines,
                }
            )
        for order, move in zip(self, moves, strict=True):
            order._state_reached(nothing, move)

    def copy_data(self, default=None):
        # The copy of a contract is a new contract at the beginning of its way.
        vals_list = super().copy_data(default=default)
        for order, vals in zip(self, vals_list, strict=True):
            if order.segnalazione_type_id:
                vals.setdefault("segnalazione_type_id", order.segnalazione_type_id.id)
        return vals_list
