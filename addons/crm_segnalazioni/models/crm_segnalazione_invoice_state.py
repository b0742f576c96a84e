from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: What Odoo knows of an invoice, in the order in which it is asked.
MAPPINGS = [
    ("draft", "In preparation"),
    ("issued", "Issued, nothing paid yet"),
    ("partial", "Partly paid"),
    ("overdue", "Not paid at its due date"),
    ("in_payment", "Being paid"),
    ("paid", "Paid"),
    ("reversed", "Reversed by a credit note"),
    ("cancelled", "Cancelled"),
]


class CrmSegnalazioneInvoiceState(models.Model):
    """Where an invoice stands (Stato Fattura): issued, paid, unpaid …, freely defined.

    Each state says what of Odoo's own invoice it stands for, or is set by hand.
    """

    _name = "crm.segnalazione.invoice.state"
    _description = "Invoice State"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Char(default="#6c757d")
    mapping = fields.Selection(
        MAPPINGS,
        "Stands for",
        help="Invoices that are so get this state by themselves. Left empty: it is set"
        " by hand.",
    )
    group_ids = fields.Many2many(
        "res.groups",
        "crm_segnalazione_invoice_state_group_rel",
        "invoice_state_id",
        "group_id",
        "Who May",
        help="Who may give it to invoices by hand, and take it from them. Left empty:"
        " the back office and those who may change invoices.",
    )
    stays_when_paid = fields.Boolean(
        help="A state set by hand ends when the invoice is paid, reversed or cancelled;"
        " this one stays."
    )

    _color_hex = models.Constraint(
        "CHECK (color IS NULL OR color ~ '^#[0-9a-fA-F]{6}$')",
        "A colour is written as # and six hexadecimal digits, for instance #28a745.",
    )

    @api.constrains("mapping", "active")
    def _check_mapping_once(self):
        for state in self.filtered(lambda record: record.mapping and record.active):
            other = self.search(
                [("mapping", "=", state.mapping), ("id", "!=", state.id)], limit=1
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "%(other)s stands for the same invoices as %(state)s would.",
                        other=other.name,
                        state=state.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        states = super().create(vals_list)
        states._bring_in_step()
        return states

    def write(self, vals):
        result = super().write(vals)
        if {"mapping", "active", "stays_when_paid"} & set(vals):
            self._bring_in_step()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: all invoices count, whoever may see them
        moves = self.env["account.move"].sudo()
        for state in self:
            if moves.search_count([("invoice_state_id", "=", state.id)], limit=1):
                raise UserError(
                    self.env._(
                        "Invoices are %(state)s. Archive it instead.", state=state.name
                    )
                )

    def _bring_in_step(self):
        """Have the invoices follow the new table, in the background."""
        cron = self.env.ref(
            "crm_segnalazioni.cron_invoice_states", raise_if_not_found=False
        )
        if cron:
            # sudo: who keeps the table may have it applied
            cron.sudo()._trigger()

    @api.model
    def _by_mapping(self):
        """Return the state of each mapping; those without one are missing.

        :rtype: dict[str, crm.segnalazione.invoice.state]
        """
        return {
            state.mapping: state for state in self.search([("mapping", "!=", False)])
        }
