from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_callcenter.models import crm_names_job_mixin

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestMacro(CallcenterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.action_type = cls.env["mail.activity.type"].create(
            {"name": "Renewal call", "is_commercial": True, "channel": "call"}
        )
        cls.blocked = cls.env["crm.commercial.state"].create(
            {"name": "Never again", "state_class": "blocked"}
        )
        cls.manager.notification_type = "inbox"
        cls.company.resource_calendar_id.tz = "Europe/Rome"
        cls.cron = cls.env.ref("crm_callcenter.ir_cron_macros")

    def macro(self, **values):
        """Return a macro of the manager over the names of the tests."""
        return (
            self.env["crm.macro"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Renewals",
                    "activity_type_id": self.action_type.id,
                    "domain": repr([("id", "in", self.leads.ids)]),
                    **values,
                }
            )
        )

    def planned(self):
        """Return the open actions of the type, in the order of their names."""
        return self.env["mail.activity"].search(
            [("activity_type_id", "=", self.action_type.id)], order="res_id, id"
        )

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    def run_macro(self, macro):
        """Start a run as its button does, let cron work on it, and return it."""
        macro._queue_run()
        self.run_cron()
        return macro.run_ids.sudo().sorted("id")[-1]

    # ------------------------------------------------------------
    # What a run does
    # ------------------------------------------------------------

    def test_run_plans_an_action_with_every_name(self):
        macro = self.macro(assignee="fixed", assignee_user_id=self.back_office.id)
        run = self.run_macro(macro)
        self.assertEqual(
            (run.state, run.matched, run.done, run.skipped, run.progress),
            ("done", 6, 6, 0, 100.0),
        )
        self.assertEqual(run.user_id, self.manager)
        self.assertTrue(run.date_start <= run.date_end)
        planned = self.planned()
        self.assertEqual(planned.mapped("res_id"), self.leads.ids)
        self.assertEqual(planned.user_id, self.back_office)
        self.assertEqual(set(planned.mapped("res_model")), {"crm.lead"})
        self.assertTrue(all(planned.mapped("date_planned")))

    def test_blocked_and_archived_names_are_never_planned(self):
        self.leads[0]._correct_state(self.blocked)
        self.leads[1].active = False
        domain = [("id", "in", self.leads.ids), ("active", "in", [True, False])]
        run = self.run_macro(self.macro(domain=repr(domain)))
        self.assertEqual(run.matched, 4)
        self.assertEqual(self.planned().mapped("res_id"), self.leads[2:].ids)

    def test_name_blocked_after_it_was_looked_up_is_left_out(self):
        macro = self.macro()
        run = macro._queue_run().sudo()
        run._job_batch([])
        page = self.leads.ids
        self.leads[2]._correct_state(self.blocked)
        run._job_batch(page)
        self.assertEqual((run.done, run.skipped), (5, 1))
        self.assertNotIn(self.leads[2].id, self.planned().mapped("res_id"))

    def test_names_with_the_action_planned_are_left_out(self):
        self.env["crm.planner"]._plan(
            self.leads[3],
            self.action_type,
            self.env["res.users"],
            fields.Datetime.now(),
        )
        macro = self.macro()
        self.assertEqual(macro._count_names(), {"found": 6, "planned": 1, "to_plan": 5})
        run = self.run_macro(macro)
        self.assertEqual((run.matched, run.done, run.skipped), (6, 5, 1))
        self.assertEqual(self.planned().mapped("res_id"), self.leads.ids)
        run = self.run_macro(macro)
        self.assertEqual((run.done, run.skipped), (0, 6))

    def test_action_of_another_type_or_done_does_not_count_as_planned(self):
        other = self.env["mail.activity.type"].create(
            {"name": "Other", "is_commercial": True}
        )
        planner, nobody = self.env["crm.planner"], self.env["res.users"]
        now = fields.Datetime.now()
        planner._plan(self.leads[0], other, nobody, now)
        done = planner._plan(self.leads[1], self.action_type, nobody, now)
        done.action_feedback()
        self.assertEqual(self.macro()._count_names()["to_plan"], 6)

    def test_without_the_rule_every_run_plans_again(self):
        macro = self.macro(skip_planned=False)
        self.run_macro(macro)
        self.run_macro(macro)
        self.assertEqual(len(self.planned()), 12)

    def test_cap_is_kept_over_batches_and_goes_on_next_time(self):
        macro = self.macro(cap=4)
        self.assertEqual(macro._count_names()["to_plan"], 4)
        with patch.object(crm_names_job_mixin, "BATCH_SIZE", 3):
            run = self.run_macro(macro)
        self.assertEqual((run.state, run.done, run.skipped), ("done", 4, 0))
        self.assertEqual(self.planned().mapped("res_id"), self.leads[:4].ids)
        run = self.run_macro(macro)
        self.assertEqual((run.done, run.skipped), (2, 4))
        self.assertEqual(self.planned().mapped("res_id"), self.leads.ids)

    def test_pages_and_batches_lose_no_name(self):
        with (
            patch.object(crm_names_job_mixin, "PAGE_SIZE", 4),
            patch.object(crm_names_job_mixin, "BATCH_SIZE", 3),
        ):
            run = self.run_macro(self.macro())
        self.assertEqual((run.done, run.seen), (6, 6))
        self.assertEqual(self.planned().mapped("res_id"), self.leads.ids)

    def test_assignees(self):
        self.leads[0].user_id = self.back_office
        self.leads[0].contact_user_id = self.agent
        self.leads[0].technician_id = self.agent_two
        leads = [("id", "in", self.leads[:2].ids)]
        expected = {
            "me": [self.manager.id, self.manager.id],
            "salesperson": [self.back_office.id, False],
            "contact": [self.agent.id, False],
            "technician": [self.agent_two.id, False],
            "everyone": [False, False],
        }
        for kind, users in expected.items():
            with self.subTest(kind):
                macro = self.macro(
                    assignee=kind, domain=repr(leads), skip_planned=False
                )
                before = self.planned()
                self.run_macro(macro)
                new = self.planned() - before
                self.assertEqual([action.user_id.id for action in new], users)

    def test_operators_of_a_category_in_turn(self):
        category = self.env["crm.operator.category"].create({"name": "Renewals"})
        below = self.env["crm.operator.category"].create(
            {"name": "Evening", "parent_id": category.id}
        )
        self.operator.operator_category_id = category
        self.operator_two.operator_category_id = below
        macro = self.macro(assignee="category", operator_category_id=category.id)
        with patch.object(crm_names_job_mixin, "BATCH_SIZE", 3):
            self.run_macro(macro)
        self.assertEqual(
            self.planned().mapped("user_id.id"),
            [self.operator.id, self.operator_two.id],
        )
        turns = [action.user_id.id for action in self.planned()]
        self.assertEqual(turns, [self.operator.id, self.operator_two.id] * 3)
        # Those who got one follow the name, as with Odoo's own activities.
        self.assertIn(self.operator_two.partner_id, self.leads[1].message_partner_ids)

    def test_category_without_operators_plans_for_the_pool(self):
        category = self.env["crm.operator.category"].create({"name": "Nobody yet"})
        self.run_macro(
            self.macro(assignee="category", operator_category_id=category.id)
        )
        self.assertEqual(len(self.planned()), 6)
        self.assertFalse(self.planned().user_id)

    def test_due_date_is_the_planners(self):
        macro = self.macro(delay_days=3)
        macro._queue_run()
        with freeze_time("2026-03-02 10:00:00"):
            due = self.env["crm.planner"]._due(3, 0)
            self.run_cron()
        self.assertEqual(set(self.planned().mapped("date_planned")), {due})
        self.assertEqual(due, datetime(2026, 3, 5, 8, 0))

    def test_process_is_opened_with_a_row_of_the_ledger(self):
        process = self.env["crm.process"].create(
            {
                "name": "RINNOVO",
                "type_ids": [fields.Command.set(self.action_type.ids)],
            }
        )
        self.leads[0]._open_process(process)
        self.run_macro(self.macro(process_id=process.id))
        instances = self.env["crm.lead.process"].search(
            [("process_id", "=", process.id)]
        )
        self.assertEqual(len(instances), 6)
        self.assertEqual(self.planned().lead_process_id, instances)
        rows = self.leads.interaction_ids
        self.assertEqual(rows.lead_id, self.leads[1:])
        self.assertEqual(len(rows.lead_process_id), 5)
        self.assertEqual(
            rows.outcome_id,
            self.env.ref("crm_callcenter.crm_outcome_process_opened"),
        )
        self.assertIn("Renewals", rows[0].note)

    def test_search_by_process_state_and_date(self):
        process = self.env["crm.process"].create({"name": "RINNOVO"})
        self.leads[:3]._open_process(process)
        old = self.leads[0].lead_process_ids
        old.sudo().state_date = fields.Datetime.now() - timedelta(days=40)
        domain = (
            f"[('lead_process_ids', 'any', [('process_id', '=', {process.id}),"
            " ('result', '=', 'open'), ('state_date', '<',"
            " (context_today() - relativedelta(days=30)).strftime('%Y-%m-%d'))])]"
        )
        self.run_macro(self.macro(domain=domain))
        self.assertEqual(self.planned().mapped("res_id"), self.leads[0].ids)

    def test_uid_in_the_search_is_the_owner(self):
        self.leads[1].user_id = self.manager
        macro = self.macro(domain="[('user_id', '=', uid)]")
        self.env.flush_all()
        self.assertEqual(macro.sudo()._count_names()["found"], 1)

    # ------------------------------------------------------------
    # Schedule
    # ------------------------------------------------------------

    def test_schedule(self):
        macro = self.macro(
            is_scheduled=True,
            interval_number=1,
            interval_type="days",
            next_run=datetime(2026, 3, 28, 7, 30),
        )
        later = self.macro(
            name="Later", is_scheduled=True, next_run=datetime(2026, 3, 28, 7, 50)
        )
        with freeze_time("2026-03-28 07:35:00"):
            self.run_cron()
        self.assertEqual(len(macro.run_ids), 1)
        self.assertEqual(macro.run_ids.origin, "schedule")
        self.assertEqual(macro.run_ids.state, "done")
        self.assertFalse(later.run_ids)
        # The clocks change on that night; it runs at 8:30 in Rome all the same.
        self.assertEqual(macro.next_run, datetime(2026, 3, 29, 6, 30))
        with freeze_time("2026-04-10 12:00:00"):
            self.run_cron()
        # What was missed is not made up for.
        self.assertEqual(len(macro.run_ids), 2)
        self.assertEqual(macro.next_run, datetime(2026, 4, 11, 6, 30))

    def test_schedule_by_hours_and_weeks(self):
        macro = self.macro(
            interval_number=6,
            interval_type="hours",
            next_run=datetime(2026, 3, 2, 1, 0),
        )
        now = datetime(2026, 3, 2, 14, 0)
        self.assertEqual(macro._following_run(now), datetime(2026, 3, 2, 19, 0))
        macro.write({"interval_number": 2, "interval_type": "weeks"})
        self.assertEqual(macro._following_run(now), datetime(2026, 3, 16, 1, 0))

    def test_archived_macro_does_not_run(self):
        macro = self.macro(is_scheduled=True, next_run=fields.Datetime.now())
        macro.active = False
        self.run_cron()
        self.assertFalse(macro.run_ids)

    # ------------------------------------------------------------
    # Refused on save
    # ------------------------------------------------------------

    def test_broken_searches_are_refused(self):
        for domain, words in (
            ("[('no_such_field', '=', 1)]", "no_such_field"),
            ("[('name', '=', 1)", "Renewals"),
            ("[('name', 'resembles', 'x')]", "Renewals"),
            ("import os", "Renewals"),
            ("[('id', '=', undefined_name)]", "undefined_name"),
            ("'a'", "Renewals"),
        ):
            with (
                self.subTest(domain),
                self.assertRaisesRegex(
                    ValidationError, f"(?s)Renewals.*{words}|{words}"
                ),
            ):
                self.macro(domain=domain)

    def test_inactive_and_foreign_types_are_refused(self):
        self.action_type.active = False
        with self.assertRaisesRegex(
            ValidationError, "Renewals.*Renewal call.*switched"
        ):
            self.macro()
        for xmlid in (
            "mail.mail_activity_data_todo",
            "crm_callcenter.activity_type_undo",
        ):
            activity_type = self.env.ref(xmlid)
            with self.assertRaisesRegex(ValidationError, "Renewals.*can't plan"):
                self.macro(activity_type_id=activity_type.id)

    def test_people_without_access_are_refused(self):
        stranger = self.env["res.users"].create(
            {"name": "Stranger", "login": "stranger", "group_ids": False}
        )
        with self.assertRaisesRegex(ValidationError, "Renewals.*Stranger.*no access"):
            self.macro(assignee="fixed", assignee_user_id=stranger.id)
        with self.assertRaisesRegex(ValidationError, "Renewals.*choose their category"):
            self.macro(assignee="category")
        with self.assertRaisesRegex(ValidationError, "Renewals.*Op One.*no campaign"):
            self.macro(user_id=self.operator.id)

    # ------------------------------------------------------------
    # What goes wrong later
    # ------------------------------------------------------------

    def test_search_that_broke_later_fails_and_others_go_on(self):
        broken = self.macro(name="Broken")
        fine = self.macro(name="Fine")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_macro SET domain = %s WHERE id = %s",
            ("[('gone_field', '=', 1)]", broken.id),
        )
        broken.invalidate_recordset()
        with self.assertRaisesRegex(ValidationError, "Broken.*gone_field"):
            broken._queue_run()
        broken.sudo().run_ids.create({"macro_id": broken.id})
        fine._queue_run()
        self.run_cron()
        run = broken.run_ids.sudo()
        self.assertEqual(run.state, "failed")
        self.assertRegex(run.error, "Broken.*gone_field")
        self.assertEqual(fine.run_ids.state, "done")
        message = self.env["mail.message"].search(
            [("model", "=", "crm.macro"), ("res_id", "=", broken.id)]
        )
        self.assertEqual(message.notified_partner_ids, self.manager.partner_id)
        self.assertIn("gone_field", message.body)

    def test_scheduled_macro_that_broke_writes_a_failed_run(self):
        macro = self.macro(is_scheduled=True, next_run=fields.Datetime.now())
        self.action_type.active = False
        self.run_cron()
        self.assertEqual(macro.run_ids.state, "failed")
        self.assertIn("switched off", macro.run_ids.error)
        self.assertGreater(macro.next_run, fields.Datetime.now())

    def test_batch_that_fails_is_undone_and_can_go_on(self):
        macro = self.macro()
        run_model = type(self.env["crm.macro.run"])
        process = run_model._job_process

        def break_in_second(run, leads):
            result = process(run, leads)
            if self.leads[3] in leads:
                raise UserError(run.env._("Out of paper."))
            return result

        macro._queue_run()
        with (
            patch.object(crm_names_job_mixin, "BATCH_SIZE", 3),
            patch.object(run_model, "_job_process", break_in_second),
        ):
            self.run_cron()
        run = macro.run_ids.sudo()
        self.assertEqual((run.state, run.error), ("failed", "Out of paper."))
        self.assertEqual(run.done, 3)
        self.assertEqual(len(self.planned()), 3)
        run.with_user(self.manager).action_continue()
        self.run_cron()
        self.assertEqual((run.state, run.done, run.error), ("done", 6, False))
        self.assertEqual(self.planned().mapped("res_id"), self.leads.ids)

    def test_cancel_before_and_between_batches(self):
        run = self.macro()._queue_run()
        run.action_cancel()
        self.assertEqual(run.state, "cancelled")
        self.run_cron()
        self.assertFalse(self.planned())
        run.action_continue()
        job = run.sudo()
        with patch.object(crm_names_job_mixin, "BATCH_SIZE", 2):
            page = []
            job._job_batch(page)
            job._job_batch(page)
            job.cancel_asked = True
            self.assertFalse(job._job_batch(page))
        self.assertEqual((run.state, run.done), ("cancelled", 2))
        with self.assertRaisesRegex(UserError, "ended already"):
            run.action_cancel()

    def test_worker_without_time_goes_on_later(self):
        run = self.macro()._queue_run().sudo()
        cron_model = type(self.env["ir.cron"])
        left = {"no time": 0.0, "time": 60.0}
        with (
            patch.object(crm_names_job_mixin, "BATCH_SIZE", 4),
            patch.object(cron_model, "_commit_progress") as commit,
        ):
            commit.side_effect = [left["time"], left["no time"]]
            self.assertFalse(run._work(), "it stops after the batch at hand")
            self.assertEqual((run.state, run.done), ("running", 4))
            commit.side_effect = [left["no time"]]
            self.env["crm.macro.run"]._work_open_jobs()
            self.assertEqual(run.done, 4, "nothing is begun without time")
            commit.side_effect = None
            commit.return_value = left["time"]
            self.env["crm.macro.run"]._work_open_jobs()
        self.assertEqual((run.state, run.done), ("done", 6))
        self.assertEqual(self.planned().mapped("res_id"), self.leads.ids)

    def test_macro_that_has_run_is_archived_not_deleted(self):
        macro = self.macro()
        self.run_macro(macro)
        with self.assertRaisesRegex(UserError, "Renewals has run already"):
            macro.unlink()
        macro.active = False
        self.macro(name="Never run").unlink()

    def test_one_run_at_a_time(self):
        macro = self.macro()
        macro._queue_run()
        with self.assertRaisesRegex(UserError, "Renewals is running already"):
            macro._queue_run()
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            macro.run_ids.sudo().create({"macro_id": macro.id})

    # ------------------------------------------------------------
    # Rights and screens
    # ------------------------------------------------------------

    def test_only_managers_see_macros(self):
        macro = self.macro()
        for user in self.operator | self.coordinator | self.agent | self.back_office:
            for record in (
                macro,
                macro._queue_run() if not macro.run_ids else macro.run_ids,
            ):
                with self.subTest(user.name), self.assertRaises(AccessError):
                    record.with_user(user).read(
                        ["state" if "state" in record else "name"]
                    )
        with self.assertRaises(AccessError):
            macro.run_ids.with_user(self.manager).write({"done": 3})

    def test_window_previews_and_starts(self):
        macro = self.macro(cap=5)
        context = macro.action_preview()["context"]
        wizard = self.env["crm.macro.run.wizard"].with_user(self.manager)
        wizard = wizard.with_context(**context).create({})
        self.assertEqual((wizard.found, wizard.planned, wizard.to_plan), (6, 0, 5))
        action = wizard.action_confirm()
        self.assertEqual(action["res_id"], macro.run_ids.id)
        self.assertEqual(macro.run_ids.state, "queued")

    def test_saved_search_is_copied(self):
        saved = self.env["ir.filters"].create(
            {
                "name": "Brescia",
                "model_id": "crm.lead",
                "domain": "[('city', '=', 'Brescia')]",
            }
        )
        macro = self.env["crm.macro"].with_user(self.manager).new({})
        macro.filter_id = saved
        macro._onchange_filter_id()
        self.assertEqual(macro.domain, saved.domain)

    def test_type_in_use_by_a_macro_cannot_be_deleted(self):
        self.macro()
        with self.assertRaisesRegex(UserError, "Renewal call is in use"):
            self.action_type.unlink()
