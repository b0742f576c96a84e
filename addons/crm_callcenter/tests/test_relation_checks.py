import re

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import new_test_user
from odoo.tools import mute_logger

from .test_replace import GraphCase


@tagged("post_install", "-at_install")
class TestRelationChecks(GraphCase):
    """What bad configuration gets: a sentence that names the record."""

    def automatic(self, activity_type, outcome, next_type, **values):
        activity_type.automatic_outcome_id = outcome
        return self.relate(activity_type, outcome, next_type_id=next_type.id, **values)

    def test_an_action_that_follows_itself_without_anybody(self):
        with self.refused("New type → New outcome"):
            self.automatic(self.new_type, self.new_outcome, self.new_type)

    def test_a_longer_circle_names_all_its_relations(self):
        self.automatic(self.new_type, self.new_outcome, self.third_type)
        with self.assertRaises(ValidationError) as caught:
            self.automatic(self.third_type, self.old_outcome, self.new_type)
        for name in ("New type → New outcome", "Third type → Old outcome", "delay"):
            self.assertIn(name, str(caught.exception))

    def test_a_circle_closed_by_the_type(self):
        """The relations come first; what makes them automatic is refused."""
        self.relate(self.new_type, self.new_outcome, next_type_id=self.new_type.id)
        with self.refused("for ever"):
            self.new_type.automatic_outcome_id = self.new_outcome

    def test_a_circle_closed_by_taking_the_delay_away(self):
        relation = self.automatic(
            self.new_type, self.new_outcome, self.new_type, delay_hours=1
        )
        with self.refused("for ever"):
            relation.delay_hours = 0

    def test_a_circle_closed_by_switching_a_relation_on(self):
        relation = self.automatic(
            self.new_type, self.new_outcome, self.new_type, active=False
        )
        with self.refused("for ever"):
            relation.active = True

    def test_a_circle_with_a_delay_or_with_somebody_in_between(self):
        self.automatic(self.new_type, self.new_outcome, self.new_type, delay_days=1)
        self.third_type.automatic_outcome_id = self.old_outcome
        self.relate(self.third_type, self.old_outcome, next_type_id=self.old_type.id)
        self.relation.next_type_id = self.third_type
        self.relation.delay_days = 0
        # A Tuesday: on a Sunday the automatic one would wait for Monday.
        with freeze_time("2027-05-18 09:00:00"):
            row = self.leads[0]._register_outcome(self.old_outcome, self.old_type)
        # The automatic one ends at once, and a person's action is left.
        self.assertEqual(len(self.leads[0].interaction_ids), 2)
        self.assertEqual(self.leads[0].activity_ids.activity_type_id, self.old_type)
        self.assertEqual(row.activity_type_id, self.old_type)

    def test_targets_that_are_switched_off(self):
        off_state = self.new_state.copy({"name": "Off state", "active": False})
        off_type = self.third_type.copy({"name": "Off type", "active": False})
        off_outcome = self.new_outcome.copy({"name": "Off outcome", "active": False})
        off_process = self.process.copy({"name": "Off process", "active": False})
        for field_name, target in (
            ("commercial_state_id", off_state),
            ("next_type_id", off_type),
            ("outcome_id", off_outcome),
            ("activity_type_id", off_type),
            ("process_id", off_process),
        ):
            with self.subTest(field=field_name):
                sentence = f"leads to {target.name}, which is switched off"
                with self.refused(sentence):
                    self.relation[field_name] = target

    def test_a_relation_is_not_switched_on_towards_something_off(self):
        self.relation.active = False
        self.old_state.active = False
        with self.refused("Old state, which is switched"):
            self.relation.active = True

    def test_the_systems_own_cannot_be_used(self):
        system_type = self.env.ref("crm_callcenter.activity_type_merge")
        system_outcome = self.env.ref("crm_callcenter.crm_outcome_cancelled")
        for field_name, target in (
            ("next_type_id", system_type),
            ("activity_type_id", system_type),
            ("outcome_id", system_outcome),
        ):
            with (
                self.subTest(field=field_name),
                self.refused(target.name),
            ):
                self.relation[field_name] = target

    def test_odoos_own_types_cannot_be_used(self):
        todo = self.env.ref("mail.mail_activity_data_todo")
        with self.refused("To-Do, which is no commercial"):
            self.relation.next_type_id = todo
        with self.refused("decided by its relations"):
            self.old_type.chaining_type = "trigger"

    def test_a_fixed_user_without_access(self):
        employee = new_test_user(self.env, "no_role", groups="base.group_user")
        customer = new_test_user(self.env, "customer", groups="base.group_portal")
        left = self.agent_two
        left.active = False
        for user in (employee, customer, left):
            with (
                self.subTest(user=user.login),
                self.refused(f"Old type → .*{re.escape(user.name)}"),
            ):
                self.relation.write({"next_assignee": "fixed", "next_user_id": user.id})
        with self.refused("Choose the fixed user .* of Old type → Old outcome"):
            self.relation.write({"next_assignee": "fixed", "next_user_id": False})
        self.relation.write({"next_assignee": "fixed", "next_user_id": self.agent.id})

    def test_what_the_database_refuses(self):
        for values in (
            {"delay_days": -1},
            {"delay_hours": -1},
            {"is_conclusive": True, "conclusion": False},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.relation.write(values)
                self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.relate(self.old_type, self.old_outcome)

    def test_nobody_but_a_manager_writes_relations(self):
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            relation = self.relation.with_user(user)
            self.assertEqual(relation.points, 3)
            for attempt in (
                lambda relation=relation: relation.write({"points": 1000}),
                lambda relation=relation: relation.unlink(),
                lambda relation=relation: relation.copy(
                    {"outcome_id": self.new_outcome.id}
                ),
            ):
                with self.assertRaises(AccessError):
                    attempt()

    def test_an_outcome_that_the_type_has_not(self):
        planned = self.plan(self.leads[0], self.old_type)
        with self.refused("Old type can't end with New outcome"):
            planned._close_with_outcome(self.new_outcome)
        self.assertTrue(planned.active)
