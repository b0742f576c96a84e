"""What happens to an appointment after it is fixed: moved, cancelled, confirmed."""

from datetime import datetime, timedelta

import vobject

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import hash_sign, mute_logger

from odoo.addons.crm_callcenter.models.crm_appointment_notice import LINK_SCOPE

from .common import CampaignCommon

#: A Monday in winter: the agent works from 08:00 to 12:00 UTC.
MONDAY = datetime(2031, 1, 13)
BEFORE = "2031-01-10 10:00:00"


class AppointmentCommon(CampaignCommon):
    is_http = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        templates = {
            f"{kind}_template_id": cls.env.ref(
                f"crm_callcenter.mail_template_appointment_{kind}"
            ).id
            for kind in ("fixed", "moved", "cancelled", "reminder")
        }
        cls.campaign.write({**templates, "slot_horizon_days": 60})
        cls.company.email = "office@example.com"
        cls.lead = cls.leads[0]
        cls.lead.email_from = "customer@example.com"
        types = cls.env["mail.activity.type"]
        common = {"is_commercial": True, "res_model": "crm.lead"}
        cls.call_type = types.create({"name": "Phone call", **common})
        cls.visit_type = types.create(
            {"name": "Visit", "is_meeting": True, "channel": "visit", **common}
        )
        cls.campaign.activity_type_id = cls.call_type
        cls.env["crm.relation"].create(
            {
                "activity_type_id": cls.call_type.id,
                "outcome_id": cls.outcomes["T"].id,
                "next_type_id": cls.visit_type.id,
                "next_assignee": "everyone",
            }
        )
        cls.zone.agent_ids |= cls.agent_two
        cls.campaign.agent_ids |= cls.agent_two

    def setUp(self):
        super().setUp()
        if not self.is_http:
            # A test with a browser is in that mode anyway.
            self.registry_enter_test_mode()
        self.startPatcher(self.at(BEFORE))
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 1)

    def _visit(self, lead=None, hour=9, agent=None, day=MONDAY):
        """Fix an appointment as the desk does."""
        lead = lead or self.lead
        agent = agent or self.agent
        lead._convert_to_opportunity(
            agent,
            100,
            fields.Date.add(fields.Date.today(), days=3000),
            utm_values=self.campaign._utm_values(lead),
        )
        start = day.replace(hour=hour)
        event = lead._create_visit(agent, start, start + timedelta(hours=1))
        lead._register_outcome(
            self.outcomes["T"],
            self.campaign._get_activity_type(),
            campaign=self.campaign,
            event=event,
        )
        return event

    def _rows(self, lead=None):
        """Return outcome and note of the ledger's rows about the appointment."""
        kind = self.env.ref("crm_callcenter.activity_type_appointment")
        rows = self.env["crm.interaction"].search(
            [
                ("lead_id", "=", (lead or self.lead).id),
                ("activity_type_id", "=", kind.id),
            ],
            order="id",
        )
        return [(row.outcome_id.name, row.note or "") for row in rows]

    def _send(self):
        """Make the mails that wait; return them, the newest last."""
        known = self.env["mail.mail"].search([])
        self.env["crm.appointment.notice"]._cron_send()
        return (self.env["mail.mail"].search([]) - known).sorted("id")

    def _calendar(self, mail):
        """Return the parsed calendar file of a mail."""
        attachment = mail.attachment_ids
        self.assertEqual(attachment.name, "appointment.ics")
        self.assertTrue(attachment.mimetype.startswith("text/calendar"))
        return vobject.readOne(attachment.raw.decode())

    def _slot(self, start, agent=None):
        return {
            "agent_id": (agent or self.agent).id,
            "start": fields.Datetime.to_string(start),
            "stop": fields.Datetime.to_string(start + timedelta(hours=1)),
        }


