from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.roles_case import REFUSED

from .common import CampaignCommon
from .test_roles import CampaignRolesCase

GROUP = "crm.operator.group"


@tagged("post_install", "-at_install")
class TestOperatorGroup(CampaignCommon):
    """Who works on a list, in effect: by name, by group, by campaign."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.three, cls.four = (
            cls._new_user(f"op_{number}", "group_operator") for number in (3, 4)
        )
        cls.group = cls.env[GROUP].create(
            {"name": "Morning", "member_ids": [Command.set(cls.three.ids)]}
        )

    def _in_effect(self, call_list=None):
        """Return who works on a list as the claim reads it."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT user_id FROM crm_call_list_operator_rel WHERE list_id = %s",
            [(call_list or self.call_list).id],
        )
        return self.env["res.users"].browse(row[0] for row in self.env.cr.fetchall())

    def test_members_work_on_the_lists_of_their_groups(self):
        both = self.operator | self.operator_two
        self.call_list.group_ids = self.group
        self.assertEqual(self._in_effect(), both | self.three)
        self.group.member_ids = [Command.link(self.four.id)]
        self.assertEqual(self._in_effect(), both | self.three | self.four)
        self.group.member_ids = [Command.unlink(self.three.id)]
        self.assertEqual(self._in_effect(), both | self.four)
        self.group.active = False
        self.assertEqual(self._in_effect(), both)
        self.group.active = True
        self.call_list.group_ids = False
        self.assertEqual(self._in_effect(), both)

    def test_a_list_of_nobody_is_for_the_whole_campaign(self):
        whole = self.env["crm.call.list"].create(
            {"name": "Whole", "campaign_id": self.campaign.id}
        )
        self.assertTrue(whole.is_for_campaign)
        self.assertFalse(self.call_list.is_for_campaign)
        self.assertFalse(self._in_effect(whole))
        self.campaign.group_ids = self.group
        self.campaign.skill_ids = [Command.create({"user_id": self.four.id})]
        self.assertEqual(self._in_effect(whole), self.three | self.four)
        self.assertEqual(self.group.list_count, 1)
        shown = self.env["crm.call.list"].search(
            self.group.action_open_lists()["domain"]
        )
        self.assertEqual(shown, whole)
        # Assigned to somebody else, it isn't served to them.
        self.assertNotIn(self.three, self._in_effect())
        whole.operator_ids = self.operator
        self.assertEqual(self._in_effect(whole), self.operator)
        self.assertFalse(whole.is_for_campaign)

    def test_what_writes_operators_goes_on_working(self):
        self.call_list.group_ids = self.group
        self.call_list.operator_ids |= self.four
        self.assertEqual(
            self.call_list.own_operator_ids,
            self.operator | self.operator_two | self.four,
        )
        self.call_list.operator_ids -= self.operator
        self.call_list.write({"operator_ids": [Command.unlink(self.four.id)]})
        self.assertEqual(self.call_list.own_operator_ids, self.operator_two)
        self.assertEqual(self._in_effect(), self.operator_two | self.three)
        self.call_list.write(
            {
                "operator_ids": [Command.set(self.operator.ids)],
                "group_ids": [Command.clear()],
            }
        )
        self.assertEqual(self._in_effect(), self.operator)

    def test_only_who_may_call_is_given_names(self):
        """Whoever a coordinator assigns would see the names of the list."""
        clerk = self._new_user("clerk", "group_back_office")
        campaign = self.campaign
        for give in (
            lambda: self.call_list.write({"own_operator_ids": [clerk.id]}),
            lambda: self.call_list.write({"operator_ids": [Command.link(clerk.id)]}),
            lambda: self.group.write({"member_ids": [Command.link(clerk.id)]}),
            lambda: campaign.write(
                {"skill_ids": [Command.create({"user_id": clerk.id})]}
            ),
        ):
            with self.assertRaisesRegex(ValidationError, "not the role Operator"):
                give()
                self.env.flush_all()
        self.call_list.own_operator_ids = self.operator | self.coordinator
        self.assertEqual(self._in_effect(), self.operator | self.coordinator)

    def test_a_member_is_not_left_out_in_silence(self):
        self.call_list.group_ids = self.group
        self.env.flush_all()
        with self.assertRaisesRegex(UserError, "as a member of Morning"):
            self.call_list.operator_ids -= self.three

    def test_archived_users_are_no_operators(self):
        self.call_list.group_ids = self.group
        (self.three | self.operator).action_archive()
        self.assertEqual(self._in_effect(), self.operator_two)
        (self.three | self.operator).action_unarchive()
        self.assertEqual(
            self._in_effect(), self.operator | self.operator_two | self.three
        )

    def test_a_bound_operator_joins_no_group_of_other_names(self):
        """Portfolios bind whoever comes by a group as well."""
        portfolio = self.env["crm.portfolio"].create({"name": "Bound", "unit": "1"})
        self.four.portfolio_ids = portfolio
        self.call_list.group_ids = self.group
        with self.assertRaisesRegex(ValidationError, "sees only names in"):
            self.group.member_ids = [Command.link(self.four.id)]
            self.env.flush_all()

    def test_members_are_seen_by_the_next_request(self):
        self.registry_enter_test_mode()
        self.assertTrue(self.next_name(self.three)["empty"])
        self.call_list.group_ids = self.group
        self.assertIn("lead", self.next_name(self.three))

    def test_the_coordinator_has_the_role(self):
        with self.assertRaisesRegex(ValidationError, "has not the role Coordinator"):
            self.group.coordinator_id = self.operator

    def test_enter_members_with_their_skill(self):
        self.campaign.group_ids = self.group
        self.campaign.action_add_members()
        self.campaign.action_add_members()
        self.assertEqual(self.campaign.skill_ids.user_id, self.three)
        self.assertEqual(self.campaign.skill_ids.level, 5)


