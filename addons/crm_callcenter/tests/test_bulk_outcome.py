from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.models import crm_names_job_mixin
from odoo.addons.crm_callcenter.wizard import crm_bulk_wizard

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestBulkOutcome(CallcenterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Type = cls.env["mail.activity.type"]
        cls.call = Type.create({"name": "Call", "is_commercial": True})
        cls.visit = Type.create({"name": "Next call", "is_commercial": True})
        cls.yes, cls.no = cls.env["crm.outcome"].create(
            [
                {"name": "Yes", "color": "#28a745"},
                {"name": "No", "color": "#dc3545"},
            ]
        )
        cls.warm, cls.blocked = cls.env["crm.commercial.state"].create(
            [
                {"name": "Warm", "state_class": "prospect"},
                {"name": "Never again", "state_class": "blocked"},
            ]
        )
        cls.env["crm.relation"].create(
            {
                "activity_type_id": cls.call.id,
                "outcome_id": cls.yes.id,
                "commercial_state_id": cls.warm.id,
                "next_type_id": cls.visit.id,
                "next_assignee": "me",
                "delay_days": 1,
                "points": 3,
            }
        )
        cls.manager.notification_type = "inbox"

    def wizard(self, kind, leads=None, domain=None, user=None, **values):
        """Open the window as the list of names does."""
        leads = self.leads if leads is None else leads
        wizard = self.env["crm.bulk.wizard"].with_user(user or self.manager)
        context = {"default_kind": kind, "active_ids": leads.ids}
        if domain is not None:
            context["active_domain"] = domain
        return wizard.with_context(**context).create(values)

    def job(self, action):
        return self.env["crm.bulk.job"].browse(action["res_id"])

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_callcenter.ir_cron_bulk_jobs").method_direct_trigger()

    # ------------------------------------------------------------
    # Outcome
    # ------------------------------------------------------------

    def test_outcome_moves_plans_and_scores(self):
        wizard = self.wizard(
            "outcome",
            activity_type_id=self.call.id,
            outcome_id=self.yes.id,
            note="At the fair.",
        )
        self.assertEqual(wizard.count, 6)
        self.assertFalse(wizard.in_background)
        self.assertEqual(wizard.allowed_outcome_ids, self.yes)
        for words in ("Warm", "Next call", "Points: 3"):
            self.assertIn(words, wizard.effects)
        job = self.job(wizard.action_confirm())
        self.assertEqual((job.state, job.matched, job.done), ("done", 6, 6))
        self.assertEqual(self.leads.commercial_state_id, self.warm)
        rows = self.leads.interaction_ids
        self.assertEqual(len(rows), 6)
        self.assertEqual(rows.user_id, self.manager)
        self.assertEqual(set(rows.mapped("note")), {"At the fair."})
        self.assertEqual(sum(rows.mapped("points")), 18)
        planned = self.env["mail.activity"].search(
            [("activity_type_id", "=", self.visit.id)]
        )
        self.assertEqual(sorted(planned.mapped("res_id")), self.leads.ids)
        self.assertEqual(planned.user_id, self.manager)

    def test_blocked_names_are_left_out(self):
        self.leads[:2]._correct_state(self.blocked)
        action = self.wizard(
            "outcome", activity_type_id=self.call.id, outcome_id=self.yes.id
        ).action_confirm()
        self.assertEqual((self.job(action).done, self.job(action).skipped), (4, 2))
        self.assertEqual(self.leads[:2].commercial_state_id, self.blocked)

    def test_outcome_without_relation_is_refused(self):
        wizard = self.wizard(
            "outcome", activity_type_id=self.call.id, outcome_id=self.no.id
        )
        with self.assertRaisesRegex(UserError, "Call can't end with No"):
            wizard.action_confirm()
        with self.assertRaisesRegex(UserError, "Choose the type"):
            self.wizard("outcome").action_confirm()
        self.assertFalse(self.leads.interaction_ids)

    def test_many_names_in_the_background(self):
        with patch.object(crm_bulk_wizard, "AT_ONCE", 3):
            wizard = self.wizard(
                "outcome", activity_type_id=self.call.id, outcome_id=self.yes.id
            )
            self.assertTrue(wizard.in_background)
            job = self.job(wizard.action_confirm())
        self.assertEqual((job.state, job.done), ("queued", 0))
        self.assertFalse(self.leads.interaction_ids)
        with patch.object(crm_names_job_mixin, "BATCH_SIZE", 4):
            self.run_cron()
        self.assertEqual((job.state, job.done, job.progress), ("done", 6, 100.0))
        self.assertEqual(self.leads.interaction_ids.user_id, self.manager)
        self.assertEqual(len(self.leads.interaction_ids), 6)

    def test_whole_search(self):
        wizard = self.wizard(
            "outcome",
            self.leads[:2],
            domain=[("id", "in", self.leads.ids)],
            activity_type_id=self.call.id,
            outcome_id=self.yes.id,
        )
        self.assertEqual((wizard.selected_count, wizard.search_count), (2, 6))
        self.assertEqual(wizard.count, 2)
        wizard.scope = "search"
        self.assertEqual(wizard.count, 6)
        self.assertEqual(self.job(wizard.action_confirm()).done, 6)

    def test_all_selected_means_the_whole_search(self):
        """The browser names 20,000 at most of what was selected with 'Select all'."""
        self.env["ir.config_parameter"].set_param("web.active_ids_limit", 2)
        domain = [("id", "in", self.leads.ids)]
        wizard = self.wizard("process", self.leads[:2], domain=domain)
        self.assertEqual((wizard.scope, wizard.count), ("search", 6))

    def test_names_that_leave_the_search_by_the_change_itself(self):
        initial = self.leads.commercial_state_id
        with (
            patch.object(crm_bulk_wizard, "AT_ONCE", 0),
            patch.object(crm_names_job_mixin, "BATCH_SIZE", 2),
            patch.object(crm_names_job_mixin, "PAGE_SIZE", 2),
        ):
            wizard = self.wizard(
                "state",
                domain=[
                    ("id", "in", self.leads.ids),
                    ("commercial_state_id", "=", initial.id),
                ],
                scope="search",
                commercial_state_id=self.warm.id,
                note="Wrong list.",
            )
            job = self.job(wizard.action_confirm())
            self.run_cron()
        self.assertEqual((job.matched, job.done), (6, 6))
        self.assertEqual(self.leads.commercial_state_id, self.warm)

    def test_other_companies_names_stay(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.company_ids |= other
        self.leads[0].company_id = other
        # The manager works in the main company at this moment.
        wizard = (
            self.env["crm.bulk.wizard"]
            .with_user(self.manager)
            .with_context(
                allowed_company_ids=self.company.ids,
                default_kind="state",
                active_ids=self.leads.ids,
            )
            .create({"commercial_state_id": self.warm.id, "note": "Wrong list."})
        )
        self.assertEqual(wizard.count, 5)
        wizard.action_confirm()
        self.assertNotEqual(self.leads[0].commercial_state_id, self.warm)

    # ------------------------------------------------------------
    # State, people, processes
    # ------------------------------------------------------------

    def test_state_with_a_reason(self):
        with self.assertRaisesRegex(UserError, "write why"):
            self.wizard("state", commercial_state_id=self.warm.id).action_confirm()
        self.leads[0]._correct_state(self.warm)
        job = self.job(
            self.wizard(
                "state", commercial_state_id=self.warm.id, note="Wrong list."
            ).action_confirm()
        )
        self.assertEqual((job.done, job.skipped), (5, 1))
        self.assertEqual(self.leads.commercial_state_id, self.warm)
        row = self.leads[1].interaction_ids
        self.assertEqual(row.note, "Wrong list.")
        self.assertEqual(
            row.activity_type_id,
            self.env.ref("crm_callcenter.activity_type_correction"),
        )

    def test_people_of_names_and_of_their_customers(self):
        customer = self.env["res.partner"].create(
            {"name": "Customer", "technician_id": self.agent_two.id}
        )
        self.leads[0].partner_id = customer
        self.leads[0].technician_id = self.agent_two
        self.leads[1].technician_id = self.agent_two
        job = self.job(
            self.wizard(
                "people",
                sets_salesperson=True,
                salesperson_id=self.agent.id,
                sets_technician=True,
                technician_id=False,
                contact_user_id=self.manager.id,
            ).action_confirm()
        )
        self.assertEqual(job.done, 6)
        self.assertEqual(self.leads.user_id, self.agent)
        self.assertFalse(self.leads.technician_id)
        self.assertFalse(self.leads.contact_user_id)
        self.assertTrue(all(self.leads.mapped("date_open")))
        self.assertEqual(customer.user_id, self.agent)
        self.assertFalse(customer.technician_id)
        self.assertIn(self.agent.partner_id, self.leads[3].message_partner_ids)
        with self.assertRaisesRegex(UserError, "Tick whom"):
            self.wizard("people").action_confirm()

    def test_process_is_opened_where_it_is_not(self):
        process = self.env["crm.process"].create({"name": "RINNOVO"})
        self.leads[0]._open_process(process)
        self.leads[1]._correct_state(self.blocked)
        job = self.job(self.wizard("process", process_id=process.id).action_confirm())
        self.assertEqual((job.done, job.skipped), (4, 2))
        rows = self.leads[2:].interaction_ids
        self.assertEqual(len(rows), 4)
        self.assertEqual(rows.lead_process_id, self.leads[2:].lead_process_ids)

    def test_people_are_imported_by_name(self):
        found = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .load(
                ["name", "type", "user_id", "contact_user_id", "technician_id"],
                [["Imported", "lead", "Agent One", "Back Office", "Agent Two"]],
            )
        )
        self.assertFalse(found["messages"])
        lead = self.env["crm.lead"].browse(found["ids"])
        self.assertEqual(
            (lead.user_id, lead.contact_user_id, lead.technician_id),
            (self.agent, self.back_office, self.agent_two),
        )

    # ------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------

    def test_only_managers(self):
        job = self.job(
            self.wizard(
                "state", commercial_state_id=self.warm.id, note="Wrong list."
            ).action_confirm()
        )
        actions = [
            self.env.ref(f"crm_callcenter.crm_bulk_wizard_action_{kind}")
            for kind in ("outcome", "people", "state", "process")
        ]
        bindings = self.env["ir.actions.actions"]
        for user in self.operator | self.coordinator | self.agent | self.back_office:
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    self.wizard("outcome", user=user)
                with self.assertRaises(AccessError):
                    job.with_user(user).read(["state"])
                shown = bindings.with_user(user).get_bindings("crm.lead")
                names = {found["id"] for found in shown.get("action", [])}
                self.assertFalse(names & {action.id for action in actions})
        with self.assertRaises(AccessError):
            job.with_user(self.manager).write({"state": "queued"})
        shown = bindings.with_user(self.manager).get_bindings("crm.lead")
        self.assertLessEqual(
            {action.id for action in actions},
            {found["id"] for found in shown["action"]},
        )

    def test_nothing_chosen(self):
        with self.assertRaisesRegex(UserError, "No name is chosen"):
            self.wizard(
                "state",
                self.env["crm.lead"],
                commercial_state_id=self.warm.id,
                note="x",
            ).action_confirm()

    def test_job_that_fails_says_so(self):
        with patch.object(crm_bulk_wizard, "AT_ONCE", 0):
            job = self.job(
                self.wizard(
                    "state", commercial_state_id=self.warm.id, note="Wrong list."
                ).action_confirm()
            )
        leading = self.env["crm.relation"].search(
            [("commercial_state_id", "=", self.warm.id)]
        )
        leading.active = False
        self.warm.active = False
        self.run_cron()
        self.assertEqual(job.state, "failed")
        self.assertIn("Warm is no longer in use", job.error)
        message = self.env["mail.message"].search(
            [("model", "=", "crm.bulk.job"), ("res_id", "=", job.id)]
        )
        self.assertEqual(message.notified_partner_ids, self.manager.partner_id)
        self.warm.active = True
        job.with_user(self.manager).action_continue()
        self.run_cron()
        self.assertEqual((job.state, job.done), ("done", 6))
        self.assertTrue(fields.Datetime.now() >= job.date_end)
