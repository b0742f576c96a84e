from odoo import api, fields, models


class CrmSegnalazioneDateCorrect(models.TransientModel):
    """Correct one date of a document, and say why."""

    _name = "crm.segnalazione.date.correct"
    _description = "Correct a Date"

    order_id = fields.Many2one(
        "sale.order", "Document", required=True, readonly=True, ondelete="cascade"
    )
    date_id = fields.Many2one(
        "crm.segnalazione.date", "Which Date", required=True, ondelete="cascade"
    )
    field_type = fields.Selection(related="date_id.field_type")
    new_date = fields.Date(compute="_compute_new", store=True, readonly=False)
    new_datetime = fields.Datetime(
        "New Date and Time", compute="_compute_new", store=True, readonly=False
    )
    reason = fields.Char("Why", required=True)

    @api.depends("date_id", "order_id")
    def _compute_new(self):
        for wizard in self:
            name = wizard.date_id.field_name
            known = name in wizard.order_id._fields
            value = wizard.order_id[name] if known else False
            is_day = wizard.date_id.field_type == "date"
            wizard.new_date = value if is_day else False
            wizard.new_datetime = False if is_day else value

    def action_correct(self):
        """Write the new date, with who and why.

        :return: True closes the dialog
        :rtype: bool
        """
        self.ensure_one()
        is_day = self.date_id.field_type == "date"
        value = self.new_date if is_day else self.new_datetime
        self.order_id.with_context(segnalazione_reason=self.reason).write(
            {self.date_id.field_name: value}
        )
        return True
