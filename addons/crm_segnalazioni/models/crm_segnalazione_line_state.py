from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmSegnalazioneLineState(models.Model):
    """Where one line of a document stands (Stato Riga), for partial confirmations."""

    _name = "crm.segnalazione.line.state"
    _description = "Document Line State"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Char(default="#6c757d")
    category = fields.Selection(
        [
            ("pending", "Pending"),
            ("confirmed", "Confirmed"),
            ("refused", "Refused"),
        ],
        required=True,
        default="pending",
        help="Only confirmed lines are delivered and invoiced.",
    )
    group_ids = fields.Many2many(
        "res.groups",
        "crm_segnalazione_line_state_group_rel",
        "line_state_id",
        "group_id",
        "Who May",
        help="Who may bring lines to this state, and out of it again. Left empty:"
        " whoever may change the document.",
    )

    _color_hex = models.Constraint(
        "CHECK (color IS NULL OR color ~ '^#[0-9a-fA-F]{6}$')",
        "A colour is written as # and six hexadecimal digits, for instance #28a745.",
    )

    def write(self, vals):
        if "category" in vals:
            self._check_category_unused(vals["category"])
        return super().write(vals)

    def _check_category_unused(self, category):
        """Refuse another meaning for a state that lines have: invoices hang on it.

        :param str category: the new one
        :raise UserError: lines have the state
        """
        for state in self.filtered(lambda record: record.category != category):
            # sudo: all lines count, whoever may see them
            lines = self.env["sale.order.line"].sudo()
            if lines.search_count([("line_state_id", "=", state.id)], limit=1):
                raise UserError(
                    self.env._(
                        "Lines of documents are %(state)s already: what that means for"
                        " invoices and deliveries can't be changed. Make another state"
                        " instead.",
                        state=state.name,
                    )
                )

    @api.model
    def _first_of(self, category):
        """Return the first state of a category.

        :param str category: pending, confirmed or refused
        :rtype: crm.segnalazione.line.state
        """
        return self.search([("category", "=", category)], limit=1)

    def _obstacles(self, user):
        """Return why a user may not give these states to lines, or take them away.

        :param res.users user: who wants to
        :rtype: list[str]
        """
        return [
            self.env._(
                "Only %(groups)s may bring lines to %(state)s or out of it.",
                # sudo: names of groups are no secret
                groups=", ".join(state.sudo().group_ids.mapped("name")),
                state=state.name,
            )
            for state in self
            if state.sudo().group_ids
            and not state.sudo().group_ids & user.all_group_ids
        ]
