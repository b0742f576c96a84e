import psycopg2

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_callcenter.tests.roles_case import REFUSED

from .test_roles import CampaignRolesCase

CAMPAIGN = "utm.campaign"


@tagged("post_install", "-at_install")
class TestCampaignGuards(CampaignRolesCase):
    """Odoo's campaigns are everybody's; call campaigns are the campaign manager's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Like a mass mailing user: may delete campaigns by rights of its own.
        mailing = cls.env["res.groups"].create({"name": "Like mass mailing"})
        cls.env["ir.model.access"].create(
            {
                "name": "campaigns of mass mailing",
                "model_id": cls.env["ir.model"]._get_id(CAMPAIGN),
                "group_id": mailing.id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
                "perm_unlink": True,
            }
        )
        cls.mailing_user = cls._new_user("mailing", "group_own_work")
        cls.mailing_user.group_ids = [
            Command.set((mailing | cls.env.ref("base.group_user")).ids)
        ]
        cls.sales_manager = cls._new_user("sales_manager", "group_own_work")
        cls.sales_manager.group_ids = [
            Command.set(cls.env.ref("sales_team.group_sale_manager").ids)
        ]
        cls.ordinary = cls.env[CAMPAIGN].create({"title": "Newsletter"})

    def test_only_managers_touch_call_campaigns(self):
        campaign = self.campaign.id
        script = {"script": "<p>Other</p>"}
        new = {"title": "New", "is_call_campaign": True}

        def flip(env):
            return (
                env[CAMPAIGN].create({"title": "x"}).write({"is_call_campaign": True})
            )

        table = {
            "write": lambda e: e[CAMPAIGN].browse(campaign).write(script),
            "rename": lambda e: e[CAMPAIGN].browse(campaign).write({"title": "x"}),
            "create": lambda e: e[CAMPAIGN].create(new).is_call_campaign,
            "create by default": lambda e: (
                e[CAMPAIGN]
                .with_context(default_is_call_campaign=True)
                .create({"title": "x"})
                .is_call_campaign
            ),
            "make one of an ordinary one": flip,
            "copy": lambda e: e[CAMPAIGN].browse(campaign).copy().is_call_campaign,
            "close": lambda e: e[CAMPAIGN].browse(campaign).action_close() or True,
            "prepare": lambda e: e[CAMPAIGN].browse(campaign).action_prepare() or True,
            "join": lambda e: (
                e[CAMPAIGN]
                .browse(campaign)
                .write({"coordinator_ids": [Command.link(e.uid)]})
            ),
            "archive": lambda e: e[CAMPAIGN].browse(campaign).action_archive() or True,
            "resequence": lambda e: (
                e[CAMPAIGN]
                .browse(campaign)
                .write({"stage_id": e["utm.stage"].search([], limit=1).id})
            ),
        }
        for user in (
            *(self.roles[role] for role in self.roles if role != "manager"),
            self.mailing_user,
            self.sales_manager,
        ):
            refused = {label: (call, REFUSED) for label, call in table.items()}
            self.check_table(user, refused)
        self.check_table(
            self.manager, {label: (call, True) for label, call in table.items()}
        )

    def test_deletion(self):
        unused = self.env[CAMPAIGN].create({"title": "x", "is_call_campaign": True})
        delete = {"delete": lambda e: e[CAMPAIGN].browse(unused.id).unlink()}
        for user in (self.mailing_user, self.operator, self.coordinator):
            self.check_table(user, {"delete": (delete["delete"], REFUSED)})
        self.check_table(self.manager, {"delete": (delete["delete"], True)})

    def test_a_campaign_with_lists_stays(self):
        with (
            self.assertRaises(psycopg2.IntegrityError),
            mute_logger("odoo.sql_db"),
        ):
            self.campaign.unlink()

    def test_ordinary_campaigns_stay_everybodys(self):
        campaign = self.ordinary.id
        table = {
            "read": (lambda e: e[CAMPAIGN].browse(campaign).title, "Newsletter"),
            "write": (
                lambda e: e[CAMPAIGN].browse(campaign).write({"title": "x"}),
                True,
            ),
            "create": (
                lambda e: e[CAMPAIGN].create({"title": "y"}).is_call_campaign,
                False,
            ),
            "quick create": (lambda e: e[CAMPAIGN].name_create("z")[1], "z"),
        }
        for user in (self.operator, self.roles["employee"], self.mailing_user):
            self.check_table(user, table)
        self.check_table(
            self.mailing_user,
            {"delete": (lambda e: e[CAMPAIGN].browse(campaign).unlink(), True)},
        )

    def test_call_campaigns_are_nobody_elses_to_read(self):
        shown = {
            "call campaigns": lambda e: e[CAMPAIGN].search_count(
                [("is_call_campaign", "=", True), ("title", "like", "campaign")]
            )
        }
        for user, expected in (
            (self.roles["employee"], 0),
            (self.mailing_user, 0),
            (self.agent, 0),
            (self.operator, 1),
            (self.coordinator, 1),
            (self.back_office, 2),
            (self.manager, 2),
        ):
            self.check_table(
                user, {label: (call, expected) for label, call in shown.items()}
            )

    def test_identifier_is_frozen(self):
        """Links that were sent name it: the title may change, the identifier not."""
        name = self.campaign.name
        self.campaign.title = "Other title"
        self.assertEqual(self.campaign.name, name)
        with self.assertRaises(UserError):
            self.campaign.name = "other"
        self.ordinary.title = "Other newsletter"
        self.assertEqual(self.ordinary.name, "Other newsletter")
