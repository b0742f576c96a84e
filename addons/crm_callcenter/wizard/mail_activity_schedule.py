from odoo import api, fields, models


class MailActivitySchedule(models.TransientModel):
    """Planning from the chatter: commercial actions get a day and an hour."""

    _inherit = "mail.activity.schedule"

    activity_type_id = fields.Many2one(
        domain="['|', ('res_model', '=', False), ('res_model', '=', res_model),"
        " ('is_system', '=', False)]"
    )
    is_commercial = fields.Boolean(related="activity_type_id.is_commercial")
    date_planned = fields.Datetime(
        "Planned For",
        compute="_compute_date_planned",
        store=True,
        readonly=False,
    )

    @api.depends("activity_type_id")
    def _compute_date_planned(self):
        for scheduler in self:
            scheduler.date_planned = (
                self.env["mail.activity"]._proposed_time(scheduler.date_deadline)
                if scheduler.is_commercial
                else False
            )

    def _action_schedule_activities(self):
        if not (self.is_commercial and self.res_model):
            return super()._action_schedule_activities()
        return self._get_applied_on_records().activity_schedule(
            activity_type_id=self.activity_type_id.id,
            automated=False,
            summary=self.summary,
            note=self.note,
            user_id=self.activity_user_id.id,
            date_planned=self.date_planned,
        )

    def action_schedule_activities_done(self):
        """Plan and ask for the outcome at once; Odoo would forget the answer."""
        if not self.is_commercial:
            return super().action_schedule_activities_done()
        return self._action_schedule_activities().action_done()
