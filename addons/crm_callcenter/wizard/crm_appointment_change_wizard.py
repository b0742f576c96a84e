from odoo import fields, models
from odoo.exceptions import UserError


class CrmAppointmentChangeWizard(models.TransientModel):
    """Asks why an appointment is cancelled or refused."""

    _name = "crm.appointment.change.wizard"
    _description = "End of an Appointment"

    event_id = fields.Many2one(
        "calendar.event", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("cancelled", "Cancelled"), ("refused", "Refused")],
        required=True,
        readonly=True,
        default="cancelled",
    )
    reason = fields.Char(
        required=True, help="Stands in the history of the name for good."
    )

    def action_apply(self):
        """Button: cancel the appointment and write why.

        :raise UserError: no reason, or there is nothing to cancel any more
        """
        self.ensure_one()
        self.event_id._check_may_handle()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write why."))
        self.event_id._cancel_appointment(self.reason, ended=self.kind)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The appointment is cancelled."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
