from odoo import fields, models

_TEMPLATE_DOMAIN = [("model", "=", "crm.appointment.notice")]


class UtmCampaign(models.Model):
    """What a campaign says of its appointments: the way, and what customers get."""

    _inherit = "utm.campaign"

    travel_minutes = fields.Integer(
        "Travel between Zones",
        help="In minutes, kept free before and after an appointment in another zone, or"
        " an event at a place that lies in no zone. Zero: none.",
    )
    fixed_template_id = fields.Many2one(
        "mail.template",
        "E-Mail When Fixed",
        domain=_TEMPLATE_DOMAIN,
        default=lambda self: self._default_notice_template("fixed"),
        ondelete="set null",
        help="Sent to the customer with the appointment for the calendar. Empty: none.",
    )
    moved_template_id = fields.Many2one(
        "mail.template",
        "E-Mail When Moved",
        domain=_TEMPLATE_DOMAIN,
        default=lambda self: self._default_notice_template("moved"),
        ondelete="set null",
    )
    cancelled_template_id = fields.Many2one(
        "mail.template",
        "E-Mail When Cancelled",
        domain=_TEMPLATE_DOMAIN,
        default=lambda self: self._default_notice_template("cancelled"),
        ondelete="set null",
    )
    reminder_template_id = fields.Many2one(
        "mail.template",
        "E-Mail of the Day Before",
        domain=_TEMPLATE_DOMAIN,
        ondelete="set null",
        help="Sent on the working day before, with the link to confirm, ask for another"
        " time or refuse. Empty: customers are called.",
    )

    _travel_length = models.Constraint(
        "CHECK (travel_minutes IS NULL OR travel_minutes BETWEEN 0 AND 240)",
        "The travel between zones is 0 to 240 minutes.",
    )

    def _default_notice_template(self, kind):
        """Return the standard e-mail for campaigns that are made by hand.

        What a program makes writes to nobody unless it says so.
        """
        if not self.env.context.get("default_is_call_campaign"):
            return False
        return self.env.ref(
            f"crm_callcenter.mail_template_appointment_{kind}",
            raise_if_not_found=False,
        )

    def _appointment_template(self, kind):
        """Return what customers of this campaign get, if anything.

        :param str kind: of ``crm.appointment.notice``
        :rtype: mail.template
        """
        return self[f"{kind}_template_id"]
