from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .workflow_common import WorkflowCommon


@tagged("post_install", "-at_install")
class TestCampaignStep(WorkflowCommon):
    """A manager sets up the workflow of a campaign."""

    def as_manager(self, record):
        return record.with_user(self.manager)

    @contextmanager
    def refuses(self, sentence):
        """What is done is refused with a sentence, and leaves nothing."""
        with self.assertRaisesRegex(ValidationError, sentence):
            with self.env.cr.savepoint():
                yield

    # ESITO

    def test_every_campaign_has_the_outcome_once(self):
        campaign = self.env["utm.campaign"].create(
            {"title": "New", "is_call_campaign": True}
        )
        self.assertEqual(campaign.step_ids.mapped("kind"), ["outcome"])
        step = self.as_manager(campaign.step_ids)
        with self.assertRaises(UserError):
            step.unlink()
        with self.assertRaises(UserError):
            self.as_manager(campaign).step_ids = [Command.clear()]
        with self.assertRaises(UserError):
            step.kind = "script"
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                campaign.step_ids = [
                    Command.create({"name": "Again", "kind": "outcome"})
                ]
        campaign.unlink()
        self.assertFalse(step.exists())

    def test_other_campaigns_have_no_steps(self):
        campaign = self.env["utm.campaign"].create({"title": "Newsletter"})
        self.assertFalse(campaign.step_ids)
        campaign.is_call_campaign = True
        self.assertEqual(campaign.step_ids.mapped("kind"), ["outcome"])

    # Conditions

    def test_forward_references_are_refused(self):
        with self.refuses("not asked before"):
            self.as_manager(self.shared).sequence = 0
        with self.refuses("not asked before"):
            self.as_manager(self.house).sequence = 9
        with self.refuses("not asked before"):
            self.as_manager(self.house).write(
                {
                    "condition": "answer",
                    "condition_question_id": self.owner.id,
                }
            )
        with self.refuses("not asked before"):
            self.as_manager(self.house).write(
                {
                    "condition": "answer",
                    "condition_question_id": self.families.id,
                }
            )

    def test_steps_may_change_places_in_one_go(self):
        """Half way the order is wrong: what counts is how it ends."""
        self.as_manager(self.campaign).step_ids = [
            Command.update(self.house.id, {"sequence": 8}),
            Command.update(self.shared.id, {"sequence": 9}),
        ]
        self.assertEqual(self.campaign.step_ids.sorted()[-2], self.shared)
        with self.refuses("not asked before"):
            self.as_manager(self.campaign).step_ids = [
                Command.update(self.house.id, {"sequence": 20})
            ]

    def test_conditions_that_cant_be_met_are_refused(self):
        shared = self.as_manager(self.shared)
        with self.refuses("can't have"):
            shared.condition_answers = "Thatched"
        with self.refuses("can't have"):
            shared.condition_answers = False
        with self.refuses("can't have"):
            shared.condition_question_id = self.bill
        with self.refuses("Choose the question"):
            shared.condition_question_id = False
        with self.refuses("Choose the outcomes"):
            self.as_manager(self.why_not).condition_outcome_kind = False
        with self.refuses("can't have"):
            self.as_manager(self.roof).answers = "Flat\nPitched"
        outcome = self.campaign.step_ids.filtered(lambda step: step.kind == "outcome")
        with self.refuses("always shown"):
            self.as_manager(outcome).write(
                {"condition": "outcome", "condition_outcome_kind": "N"}
            )

    def test_a_question_that_a_step_asks_for_stays(self):
        with self.refuses("Shared roof"):
            self.as_manager(self.roof).unlink()
        with self.refuses("Shared roof"):
            self.as_manager(self.house).unlink()
        with self.refuses("Shared roof"):
            self.as_manager(self.campaign).step_ids = [Command.delete(self.house.id)]
        with self.refuses("not asked before"):
            self.as_manager(self.house).kind = "script"
        self.as_manager(self.house | self.shared).unlink()
        self.assertFalse(self.roof.exists())

    def test_the_condition_in_words(self):
        self.assertEqual(self.shared.condition_sentence, "Roof? Shared")
        self.assertIn("Negative", self.why_not.condition_sentence)

    def test_a_choice_needs_answers(self):
        with self.refuses("no answers"):
            self.as_manager(self.house).question_ids = [Command.create({"name": "?"})]

    # Copies

    def test_copies_keep_their_steps(self):
        copied = self.as_manager(self.campaign).copy({"title": "Copy"})
        steps = copied.step_ids.sorted()
        self.assertEqual(
            steps.mapped("name"), self.campaign.step_ids.sorted().mapped("name")
        )
        self.assertEqual(steps.mapped("kind").count("outcome"), 1)
        shared = steps.filtered(lambda step: step.name == "Shared roof")
        asked = shared.condition_question_id
        self.assertEqual(asked.name, "Roof?")
        self.assertEqual(asked.campaign_id, copied)
        self.assertEqual(shared.condition_answers, "Shared")
        self.assertEqual(
            steps.filtered(lambda step: step.kind == "data").field_ids.mapped("name"),
            ["street", "province"],
        )
        self.assertFalse(steps.version_ids & self.campaign.step_ids.version_ids)
        self.assertEqual(steps.version_ids.mapped("number"), [1])

    def test_templates_keep_their_steps(self):
        action = self.as_manager(self.campaign).action_save_as_template()
        template = self.env["utm.campaign"].browse(action["res_id"])
        self.assertEqual(len(template.step_ids), len(self.campaign.step_ids))
        wizard = (
            self.env["crm.campaign.new.wizard"]
            .with_user(self.manager)
            .create({"source_id": template.id, "title": "From template"})
        )
        started = self.env["utm.campaign"].browse(wizard.action_create()["res_id"])
        self.assertEqual(len(started.step_ids), len(self.campaign.step_ids))

    # Texts

    def test_unknown_fields_are_refused(self):
        for text in (
            "<p>{{nome}}</p>",
            "<p>{{}}</p>",
            "<p>{{name.user_id}}</p>",
            "<p>{{na<b>me</b>}}</p>",
            "<p><a href='{{name}}'>x</a></p>",
        ):
            with self.refuses("can't be filled in"):
                self.as_manager(self.opening).script = text
            with self.refuses("can't be filled in"):
                self.as_manager(self.campaign).script = text
        self.as_manager(self.opening).script = "<p>{{name}} {{ agent }} {{product}}</p>"

    def test_texts_are_cleaned(self):
        self.as_manager(
            self.opening
        ).script = "<p onclick='x()'>a<script>1</script></p>"
        self.env.invalidate_all()
        self.assertNotIn("script>", str(self.opening.version_ids[0].body))
        self.assertNotIn("onclick", str(self.opening.version_ids[0].body))

    # Versions

    def test_a_running_campaign_gets_a_new_version(self):
        first = self.opening.version_ids
        self.as_manager(self.opening).script = "<p>Second</p>"
        self.env.invalidate_all()
        self.assertEqual(self.opening.version_ids.mapped("number"), [2, 1])
        second = self.opening.version_ids - first
        self.assertEqual(second.user_id, self.manager)
        self.assertIn("operator", str(first.body))
        self.as_manager(self.opening).name = "Start"
        self.assertEqual(len(self.opening.version_ids), 2)
        workflow = self.campaign._workflow()
        self.assertEqual(workflow["steps"][0]["version_id"], second.id)
        with self.assertRaises(UserError):
            first.sudo().body = "<p>Forged</p>"

    def test_in_preparation_the_version_follows_the_page(self):
        self.campaign.action_prepare()
        self.as_manager(self.opening).script = "<p>Second</p>"
        self.assertEqual(self.opening.version_ids.mapped("number"), [1])
        self.assertIn("Second", str(self.opening.version_ids.body))

    def test_the_script_of_the_campaign_has_versions(self):
        self.assertEqual(self.campaign.script_version_ids.mapped("number"), [1])
        self.as_manager(self.campaign).script = "<p>Good evening</p>"
        self.env.invalidate_all()
        self.assertEqual(self.campaign.script_version_ids.mapped("number"), [2, 1])

    def test_versions_outlive_their_page(self):
        version = self.opening.version_ids
        self.as_manager(self.opening).unlink()
        self.assertTrue(version.exists())
        self.assertEqual(version.name, "Opening")

    # Rights

    def test_who_may_see_and_change_the_workflow(self):
        models = (
            "crm.campaign.step",
            "crm.campaign.question",
            "crm.campaign.step.field",
            "crm.script.version",
        )
        stranger = self._new_user("stranger", "group_coordinator")
        for model in models:
            records = self.env[model]
            self.assertFalse(records.with_user(self.operator).has_access("read"))
            self.assertFalse(records.with_user(self.agent).has_access("read"))
            self.assertFalse(records.with_user(self.coordinator).has_access("write"))
            path = "step_id.campaign_id" if "field" in model else "campaign_id"
            mine = [(path, "=", self.campaign.id)]
            self.assertTrue(records.with_user(self.coordinator).search(mine))
            self.assertFalse(records.with_user(stranger).search(mine))
            self.assertTrue(records.with_user(self.manager).search(mine))
        with self.assertRaises(AccessError):
            self.opening.with_user(self.coordinator).script = "<p>No</p>"
        versions = self.env["crm.script.version"].with_user(self.manager)
        self.assertFalse(versions.has_access("write"))
        self.assertFalse(versions.has_access("unlink"))

    def test_other_companies_see_no_steps(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        steps = self.env["crm.campaign.step"].with_user(self.manager)
        self.assertFalse(steps.search([("campaign_id", "=", self.campaign.id)]))

    # The form

    def test_the_form_of_a_step(self):
        with Form(
            self.env["crm.campaign.step"]
            .with_user(self.manager)
            .with_context(default_campaign_id=self.campaign.id)
        ) as form:
            form.name = "Battery"
            form.kind = "questionnaire"
            with form.question_ids.new() as question:
                question.name = "Battery?"
                question.kind = "yes_no"
        self.assertIn("Battery", self.campaign.step_ids.mapped("name"))
        with (
            Form(
                self.as_manager(self.campaign),
                view="crm_campaign_motivi.utm_campaign_view_form_call",
            ) as form,
            form.step_ids.edit(0) as step,
        ):
            step.required_for = "talked"


@tagged("post_install", "-at_install")
class TestInteractionAnswer(WorkflowCommon):
    """Who sees and counts the answers."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.confirm(
            self.next_name(),
            "R",
            recall_at=self.in_hours(2),
            steps=self.given(
                {self.owner: "yes", self.bill: 900}, pages=self.opening.version_ids
            ),
        )
        self.env.invalidate_all()

    def answers(self, user):
        return self.env["crm.interaction.answer"].with_user(user)

    def test_who_sees_answers_and_pages(self):
        stranger = self._new_user("stranger", "group_coordinator")
        for model in ("crm.interaction.answer", "crm.interaction.page"):
            found = {
                user: self.env[model].with_user(user).search_count([])
                for user in (
                    self.operator,
                    self.operator_two,
                    self.coordinator,
                    self.manager,
                    self.agent,
                    self.back_office,
                    stranger,
                )
            }
            for user in (self.operator, self.coordinator, self.manager):
                self.assertTrue(found[user], f"{model} {user.name}")
            for user in (self.agent, self.back_office, stranger):
                self.assertFalse(found[user], f"{model} {user.name}")

    def test_the_page_on_screen_is_read_with_the_history(self):
        page = self.leads[0].interaction_ids.page_ids.with_user(self.operator)
        self.env.invalidate_all()
        self.assertEqual((page.name, page.number), ("Opening", 1))
        self.assertIn("{{operator}}", str(page.body))

    def test_nobody_writes_answers(self):
        for user in (self.operator, self.coordinator, self.manager):
            self.assertFalse(self.answers(user).has_access("create"))
            self.assertFalse(self.answers(user).has_access("write"))
            self.assertFalse(self.answers(user).has_access("unlink"))

    def test_answers_are_counted_per_campaign_not_per_person(self):
        rows = self.answers(self.coordinator)._read_group(
            [("campaign_id", "=", self.campaign.id)],
            ["question", "answer"],
            ["__count"],
        )
        self.assertIn(("Owner?", "Yes", 1), rows)
        by_person = [("interaction_id.user_id", "=", self.operator.id)]
        for user in (self.coordinator, self.manager):
            with self.assertRaises(AccessError):
                self.answers(user).search_count(by_person)
            with self.assertRaises(AccessError):
                self.answers(user)._read_group([], ["interaction_id.user_id"])

    def test_the_form_of_the_outcome_shows_them(self):
        form = Form(
            self.leads[0].interaction_ids.with_user(self.coordinator),
            view="crm_callcenter.crm_interaction_view_form",
        )
        self.assertEqual(len(form.answer_ids), 2)
        self.assertEqual(len(form.page_ids), 1)
