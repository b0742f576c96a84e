"""What customers are told of appointments, and how they answer."""

from datetime import datetime, timedelta
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import hash_sign, mute_logger

from odoo.addons.crm_callcenter.models.crm_appointment_notice import LINK_SCOPE

from .appointment_case import MONDAY, AppointmentCommon


@tagged("post_install", "-at_install")
class TestAppointmentNotice(AppointmentCommon):
    def test_the_customer_gets_an_e_mail_with_the_appointment(self):
        event = self._visit()
        event.description = "Internal: haggles"
        mail = self._send()
        self.assertEqual(mail.email_to, "customer@example.com")
        self.assertIn("office@example.com", mail.email_from)
        self.assertIn("Via Roma 1", mail.body_html)
        self.assertIn("10:00", mail.body_html)
        self.assertEqual(mail.state, "outgoing")
        calendar = self._calendar(mail)
        self.assertEqual(calendar.method.value, "REQUEST")
        vevent = calendar.vevent
        self.assertEqual(vevent.dtstart.value.replace(tzinfo=None), event.start)
        self.assertEqual(vevent.dtend.value.replace(tzinfo=None), event.stop)
        self.assertEqual(vevent.sequence.value, "0")
        self.assertEqual(vevent.status.value, "CONFIRMED")
        self.assertEqual(vevent.attendee.value, "mailto:customer@example.com")
        self.assertEqual(vevent.organizer.value, "mailto:office@example.com")
        self.assertIn("Via Roma 1", vevent.location.value)
        self.assertNotIn("haggles", mail.attachment_ids.raw.decode())
        self.assertNotIn("haggles", mail.body_html)

    def test_moved_and_cancelled_bring_the_calendar_up_to_date(self):
        event = self._visit()
        [first] = self._send()
        start = MONDAY.replace(hour=10)
        event._move_appointment(start, start + timedelta(hours=1), reason="Secret")
        [second] = self._send()
        event._cancel_appointment("Secret, too")
        [third] = self._send()
        calendars = [self._calendar(mail) for mail in (first, second, third)]
        self.assertEqual(len({c.vevent.uid.value for c in calendars}), 1)
        self.assertEqual([c.vevent.sequence.value for c in calendars], ["0", "1", "2"])
        self.assertEqual(
            [c.method.value for c in calendars], ["REQUEST", "REQUEST", "CANCEL"]
        )
        self.assertEqual(calendars[2].vevent.status.value, "CANCELLED")
        self.assertEqual(calendars[1].vevent.dtstart.value.replace(tzinfo=None), start)
        for mail in (second, third):
            self.assertNotIn("Secret", mail.body_html)

    def test_a_deleted_event_is_cancelled_with_the_customer(self):
        event = self._visit()
        [first] = self._send()
        event.unlink()
        [second] = self._send()
        calendar = self._calendar(second)
        self.assertEqual(calendar.method.value, "CANCEL")
        self.assertEqual(
            calendar.vevent.uid.value, self._calendar(first).vevent.uid.value
        )
        self.assertEqual(calendar.vevent.sequence.value, "1")

    def test_a_language_that_is_not_in_use_any_more_stops_no_mail(self):
        language = self.env["res.lang"].with_context(active_test=False)
        self.lead.lang_id = language.search([("active", "=", False)], limit=1)
        self.assertTrue(self.lead.lang_id)
        self._visit()
        self.assertEqual(len(self._send()), 1)

    def test_a_database_that_is_busy_fails_no_notice(self):
        self._visit()
        notice = self.env["crm.appointment.notice"].search([])
        busy = OperationalError("could not serialize access")
        with (
            patch.object(type(notice), "_make_mail", side_effect=busy),
            self.assertRaises(OperationalError),
        ):
            notice._send()
        self.assertEqual(notice.state, "waiting")

    def test_the_customer_reads_it_in_the_own_language(self):
        self.env["res.lang"]._activate_lang("it_IT")
        self.lead.lang_id = self.env["res.lang"]._lang_get("it_IT")
        template = self.campaign.fixed_template_id
        template.with_context(lang="it_IT").subject = "Il Suo appuntamento"
        self._visit()
        mail = self._send()
        self.assertEqual(mail.subject, "Il Suo appuntamento")
        self.assertIn("lunedì 13 gennaio 2031", mail.body_html)

    def test_who_has_no_address_or_wants_no_mail_gets_none(self):
        desk = self.desk()
        self.lead.email_from = False
        event = self._visit()
        self.assertFalse(self._send())
        notice = self.env["crm.appointment.notice"].search(
            [("lead_id", "=", self.lead.id)]
        )
        self.assertEqual(notice.state, "skipped")
        self.assertIn("no e-mail address", notice.why)
        self.assertIn("No confirmation is sent", desk._notice_sentence(event))

        lead = self.leads[1]
        lead.email_from = "never@example.com"
        self.env["crm.consent"].create(
            {
                "value": "never@example.com",
                "purpose_id": self.env.ref(
                    "crm_callcenter.crm_consent_purpose_emails"
                ).id,
                "action": "withdrawn",
                "source": "call",
                "text_version": "1",
            }
        )
        self._visit(lead, hour=11)
        self.assertFalse(self._send())
        self.assertIn("wants no e-mails", lead._appointment_mail_problem())

        blocked = self.leads[2]
        blocked.email_from = "blocked@example.com"
        self._visit(blocked, hour=10)
        blocked._correct_state(
            self.env["crm.commercial.state"].search(
                [("state_class", "=", "blocked")], limit=1
            )
        )
        self.assertFalse(self._send())

    def test_a_campaign_without_templates_writes_to_nobody(self):
        self.campaign.write(
            {f"{kind}_template_id": False for kind in ("fixed", "moved", "cancelled")}
        )
        event = self._visit()
        event._cancel_appointment("x")
        self.assertFalse(self.env["crm.appointment.notice"].search([]))
        self.assertEqual(self.desk()._notice_sentence(event), "")

    def test_what_nobody_agreed_on_is_told_to_nobody(self):
        """A relation plans a meeting into the first free time by itself."""
        self.lead.campaign_id = self.campaign
        start = MONDAY.replace(hour=9)
        event = self.lead._book_visit(
            self.agent, start, start + timedelta(hours=1), self.visit_type
        )
        self.assertEqual(event.call_campaign_id, self.campaign)
        self.assertFalse(self.env["crm.appointment.notice"].search([]))

    def test_campaigns_made_by_hand_write_e_mails(self):
        campaigns = self.env["utm.campaign"]
        self.assertFalse(campaigns.create({"title": "A"}).fixed_template_id)
        by_hand = campaigns.with_context(default_is_call_campaign=True).create(
            {"title": "B"}
        )
        self.assertTrue(by_hand.fixed_template_id)
        self.assertFalse(by_hand.reminder_template_id)

    @mute_logger("odoo.addons.mail.models.mail_render_mixin")
    def test_a_broken_template_stops_no_other_mail(self):
        broken = self.campaign.fixed_template_id.copy(
            {"subject": "{{ object.nothing_like_that }}"}
        )
        self._visit(self.leads[1], hour=11)
        self.env["crm.appointment.notice"].search([]).template_id = broken
        self._visit()
        self.leads[1].email_from = "second@example.com"
        with mute_logger("odoo.addons.crm_callcenter.models.crm_appointment_notice"):
            mails = self._send()
        self.assertEqual(mails.mapped("email_to"), ["customer@example.com"])
        states = self.env["crm.appointment.notice"].search([], order="id")
        self.assertEqual(states.mapped("state"), ["failed", "sent"])

    def test_erasing_a_name_erases_what_it_was_told(self):
        self._visit()
        self._send()
        self.lead.with_user(self.manager)._erase("asked by letter")
        self.assertFalse(
            self.env["crm.appointment.notice"].search([("lead_id", "=", self.lead.id)])
        )

    # The day before

    def test_the_next_working_day_is_asked(self):
        """On a Friday that is Monday; the company works from Monday to Friday."""
        self.company.action_calendar_id = self.env["resource.calendar"].create(
            {"name": "Office", "tz": "Europe/Rome"}
        )
        friday, monday = MONDAY - timedelta(days=3), MONDAY
        lead_two, lead_three = self.leads[1], self.leads[2]
        today = self._visit(lead_two, hour=11, day=friday)
        due = self._visit(day=monday)
        later = self._visit(lead_three, hour=10, day=monday + timedelta(days=1))
        events = self.env["calendar.event"].with_user(self.coordinator)
        found = events.search([("is_due_confirmation", "=", True)])
        self.assertEqual(found, today | due)
        self.assertEqual(
            (today | due | later).filtered("is_due_confirmation"), today | due
        )
        due.with_user(self.operator).action_confirm_appointment()
        self.assertNotIn(due, events.search([("is_due_confirmation", "=", True)]))
        self.assertEqual([row[0] for row in self._rows()], ["Appointment confirmed"])

    def test_operators_see_unconfirmed_ones_of_their_names_only(self):
        self._visit()
        events = self.env["calendar.event"]
        domain = [("is_due_confirmation", "=", True)]
        self.assertTrue(events.with_user(self.operator).search(domain))
        self.call_list.operator_ids -= self.operator_two
        self.assertFalse(events.with_user(self.operator_two).search(domain))

    def test_the_number_shown_is_one_that_may_be_called(self):
        event = self._visit()
        self.assertEqual(event.appointment_phone, self.lead.mobile_e164)
        self.env["phone.blacklist"]._forbid_numbers(
            [self.lead.mobile_e164], "asked", "test"
        )
        event.invalidate_recordset()
        self.assertEqual(event.appointment_phone, self.lead.phone_e164)

    def test_the_message_of_the_day_before_goes_once_for_each_time(self):
        event = self._visit()
        self._send()
        events = self.env["calendar.event"]
        with self.at("2031-01-12 08:00:00"):
            events._cron_remind_customers()
            events._cron_remind_customers()
            mail = self._send()
            self.assertEqual(len(mail), 1)
            self.assertIn("/appointment/", mail.body_html)
            start = MONDAY.replace(hour=11)
            event._move_appointment(start, start + timedelta(hours=1), reason="x")
            events._cron_remind_customers()
            kinds = self.env["crm.appointment.notice"].search(
                [("state", "=", "waiting")]
            )
            self.assertEqual(sorted(kinds.mapped("kind")), ["moved", "reminder"])

    def test_without_a_template_customers_are_called(self):
        self.campaign.reminder_template_id = False
        self._visit()
        with self.at("2031-01-12 08:00:00"):
            self.env["calendar.event"]._cron_remind_customers()
        self.assertFalse(
            self.env["crm.appointment.notice"].search([("kind", "=", "reminder")])
        )


