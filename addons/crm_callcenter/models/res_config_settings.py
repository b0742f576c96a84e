from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    individual_monitoring = fields.Boolean(
        related="company_id.individual_monitoring", readonly=False
    )
    monitoring_agreement_date = fields.Date(
        related="company_id.monitoring_agreement_date", readonly=False
    )
    monitoring_agreement_reference = fields.Char(
        related="company_id.monitoring_agreement_reference", readonly=False
    )
    lead_main_field_ids = fields.Many2many(
        related="company_id.lead_main_field_ids",
        readonly=False,
        domain=lambda self: self.env["res.company"]._main_field_domain(),
    )
    next_action_time = fields.Float(
        related="company_id.next_action_time", readonly=False
    )
    action_calendar_id = fields.Many2one(
        related="company_id.action_calendar_id", readonly=False
    )
    charge_reset_days = fields.Integer(
        related="company_id.charge_reset_days", readonly=False
    )
    operator_category_id = fields.Many2one(
        related="company_id.operator_category_id", readonly=False
    )
    points_mail_partner_ids = fields.Many2many(
        related="company_id.points_mail_partner_ids", readonly=False
    )
    mandatory_field_ids = fields.Many2many(
        related="company_id.mandatory_field_ids",
        readonly=False,
        domain=lambda self: self.env["res.company"]._mandatory_field_domain(),
    )
    # Not default_…: Odoo takes such a setting for a user's default value.
    new_names_portfolio_id = fields.Many2one(
        related="company_id.default_portfolio_id", readonly=False
    )

    def action_preview_points_mail(self):
        """Open the weekly mail of points as its readers will see it.

        :return: the action of the preview
        :rtype: dict
        """
        return self.env["crm.points.mail.preview"].action_open()

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._in_order_of_agreement(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._in_order_of_agreement(vals))

    @api.model
    def _in_order_of_agreement(self, vals):
        """Return the same values, so ordered that the company accepts them.

        Odoo writes them to the company one by one: monitoring is switched on after
        its agreement is there, and off before it goes.
        """
        if "individual_monitoring" not in vals:
            return vals
        switch = {"individual_monitoring": vals["individual_monitoring"]}
        return (
            {**switch, **vals}
            if not vals["individual_monitoring"]
            else {
                **{name: value for name, value in vals.items() if name not in switch},
                **switch,
            }
        )
