from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmSegnalazioneType(models.Model):
    """What a document is (Tipo Ordine): appointment, quotation, contract …"""

    _name = "crm.segnalazione.type"
    _description = "Document Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="First part of the protocol number, for instance CON."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Char(default="#6c757d")
    icon = fields.Char(help="Icon as in Font Awesome 4: fa-file-text-o …")
    state_ids = fields.Many2many(
        "crm.segnalazione.state",
        "crm_segnalazione_type_state_rel",
        "type_id",
        "state_id",
        "Allowed States",
    )
    default_state_id = fields.Many2one(
        "crm.segnalazione.state",
        "First State",
        required=True,
        ondelete="restrict",
        domain="[('id', 'in', state_ids)]",
        help="A new document of this type begins here.",
    )
    transition_ids = fields.One2many(
        "crm.segnalazione.transition", "type_id", "Transitions"
    )
    origin = fields.Selection(
        [
            ("report", "Report to the Agent"),
            ("appointment", "Appointment"),
            ("opportunity", "Opportunity"),
            ("closing", "Closing on the Line"),
        ],
        "Made from",
        help="Documents of this type are made by themselves from it.",
    )
    is_quotation = fields.Boolean(
        help="Documents of this type are quotations or orders of Odoo: they have a"
        " validity, may be signed and sent, and count in the figures of the sales team."
    )
    product_ids = fields.Many2many(
        "product.product",
        "crm_segnalazione_type_product_rel",
        "type_id",
        "product_id",
        "Products",
        domain="[('sale_ok', '=', True)]",
        help="Empty: all that may be sold.",
    )
    report_id = fields.Many2one(
        "ir.actions.report",
        "Print Layout",
        ondelete="restrict",
        domain="[('model', '=', 'sale.order')]",
        help="What the Print button of these documents prints.",
    )
    confirm_effect = fields.Selection(
        [
            ("nothing", "Nothing"),
            ("confirm", "Confirms Odoo's order"),
            ("become", "Makes it another type"),
        ],
        "Confirming It",
        required=True,
        default="nothing",
        help="What happens when a document first reaches a state that counts as"
        " confirmed, unless the step itself says something else.",
    )
    confirm_type_id = fields.Many2one(
        "crm.segnalazione.type",
        "Becomes",
        ondelete="restrict",
        help="The type that a confirmed document becomes, in its first state.",
    )

    _code_once = models.UniqueIndex(
        "(code)", "There is a document type with this code already."
    )
    _code_form = models.Constraint(
        "CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{0,9}$')",
        "A code has up to ten capital letters, digits and hyphens: CON, OFF-B2B …",
    )
    _color_hex = models.Constraint(
        "CHECK (color IS NULL OR color ~ '^#[0-9a-fA-F]{6}$')",
        "A colour is written as # and six hexadecimal digits, for instance #28a745.",
    )

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.constrains("state_ids", "default_state_id")
    def _check_first_state(self):
        for kind in self:
            if kind.default_state_id not in kind.state_ids:
                raise ValidationError(
                    self.env._(
                        "%(state)s is the first state of %(type)s, but is not among its"
                        " allowed states. Add it, or choose another first state.",
                        state=kind.default_state_id.name,
                        type=kind.name,
                    )
                )

    @api.constrains("state_ids")
    def _check_states_in_use(self):
        """Refuse to take away a state that steps or documents use."""
        # sudo: steps of other types, documents of all companies
        steps = self.env["crm.segnalazione.transition"].sudo()
        documents = self.env["sale.order"].sudo()
        for kind in self:
            steps.search(
                ["|", ("type_id", "=", kind.id), ("next_type_id", "=", kind.id)]
            )._check_states()
            stray = documents.search(
                [
                    ("segnalazione_type_id", "=", kind.id),
                    ("segnalazione_state_id", "not in", kind.state_ids.ids),
                ],
                limit=1,
            )
            if stray:
                raise ValidationError(
                    self.env._(
                        "%(document)s and maybe others of %(type)s are in %(state)s."
                        " Bring them on before that state is taken away.",
                        document=stray.name,
                        type=kind.name,
                        state=stray.segnalazione_state_id.name,
                    )
                )

    @api.constrains("confirm_effect", "confirm_type_id", "is_quotation")
    def _check_confirming(self):
        for kind in self:
            if kind.confirm_effect == "confirm" and not kind.is_quotation:
                raise ValidationError(
                    self.env._(
                        "%(type)s is no quotation, so there is no order of Odoo to"
                        " confirm. Mark it as a quotation, or choose another effect.",
                        type=kind.name,
                    )
                )
            target = kind.confirm_type_id
            if kind.confirm_effect == "become" and (not target or target == kind):
                raise ValidationError(
                    self.env._(
                        "Choose the other type that a confirmed %(type)s becomes.",
                        type=kind.name,
                    )
                )

    def write(self, vals):
        if "code" in vals:
            self._check_code_is_free(vals["code"])
        return super().write(vals)

    def _check_code_is_free(self, code):
        """Refuse a new code once numbers stand under the old one.

        Another type could take the old code, and its numbers would be there twice.

        :raise UserError: numbers were taken
        """
        # sudo: numbers of all companies
        register = self.env["crm.segnalazione.protocol"].sudo()
        for kind in self.filtered(lambda one: one.code != code):
            if register.search_count([("type_id", "=", kind.id)], limit=1):
                raise UserError(
                    self.env._(
                        "Numbers of %(type)s were given under %(code)s. Make a new type"
                        " for a new code.",
                        type=kind.name,
                        code=kind.code,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_numbered(self):
        # sudo: numbers of all companies
        register = self.env["crm.segnalazione.protocol"].sudo()
        for kind in self:
            if register.search_count([("type_id", "=", kind.id)], limit=1):
                raise UserError(
                    self.env._(
                        "Documents of %(type)s have protocol numbers, which stay."
                        " Switch it off instead of deleting it.",
                        type=kind.name,
                    )
                )

    # ------------------------------------------------------------
    # PRODUCTS
    # ------------------------------------------------------------

    def _products_sentence(self, products):
        """Return why products can't stand in documents of this type.

        :param product.product products: those that can't
        :rtype: str
        """
        self.ensure_one()
        return self.env._(
            "%(products)s may not stand in documents of %(type)s. Take it out, or allow"
            " it in the document type.",
            products=", ".join(products.mapped("display_name")),
            type=self.name,
        )