@tagged("post_install", "-at_install")
class TestGroupRoles(CampaignRolesCase):
    """A coordinator sees the own groups and campaigns, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group, cls.secret_group = cls.env[GROUP].create(
            [
                {
                    "name": name,
                    "coordinator_id": coordinator.id,
                    "member_ids": [Command.set(operator.ids)],
                }
                for name, coordinator, operator in (
                    ("Own group", cls.coordinator, cls.operator),
                    ("Secret group", cls.coordinator_two, cls.operator_two),
                )
            ]
        )
        cls.secret_list.group_ids = cls.secret_group
        cls.secret_campaign.skill_ids = [
            Command.create({"user_id": cls.operator_two.id, "level": 9})
        ]
        cls.secret_campaign.number_ids = [Command.create({"number": "030 9200669"})]

    def secret_attempts(self):
        group = self.secret_group.id
        return {
            **super().secret_attempts(),
            "group": lambda e: e[GROUP].browse(group).read(["name"]),
            "groups": lambda e: e[GROUP].name_search("Secret"),
            "groups by member": lambda e: e[GROUP].search_count(
                [("member_ids", "in", self.operator_two.id)]
            ),
            "groups by list": lambda e: e[GROUP].search_count(
                [("list_ids", "any", [("name", "like", "Secret")])]
            ),
            "skill": lambda e: e["crm.campaign.skill"].search_count(
                [("level", "=", 9)]
            ),
            "called number": lambda e: e["crm.campaign.number"].search_count([]),
        }

    def test_coordinator_of_a_campaign_and_a_group(self):
        self.check_learns_nothing(self.coordinator)
        group, skill = self.group.id, self.secret_campaign.skill_ids.id
        self.check_table(
            self.coordinator,
            {
                "groups": (lambda e: e[GROUP].search([]).mapped("name"), ["Own group"]),
                "members": (
                    lambda e: (
                        e[GROUP]
                        .browse(group)
                        .write({"member_ids": [Command.link(self.operator_two.id)]})
                    ),
                    True,
                ),
                "name": (
                    lambda e: e[GROUP].browse(group).write({"name": "x"}),
                    REFUSED,
                ),
                "new": (lambda e: e[GROUP].create({"name": "x"}), REFUSED),
                "foreign group": (
                    lambda e: (
                        e[GROUP]
                        .browse(self.secret_group.id)
                        .write({"member_ids": [Command.link(e.uid)]})
                    ),
                    REFUSED,
                ),
                "lead a foreign group": (
                    lambda e: (
                        e[GROUP]
                        .browse(self.secret_group.id)
                        .write({"coordinator_id": e.uid})
                    ),
                    REFUSED,
                ),
                "skill": (
                    lambda e: e["crm.campaign.skill"].browse(skill).write({"level": 1}),
                    REFUSED,
                ),
                "family": (
                    lambda e: e["crm.campaign.family"].create({"name": "x"}),
                    REFUSED,
                ),
                "checklist": (lambda e: e["crm.setup.item"].search([]), REFUSED),
            },
        )

    def test_coordinator_of_a_group_only(self):
        """Sees the lists of the group, and not those of others in the campaign."""
        leader = self._new_user("leader", "group_coordinator")
        self.group.coordinator_id = leader
        self.check_table(leader, {"names": (self._count_names, 0)})
        shared = self.env["crm.call.list"].create(
            {
                "name": "Shared",
                "campaign_id": self.campaign.id,
                "group_ids": [Command.set(self.group.ids)],
            }
        )
        shared._add_leads(self.leads[:2].ids)
        self.leads[0]._register_outcome(
            self.outcomes["N"], user=self.operator, campaign=self.campaign
        )
        self.leads[0]._register_outcome(
            self.outcomes["N"], user=self.operator_two, campaign=self.campaign
        )
        self.check_learns_nothing(leader)
        self.check_table(
            leader,
            {
                "names": (self._count_names, 2),
                "lists": (
                    lambda e: e["crm.call.list"].search([]).mapped("name"),
                    ["Shared"],
                ),
                "lines": (lambda e: e["crm.call.list.line"].search_count([]), 2),
                "campaigns": (
                    lambda e: (
                        e["utm.campaign"]
                        .search([("is_call_campaign", "=", True)])
                        .mapped("title")
                    ),
                    ["Own campaign"],
                ),
                "history of the members": (
                    lambda e: e["crm.interaction"].search_count([]),
                    1,
                ),
                "write the campaign": (
                    lambda e: (
                        e["utm.campaign"]
                        .browse(self.campaign.id)
                        .write({"script": "x"})
                    ),
                    REFUSED,
                ),
            },
        )
        shared.group_ids = False
        self.check_table(leader, {"names": (self._count_names, 0)})

    def test_operator(self):
        self.check_learns_nothing(self.operator)
        self.check_table(
            self.operator,
            {
                "groups": (lambda e: e[GROUP].search([]).mapped("name"), ["Own group"]),
                "join": (
                    lambda e: (
                        e[GROUP]
                        .browse(self.secret_group.id)
                        .write({"member_ids": [Command.link(e.uid)]})
                    ),
                    REFUSED,
                ),
                "own skill": (
                    lambda e: e["crm.campaign.skill"].create(
                        {"campaign_id": self.campaign.id, "user_id": e.uid}
                    ),
                    REFUSED,
                ),
            },
        )

    def test_others_and_the_manager(self):
        for role in ("agent", "back_office", "employee"):
            self.check_table(
                self.roles[role],
                {
                    "groups": (lambda e: e[GROUP].search([]), REFUSED),
                    "checklist": (lambda e: e["crm.setup.item"].search([]), REFUSED),
                },
            )
        self.check_table(
            self.manager,
            {
                "groups": (lambda e: e[GROUP].search_count([]) >= 2, True),
                "rename": (
                    lambda e: e[GROUP].browse(self.group.id).write({"name": "x"}),
                    True,
                ),
            },
        )

    @staticmethod
    def _count_names(env):
        return env["crm.lead"].search_count([])
