from odoo import fields, models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """The next appointment of a name, moved and cancelled from its form."""

    _inherit = "crm.lead"

    next_appointment_id = fields.Many2one(
        "calendar.event", compute="_compute_next_appointment_id"
    )

    def _compute_next_appointment_id(self):
        events = self.env["calendar.event"].search(
            [
                ("opportunity_id", "in", self.ids),
                ("is_sales_appointment", "=", True),
                ("outcome_id", "=", False),
                ("start", ">=", fields.Datetime.now()),
            ],
            order="start, id",
        )
        for lead in self:
            lead.next_appointment_id = events.filtered(
                lambda event, lead=lead: event.opportunity_id.id in lead.ids
            )[:1]

    def action_move_appointment(self):
        """Button: open the agenda on which the next appointment is moved."""
        return self._the_next_appointment().action_move_appointment()

    def action_cancel_appointment(self):
        """Button: cancel the next appointment; asks why."""
        return self._the_next_appointment().action_cancel_appointment()

    def _the_next_appointment(self):
        self.ensure_one()
        if not self.next_appointment_id:
            raise UserError(self.env._("This name has no appointment to come."))
        return self.next_appointment_id
