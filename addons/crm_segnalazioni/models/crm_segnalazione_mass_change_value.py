from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What can be changed, with the field that it is; the first ones are of documents.
ORDER_TARGETS = {"agent": "user_id", "campaign": "campaign_id", "zone": "zone_id"}
LINE_TARGETS = {
    "line_state": "line_state_id",
    "product": "product_id",
    "price": "price_unit",
    "discount": "discount",
    "quantity": "product_uom_qty",
    "tax": "tax_ids",
}
NUMBERS = ("price", "discount", "quantity")
#: Which field of this model says the new value.
RECORD_FIELDS = {
    "state": "state_id",
    "agent": "agent_id",
    "campaign": "campaign_id",
    "zone": "zone_id",
    "line_state": "line_state_id",
    "product": "product_id",
    "tax": "tax_ids",
}
#: Types of other fields, with the field that says the new value.
VALUE_FIELDS = {
    "char": "value_char",
    "text": "value_char",
    "date": "value_date",
    "datetime": "value_datetime",
    "integer": "value_number",
    "float": "value_number",
    "monetary": "value_number",
    "boolean": "value_boolean",
}
#: Fields that have a way of their own, or that nobody may write by hand.
PROTECTED = {
    "sale.order": frozenset(
        "name state locked access_token signed_by signed_on require_signature"
        " require_payment prepayment_percent currency_rate company_id"
        " segnalazione_type_id segnalazione_state_id user_id campaign_id zone_id"
        " partner_id opportunity_id operator_id active".split()
    ),
    "sale.order.line": frozenset(
        "order_id display_type is_downpayment is_expense product_id product_uom_id"
        " product_uom_qty price_unit technical_price_unit discount tax_ids"
        " line_state_id virtual_id linked_virtual_id qty_delivered"
        " collapse_prices collapse_composition".split()
    ),
}


