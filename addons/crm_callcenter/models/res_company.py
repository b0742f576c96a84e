from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Main fields that operators may change until a manager chooses others.
DEFAULT_MAIN_FIELDS = (
    "contact_name",
    "partner_name",
    "phone",
    "mobile",
    "phone_second",
    "email_from",
    "street",
    "zip",
    "city",
)


class ResCompany(models.Model):
    _inherit = "res.company"

    individual_monitoring = fields.Boolean(
        help="Figures and screens per person. Italian law (art. 4, law 300/1970) wants"
        " an agreement with the unions first."
    )
    monitoring_agreement_date = fields.Date("Date of the Agreement")
    monitoring_agreement_reference = fields.Char("Reference of the Agreement")
    lead_main_field_ids = fields.Many2many(
        "ir.model.fields",
        "res_company_lead_main_field_rel",
        "company_id",
        "field_id",
        string="Main Fields",
        domain=lambda self: self.env["res.company"]._main_field_domain(),
        default=lambda self: self.env["res.company"]._default_main_fields(),
        help="Fields of a name that operators change in their list and at the desk.",
    )

    # The commercial graph
    next_action_time = fields.Float(
        "Standard Time of Next Actions",
        default=9.0,
        help="Time of day at which next actions are due that fall on a later day.",
    )
    action_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Days",
        help="On the days and holidays of this calendar on which nobody works, no next"
        " action falls due. By default the company's own working hours.",
    )
    charge_reset_days = fields.Integer(
        "Reset of the Charge (days)",
        help="Who follows a name loses it after so many days without an outcome. Zero:"
        " never.",
    )
    operator_category_id = fields.Many2one(
        "crm.operator.category",
        "Category of New Operators",
        ondelete="set null",
        help="Given to every new operator of the call centre.",
    )

    # Points
    points_mail_partner_ids = fields.Many2many(
        "res.partner",
        "res_company_points_mail_partner_rel",
        "company_id",
        "partner_id",
        string="Recipients of the Weekly Mail",
        help="Who gets last week's points every Monday at seven. Nobody: no mail.",
    )
    points_mail_week = fields.Date(
        readonly=True, help="First day of the last week that the mail told about."
    )

    _next_action_time_of_day = models.Constraint(
        "CHECK (next_action_time >= 0 AND next_action_time < 24)",
        "The standard time of next actions lies between 0:00 and 23:59.",
    )
    _charge_reset_positive = models.Constraint(
        "CHECK (charge_reset_days >= 0)",
        "The charge is reset after zero (never) or more days.",
    )

    def _is_working_day(self, day):
        """Tell whether somebody works on a day.

        :param datetime.date day: local
        :rtype: bool
        """
        self.ensure_one()
        calendar = self.action_calendar_id or self.resource_calendar_id
        if not calendar:
            return day.weekday() < 5
        zone = pytz.timezone(calendar.tz or "Europe/Rome")
        start = zone.localize(datetime.combine(day, time.min))
        return bool(
            calendar._work_intervals_batch(start, start + timedelta(days=1))[False]
        )

    @api.model
    def _main_field_domain(self):
        """Return which fields of a name may be opened to operators at all.

        Never a state, an owner or a field that the system computes.
        """
        return [
            ("model", "=", "crm.lead"),
            (
                "ttype",
                "in",
                ("char", "text", "integer", "float", "date", "selection", "boolean"),
            ),
            ("store", "=", True),
            ("name", "not in", self._closed_lead_fields()),
            ("name", "not like", r"%\_e164"),
        ]

    @api.model
    def _closed_lead_fields(self):
        return [
            "active",
            "type",
            "name",
            "won_status",
            "priority",
            "probability",
            "automated_probability",
            "phone_sanitized",
            "phone_state",
            "email_normalized",
            "email_state",
            "email_domain_criterion",
            "date_deadline",
            "color",
            "day_open",
            "day_close",
            "message_bounce",
        ]

    @api.model
    def _default_main_fields(self):
        return (
            self.env["ir.model.fields"]
            .sudo()
            .search([("model", "=", "crm.lead"), ("name", "in", DEFAULT_MAIN_FIELDS)])
        )

    @api.constrains(
        "individual_monitoring",
        "monitoring_agreement_date",
        "monitoring_agreement_reference",
    )
    def _check_monitoring_agreement(self):
        for company in self.filtered("individual_monitoring"):
            if not (
                company.monitoring_agreement_date
                and (company.monitoring_agreement_reference or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "Individual monitoring needs the date and the reference of the"
                        " union agreement. Enter both, or leave monitoring off."
                    )
                )

    @api.constrains("lead_main_field_ids")
    def _check_lead_main_field_ids(self):
        allowed = self.env["ir.model.fields"].sudo().search(self._main_field_domain())
        for company in self.sudo():
            refused = company.lead_main_field_ids - allowed
            if refused:
                raise ValidationError(
                    self.env._(
                        "Operators can't be given the field %(field)s: it holds a"
                        " state or is computed. Choose fields that only describe the"
                        " name.",
                        field=refused[0].field_description,
                    )
                )

    def _is_individual_monitoring_allowed(self):
        """Tell whether figures per person may be shown.

        The one question that every screen, leaderboard and report asks.

        :rtype: bool
        """
        self.ensure_one()
        company = self.sudo()  # sudo: a yes or no that every screen needs
        return bool(
            company.individual_monitoring
            and company.monitoring_agreement_date
            and company.monitoring_agreement_reference
        )

    def write(self, vals):
        if "lead_main_field_ids" in vals:
            self.env.registry.clear_cache("templates")
        if any("monitoring" in name for name in vals):
            # Rules look at it.
            self.env.registry.clear_cache()
        return super().write(vals)
