from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_replace import GraphCase


@tagged("post_install", "-at_install")
class TestPlanningRights(GraphCase):
    """Who may plan which type for whom, on every way to plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.leads[0]
        cls.lead.zone_id = cls.zone
        # Every role may change this name: what is tested is the right to plan.
        cls.lead.write({"type": "opportunity", "user_id": cls.agent.id})

    def allow(self, *rights):
        self.old_type.planning_right_ids = [
            fields.Command.clear(),
            *(fields.Command.create(values) for values in rights),
        ]

    def ways(self, planner, assignee):
        """Yield ways to plan the type for somebody, each as a request of a client."""
        lead = self.lead.with_user(planner).with_context(
            mail_activity_quick_update=True
        )
        values = {
            "activity_type_id": self.old_type.id,
            "user_id": assignee.id,
            "date_deadline": "2030-05-06",
        }
        activities = lead.env["mail.activity"]
        yield (
            "create",
            lambda: activities.create(
                {
                    **values,
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": lead.id,
                }
            ),
        )
        yield "schedule", lambda: lead.activity_schedule(**values)
        yield (
            "window",
            lambda: (
                lead.env["mail.activity.schedule"]
                .create(
                    {
                        "res_model": "crm.lead",
                        "res_ids": str(lead.ids),
                        "activity_type_id": self.old_type.id,
                        "activity_user_id": assignee.id,
                        "date_deadline": "2030-05-06",
                    }
                )
                .action_schedule_activities()
            ),
        )
        mine = self.plan(self.lead, self.old_type, planner).with_user(planner)
        yield "reassign", lambda: mine.write({"user_id": assignee.id})
        other = self.plan(self.lead, self.third_type, assignee or planner)
        if not assignee:
            other.user_id = False
        yield (
            "change of type",
            lambda: other.with_user(planner).write(
                {"activity_type_id": self.old_type.id}
            ),
        )

    def check(self, planner, assignee, allowed):
        for name, attempt in self.ways(planner, assignee):
            if name == "reassign" and assignee == planner:
                continue
            with self.subTest(planner=planner.login, who=assignee.login, way=name):
                with self.env.cr.savepoint() as savepoint:
                    if allowed:
                        attempt()
                    else:
                        with self.assertRaisesRegex(
                            UserError, "You may not plan Old type for"
                        ):
                            attempt()
                    savepoint.rollback()
                self.env.invalidate_all()

    def test_without_rights_everybody_plans_for_everybody(self):
        for planner in (self.agent, self.back_office, self.manager):
            self.check(planner, planner, True)
            self.check(planner, self.agent_two, True)

    def test_for_themselves(self):
        self.allow({"target": "self"})
        for planner in (self.agent, self.back_office, self.manager):
            self.check(planner, planner, True)
            self.check(planner, self.agent_two, False)

    def test_for_a_role(self):
        self.allow(
            {
                "planner_group_id": self.env.ref("crm_callcenter.group_back_office").id,
                "target": "group",
                "target_group_id": self.env.ref("crm_callcenter.group_agent").id,
            }
        )
        self.check(self.back_office, self.agent_two, True)
        self.check(self.back_office, self.operator, False)
        self.check(self.agent, self.agent_two, False)

    def test_for_the_agents_of_the_zone(self):
        self.allow({"target": "zone"})
        self.check(self.back_office, self.agent, True)
        self.check(self.back_office, self.agent_two, False)
        # An agent of the zone above is an agent of this one too.
        above = self.env["crm.zone"].create(
            {"name": "Lombardy", "agent_ids": [fields.Command.set(self.agent_two.ids)]}
        )
        self.zone.parent_id = above
        self.check(self.back_office, self.agent_two, True)

    def test_for_the_pool(self):
        self.allow({"target": "self"})
        self.check(self.back_office, self.env["res.users"], False)
        self.allow({"target": "anyone"})
        self.check(self.back_office, self.env["res.users"], True)

    def test_by_a_category_and_those_below_it(self):
        category, other = self.env["crm.operator.category"].create(
            [{"name": "Inside"}, {"name": "Outside"}]
        )
        below = self.env["crm.operator.category"].create(
            {"name": "Night", "parent_id": category.id}
        )
        self.allow({"planner_category_id": category.id, "target": "anyone"})
        for found, allowed in ((below, True), (category, True), (other, False)):
            self.back_office.operator_category_id = found
            self.check(self.back_office, self.agent, allowed)
        self.back_office.operator_category_id = False
        self.check(self.back_office, self.agent, False)

    def test_several_rights_add_up(self):
        role = self.env.ref("crm_callcenter.group_campaign_manager")
        self.allow(
            {"target": "self"}, {"planner_group_id": role.id, "target": "anyone"}
        )
        self.check(self.manager, self.agent_two, True)
        self.check(self.back_office, self.back_office, True)
        self.check(self.back_office, self.agent_two, False)

    def test_a_forged_context_opens_nothing(self):
        self.allow({"target": "self"})
        lead = self.lead.with_user(self.back_office).with_context(
            crm_outcome_engine=True, active_test=False, install_mode=True
        )
        with self.refused("You may not plan Old type"):
            lead.activity_schedule(
                activity_type_id=self.old_type.id, user_id=self.agent.id
            )

    def test_the_graph_plans_for_whom_its_relation_says(self):
        """Rights bind people; what an outcome leads to is the manager's decision."""
        self.allow({"target": "self"})
        self.relation.next_assignee = "salesperson"
        self.lead.with_user(self.back_office)._register_outcome(
            self.old_outcome, self.old_type
        )
        self.assertEqual(self.lead.activity_ids.user_id, self.agent)

    def test_nobody_but_a_manager_gives_rights(self):
        self.allow({"target": "self"})
        right = self.old_type.planning_right_ids
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                right.with_user(user).target = "anyone"
            with self.assertRaises(AccessError):
                right.with_user(user).unlink()
