from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestRecall(CampaignCommon):
    """Who gets a recall: everybody, its owner, the most skilled, and fall-backs."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.lines = self.call_list.line_ids.sorted("rank")
        self.campaign.write({"private_fall_minutes": 30, "skill_wait_minutes": 10})

    def _recall(self, number, minutes, scope="public", user=None):
        self.lines[number].write(
            {
                "category": "recall",
                "recall_at": fields.Datetime.now() - timedelta(minutes=minutes),
                "recall_scope": scope,
                "recall_user_id": user and user.id,
            }
        )

    def _skill(self, user, level):
        self.env["crm.campaign.skill"].create(
            {"campaign_id": self.campaign.id, "user_id": user.id, "level": level}
        )

    def _seen(self, user, minutes, campaign=None):
        """Let an operator be seen last some minutes ago."""
        presence = self.env["crm.desk.presence"]
        presence.search([("user_id", "=", user.id)]).unlink()
        presence.create(
            {
                "user_id": user.id,
                "campaign_id": (campaign or self.campaign).id,
                "seen_at": fields.Datetime.now() - timedelta(minutes=minutes),
            }
        )

    def _name_id(self, user=None):
        return self.next_name(user).get("lead", {}).get("id")

    # ------------------------------------------------------------
    # PRIVATE
    # ------------------------------------------------------------

    def test_a_private_recall_waits_for_its_operator(self):
        self._recall(4, 29, "private", self.operator_two)
        self.assertEqual(self._name_id(), self.leads[0].id)

    def test_it_is_everybodys_when_its_operator_stays_away(self):
        self._recall(4, 31, "private", self.operator_two)
        self._seen(self.operator_two, 45)
        self.assertEqual(self._name_id(), self.leads[4].id)

    def test_it_is_not_when_its_operator_is_at_work(self):
        self._recall(4, 200, "private", self.operator_two)
        self._seen(self.operator_two, 20)
        self.assertEqual(self._name_id(), self.leads[0].id)
        self.assertEqual(self._name_id(self.operator_two), self.leads[4].id)

    def test_work_on_another_campaign_is_absence(self):
        other = self.campaign.copy({"title": "Other"})
        self._recall(4, 31, "private", self.operator_two)
        self._seen(self.operator_two, 0, other)
        self.assertEqual(self._name_id(), self.leads[4].id)

    def test_who_left_the_list_is_absent(self):
        self._recall(4, 31, "private", self.operator_two)
        self._recall(5, 29, "private", self.operator_two)
        self._seen(self.operator_two, 0)
        self.call_list.operator_ids = self.operator
        self.assertEqual(self._name_id(), self.leads[4].id)
        self.confirm(self.next_name(), "N")
        self.assertEqual(self._name_id(), self.leads[0].id, "it waits its minutes")

    def test_who_left_the_list_keeps_nothing_for_ever(self):
        self.campaign.private_fall_minutes = 0
        self._recall(4, 1, "private", self.operator_two)
        self._seen(self.operator_two, 0)
        self.call_list.operator_ids = self.operator
        self.assertEqual(self._name_id(), self.leads[4].id)

    def test_zero_minutes_keep_it_private(self):
        self.campaign.private_fall_minutes = 0
        self._recall(4, 5000, "private", self.operator_two)
        self.assertEqual(self._name_id(), self.leads[0].id)

    def test_a_recall_whose_operator_is_deleted_is_everybodys(self):
        self.campaign.private_fall_minutes = 0
        self._recall(4, 1, "private")
        self.assertEqual(self._name_id(), self.leads[4].id)

    # ------------------------------------------------------------
    # BEST SKILL
    # ------------------------------------------------------------

    def test_the_most_skilled_at_work_gets_it_at_once(self):
        self._skill(self.operator, 9)
        self._skill(self.operator_two, 4)
        self._seen(self.operator, 0)
        self._recall(4, 1, "skill")
        self.assertEqual(self._name_id(self.operator_two), self.leads[0].id)
        self.assertEqual(self._name_id(), self.leads[4].id)

    def test_the_next_level_gets_it_after_waiting(self):
        self._skill(self.operator, 9)
        self._skill(self.operator_two, 4)
        self._seen(self.operator, 0)
        self._recall(4, 11, "skill")
        self.assertEqual(self._name_id(self.operator_two), self.leads[4].id)

    def test_levels_that_are_not_at_work_are_not_waited_for(self):
        self._skill(self.operator, 9)
        self._skill(self.operator_two, 4)
        self._seen(self.operator, 3)
        self._recall(4, 1, "skill")
        self.assertEqual(self._name_id(self.operator_two), self.leads[4].id)

    def test_who_is_in_a_call_is_not_waited_for(self):
        self._skill(self.operator, 9)
        self._skill(self.operator_two, 4)
        busy = self.next_name()
        self._recall(4, 1, "skill")
        self.assertEqual(self._name_id(self.operator_two), self.leads[4].id)
        self._recall(5, 1, "skill")
        self.confirm(self.next_name(self.operator_two), "N", user=self.operator_two)
        self.confirm(busy, "N")
        self.assertEqual(self._name_id(self.operator_two), self.leads[1].id)
        self.assertEqual(self._name_id(), self.leads[5].id)

    def test_who_is_in_a_call_keeps_the_best_names(self):
        self.campaign.best_to_skilled = True
        self._skill(self.operator, 9)
        self._skill(self.operator_two, 4)
        self.next_name()
        self.assertEqual(self._name_id(self.operator_two), self.leads[2].id)

    def test_who_has_no_level_comes_after_each_level(self):
        third = self._new_user("op_three", "group_operator")
        self.call_list.operator_ids |= third
        self._skill(self.operator, 9)
        self._skill(self.operator_two, 4)
        for user in (self.operator, self.operator_two):
            self._seen(user, 0)
        self._recall(4, 15, "skill")
        self.assertEqual(self._name_id(third), self.leads[0].id)
        self._recall(5, 21, "skill")
        held = self.next_name(third)
        self.confirm(held, "N", user=third)
        self.assertEqual(self._name_id(third), self.leads[5].id)

    def test_one_operator_alone_gets_all(self):
        self._recall(4, 1, "skill")
        self.assertEqual(self._name_id(), self.leads[4].id)

    def test_recalls_for_the_most_skilled_are_agreed_at_the_desk(self):
        payload = self.next_name()
        self.confirm(payload, "R", recall_at=self.in_hours(2), recall_scope="skill")
        line = self.line_of(payload)
        self.assertEqual(line.recall_scope, "skill")
        self.assertFalse(line.recall_user_id)

    def test_levels_are_one_to_ten_and_for_those_who_lead(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self._skill(self.operator, 11)
        self._skill(self.operator, 10)
        skills = self.env["crm.campaign.skill"]
        self._skill(self.operator_two, 3)
        own = skills.with_user(self.operator).search([])
        self.assertEqual(own.user_id, self.operator)
        with self.assertRaises(AccessError):
            own.level = 10
        self.assertTrue(skills.with_user(self.coordinator).search_count([]))
        other = self.campaign.copy({"title": "Other", "coordinator_ids": False})
        self.assertFalse(
            skills.with_user(self.coordinator).search_count(
                [("campaign_id", "=", other.id)]
            )
        )

    # ------------------------------------------------------------
    # PRESENCE
    # ------------------------------------------------------------

    def test_asking_for_a_name_and_working_on_it_are_signs_of_life(self):
        payload = self.next_name()
        presence = self.env["crm.desk.presence"].search(
            [("user_id", "=", self.operator.id)]
        )
        self.assertEqual(presence.campaign_id, self.campaign)
        self._seen(self.operator, 60)
        self.desk().heartbeat(payload["line_id"], payload["claim_token"])
        seen = self.env["crm.desk.presence"].search(
            [("user_id", "=", self.operator.id)]
        )
        self.assertGreater(seen.seen_at, fields.Datetime.now() - timedelta(minutes=1))

    def test_a_free_operator_gives_a_sign_of_life(self):
        self._skill(self.operator, 9)
        self._skill(self.operator_two, 4)
        self._recall(4, 1, "skill")
        self._seen(self.operator, 60)
        self.assertTrue(self.desk().present(self.campaign.id))
        self.assertEqual(self._name_id(self.operator_two), self.leads[0].id)

    def test_presence_elsewhere_is_not_believed(self):
        other = self.campaign.copy({"title": "Other"})
        self.assertFalse(self.desk().present(other.id))
        self.assertFalse(
            self.env["crm.desk.presence"].search([("campaign_id", "=", other.id)])
        )
        with self.assertRaises(AccessError):
            self.desk(self.agent).present(self.campaign.id)

    def test_presence_is_shown_to_nobody(self):
        for user in (self.operator, self.coordinator, self.manager):
            self.assertFalse(
                self.env["crm.desk.presence"].with_user(user).has_access("read")
            )
