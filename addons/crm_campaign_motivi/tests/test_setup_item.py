from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CampaignCommon


def _committed(_crons, _processed):
    """Stand for a commit, which no test may make, with time left for more."""
    return 60


@tagged("post_install", "-at_install")
class TestSetupItem(CampaignCommon):
    """What is still undefined, and where one defines it."""

    def _item(self, name):
        item = self.env.ref(f"crm_campaign_motivi.crm_setup_item_{name}")
        item.invalidate_recordset()
        return item.with_user(self.manager)

    def test_every_row_can_be_asked_and_opened(self):
        items = self.env["crm.setup.item"].with_user(self.manager)
        shown = items.search([("id", ">", 0)])
        self.assertGreaterEqual(len(shown), 14)
        for item in shown:
            with self.subTest(item=item.code):
                self.assertTrue(item.state)
                self.assertEqual(bool(item.sentence), item.state != "done")
                self.assertTrue(item.purpose)
                action = item.action_open()
                self.assertEqual(action["res_model"], item.res_model)

    def test_the_tables_of_states(self):
        items = self.env["crm.setup.item"].with_user(self.manager)
        tables = items.search([("is_state_table", "=", True)])
        self.assertEqual(
            tables.mapped("res_model"),
            ["crm.commercial.state", "crm.outcome", "crm.list.state", "crm.stage"],
        )
        self.assertTrue(all(tables.mapped("can_replace")))
        for table in tables:
            wizard = self.env["crm.replace.wizard"].with_user(self.manager)
            context = table.action_replace()["context"]
            self.assertEqual(
                wizard.with_context(**context).new({}).kind, table.res_model
            )
            # Active flag, colour, order and Replace in each of them.
            views = self.env[table.res_model].with_user(self.manager)
            arch = views.get_view(view_type="list")["arch"]
            for name in ("active", "color", "sequence"):
                self.assertIn(f'name="{name}"', arch)
            self.assertIn("Replace", arch)

    def test_it_follows_what_is_defined(self):
        self.env["crm.scheme"].search([("state", "=", "on")]).state = "off"
        self.assertEqual(self._item("schemes").state, "missing")
        self.assertIn("None is defined", self._item("schemes").sentence)
        self.env["crm.scheme"].search([], limit=1).state = "on"
        self.assertEqual(self._item("schemes").state, "done")
        self.assertEqual(self._item("list_states").state, "done")
        # As in a database without lists; with lists there is always one.
        states = self.env["crm.list.state"]
        self.env.cr.execute(
            "UPDATE crm_list_state SET active = false WHERE category = 'exhausted'"
        )
        states.invalidate_model()
        self.assertIn("Exhausted", self._item("list_states").sentence)
        self.zone.agent_ids = False
        self.assertIn(self.zone.name, self._item("zones").sentence)
        self.assertIn(self.agent.name, self._item("agents").sentence)
        self.env["crm.operator.group"].create({"name": "Nobody's"})
        self.assertIn("Nobody's", self._item("groups").sentence)
        self.assertEqual(self._item("groups").state, "optional")
        self.call_list.line_ids.category = "exhausted"
        self.assertIn("no name to call", self._item("campaigns").sentence)

    def test_tables_of_other_addons_wait_for_them(self):
        item = self.env["crm.setup.item"].create(
            {
                "name": "Of an addon that isn't there",
                "code": "missing",
                "res_model": "crm.not.there",
                "action_xmlid": "nowhere.action",
            }
        )
        items = self.env["crm.setup.item"]
        self.assertNotIn(item, items.search([("sequence", "=", item.sequence)]))


@tagged("post_install", "-at_install")
class TestLastListState(CampaignCommon):
    """Outcomes always have a state of their category to lead to."""

    def test_the_last_of_a_category_stays(self):
        states = self.env["crm.list.state"]
        of_category = states.search([("category", "=", "exhausted")])
        sentence = "last list state in use of the category Exhausted"
        for change in (
            lambda: of_category.write({"active": False}),
            lambda: of_category.write({"category": "recall"}),
            of_category.unlink,
        ):
            with self.assertRaisesRegex(UserError, sentence):
                change()
        other = states.create({"name": "Called too often", "category": "exhausted"})
        of_category.active = False
        with self.assertRaisesRegex(UserError, sentence):
            other.unlink()
        of_category.active = True
        other.unlink()

    def test_without_lists_anything_goes(self):
        self.env["crm.call.list"].with_context(active_test=False).search([]).unlink()
        states = self.env["crm.list.state"]
        states.search([("category", "=", "exhausted")]).active = False


