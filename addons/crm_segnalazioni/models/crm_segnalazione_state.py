from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmSegnalazioneState(models.Model):
    """Where a document stands (Stato Segnalazione/Contratto), defined freely.

    The category is what the machine understands of it; the flags say which
    documents are really confirmed and which are paid commissions for.
    """

    _name = "crm.segnalazione.state"
    _description = "Document State"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Char(default="#6c757d")
    category = fields.Selection(
        [
            ("open", "Open"),
            ("won", "Won"),
            ("lost", "Lost"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="open",
        help="What the system makes of the state. All but Open close a document.",
    )
    type_ids = fields.Many2many(
        "crm.segnalazione.type",
        "crm_segnalazione_type_state_rel",
        "state_id",
        "type_id",
        "Document Types",
    )
    is_confirmed = fields.Boolean(
        "Counts as Confirmed",
        help="Documents in this state count as contracts in all figures.",
    )
    is_commission_due = fields.Boolean(
        "Counts for Commission", help="Commissions are due once it is reached."
    )
    locks_lines = fields.Boolean(
        help="Lines of a document in this state can't be changed."
    )

    _color_hex = models.Constraint(
        "CHECK (color IS NULL OR color ~ '^#[0-9a-fA-F]{6}$')",
        "A colour is written as # and six hexadecimal digits, for instance #28a745.",
    )

    def _is_closing(self):
        """Tell whether a document in this state is closed.

        :rtype: bool
        """
        self.ensure_one()
        return self.category != "open"

    @api.constrains("category")
    def _check_steps_back(self):
        """Refuse a category that makes a step lead back without saying so."""
        steps = self.env["crm.segnalazione.transition"]
        for state in self:
            steps.search(
                [
                    "|",
                    ("from_state_id", "=", state.id),
                    ("to_state_id", "=", state.id),
                ]
            )._check_backward()

    @api.constrains("active")
    def _check_still_needed(self):
        """Refuse to switch off a state that documents begin in or stand in."""
        for state in self.filtered(lambda one: not one.active):
            kinds = self.env["crm.segnalazione.type"].search(
                [("default_state_id", "=", state.id)]
            )
            if kinds:
                raise UserError(
                    self.env._(
                        "Documents of %(types)s begin in %(state)s. Give them another"
                        " first state before it is switched off.",
                        types=", ".join(kinds.mapped("name")),
                        state=state.name,
                    )
                )
            # sudo: documents of all companies stand in it
            documents = self.env["sale.order"].sudo()
            count = documents.search_count([("segnalazione_state_id", "=", state.id)])
            if count:
                raise UserError(
                    self.env._(
                        "%(count)s documents are in %(state)s. Bring them on before it"
                        " is switched off.",
                        count=count,
                        state=state.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: the trace of all companies
        trace = self.env["crm.segnalazione.move"].sudo()
        for state in self:
            if trace.search_count(
                [
                    "|",
                    ("from_state_id", "=", state.id),
                    ("to_state_id", "=", state.id),
                ],
                limit=1,
            ):
                raise UserError(
                    self.env._(
                        "%(state)s stands in the trace of documents. Switch it off"
                        " instead of deleting it.",
                        state=state.name,
                    )
                )
