import logging
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..tools.period import previous_period

_logger = logging.getLogger(__name__)

#: When the mail goes out, local: Mondays at seven.
_MAIL_TIME = time(7)


class CrmPointsMail(models.AbstractModel):
    """The weekly mail "Punti operatori": last week's leaderboard, every Monday."""

    _name = "crm.points.mail"
    _description = "Weekly Mail of Points"

    # ------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------

    @api.model
    def _next_monday(self, moment):
        """Return when the next mail is due, whatever the clocks did meanwhile.

        :param datetime.datetime moment: naive UTC
        :return: the first Monday, seven o'clock where the company works, after the
            moment; naive UTC
        :rtype: datetime.datetime
        """
        timezone = self.env["crm.points"]._timezone()
        local = pytz.utc.localize(moment).astimezone(timezone).replace(tzinfo=None)
        monday = local.date() - timedelta(days=local.weekday())
        due = datetime.combine(monday, _MAIL_TIME)
        if due <= local:
            due += timedelta(days=7)
        return timezone.localize(due).astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _plan_monday(self):
        """Set the first run of the job; called once, when it is installed."""
        cron = self.env.ref("crm_callcenter.ir_cron_points_mail")
        cron.nextcall = self._next_monday(fields.Datetime.now())

    @api.model
    def _cron_send(self):
        """Send last week's mail of every company, once for each week."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            mails = self.with_company(company)
            first, _last = mails._last_week()
            if company.points_mail_week and company.points_mail_week >= first:
                _logger.info("mail of points of %s was sent already", company.name)
                continue
            if mails._queue():
                company.points_mail_week = first

    @api.model
    def _last_week(self):
        """Return Monday and Sunday of last week, local.

        :rtype: tuple[datetime.date, datetime.date]
        """
        return previous_period("week", self.env["crm.points"]._today())

    # ------------------------------------------------------------
    # WHAT
    # ------------------------------------------------------------

    @api.model
    def _contents(self):
        """Return what the mail of the current company tells.

        Whether persons are named is the company's setting: the mail goes to people
        who may belong to no other.

        :return: ``by``, ``first`` and ``last`` (local days), ``lines`` (see
            ``crm.points._ranking``, with ``name``) and ``notice``
        :rtype: dict
        """
        points = self.env["crm.points"]
        allowed = self.env.company._is_individual_monitoring_allowed()
        by = "user" if allowed else "team"
        first, last = self._last_week()
        # sudo: the mail tells the same to all of its readers
        filters = {"user_ids": points._person_ids()} if allowed else {}
        lines = points.sudo()._ranking(*points._bounds(first, last), by, filters)
        return {
            "by": by,
            "first": first,
            "last": last,
            "lines": points.sudo()._for_screen(lines, by),
            "notice": ""
            if allowed
            else self.env._(
                "Figures per person are switched off: they need a union agreement."
                " These are the figures per team."
            ),
        }

    @api.model
    def _render(self, lang):
        """Return subject and body of the mail in a language.

        :param str lang: code of the language, for instance ``it_IT``
        :return: subject and HTML
        :rtype: tuple[str, markupsafe.Markup]
        """
        mails = self.with_context(lang=lang)
        table = mails._contents()
        first = format_date(mails.env, table["first"], lang_code=lang)
        last = format_date(mails.env, table["last"], lang_code=lang)
        subject = mails.env._(
            "Points of operators, %(first)s to %(last)s", first=first, last=last
        )
        body = mails.env["ir.qweb"]._render(
            "crm_callcenter.points_mail_body",
            {
                **table,
                "first": first,
                "last": last,
                "company": mails.env.company,
            },
            lang=lang,
        )
        return subject, body

    # ------------------------------------------------------------
    # TO WHOM
    # ------------------------------------------------------------

    @api.model
    def _recipients_by_language(self):
        """Return who gets the mail of the current company.

        :return: partners by the code of their language
        :rtype: dict[str, res.partner]
        """
        # sudo: recipients that the current user may not read otherwise
        partners = self.env.company.sudo().points_mail_partner_ids
        fallback = self.env.company.partner_id.lang or self.env.lang or "en_US"
        return partners.filtered(
            lambda partner: partner.active and partner.email
        ).grouped(lambda partner: partner.lang or fallback)

    @api.model
    def _queue(self):
        """Put the mail of the current company into Odoo's queue, one per language.

        :return: the mails; empty without recipients
        :rtype: mail.mail
        """
        # sudo: the queue belongs to the system
        mails = self.env["mail.mail"].sudo()
        recipients = self._recipients_by_language()
        if not recipients:
            _logger.info(
                "mail of points of %s not sent: it has no recipients",
                self.env.company.name,
            )
            return mails
        company = self.env.company
        for lang, partners in recipients.items():
            subject, body = self._render(lang)
            mails |= mails.create(
                {
                    "subject": subject,
                    "body_html": body,
                    "email_from": company.email_formatted
                    or self.env.user.email_formatted,
                    "recipient_ids": [fields.Command.set(partners.ids)],
                }
            )
        return mails

    @api.model
    def _send_now(self):
        """Queue the mail and let the queue run at once.

        :return: the mails
        :rtype: mail.mail
        :raise UserError: there are no recipients
        """
        mails = self._queue()
        if not mails:
            raise UserError(
                self.env._(
                    "The weekly mail has no recipients with an e-mail address. Choose"
                    " them in the settings of the call centre, under Points."
                )
            )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return mails