@tagged("post_install", "-at_install")
class TestReplaceListState(CampaignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        states = cls.env["crm.list.state"]
        cls.old = states._get_by_category("closed_negative")
        cls.new = states.create({"name": "No", "category": "closed_negative"})

    def _wizard(self, old, new):
        return (
            self.env["crm.replace.wizard"]
            .with_user(self.manager)
            .with_context(active_model="crm.list.state", active_id=old.id)
            .create({"new_list_state_id": new.id})
        )

    def test_replace_everywhere(self):
        lines = self.call_list.line_ids[:3]
        lines.write({"list_state_id": self.old.id, "category": "closed_negative"})
        outcomes = self.env["crm.outcome"].search([("list_state_id", "=", self.old.id)])
        self.assertTrue(outcomes)
        to_call = self.env["crm.list.state"]._get_by_category("to_call")
        self.campaign.list_state_ids = to_call | self.old
        wizard = self._wizard(self.old, self.new)
        self.assertFalse(wizard.problem)
        self.assertIn("3", wizard.preview)
        wizard.action_replace()
        self.assertEqual(lines.list_state_id, self.new)
        self.assertEqual(outcomes.list_state_id, self.new)
        self.assertEqual(self.campaign.list_state_ids, to_call | self.new)
        self.assertFalse(self.old.active)
        self.assertEqual(self.old.replaced_by_id, self.new)
        self.old.active = True
        self.assertFalse(self.old.replaced_by_id)

    def test_big_lists_follow_in_batches(self):
        lines = self.call_list.line_ids
        lines.write({"list_state_id": self.old.id})
        with self.patch_batch(2):
            self.old._replace_by(self.new)
            self.assertEqual(
                len(lines.filtered(lambda line: line.list_state_id == self.new)), 2
            )
            with patch.object(
                type(self.env["ir.cron"]), "_commit_progress", _committed
            ):
                self.env["crm.list.state"]._cron_move_names()
        self.assertEqual(lines.list_state_id, self.new)

    def patch_batch(self, size):
        return patch(
            "odoo.addons.crm_campaign_motivi.models.crm_list_state_replace.BATCH_SIZE",
            size,
        )

    def test_no_replacement_across_categories(self):
        to_call = self.env["crm.list.state"]._get_by_category("to_call")
        wizard = self._wizard(self.old, to_call)
        self.assertIn("different categories", wizard.problem)
        with self.assertRaisesRegex(UserError, "different categories"):
            wizard.action_replace()
        self.new.active = False
        self.assertIn("switched off", self._wizard(self.old, self.new).problem)
        self.assertIn("by itself", self._wizard(self.old, self.old).problem)


@tagged("post_install", "-at_install")
class TestReplaceStage(CampaignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old, cls.new, cls.won = cls.env["crm.stage"].create(
            [
                {"name": "Old"},
                {"name": "New"},
                {"name": "Sold", "is_won": True},
            ]
        )
        cls.leads.stage_id = cls.old

    def test_replace(self):
        self.leads[0].active = False
        wizard = (
            self.env["crm.replace.wizard"]
            .with_user(self.manager)
            .with_context(active_model="crm.stage", active_id=self.old.id)
            .create({"new_stage_id": self.new.id})
        )
        self.assertFalse(wizard.problem)
        self.assertIn("6", wizard.preview)
        wizard.action_replace()
        self.assertEqual(self.leads.stage_id, self.new)
        self.assertFalse(self.old.active)
        # Who has still chosen the old one meanwhile follows.
        self.leads[1].stage_id = self.old
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", _committed):
            self.env["crm.stage"]._cron_move_names()
        self.assertEqual(self.leads[1].stage_id, self.new)
        self.old.active = True
        self.assertFalse(self.old.replaced_by_id)

    def test_what_makes_no_sense(self):
        team = self.env["crm.team"].create({"name": "Team of test"})
        of_team = self.env["crm.stage"].create(
            {"name": "Of a team", "team_ids": team.ids}
        )
        for new, sentence in (
            (self.old, "by itself"),
            (self.won, "same meaning"),
            (of_team, "not for all teams"),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                self.old._replace_by(new)
        self.new.active = False
        with self.assertRaisesRegex(UserError, "switched off"):
            self.old._replace_by(self.new)

    def test_one_says_won(self):
        won = self.env["crm.stage"].search([("is_won", "=", True)])
        self.assertGreater(len(won), 1)
        (won - self.won).active = False
        with self.assertRaisesRegex(UserError, "last state in use"):
            self.won.active = False
