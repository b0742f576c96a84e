from datetime import date, datetime

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.crm_callcenter.tests.planned_action_case import PlannedActionCase


@tagged("post_install", "-at_install")
class TestPlannedAction(PlannedActionCase):
    """Whatever way a planned action ends, its outcome is asked for first."""

    def assert_still_open(self, actions):
        self.env.flush_all()
        actions.invalidate_recordset()
        self.assertEqual(actions.exists().mapped("active"), [True] * len(actions))
        self.assertFalse(self._ledger().filtered("activity_ref"))

    def assert_asks(self, window, actions):
        self.assertEqual(window["res_model"], "crm.close.action.wizard")
        self.assertEqual(
            window["context"]["default_activity_ids"], [Command.set(actions.ids)]
        )
        self.assert_still_open(actions)

    # ------------------------------------------------------------
    # MARKED DONE
    # ------------------------------------------------------------

    def test_methods_of_code_are_refused(self):
        """Code can't answer, so it gets the sentence; nothing is done."""
        action = self._new_action()
        xmlid = self.env["ir.model.data"].create(
            {
                "module": "test_planned_action",
                "name": "call_type",
                "model": "mail.activity.type",
                "res_id": self.call_type.id,
            }
        )
        attempts = {
            "action_feedback": lambda: action.action_feedback(feedback="x"),
            "_action_done": lambda: action._action_done(),
            "activity_feedback": lambda: self.lead.activity_feedback(
                [xmlid.complete_name], feedback="x", only_automated=False
            ),
            "active": lambda: action.write({"active": False}),
            "action_archive": lambda: action.action_archive(),
            "outcome": lambda: action.write({"outcome_id": self.interested.id}),
            "born done": lambda: self._new_action(active=False),
            "born with outcome": lambda: self._new_action(
                outcome_id=self.interested.id
            ),
            "turned into a to-do": lambda: action.write(
                {"activity_type_id": self.env.ref("mail.mail_activity_data_todo").id}
            ),
            "moved to another model": lambda: action.write(
                {
                    "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "res_id": self.agent.partner_id.id,
                }
            ),
        }
        for name, attempt in attempts.items():
            with self.subTest(way=name), self.cr.savepoint():
                with self.assertRaises(UserError):
                    attempt()
            self.assert_still_open(action)

    def test_buttons_open_the_window(self):
        action = self._new_action().with_user(self.agent)
        for name in (
            "action_done",
            "action_done_redirect_to_other",
            "action_feedback_schedule_next",
            "action_done_schedule_next",
        ):
            with self.subTest(button=name):
                self.assert_asks(getattr(action, name)(), action)
        window = action.action_feedback_schedule_next(feedback="Said yes")
        self.assertEqual(window["context"]["default_note"], "Said yes")

    def test_window_closes_with_outcome(self):
        """State, next action, points and history move; the note is kept once."""
        action = self._new_action().with_user(self.agent)
        window = action.action_ask_outcome(note="Said yes")
        wizard = Form(
            self.env["crm.close.action.wizard"]
            .with_user(self.agent)
            .with_context(**window["context"])
        )
        wizard.outcome_id = self.interested
        self.assertIn("Won over", wizard.effects)
        wizard = wizard.save()
        self.assertEqual(wizard.allowed_outcome_ids, self.interested | self.refuses)
        wizard.action_confirm()
        wizard.action_confirm()
        self.assertFalse(action.active)
        self.assertEqual(action.outcome_id, self.interested)
        self.assertEqual(self.lead.commercial_state_id, self.state)
        row = self._ledger()
        self.assertEqual(len(row), 1, "the same window twice registers once")
        self.assertEqual(
            (row.note, row.points, row.user_id, row.activity_ref),
            ("Said yes", 3, self.agent, action.id),
        )
        planned = self.lead.activity_ids
        self.assertEqual(planned.activity_type_id, self.visit_type)
        self.assertFalse(planned.user_id)

    def test_second_one_is_told_who_closed_it(self):
        action = self._new_action()
        action.with_user(self.agent)._close_with_outcome(self.refuses)
        with self.assertRaisesRegex(UserError, "Agent One closed this action already"):
            action.with_user(self.manager)._close_with_outcome(self.interested)
        self.assertEqual(len(self._ledger()), 1)

    def test_outcome_without_relation_is_refused(self):
        action = self._new_action(activity_type=self.visit_type)
        with self.assertRaisesRegex(UserError, "can't end with"):
            action.with_user(self.agent)._close_with_outcome(self.interested)
        self.assert_still_open(action)

    def test_files_come_along(self):
        """Uploaded files end in the chatter; a stranger's file can't be read so."""
        action = self._new_action()
        own, secret = self.env["ir.attachment"].create(
            [
                {
                    "name": "own.txt",
                    "raw": b"x",
                    "res_model": "crm.lead",
                    "res_id": self.lead.id,
                },
                {
                    "name": "secret.txt",
                    "raw": b"x",
                    "res_model": "crm.lead",
                    "res_id": self.leads[1].id,
                },
            ]
        )
        mine = action.with_user(self.agent)
        with self.assertRaises(AccessError):
            mine._close_with_outcome(self.refuses, attachment_ids=secret.ids)
        mine._close_with_outcome(self.refuses, attachment_ids=own.ids)
        self.assertIn(own, self.lead.message_ids.attachment_ids)

    def test_mark_done_in_the_schedule_wizard(self):
        """The wizard plans it and asks; Odoo's own to-do is simply done."""
        wizards = self.env["mail.activity.schedule"].with_user(self.agent)
        wizards = wizards.with_context(
            active_model="crm.lead", active_ids=self.lead.ids
        )
        planned_at = datetime(2026, 7, 1, 14, 30)
        wizard = wizards.create(
            {"activity_type_id": self.call_type.id, "date_planned": planned_at}
        )
        window = wizard.action_schedule_activities_done()
        action = self.lead.activity_ids
        self.assertEqual(action.date_planned, planned_at)
        self.assert_asks(window, action)
        todo = self.env.ref("mail.mail_activity_data_todo")
        wizard = wizards.create({"activity_type_id": todo.id, "summary": "Plain"})
        self.assertFalse(wizard.action_schedule_activities_done())
        self.assertEqual(self.lead.activity_ids, action)

    def test_buttons_on_many(self):
        """One window for actions of one type; Odoo's own are done beside them."""
        actions = self._new_action() | self._new_action()
        todo = self.lead.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.agent.id
        )
        window = (actions | todo).action_done()
        self.assert_asks(window, actions)
        self.assertFalse(todo.active)
        with self.assertRaisesRegex(UserError, "different types"):
            (actions | self._new_action(activity_type=self.visit_type)).action_done()
        wizard = (
            self.env["crm.close.action.wizard"]
            .with_user(self.agent)
            .with_context(**window["context"])
            .create({"outcome_id": self.refuses.id})
        )
        wizard.action_confirm()
        self.assertEqual(actions.mapped("active"), [False, False])
        self.assertEqual(len(self._ledger()), 2)

    def test_type_without_relation_is_simply_done(self):
        free = self.env["mail.activity.type"].create(
            {"name": "Free", "is_commercial": True}
        )
        action = self._new_action(activity_type=free)
        self.assertFalse(action.asks_outcome)
        action.action_feedback(feedback="ok")
        self.assertFalse(action.active)

    def test_done_one_is_not_opened_again(self):
        action = self._new_action()
        action.with_user(self.agent)._close_with_outcome(self.refuses)
        with self.assertRaisesRegex(UserError, "Plan a new action"):
            action.write({"active": True})

    # ------------------------------------------------------------
    # CANCELLED
    # ------------------------------------------------------------

    def test_cancelling_is_written_down(self):
        event = self._new_appointment(start="2031-01-07 09:00:00")
        cancelled = self.env.ref("crm_callcenter.crm_outcome_cancelled")
        cases = {
            "unlink": lambda action: action.unlink(),
            "action_cancel": lambda action: action.action_cancel(),
            "unlink_w_meeting": lambda action: action.unlink_w_meeting(),
        }
        for name, cancel in cases.items():
            with self.subTest(way=name):
                action = self._new_action(
                    calendar_event_id=event.id if "meeting" in name else False
                )
                before = len(self._ledger())
                cancel(action.with_user(self.agent))
                self.assertFalse(action.exists())
                # With the meeting goes an appointment, which has a row of its own.
                row = self._ledger()[before:].filtered("activity_ref")
                self.assertEqual(row.outcome_id, cancelled)
                self.assertEqual(row.activity_ref, action.id)
                self.assertEqual(row.user_id, self.agent)
                self.assertEqual(row.state_before_id, row.state_after_id)
        self.assertFalse(event.exists())

    def test_cancelling_many_takes_no_longer_to_write_down(self):
        """One statement writes the rows of two or of two hundred."""

        def queries(actions):
            self.env.flush_all()
            before = self.cr.sql_log_count
            actions._register_cancelled()
            return self.cr.sql_log_count - before

        few = self._new_action() | self._new_action(lead=self.leads[1])
        many = self.env["mail.activity"].union(
            *(self._new_action(lead=self.leads[i % 5]) for i in range(50))
        )
        queries(few)
        self.assertLessEqual(queries(many), queries(few) + 1)
        rows = self.env["crm.interaction"].search([("activity_ref", "in", many.ids)])
        self.assertEqual(sorted(rows.mapped("activity_ref")), sorted(many.ids))
        self.assertEqual(set(rows.mapped("note")), {"Follow-up call was cancelled."})

    def test_colleague_may_not_cancel(self):
        action = self._new_action()
        with self.assertRaises(AccessError):
            action.with_user(self.operator).unlink()
        self.assert_still_open(action)

    def test_old_ones_are_cleaned_with_a_trace(self):
        action = self._new_action(date_planned=datetime(2020, 1, 1))
        self.env["ir.config_parameter"].set_param(
            "mail.activity.gc.delete_overdue_years", 3
        )
        self.env["mail.activity"]._gc_delete_old_overdue_activities()
        self.assertFalse(action.exists())
        self.assertEqual(
            self._ledger().outcome_id,
            self.env.ref("crm_callcenter.crm_outcome_cancelled"),
        )

    # ------------------------------------------------------------
    # WHAT GOES AROUND THEM
    # ------------------------------------------------------------

    def test_user_leaves(self):
        """Open actions of whoever leaves wait in the pool; the hour stays."""
        for name in ("write", "archive", "unlink"):
            with self.subTest(way=name):
                user = self._new_user(f"leaver_{name}", "group_agent")
                user.tz = "America/New_York"
                action = self._new_action(
                    user=user, date_planned=datetime(2031, 7, 1, 2)
                )
                self.assertEqual(action.date_deadline, date(2031, 6, 30))
                if name == "write":
                    user.active = False
                elif name == "archive":
                    user.action_archive()
                else:
                    user.unlink()
                self.assert_still_open(action)
                self.assertFalse(action.user_id)
                self.assertFalse(action.needs_scheduling)
                self.assertEqual(action.date_planned, datetime(2031, 7, 1, 2))
                self.assertEqual(action.date_deadline, date(2031, 7, 1))
                action.with_context(active_test=False)
                self.cr.execute("DELETE FROM mail_activity WHERE id=%s", action.ids)
                self.env.invalidate_all()

    def test_event_goes(self):
        """The action of an event that is deleted or archived waits to be scheduled."""
        for name in ("unlink", "archive"):
            with self.subTest(way=name):
                event = self._new_appointment(start="2031-02-03 09:00:00")
                action = self._new_action(
                    activity_type=self.visit_type, calendar_event_id=event.id
                )
                self.assertEqual(action.date_planned, event.start)
                if name == "unlink":
                    event.with_user(self.agent).unlink()
                else:
                    event.with_user(self.agent).active = False
                self.assert_still_open(action)
                self.assertTrue(action.needs_scheduling)
                self.assertFalse(action.calendar_event_id)
        event = self._new_appointment(start="2031-02-04 09:00:00")
        action.calendar_event_id = event
        self.assertFalse(action.needs_scheduling, "it has its time now")
        self.assertEqual(action.date_planned, event.start)

    def test_stranger_may_not_delete_the_event(self):
        event = self._new_appointment(start="2031-02-03 09:00:00")
        action = self._new_action(calendar_event_id=event.id)
        with self.assertRaises(AccessError):
            event.with_user(self.agent_two).unlink()
        self.assertEqual(action.calendar_event_id, event)

    def test_name_is_archived_or_lost(self):
        action = self._new_action()
        self.lead.action_archive()
        self.assert_still_open(action)
        self.lead.action_unarchive()
        self.lead.action_set_lost()
        self.assert_still_open(action)

    def test_name_is_deleted(self):
        """Not while something is planned with it, nor when it has a history."""
        action = self._new_action()
        with self.assertRaisesRegex(UserError, "Follow-up call is planned with Name 1"):
            self.lead.unlink()
        action.unlink()
        with self.assertRaisesRegex(UserError, "has a history"):
            self.lead.unlink()
        plain = self.leads[5]
        plain.activity_schedule("mail.mail_activity_data_todo")
        plain.unlink()

    def test_type_is_deleted(self):
        action = self._new_action()
        with self.assertRaisesRegex(UserError, "in use"):
            self.call_type.unlink()
        self.assert_still_open(action)
        self.assertEqual(action.activity_type_id, self.call_type)

    def test_chaining_of_odoo(self):
        with self.assertRaisesRegex(ValidationError, "Suggest"):
            self.call_type.write(
                {"chaining_type": "trigger", "triggered_next_type_id": self.visit_type}
            )

    def test_merge_takes_actions_along(self):
        """Even those that whoever merges may not plan."""
        self.env["crm.planning.right"].create(
            {
                "activity_type_id": self.call_type.id,
                "planner_group_id": self.env.ref("crm_callcenter.group_back_office").id,
                "target": "anyone",
            }
        )
        stays, goes = self.leads[1], self.leads[2]
        action = self._new_action(lead=goes)
        leads = (stays | goes).with_user(self.manager)
        result = leads.merge_opportunity()
        self.assertTrue(action.active)
        self.assertEqual(action.res_id, result.id)

    def test_merge_takes_processes_along(self):
        """One that is open with both goes on once, with the history of both."""
        process, other = self.env["crm.process"].create(
            [
                {"name": "Renewal", "type_ids": [Command.set(self.call_type.ids)]},
                {"name": "Other"},
            ]
        )
        stays, goes = self.leads[1], self.leads[2]
        (stays | goes)._open_process(process)
        goes._open_process(other)
        done = self._new_action(lead=goes)
        planned = self._new_action(lead=goes)
        self.assertEqual(done.lead_process_id.lead_id, goes)
        done.with_user(self.agent)._close_with_outcome(self.refuses)
        result = (stays | goes).with_user(self.manager).merge_opportunity()
        opened = result.lead_process_ids.filtered(lambda one: one.result == "open")
        self.assertEqual(opened.process_id, process | other)
        self.assertEqual(len(opened), 2, "each goes on once")
        self.assertIn(planned.lead_process_id, opened)
        row = self._ledger(result).filtered(lambda row: row.activity_ref == done.id)
        self.assertIn(row.lead_process_id, result.lead_process_ids)

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def test_operator_who_may_not_see_the_name(self):
        """Neither closes, reads, takes nor moves a colleague's action."""
        action = self._new_action()
        foreign = action.with_user(self.operator)
        attempts = {
            "close": lambda: foreign._close_with_outcome(self.refuses),
            "read": lambda: foreign.read(["summary"]),
            "move": lambda: foreign.write({"date_planned": "2031-01-01 09:00:00"}),
            "take": lambda: foreign.action_take(),
            "cancel": lambda: foreign.action_cancel(),
        }
        for name, attempt in attempts.items():
            with self.subTest(attempt=name), self.assertRaises(AccessError):
                attempt()
        self.assert_still_open(action)

    def test_assignee_without_the_name(self):
        """Closes it all the same, from the window, and learns nothing of the name."""
        lead = self.leads[3]
        action = self._new_action(lead=lead, user=self.agent_two)
        self.assertFalse(lead.with_user(self.agent_two).has_access("read"))
        mine = action.with_user(self.agent_two)
        wizard = (
            self.env["crm.close.action.wizard"]
            .with_user(self.agent_two)
            .with_context(**mine.action_ask_outcome()["context"])
            .create({"outcome_id": self.interested.id})
        )
        wizard.action_confirm()
        self.assertFalse(action.active)
        self.assertEqual(self._ledger(lead).user_id, self.agent_two)
        self.assertEqual(lead.commercial_state_id, self.state)

    def test_planning_right(self):
        """A sentence, when planning, reassigning or changing the kind."""
        self.env["crm.planning.right"].create(
            {"activity_type_id": self.visit_type.id, "target": "self"}
        )
        values = {
            "activity_type_id": self.visit_type.id,
            "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
            "res_id": self.lead.id,
        }
        actions = self.env["mail.activity"].with_user(self.agent)
        sentence = "You may not plan Survey for Agent Two"
        with self.assertRaisesRegex(UserError, sentence):
            actions.create({**values, "user_id": self.agent_two.id})
        own = actions.create({**values, "user_id": self.agent.id})
        with self.assertRaisesRegex(UserError, sentence):
            own.user_id = self.agent_two
        todo = self.lead.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.agent_two.id
        )
        with self.assertRaisesRegex(UserError, sentence):
            todo.with_user(self.manager).activity_type_id = self.visit_type
        with self.assertRaisesRegex(UserError, "used by the system"):
            actions.create(
                {
                    **values,
                    "activity_type_id": self.env.ref(
                        "crm_callcenter.activity_type_import"
                    ).id,
                }
            )

    # ------------------------------------------------------------
    # TIME
    # ------------------------------------------------------------

    def test_day_follows_the_exact_time_where_the_user_lives(self):
        """Both directions, across the days on which clocks change in March 2026.

        New York changes on the 8th, Rome on the 29th.
        """
        new_york = self._new_user("new_york", "group_agent")
        new_york.tz = "America/New_York"
        action = self._new_action(date_planned=datetime(2026, 3, 20, 2, 30))
        self.assertEqual(action.date_deadline, date(2026, 3, 20), "Rome, 3:30")
        action.user_id = new_york
        self.assertEqual(action.date_planned, datetime(2026, 3, 20, 2, 30))
        self.assertEqual(
            action.date_deadline, date(2026, 3, 19), "22:30 the day before"
        )
        self.assertEqual(action.user_tz, "America/New_York")
        action.date_deadline = date(2026, 3, 7)
        self.assertEqual(
            action.date_planned, datetime(2026, 3, 8, 3, 30), "22:30, winter time"
        )
        self.assertEqual(action.date_deadline, date(2026, 3, 7))
        action.user_id = self.agent
        action.date_planned = datetime(2026, 3, 28, 8, 0)
        action.date_deadline = date(2026, 3, 30)
        self.assertEqual(
            action.date_planned, datetime(2026, 3, 30, 7, 0), "9:00 on both days"
        )
        action.user_id = False
        self.assertEqual(action.date_deadline, date(2026, 3, 30))

    def test_only_a_day_is_given(self):
        """It gets the standard time of the company, where its user lives."""
        self.company.next_action_time = 9.5
        action = self._new_action(date_planned=False, date_deadline=date(2026, 7, 6))
        self.assertEqual(action.date_planned, datetime(2026, 7, 6, 7, 30))

    def test_event_and_action_move_together(self):
        """Without Odoo's arithmetic of days, which uses another time zone."""
        event = self._new_appointment(start="2031-03-03 23:30:00")
        action = self._new_action(
            activity_type=self.visit_type, calendar_event_id=event.id
        )
        self.assertEqual(action.date_deadline, date(2031, 3, 4))
        event.with_context(tz="America/New_York").start = datetime(2031, 3, 5, 23, 30)
        self.assertEqual(action.date_planned, datetime(2031, 3, 5, 23, 30))
        self.assertEqual(action.date_deadline, date(2031, 3, 6))
        self.assertEqual(event.start, datetime(2031, 3, 5, 23, 30))
        stop = event.stop
        action.date_planned = datetime(2031, 3, 10, 9, 0)
        self.assertEqual(event.start, datetime(2031, 3, 10, 9, 0))
        self.assertLess(stop, event.stop)
        action.date_deadline = date(2031, 3, 31)
        self.assertEqual(event.start, datetime(2031, 3, 31, 8, 0), "10:00 in summer")
        self.assertEqual(event.agent_slot_ids.start, event.start)

    def test_moved_onto_another_appointment(self):
        """Refused by the calendar, with a sentence; nothing moves."""
        self._new_appointment(start="2031-03-03 09:00:00")
        event = self._new_appointment(lead=self.leads[1], start="2031-03-04 09:00:00")
        action = self._new_action(lead=self.leads[1], calendar_event_id=event.id)
        with self.assertRaises(UserError), self.cr.savepoint():
            action.date_planned = datetime(2031, 3, 3, 9, 30)
        self.env.invalidate_all()
        self.assertEqual(event.start, datetime(2031, 3, 4, 9, 0))

    def test_reschedule_buttons_keep_the_hour(self):
        actions = self._new_action(date_planned=datetime(2026, 3, 2, 8)) | (
            self._new_action(date_planned=datetime(2026, 3, 2, 15))
        )
        actions.with_user(self.agent).action_reschedule_tomorrow()
        self.assertEqual(len({action.date_deadline for action in actions}), 1)
        self.assertNotEqual(
            actions[0].date_planned.time(), actions[1].date_planned.time()
        )
        self.assertGreater(actions[0].date_planned, fields.Datetime.now())

    # ------------------------------------------------------------
    # FORMS
    # ------------------------------------------------------------

    def test_form_asks_for_day_and_hour(self):
        form = Form(
            self.env["mail.activity"]
            .with_user(self.manager)
            .with_context(
                default_res_model="crm.lead",
                default_res_model_id=self.env["ir.model"]._get_id("crm.lead"),
                default_res_id=self.lead.id,
            ),
            view="mail.mail_activity_view_form_popup",
        )
        form.activity_type_id = self.call_type
        self.assertTrue(form.date_planned, "a proposal at the standard time")
        form.date_planned = datetime(2031, 5, 5, 14, 45)
        action = form.save()
        self.assertEqual(action.date_planned, datetime(2031, 5, 5, 14, 45))
        self.assertEqual(action.date_deadline, date(2031, 5, 5))

    def test_system_types_are_not_offered(self):
        data = self.env["mail.activity"].get_activity_data("crm.lead", [])
        offered = {row["id"] for row in data["activity_types"]}
        self.assertIn(self.call_type.id, offered)
        self.assertNotIn(
            self.env.ref("crm_callcenter.activity_type_import").id, offered
        )