@tagged("post_install", "-at_install")
class TestAppointmentLink(AppointmentCommon, HttpCase):
    """The page on which the customer answers, without being logged in."""

    is_http = True

    def setUp(self):
        super().setUp()
        self.event = self._visit()
        self.notice = self.env["crm.appointment.notice"].search(
            [("event_id", "=", self.event.id)], limit=1
        )
        self.path = self.notice.answer_url.replace(self.notice.get_base_url(), "")

    def _token_of_page(self, text):
        return text.split('name="csrf_token" value="')[1].split('"')[0]

    def _post(self, answer, path=None, note=""):
        page = self.url_open(self.path)
        values = {
            "answer": answer,
            "note": note,
            "csrf_token": self._token_of_page(page.text),
        }
        return self.url_open(path or self.path, data=values)

    def test_opening_the_page_changes_nothing(self):
        page = self.url_open(self.path)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Agent One", page.text)
        self.assertIn("width=device-width", page.text)
        self.assertIn("noindex", page.headers["X-Robots-Tag"])
        self.assertEqual(self.event.confirmation_state, "to_confirm")
        self.assertFalse(self._rows())

    def test_confirming_twice_is_confirming_once(self):
        for _number in range(2):
            page = self.url_open(self.path)
            values = {
                "answer": "confirmed",
                "csrf_token": self._token_of_page(page.text),
            }
            answer = self.url_open(self.path, data=values)
            self.assertIn("the appointment is confirmed", answer.text)
        self.event.invalidate_recordset()
        self.assertEqual(self.event.confirmation_state, "confirmed")
        self.assertEqual([row[0] for row in self._rows()], ["Appointment confirmed"])

    def test_asking_for_another_time(self):
        answer = self._post("move_asked", note="In  the <b>afternoon</b>")
        self.assertIn("we call you", answer.text)
        self.event.invalidate_recordset()
        self.assertEqual(self.event.confirmation_state, "move_asked")
        self.assertTrue(self.event.active)
        self.assertIn("In the <b>afternoon</b>", self.event.confirmation_note)
        self.assertIn(
            self.event,
            self.env["calendar.event"].search([("is_due_confirmation", "=", True)]),
        )

    def test_refusing_cancels(self):
        answer = self._post("refused")
        self.assertIn("is cancelled", answer.text)
        self.event.invalidate_recordset()
        self.assertFalse(self.event.active)
        self.assertEqual([row[0] for row in self._rows()], ["Appointment refused"])
        self.assertIn("is cancelled", self.url_open(self.path).text)

    def test_forged_expired_and_old_links_are_worth_nothing(self):
        start = fields.Datetime.to_string(self.event.start)
        expired = hash_sign(
            self.env,
            LINK_SCOPE,
            [self.event.id, start],
            expiration=datetime(2001, 1, 1),
        )
        other_scope = hash_sign(self.env, "other", [self.event.id, start])
        token = self.path.rsplit("/", 1)[1]
        forged = token[:-6] + ("AAAAAA" if token[-6:] != "AAAAAA" else "BBBBBB")
        for bad in (expired, other_scope, forged, "x", "%F0%9F%98%80"):
            with self.subTest(token=bad):
                page = self.url_open(f"/appointment/{bad}")
                self.assertEqual(page.status_code, 404)
                self.assertIn("no longer valid", page.text)
                self.assertNotIn("Agent One", page.text)
                self._post("refused", path=f"/appointment/{bad}")
        self.event.invalidate_recordset()
        self.assertTrue(self.event.active)
        later = MONDAY.replace(hour=11)
        self.event._move_appointment(later, later + timedelta(hours=1), reason="x")
        self.env.flush_all()
        self.assertEqual(self.url_open(self.path).status_code, 404)

    @mute_logger("odoo.http")
    def test_a_form_of_somebody_else_is_refused(self):
        answer = self.url_open(self.path, data={"answer": "refused"})
        self.assertEqual(answer.status_code, 400)
        self.event.invalidate_recordset()
        self.assertTrue(self.event.active)

    @mute_logger("odoo.http")
    def test_an_answer_that_is_none(self):
        self.assertEqual(self._post("anything").status_code, 400)
