from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext

from odoo.addons.crm_callcenter.tools.spreadsheet import harmless

#: Types of fields that no file holds.
UNREADABLE = ("binary", "image", "json", "properties", "properties_definition")


class CrmSegnalazioneExportColumn(models.Model):
    """A column of an export: a field of the document or of what it leads to."""

    _name = "crm.segnalazione.export.column"
    _description = "Export Column"
    _order = "sequence, id"
    _rec_name = "title"

    layout_id = fields.Many2one(
        "crm.segnalazione.export.layout", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    title = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("field", "Field"), ("constant", "Fixed text")],
        required=True,
        default="field",
    )
    model_name = fields.Char(related="layout_id.model_name")
    path = fields.Char(
        help="From the document or line: partner_id.vat, order_id.partner_id.city,"
        " product_id.default_code …"
    )
    constant = fields.Char()
    is_code = fields.Boolean(
        "Technical Value",
        help="For choices: what the database holds, not what the screen shows; for"
        " records: their number.",
    )
    decimals = fields.Integer(default=2, help="Digits after the decimal separator.")
    date_format = fields.Char(help="Empty: as the layout says.")
    width = fields.Integer(help="Characters, in files of fixed widths.")

    @api.constrains("kind", "path")
    def _check_path(self):
        for column in self:
            problem = column._problem()
            if problem:
                raise ValidationError(problem)

    def _problem(self, with_rights=False):
        """Return what is wrong with the path, as a sentence.

        :param bool with_rights: whether the user must be allowed to read it
        :rtype: str
        """
        self.ensure_one()
        if self.kind == "constant":
            return False
        model = self.env[self.layout_id.model_name]
        names = (self.path or "").split(".")
        for place, name in enumerate(names):
            field = model._fields.get(name)
            if field is None:
                return self.env._(
                    "%(title)s: there is no field %(name)s in %(model)s.",
                    title=self.title,
                    name=name or "?",
                    model=model._description,
                )
            if with_rights and not (
                model.has_access("read") and model._has_field_access(field, "read")
            ):
                return self.env._(
                    "%(title)s: you may not read %(name)s of %(model)s.",
                    title=self.title,
                    name=name,
                    model=model._description,
                )
            is_last = place == len(names) - 1
            if field.type in UNREADABLE or not (is_last or field.type == "many2one"):
                return self.env._(
                    "%(title)s: %(name)s can't stand in a file.",
                    title=self.title,
                    name=name,
                )
            if field.relational:
                model = self.env[field.comodel_name]
        return False

    def _reader(self):
        """Return a function that reads the cell of a record.

        :return: from a record to a text, a number, a date or ``None``
        """
        if self.kind == "constant":
            text = harmless(self.constant)
            return lambda record: text
        names = self.path.split(".")
        convert = self._converter()

        def read(record):
            for name in names[:-1]:
                record = record[name]
            return convert(record, record[names[-1]])

        return read

    def _field(self):
        """Return the field at the end of the path.

        :rtype: odoo.fields.Field
        """
        model = self.env[self.layout_id.model_name]
        *steps, last = self.path.split(".")
        for name in steps:
            model = self.env[model._fields[name].comodel_name]
        return model._fields[last]

    def _converter(self):
        """Return a function that makes a cell of a value of the field.

        :return: from the record and its value to the cell
        """
        field, env = self._field(), self.env
        if field.type in ("integer", "float", "monetary"):
            return lambda record, value: value if record else None
        if field.type in ("date", "datetime"):
            return lambda record, value: value or None
        if field.type == "boolean":
            return lambda record, value: "1" if value else "0"
        if field.type == "selection" and not self.is_code:
            labels = dict(field._description_selection(env))
            return lambda record, value: harmless(labels.get(value, value))
        if field.relational and self.is_code:
            return lambda record, value: ", ".join(map(str, value.ids))
        if field.relational:
            return lambda record, value: harmless(
                ", ".join(name for name in value.mapped("display_name") if name)
            )
        if field.type == "html":
            return lambda record, value: harmless(html2plaintext(value or ""))
        return lambda record, value: harmless(value)
