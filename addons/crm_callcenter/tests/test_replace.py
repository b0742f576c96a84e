from contextlib import contextmanager

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common import CallcenterCommon


class GraphCase(CallcenterCommon):
    """A small graph of two types, two outcomes and two states."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old_type, cls.new_type, cls.third_type = cls.env[
            "mail.activity.type"
        ].create(
            [
                {"name": f"{name} type", "is_commercial": True, "channel": "call"}
                for name in ("Old", "New", "Third")
            ]
        )
        cls.old_outcome, cls.new_outcome = cls.env["crm.outcome"].create(
            [{"name": f"{name} outcome", "color": "#123456"} for name in ("Old", "New")]
        )
        cls.old_state, cls.new_state = cls.env["crm.commercial.state"].create(
            [
                {"name": f"{name} state", "state_class": "prospect"}
                for name in ("Old", "New")
            ]
        )
        cls.relation = cls.relate(
            cls.old_type,
            cls.old_outcome,
            commercial_state_id=cls.old_state.id,
            next_type_id=cls.old_type.id,
            delay_days=1,
            points=3,
        )
        cls.process = cls.env["crm.process"].create(
            {
                "name": "Process of the tests",
                "type_ids": [fields.Command.set(cls.old_type.ids)],
                "commercial_state_id": cls.old_state.id,
            }
        )

    @classmethod
    def relate(cls, activity_type, outcome, **values):
        return cls.env["crm.relation"].create(
            {
                "activity_type_id": activity_type.id,
                "outcome_id": outcome.id,
                **values,
            }
        )

    @contextmanager
    def refused(self, sentence):
        """Expect a refusal with a sentence, and take the attempt back."""
        with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
            yield

    def plan(self, lead, activity_type, user=None):
        return lead.with_context(mail_activity_quick_update=True).activity_schedule(
            activity_type_id=activity_type.id, user_id=(user or self.agent).id
        )

    def replace(self, old, new):
        """Replace as the campaign manager does: through the window."""
        wizard = (
            self.env["crm.replace.wizard"]
            .with_user(self.manager)
            .with_context(active_model=old._name, active_id=old.id)
            .create({})
        )
        (_old_name, new_name) = {
            "mail.activity.type": ("old_type_id", "new_type_id"),
            "crm.outcome": ("old_outcome_id", "new_outcome_id"),
            "crm.commercial.state": ("old_state_id", "new_state_id"),
        }[old._name]
        wizard[new_name] = new
        return wizard


@tagged("post_install", "-at_install")
class TestReplace(GraphCase):
    def test_a_type_in_everything_planned_and_configured(self):
        done = self.plan(self.leads[0], self.old_type)
        row = done._close_with_outcome(self.old_outcome)
        planned = self.plan(self.leads[1], self.old_type)
        automatic = self.leads[0].activity_ids
        self.assertEqual(automatic.activity_type_id, self.old_type)
        wizard = self.replace(self.old_type, self.new_type)
        self.assertIn("Old type", wizard.old_type_id.name)
        counts = {
            (model, name): count
            for model, name, count in self.old_type._count_replaced(self.new_type)
        }
        self.assertEqual(
            counts,
            {
                ("crm.relation", "activity_type_id"): 1,
                ("crm.relation", "next_type_id"): 1,
                ("mail.activity", "activity_type_id"): 2,
                ("crm.process", "type_ids"): 1,
            },
        )
        for word in ("Relation", "Activity", "Process"):
            self.assertIn(word, wizard.preview)
        action = wizard.action_replace()
        self.assertIn("5 records", action["params"]["message"])
        self.assertEqual((planned | automatic).activity_type_id, self.new_type)
        self.assertEqual(self.relation.activity_type_id, self.new_type)
        self.assertEqual(self.relation.next_type_id, self.new_type)
        self.assertEqual(self.process.type_ids, self.new_type)
        # History stays as it was.
        self.assertEqual(done.activity_type_id, self.old_type)
        self.assertEqual(row.activity_type_id, self.old_type)
        self.assertFalse(self.old_type.active)
        self.assertEqual(self.old_type.replaced_by_id, self.new_type)
        # What was planned with the old one goes on by the relations of the new one.
        planned._close_with_outcome(self.old_outcome)
        self.assertEqual(self.leads[1].commercial_state_id, self.old_state)
        self.assertEqual(self.leads[1].activity_ids.activity_type_id, self.new_type)

    def test_the_new_ones_relation_stays_where_both_have_one(self):
        kept = self.relate(self.new_type, self.old_outcome, points=7)
        other = self.relate(self.old_type, self.new_outcome, points=1)
        wizard = self.replace(self.old_type, self.new_type)
        self.assertIn("Old type → Old outcome", wizard.preview)
        self.assertNotIn("Old type → New outcome", wizard.preview)
        wizard.action_replace()
        self.assertTrue(kept.active)
        self.assertFalse(self.relation.active)
        self.assertEqual(self.relation.activity_type_id, self.old_type)
        self.assertEqual(other.activity_type_id, self.new_type)
        found = self.env["crm.relation"]._get(self.new_type, self.old_outcome)
        self.assertEqual(found.points, 7)

    def test_a_relation_that_is_switched_off_gives_way(self):
        self.relate(self.new_type, self.old_outcome, points=7, active=False)
        self.replace(self.old_type, self.new_type).action_replace()
        found = self.env["crm.relation"]._get(self.new_type, self.old_outcome)
        self.assertEqual(found, self.relation)

    def test_an_outcome(self):
        row = self.leads[0]._register_outcome(self.old_outcome, self.old_type)
        self.replace(self.old_outcome, self.new_outcome).action_replace()
        self.assertEqual(self.relation.outcome_id, self.new_outcome)
        self.assertEqual(row.outcome_id, self.old_outcome)
        self.assertEqual(self.old_outcome.replaced_by_id, self.new_outcome)
        with self.refused("no longer in use"):
            self.leads[0]._register_outcome(self.old_outcome, self.old_type)

    def test_a_state_moves_its_names_through_the_ledger(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        self.leads[0].partner_id = partner
        self.leads[2].active = False
        self.leads[:3]._correct_state(self.old_state)
        alone = self.env["res.partner"].create({"name": "Without a name"})
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET commercial_state_id = %s WHERE id = %s",
                self.old_state.id,
                alone.id,
            )
        )
        self.env.invalidate_all()
        self.leads[1]._open_process(self.process)
        closed = self.env["crm.lead.process"].create(
            {
                "lead_id": self.leads[0].id,
                "process_id": self.process.id,
                "commercial_state_id": self.old_state.id,
                "date_open": "2026-01-01",
                "date_close": "2026-02-01",
                "result": "won",
            }
        )
        before = len(self.leads[:3].interaction_ids)
        self.replace(self.old_state, self.new_state).action_replace()
        self.assertEqual(self.leads[:3].commercial_state_id, self.new_state)
        self.assertEqual((partner | alone).commercial_state_id, self.new_state)
        self.assertEqual(self.relation.commercial_state_id, self.new_state)
        self.assertEqual(self.process.commercial_state_id, self.new_state)
        self.assertEqual(
            self.leads[1].lead_process_ids.commercial_state_id, self.new_state
        )
        self.assertEqual(closed.commercial_state_id, self.old_state, "history")
        rows = self.leads[:3].interaction_ids
        self.assertEqual(len(rows), before + 3)
        for lead in self.leads[:3]:
            row = lead.interaction_ids[0]
            self.assertEqual(row.state_before_id, self.old_state)
            self.assertEqual(row.state_after_id, self.new_state)
            self.assertTrue(row.activity_type_id.is_system)
            self.assertIn("Old state", row.note)

    def test_replacements_follow_one_another(self):
        self.replace(self.old_type, self.new_type).action_replace()
        self.replace(self.new_type, self.third_type).action_replace()
        # Reports need one step only.
        self.assertEqual(self.old_type.replaced_by_id, self.third_type)
        self.assertEqual(self.new_type.replaced_by_id, self.third_type)
        self.assertEqual(self.relation.activity_type_id, self.third_type)

    def test_what_makes_no_sense_is_refused(self):
        off = self.third_type
        off.active = False
        system = self.env.ref("crm_callcenter.activity_type_correction")
        todo = self.env.ref("mail.mail_activity_data_todo")
        for old, new, sentence in (
            (self.old_type, self.old_type, "by itself"),
            (self.old_type, off, "Third type is switched off"),
            (self.old_type, system, "Correction belongs to the system"),
            (system, self.new_type, "Correction belongs to the system"),
            (self.old_type, todo, "To-Do belongs to the system"),
        ):
            with self.subTest(sentence=sentence):
                wizard = self.replace(old, new)
                self.assertIn(sentence, wizard.problem)
                self.assertFalse(wizard.preview)
                with self.refused(sentence):
                    wizard.action_replace()
        with self.refused("Choose what to replace"):
            self.replace(self.old_type, self.env["mail.activity.type"]).action_replace()

    def test_a_circle_of_replacements_is_refused(self):
        self.replace(self.old_type, self.new_type).action_replace()
        # As an import could leave it: on, and replaced.
        self.old_type.write({"active": True, "replaced_by_id": self.new_type.id})
        with self.refused("was replaced by New type itself"):
            self.replace(self.new_type, self.old_type).action_replace()
        # Switched on by hand it is anybody's equal again.
        self.old_type.active = False
        self.old_type.active = True
        self.assertFalse(self.old_type.replaced_by_id)
        self.replace(self.new_type, self.old_type).action_replace()
        self.assertEqual(self.new_type.replaced_by_id, self.old_type)
        self.assertFalse(self.old_type.replaced_by_id)

    def test_an_endless_chain_is_refused(self):
        """By the replacement the automatic action would follow itself, for ever."""
        self.new_type.automatic_outcome_id = self.new_outcome
        self.relate(self.new_type, self.new_outcome, next_type_id=self.third_type.id)
        with self.refused("New type → New outcome"):
            self.replace(self.third_type, self.new_type).action_replace()

    def test_appointments_keep_their_place_in_the_calendar(self):
        self.old_type.write({"is_meeting": True, "duration_minutes": 60})
        start, stop = self._next_free_slot()
        event = self.leads[0]._create_visit(self.agent, start, stop, self.old_type)
        with self.refused("1 appointments of Old type"):
            self.replace(self.old_type, self.new_type).action_replace()
        waiting = self.plan(self.leads[1], self.old_type)
        self.new_type.is_meeting = True
        self.replace(self.old_type, self.new_type).action_replace()
        self.assertEqual(event.action_type_id, self.new_type)
        self.assertTrue(waiting.needs_scheduling)

    def test_schemes_keep_their_members(self):
        scheme = self.env["crm.scheme"].create(
            {
                "name": "Scheme of the tests",
                "activity_type_ids": [fields.Command.set(self.old_type.ids)],
                "relation_ids": [fields.Command.set(self.relation.ids)],
            }
        )
        self.replace(self.old_type, self.new_type).action_replace()
        self.assertEqual(scheme.activity_type_ids, self.new_type)

    def test_only_managers_replace(self):
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                self.env["crm.replace.wizard"].with_user(user).create({})

    def test_the_window_works_as_a_form(self):
        form = Form(
            self.env["crm.replace.wizard"]
            .with_user(self.manager)
            .with_context(active_model="crm.outcome", active_id=self.old_outcome.id)
        )
        self.assertEqual(form.kind, "crm.outcome")
        form.new_outcome_id = self.new_outcome
        self.assertIn("Relation", form.preview)
        form.save().action_replace()
        self.assertFalse(self.old_outcome.active)


@tagged("post_install", "-at_install")
class TestNodesInUse(GraphCase):
    def test_what_is_in_use_cannot_be_deleted(self):
        self.leads[0]._register_outcome(self.old_outcome, self.old_type)
        for node in (self.old_type, self.old_outcome, self.old_state):
            with self.refused(f"{node.name} is in use"):
                node.with_user(self.manager).unlink()
            node.with_user(self.manager).active = False
            self.assertFalse(node.active)

    def test_what_stands_in_history_only_cannot_be_deleted(self):
        self.leads[0]._register_outcome(self.old_outcome, self.old_type)
        self.leads[0].activity_ids.unlink()
        self.leads[0]._correct_state(self.new_state)
        self.relation.unlink()
        self.process.write(
            {"type_ids": [fields.Command.clear()], "commercial_state_id": False}
        )
        for node in (self.old_type, self.old_outcome, self.old_state):
            with self.refused("is in use"):
                node.unlink()

    def test_what_nobody_uses_can_be_deleted(self):
        nodes = (self.third_type, self.new_outcome, self.new_state)
        for node in nodes:
            node.with_user(self.manager).unlink()
            self.assertFalse(node.exists())

    def test_a_type_that_is_only_planned_keeps_its_actions(self):
        """Odoo would turn them into to-dos before anybody could refuse."""
        planned = self.plan(self.leads[0], self.third_type)
        with self.refused("Third type is in use"):
            self.third_type.unlink()
        self.assertEqual(planned.activity_type_id, self.third_type)

    def test_the_systems_own_stay(self):
        system = self.env.ref("crm_callcenter.activity_type_correction")
        with self.refused("stays as it is"):
            system.with_user(self.manager).active = False