class CrmSegnalazioneMassChangeValue(models.Model):
    """One thing that a mass change sets: the price to 10 % more, the agent to …"""

    _name = "crm.segnalazione.mass.change.value"
    _description = "Value of a Mass Change"
    _order = "sequence, id"

    change_id = fields.Many2one(
        "crm.segnalazione.mass.change", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    target = fields.Selection(
        [
            ("state", "Document: state"),
            ("agent", "Document: agent"),
            ("campaign", "Document: campaign"),
            ("zone", "Document: zone"),
            ("order_field", "Document: another field"),
            ("line_state", "Line: state"),
            ("product", "Line: product"),
            ("price", "Line: unit price"),
            ("discount", "Line: discount"),
            ("quantity", "Line: quantity"),
            ("tax", "Line: VAT"),
            ("line_field", "Line: another field"),
        ],
        "What",
        required=True,
        default="state",
    )
    operation = fields.Selection(
        [
            ("set", "Set to"),
            ("percent", "Change by percent"),
            ("add", "Add"),
            ("clear", "Empty"),
        ],
        "How",
        required=True,
        default="set",
        help="Add also takes away, with a negative number; to a date it adds days.",
    )
    state_id = fields.Many2one("crm.segnalazione.state", ondelete="cascade")
    reason = fields.Char(help="Written into the trace of the state.")
    agent_id = fields.Many2one(
        "res.users", domain="[('share', '=', False)]", ondelete="cascade"
    )
    campaign_id = fields.Many2one("utm.campaign", ondelete="cascade")
    zone_id = fields.Many2one("crm.zone", ondelete="cascade")
    line_state_id = fields.Many2one("crm.segnalazione.line.state", ondelete="cascade")
    product_id = fields.Many2one(
        "product.product", domain="[('sale_ok', '=', True)]", ondelete="cascade"
    )
    tax_ids = fields.Many2many(
        "account.tax",
        "crm_segnalazione_mass_change_value_tax_rel",
        "value_id",
        "tax_id",
        "VAT",
        domain="[('type_tax_use', '=', 'sale')]",
        help="Empty: no tax at all.",
    )
    number = fields.Float(digits=(16, 4))
    field_id = fields.Many2one(
        "ir.model.fields",
        ondelete="cascade",
        domain="[('model', 'in', ['sale.order', 'sale.order.line']),"
        " ('store', '=', True), ('readonly', '=', False),"
        " ('ttype', 'in', ['char', 'text', 'date', 'datetime', 'integer', 'float',"
        " 'monetary', 'boolean'])]",
    )
    field_type = fields.Selection(related="field_id.ttype")
    value_char = fields.Char("Text")
    value_date = fields.Date("On")
    value_datetime = fields.Datetime("Date and Time")
    value_number = fields.Float("Value", digits=(16, 4))
    value_boolean = fields.Boolean("Yes")

    @api.depends("target", "operation", "number", "field_id")
    def _compute_display_name(self):
        targets = dict(self._fields["target"]._description_selection(self.env))
        operations = dict(self._fields["operation"]._description_selection(self.env))
        for value in self:
            title = targets.get(value.target, "")
            if value.field_id:
                title = value.field_id.field_description
            how = operations.get(value.operation, "").lower()
            value.display_name = " ".join(filter(None, (title, how, value._what())))

    def _what(self):
        """Return the new value as a text.

        :rtype: str
        """
        self.ensure_one()
        if self.operation == "clear":
            return ""
        if self.target in RECORD_FIELDS:
            return ", ".join(self[RECORD_FIELDS[self.target]].mapped("display_name"))
        if self.target in NUMBERS:
            return f"{self.number:g}{' %' if self.operation == 'percent' else ''}"
        if self.operation in ("add", "percent"):
            return f"{self.value_number:g}"
        return str(self[VALUE_FIELDS.get(self.field_type, "value_char")] or "")

    def write(self, vals):
        result = super().write(vals)
        if "change_id" in vals:
            # A rule looks at a record as it was: here is where it went.
            self.check_access("write")
        return result

    @api.constrains(
        "target",
        "operation",
        "field_id",
        "number",
        "value_char",
        "value_date",
        "value_datetime",
        *sorted(set(RECORD_FIELDS.values())),
    )
    def _check_complete(self):
        for value in self:
            problem = value._problem()
            if problem:
                raise ValidationError(problem)

    def _problem(self):
        """Return what is missing or wrong, as a sentence.

        :rtype: str
        """
        if self.target in ("order_field", "line_field"):
            return self._field_problem()
        needed = self.target in RECORD_FIELDS and self.target != "tax"
        if self.operation == "clear" and self.target not in (*ORDER_TARGETS, "tax"):
            return self.env._("This can't be emptied: say what it is set to.")
        if self.operation in ("percent", "add") and self.target not in NUMBERS:
            return self.env._("Only numbers and dates can be changed by an amount.")
        if needed and self.operation == "set" and not self[RECORD_FIELDS[self.target]]:
            return self.env._("Say what %(title)s is set to.", title=self.display_name)
        return False

    def _field_problem(self):
        field = self._field()
        if field is None:
            return self.env._("Choose the field that is changed.")
        if (
            field.readonly
            or not field.store
            or field.related
            or field.type not in VALUE_FIELDS
            or field.name in PROTECTED[field.model_name]
        ):
            return self.env._(
                "%(field)s can't be changed in bulk.",
                field=self.field_id.field_description,
            )
        return self._operation_problem(field)

    def _operation_problem(self, field):
        """Return why a field can't be changed in the chosen way.

        :param odoo.fields.Field field: of the document or line
        :rtype: str
        """
        is_number = VALUE_FIELDS[field.type] == "value_number"
        if self.operation == "clear" and field.required:
            return self.env._("This can't be emptied: say what it is set to.")
        if (self.operation == "percent" and not is_number) or (
            self.operation == "add"
            and not is_number
            and field.type not in ("date", "datetime")
        ):
            return self.env._("Only numbers and dates can be changed by an amount.")
        if (
            self.operation == "set"
            and not is_number
            and field.type != "boolean"
            and not self[VALUE_FIELDS[field.type]]
        ):
            return self.env._("Say what %(title)s is set to.", title=self.display_name)
        return False

    def _model_name(self):
        """Return whether documents or lines are changed.

        :rtype: str
        """
        self.ensure_one()
        if self.target in LINE_TARGETS or self.target == "line_field":
            return "sale.order.line"
        return "sale.order"

    def _field(self):
        """Return the field that is changed, ``None`` for the state and without one.

        :rtype: odoo.fields.Field
        """
        self.ensure_one()
        names = {**ORDER_TARGETS, **LINE_TARGETS}
        name = names.get(self.target)
        if self.target in ("order_field", "line_field"):
            # sudo: the register of fields, to know the name of one
            chosen = self.field_id.sudo()
            name = chosen.model == self._model_name() and chosen.name
        return self.env[self._model_name()]._fields.get(name) if name else None
