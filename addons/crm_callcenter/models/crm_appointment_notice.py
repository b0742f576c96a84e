import base64
import logging
from datetime import timedelta

import vobject
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import format_datetime, hash_sign

_logger = logging.getLogger(__name__)

#: Notices that one run of the scheduled action looks at, with those that wait for a
#: check.
BATCH = 2000
#: Scope of the signed links.
LINK_SCOPE = "crm_callcenter.appointment"


class CrmAppointmentNotice(models.Model):
    """What a customer is told of an appointment: to be sent, sent, or why not.

    Written with the appointment, in its transaction; the scheduled action, woken up by
    the commit, makes the mail. So the desk waits for no mail, and none is lost. It
    keeps what it tells: the event may be moved again or deleted meanwhile.
    """

    _name = "crm.appointment.notice"
    _description = "Notice of an Appointment"
    _order = "id desc"
    _rec_name = "kind"
    # Who fixed the appointment is not told: individual monitoring.
    _log_access = False

    kind = fields.Selection(
        [
            ("fixed", "Confirmation"),
            ("moved", "Moved"),
            ("cancelled", "Cancelled"),
            ("reminder", "The Day Before"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sent", "Sent"),
            ("skipped", "Not Sent"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    why = fields.Char("Why Not", readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    event_id = fields.Many2one(
        "calendar.event",
        "Appointment",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    event_number = fields.Integer(readonly=True)
    lead_id = fields.Many2one(
        "crm.lead", "Name", required=True, readonly=True, index=True, ondelete="cascade"
    )
    template_id = fields.Many2one("mail.template", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    agent_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    start = fields.Datetime(required=True, readonly=True)
    stop = fields.Datetime(required=True, readonly=True)
    start_before = fields.Datetime(readonly=True)
    location = fields.Char(readonly=True)
    sequence = fields.Integer(readonly=True)
    # For the template
    lang = fields.Char(compute="_compute_words")
    email_to = fields.Char(compute="_compute_words")
    customer_name = fields.Char(compute="_compute_words")
    when = fields.Char(compute="_compute_words")
    when_before = fields.Char(compute="_compute_words")
    answer_url = fields.Char(compute="_compute_words")

    _waiting = models.Index("(id) WHERE state = 'waiting'")

    @api.depends("lead_id", "start", "start_before", "agent_id")
    @api.depends_context("lang")
    def _compute_words(self):
        for notice in self:
            lead = notice.lead_id
            lang = lead._customer_lang() or self.env.lang
            zone = notice.agent_id.tz or "Europe/Rome"
            notice.lang = lang
            notice.email_to = notice._address()
            notice.customer_name = lead.contact_name or lead.partner_name or lead.name
            notice.when, notice.when_before = (
                format_datetime(
                    self.env,
                    moment,
                    tz=zone,
                    dt_format="EEEE d MMMM y, HH:mm",
                    lang_code=lang,
                )
                if moment
                else ""
                for moment in (notice.start, notice.start_before)
            )
            notice.answer_url = notice._answer_url()

    def _address(self):
        """Return the customer's e-mail address, the name's first.

        :rtype: str
        """
        return self.lead_id.email_normalized or self.lead_id.partner_id.email_normalized

    def _answer_url(self):
        """Return the signed link by which the customer answers.

        It names the appointment and its time: moved, the link is worth nothing. It
        ends when the appointment begins.

        :rtype: str
        """
        self.ensure_one()
        left = self.start - fields.Datetime.now()
        token = hash_sign(
            self.env(su=True),
            LINK_SCOPE,
            [self.event_number, fields.Datetime.to_string(self.start)],
            expiration=max(left, timedelta(seconds=1)),
        )
        return f"{self.get_base_url()}/appointment/{token}"

    # ------------------------------------------------------------
    # TO BE SENT
    # ------------------------------------------------------------

    @api.model
    def _note(self, event, kind, before=None):
        """Note what a customer is to be told, where a template says so.

        :param calendar.event event: the appointment
        :param str kind: what happened to it
        :param datetime.datetime before: when it was, naive UTC
        :rtype: crm.appointment.notice
        """
        lead = event.opportunity_id
        template = event._notice_template(kind)
        if not lead or not template or event.start < fields.Datetime.now():
            return self.browse()
        notice = self.create(
            {
                "kind": kind,
                "event_id": event.id,
                "event_number": event.id,
                "lead_id": lead.id,
                "template_id": template.id,
                "company_id": (lead.company_id or self.env.company).id,
                "agent_id": event.user_id.id,
                "start": event.start,
                "stop": event.stop,
                "start_before": before,
                "location": event.location,
                "sequence": event.ics_sequence,
            }
        )
        self._wake_up()
        return notice

    @api.model
    def _wake_up(self):
        """Let the scheduled action run after the commit."""
        # sudo: whoever fixes an appointment
        self.env.ref("crm_callcenter.ir_cron_appointment_notices").sudo()._trigger()

    @api.model
    def _cron_send(self):
        """Make the mails that wait; Odoo's queue sends them."""
        waiting = self.search([("state", "=", "waiting")], order="id", limit=BATCH)
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(waiting))
        for notice in waiting:
            if notice._is_ripe():
                notice._send()
            if not commit(1):
                break

    def _is_ripe(self):
        """Tell whether it may be sent now; what waits for a check stays."""
        over = self.start < fields.Datetime.now()
        return over or not self.event_id or self.event_id._may_tell_customer()

    def _send(self):
        """Make the mail, or say why there is none."""
        self.ensure_one()
        problem = self._problem()
        if problem:
            self.write({"state": "skipped", "why": problem})
            return
        try:
            with self.env.cr.savepoint():
                self._make_mail()
        except OperationalError:
            # Others write at this moment, or the server stops: it still waits.
            raise
        except Exception as error:
            # One template that can't be rendered stops no other customer's mail.
            _logger.exception("the notice %s of an appointment can't be made", self.id)
            self.write({"state": "failed", "why": str(error)[:200]})

    def _problem(self):
        """Say why nothing is sent, if so."""
        if not self.template_id:
            return self.env._("The template is gone.")
        if self.start < fields.Datetime.now():
            return self.env._("The appointment is over.")
        return self.lead_id._appointment_mail_problem()

    def _make_mail(self):
        content = self._ics("CANCEL" if self.kind == "cancelled" else "REQUEST")
        self.template_id.with_company(self.company_id).send_mail(
            self.id,
            email_values={
                "attachments": [("appointment.ics", base64.b64encode(content))]
            },
        )
        self.write({"state": "sent", "why": False})

    # ------------------------------------------------------------
    # CALENDAR FILE
    # ------------------------------------------------------------

    def _ics(self, method):
        """Return the appointment for the customer's calendar, RFC 5545 and 5546.

        Odoo's own file of an event that has nothing of the inner one but its time:
        that one's text is the operator's note.

        :param str method: ``REQUEST`` or ``CANCEL``
        :rtype: bytes
        """
        self.ensure_one()
        company = self.company_id
        [text] = self._blank_event()._get_ics_file().values()
        calendar = vobject.readOne(text.decode())
        calendar.add("method").value = method
        vevent = calendar.vevent
        for name in ("uid", "sequence", "status", "organizer", "attendee"):
            vevent.contents.pop(name, None)
        vevent.add("uid").value = self._ics_uid()
        vevent.add("sequence").value = str(self.sequence)
        cancelled = method == "CANCEL"
        vevent.add("status").value = "CANCELLED" if cancelled else "CONFIRMED"
        if company.partner_id.email_normalized:
            organizer = vevent.add("organizer")
            organizer.value = f"mailto:{company.partner_id.email_normalized}"
            organizer.params["CN"] = [company.name.replace('"', "'")]
        attendee = vevent.add("attendee")
        attendee.value = f"mailto:{self._address()}"
        attendee.params["CN"] = [(self.customer_name or "").replace('"', "'")]
        return calendar.serialize().encode()

    def _blank_event(self):
        """Return an event, never saved, with what the customer may know.

        :rtype: calendar.event
        """
        words = self.with_context(lang=self.lang).env
        agent = self.agent_id
        description = (
            words._("Visited by %(agent)s", agent=agent.name) if agent else False
        )
        return self.env["calendar.event"].new(
            {
                "name": words._(
                    "Appointment with %(company)s", company=self.company_id.name
                ),
                "start": self.start,
                "stop": self.stop,
                "location": self.location,
                "description": description,
                "user_id": False,
            }
        )

    def _ics_uid(self):
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return f"appointment-{self.event_number}@{database}"


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _customer_lang(self):
        """Return the language in which the customer is written to, if it is known.

        One that is not in use any more can't be written in.

        :rtype: str | bool
        """
        return self.partner_id.lang or self.lang_id.filtered("active").code

    def _appointment_mail_problem(self):
        """Say why this name gets no mail about its appointment.

        :return: a sentence, or ``None`` when nothing is in the way
        :rtype: str | None
        """
        self.ensure_one()
        # sudo: address, state and consents decide, whoever fixes the appointment
        lead = self.sudo()
        partner = lead.partner_id
        address = lead.email_normalized or partner.email_normalized
        if not address:
            return self.env._("The customer has no e-mail address.")
        if lead._is_blocked() or partner.commercial_state_id.state_class == "blocked":
            return self.env._("The customer is blocked: nothing is sent.")
        refused = lead.env["crm.consent"]._present_states([address])
        if refused.filtered(
            lambda row: row.purpose_id.channel == "email" and row.action != "given"
        ):
            return self.env._("The customer wants no e-mails.")
        return None