@tagged("post_install", "-at_install")
class TestAppointment(AppointmentCommon):
    # Moved

    def test_moving_takes_slot_action_opportunity_and_ledger_along(self):
        event = self._visit()
        start = MONDAY.replace(hour=11)
        event._move_appointment(
            start, start + timedelta(hours=1), self.agent_two, "Train strike"
        )
        self.assertEqual(event.user_id, self.agent_two)
        self.assertEqual(event.partner_ids, self.agent_two.partner_id)
        self.assertEqual(event.agent_slot_ids.agent_id, self.agent_two)
        self.assertEqual(event.agent_slot_ids.start, start)
        self.assertEqual(self.lead.user_id, self.agent_two)
        action = event._open_action()
        self.assertEqual((action.user_id, action.date_planned), (self.agent_two, start))
        [(outcome, note)] = self._rows()
        self.assertEqual(outcome, "Appointment moved")
        self.assertIn("13/01/2031 12:00", note)
        self.assertIn("Agent Two visits instead of Agent One", note)
        self.assertTrue(note.endswith("Train strike"))
        row = self.env["crm.interaction"].search(
            [("lead_id", "=", self.lead.id)], limit=1
        )
        self.assertEqual(row.event_id, event.id)
        self.assertEqual(event.confirmation_state, "moved")

    def test_dragging_in_the_calendar_is_written_down_too(self):
        event = self._visit()
        start = MONDAY.replace(hour=10)
        event.with_user(self.agent).write(
            {"start": start, "stop": start + timedelta(hours=1)}
        )
        self.assertEqual(event.agent_slot_ids.start, start)
        self.assertEqual([row[0] for row in self._rows()], ["Appointment moved"])

    def test_who_moves_it_leaves_no_stamp_on_the_event(self):
        """Nobody may count by events how much an operator moves."""
        event = self._visit()
        start = MONDAY.replace(hour=10)
        event.with_user(self.operator).sudo()._move_appointment(
            start, start + timedelta(hours=1), reason="x"
        )
        event.invalidate_recordset()
        self.assertEqual(event.write_uid, self.agent)
        self.assertNotEqual(event.create_uid, self.operator)

    def test_the_agenda_moves_it_for_who_may(self):
        event = self._visit()
        for user in (
            self.operator,
            self.coordinator,
            self.back_office,
            self.manager,
            self.agent,
        ):
            with self.subTest(user=user.name):
                desk = self.desk(user)
                week = desk.event_agenda(event.id, "2031-01-13")
                self.assertTrue(week["slots"])
                slot = next(
                    s for s in week["slots"] if s["agent_id"] == event.user_id.id
                )
                chosen = {key: slot[key] for key in ("agent_id", "start", "stop")}
                held = desk.event_hold_slot(event.id, **chosen)
                self.assertEqual(held["summary"]["name"], "Name 1")
                answer = desk.event_move(event.id, chosen, "Asked for it")
                self.assertIn("is moved to", answer["message"])
                self.assertIn("gets an e-mail", answer["message"])
                self.assertEqual(fields.Datetime.to_string(event.start), slot["start"])
        self.assertEqual(len(self._rows()), 5)

    def test_others_may_not(self):
        event = self._visit()
        self.call_list.operator_ids -= self.operator_two
        self.leads.invalidate_recordset()
        for user in (self.operator_two, self.agent_two):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.desk(user).event_agenda(event.id)
        installer = self._new_user("installer", "group_installer")
        with self.assertRaises(AccessError):
            event.with_user(installer).action_cancel_appointment()

    def test_a_move_says_why_and_takes_free_times_only(self):
        event, other = self._visit(), self._visit(self.leads[1], hour=11)
        desk = self.desk(self.coordinator)
        with self.assertRaisesRegex(UserError, "Write why"):
            desk.event_move(event.id, self._slot(MONDAY.replace(hour=10)), " ")
        with self.assertRaisesRegex(UserError, "just been taken"):
            desk.event_move(event.id, self._slot(other.start), "Asked")
        self.assertFalse(self._rows())

    def test_a_full_week_does_not_hinder_a_move_within_it(self):
        event = self._visit()
        self.zone.zone_agent_ids.filtered(
            lambda cover: cover.user_id == self.agent
        ).weekly_capacity = 1
        desk = self.desk(self.coordinator)
        with self.assertRaisesRegex(UserError, "no room"):
            frame = desk._agenda_frame(self.campaign, self.leads[1])
            desk._hold_slot_of(frame, **self._slot(MONDAY.replace(hour=11)))
        desk.event_move(event.id, self._slot(MONDAY.replace(hour=11)), "Later")
        self.assertEqual(event.start.hour, 11)

    # Cancelled

    def test_cancelling_frees_the_time_and_says_why(self):
        event = self._visit()
        wizard = (
            self.env["crm.appointment.change.wizard"]
            .with_user(self.coordinator)
            .create({"event_id": event.id, "kind": "cancelled", "reason": "Moved away"})
        )
        wizard.action_apply()
        self.assertFalse(event.active)
        self.assertFalse(event.agent_slot_ids)
        [(outcome, note)] = self._rows()
        self.assertEqual(outcome, "Appointment cancelled")
        self.assertIn("Moved away", note)
        with self.assertRaisesRegex(UserError, "cancelled already"):
            event._cancel_appointment("Again")

    def test_a_closed_appointment_stays(self):
        event = self._visit()
        event._close(self.outcomes["N"])
        for method in ("action_cancel_appointment", "action_confirm_appointment"):
            with self.assertRaisesRegex(UserError, "closed already"):
                getattr(event, method)()

    def test_deleting_from_the_calendar_is_written_down(self):
        event = self._visit()
        event.unlink()
        self.assertEqual([row[0] for row in self._rows()], ["Appointment cancelled"])

    def test_a_moved_appointment_does_not_keep_a_conversion(self):
        event = self._visit()
        conversion = self.lead.conversion_ids
        conversion.ledger_id = self.lead.interaction_ids.sorted("id")[-1].id
        start = MONDAY.replace(hour=10)
        event._move_appointment(start, start + timedelta(hours=1), reason="Later")
        self.assertFalse(conversion._obstacles_of_history())

    # From the name's form

    def test_the_name_knows_its_next_appointment(self):
        event = self._visit()
        lead = self.lead.with_user(self.operator)
        self.assertEqual(lead.next_appointment_id, event)
        action = lead.action_move_appointment()
        self.assertEqual(action["params"], {"event_id": event.id})
        self.assertEqual(
            lead.action_cancel_appointment()["context"]["default_event_id"], event.id
        )
        with self.assertRaisesRegex(UserError, "no appointment"):
            self.leads[1].with_user(self.operator).action_move_appointment()


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
