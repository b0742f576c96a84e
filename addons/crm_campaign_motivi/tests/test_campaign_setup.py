from lxml import etree
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CampaignCommon

#: Not set up by anybody: what the campaign is, or what it has come to.
NOT_SET_UP = {
    "active",
    "call_state",
    "count_left",
    "count_total",
    "currency_id",
    "hands_sentence",
    "is_call_campaign",
    "is_template",
    "queue_progress",
    "relation_ids",
    "setup_problem",
}


@tagged("post_install", "-at_install")
class TestCampaignSetup(CampaignCommon):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def _campaign(self, **values):
        return self.env["utm.campaign"].create(
            {
                "title": "New one",
                "is_call_campaign": True,
                "company_id": self.company.id,
                **values,
            }
        )

    # ------------------------------------------------------------
    # THE FORM
    # ------------------------------------------------------------

    def test_a_form_that_managers_understand(self):
        """At most about 30 fields, in groups, each with a help text."""
        view = self.env.ref("crm_campaign_motivi.utm_campaign_view_form_call")
        campaigns = self.env["utm.campaign"].with_user(self.manager)
        arch = etree.fromstring(campaigns.get_view(view.id, "form")["arch"])
        shown = {
            node.get("name")
            for node in arch.xpath("//field[not(ancestor::field)]")
            if node.get("name") not in NOT_SET_UP
        }
        self.assertGreater(len(shown), 20)
        self.assertLessEqual(len(shown), 32)
        described = campaigns.fields_get(list(shown), ["help"])
        self.assertFalse(
            [name for name in sorted(shown) if not described[name].get("help")]
        )

    def test_three_levels(self):
        families = self.env["crm.campaign.family"].create([{"name": "Panels of test"}])
        subject = self.env["crm.deal.subject"].create({"name": "With battery, test"})
        campaign = self._campaign(family_id=families.id, deal_subject_id=subject.id)
        self._campaign(family_id=families.id, is_template=True)
        self.assertEqual(families.campaign_count, 1)
        groups = self.env["utm.campaign"]._read_group(
            [("id", "=", campaign.id)], ["family_id", "deal_subject_id"], ["__count"]
        )
        self.assertEqual(groups, [(families, subject, 1)])
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            families.unlink()

    # ------------------------------------------------------------
    # WHAT IS MISSING
    # ------------------------------------------------------------

    def test_what_is_missing_is_said_on_the_form(self):
        campaign = self._campaign()
        self.assertIn("no list", campaign.setup_problem)
        self.assertIn("No operator works in it", campaign.setup_problem)
        self.assertFalse(self.campaign.setup_problem)
        self.leads.active = False
        self.campaign.invalidate_recordset()
        self.assertIn("None of the names left", self.campaign.setup_problem)
        self.call_list.line_ids.category = "exhausted"
        self.campaign.invalidate_recordset()
        self.assertIn("no name to call", self.campaign.setup_problem)

    def test_without_outcomes_nothing_is_served(self):
        self.env["crm.outcome"].search([("kind", "!=", False)]).with_context(
            graph_rebuilt=True
        ).active = False
        self.campaign.invalidate_recordset()
        self.assertIn("No outcome is allowed", self.campaign.setup_problem)
        served = self.next_name()
        self.assertTrue(served["empty"])
        self.assertIn("No outcome is allowed", served["reason"])
        self.assertFalse(self.call_list.line_ids.claimed_by_id)

    def test_the_desk_says_why_there_is_no_campaign(self):
        self.assertIsNone(self.desk().open()["reason"])
        self.campaign.action_prepare()
        opened = self.desk().open()
        self.assertEqual(opened["campaigns"], [])
        self.assertIn("in preparation", opened["reason"])
        self.call_list.unlink()
        self.assertIn("no list", self.desk().open()["reason"])

    def test_names_of_mailings_are_not_called(self):
        self.campaign.channel = "dem"
        self.assertEqual(self.desk().open()["campaigns"], [])
        self.assertTrue(self.next_name()["empty"])
        mailing = self._campaign(channel="dem")
        mailing.action_start()
        self.assertEqual(mailing.call_state, "running")

    # ------------------------------------------------------------
    # TEMPLATES
    # ------------------------------------------------------------

    def test_a_copy_takes_the_set_up_and_nothing_else(self):
        group = self.env["crm.operator.group"].create({"name": "Group of test"})
        family = self.env["crm.campaign.family"].create({"name": "Family of test"})
        self.campaign.write(
            {
                "direction": "mixed",
                "family_id": family.id,
                "group_ids": [Command.set(group.ids)],
                "outcome_ids": [Command.set(self.outcomes["R"].ids)],
                "product_ids": [Command.create({"name": "Plant of test"})],
                "skill_ids": [
                    Command.create({"user_id": self.operator.id, "level": 8})
                ],
                "number_ids": [Command.create({"number": "030 9200669"})],
            }
        )
        copy = self.campaign.copy()
        for name in (
            "script agent_ids coordinator_ids outcome_ids group_ids family_id direction"
            " expected_revenue channel product_ids"
        ).split():
            self.assertEqual(copy[name], self.campaign[name], name)
        self.assertTrue(copy.family_id)
        self.assertTrue(copy.product_ids)
        self.assertEqual(copy.skill_ids.mapped("level"), [8])
        self.assertNotEqual(copy.skill_ids, self.campaign.skill_ids)
        self.assertEqual(copy.template_id, self.campaign)
        as_template = self.campaign.with_context(default_is_template=True)
        self.assertFalse(as_template.copy().is_template)
        self.assertNotEqual(copy.name, self.campaign.name)
        self.assertEqual(copy.call_state, "draft")
        # Neither lists (but that of its own callers), names, numbers nor figures.
        self.assertEqual(copy.call_list_ids.mapped("is_inbound"), [True])
        self.assertFalse(copy.number_ids)
        self.assertEqual(copy.count_total, 0)

    def test_presets_are_there_and_start(self):
        presets = self.env["utm.campaign"].search(
            [("is_call_campaign", "=", True), ("is_template", "=", True)]
        )
        self.assertGreaterEqual(len(presets), 3)
        self.assertEqual(set(presets.mapped("direction")), {"outbound", "inbound"})
        self.assertTrue(all(preset.template_note for preset in presets))
        source = self.env.ref("crm_campaign_motivi.utm_campaign_template_outbound")
        wizard = (
            self.env["crm.campaign.new.wizard"]
            .with_user(self.manager)
            .create({"source_id": source.id, "title": "Spring"})
        )
        action = wizard.action_create()
        campaign = self.env["utm.campaign"].browse(action["res_id"])
        self.assertEqual(campaign.title, "Spring")
        self.assertEqual(campaign.user_id, self.manager)
        self.assertFalse(campaign.is_template)
        self.assertEqual(campaign.company_id, self.manager.company_id)
        self.assertEqual(campaign.script, source.script)
        self.env["crm.call.list"].create(
            {
                "name": "First",
                "campaign_id": campaign.id,
                "operator_ids": [Command.set(self.operator.ids)],
            }
        )._add_leads(self.leads.ids)
        campaign.action_start()
        self.assertEqual(campaign.call_state, "running")

    def test_a_template_is_no_campaign(self):
        action = self.campaign.action_save_as_template()
        template = self.env["utm.campaign"].browse(action["res_id"])
        self.assertTrue(template.is_template)
        self.assertEqual(template.script, self.campaign.script)
        with self.assertRaisesRegex(UserError, "is a template and is never started"):
            template.action_start()
        with self.assertRaisesRegex(UserError, "is a template, which has no lists"):
            self.env["crm.call.list"].create({"name": "x", "campaign_id": template.id})
        self.campaign.action_prepare()
        with self.assertRaisesRegex(ValidationError, "has lists"):
            self.campaign.is_template = True
        shown = self.env["utm.campaign"].search(
            [("is_call_campaign", "=", True), ("is_template", "=", False)]
        )
        self.assertNotIn(template, shown)

    # ------------------------------------------------------------
    # STATES OF ITS LISTS
    # ------------------------------------------------------------

    def test_a_campaigns_own_list_states(self):
        states = self.env["crm.list.state"]
        own = states.create({"name": "Not now", "category": "closed_negative"})
        to_call = states._get_by_category("to_call")
        with self.assertRaisesRegex(ValidationError, "To Call"):
            self.campaign.list_state_ids = own
        self.campaign.list_state_ids = to_call | own
        payload = self.next_name()
        self.confirm(payload, "N")
        self.assertEqual(self.line_of(payload).list_state_id, own)
        # A category for which the campaign has no state keeps the general one.
        payload = self.next_name()
        self.confirm(payload, "R", recall_at=self.in_hours(2))
        self.assertEqual(self.line_of(payload).category, "recall")
        self.assertNotIn(self.line_of(payload).list_state_id, own | to_call)

    # ------------------------------------------------------------
    # CLOSING
    # ------------------------------------------------------------

    def test_a_campaign_without_names_in_hand_closes_at_once(self):
        self.campaign.action_close()
        self.assertEqual(self.campaign.call_state, "closed")

    def test_names_in_hand_are_finished_first(self):
        held, other = self.next_name(), self.next_name(self.operator_two)
        self.campaign.action_close()
        self.assertEqual(self.campaign.call_state, "closing")
        self.assertIn("hands: 2", self.campaign.hands_sentence)
        self.confirm(held, "N")
        self.env.flush_all()
        self.env.cr.postcommit.run()
        self.assertEqual(self.campaign.call_state, "closing")
        # Nothing new at once, with a sentence.
        self.assertIn("is being closed", self.next_name()["reason"])
        self.desk(self.operator_two).release(other["line_id"], other["claim_token"])
        self.campaign.invalidate_recordset()
        self.assertEqual(self.campaign.call_state, "closed")
        self.assertIn("is closed", self.next_name()["reason"])
        self.assertEqual(self.line_of(held).category, "closed_negative")

    def test_a_hand_that_gives_no_sign_of_life_holds_nothing_up(self):
        payload = self.next_name()
        self.campaign.action_close()
        self.env["utm.campaign"]._cron_finish_closing()
        self.assertEqual(self.campaign.call_state, "closing")
        self.line_of(payload).claimed_until = "2020-01-01 00:00:00"
        self.env.flush_all()
        self.env["utm.campaign"]._cron_finish_closing()
        self.assertEqual(self.campaign.call_state, "closed")

    def test_archiving_is_closing(self):
        payload = self.next_name()
        self.campaign.action_archive()
        self.assertEqual(self.campaign.call_state, "closing")
        self.assertTrue(self.next_name(self.operator_two)["empty"])
        self.confirm(payload, "N")
        self.env.flush_all()
        self.env.cr.postcommit.run()
        self.campaign.invalidate_recordset()
        self.assertEqual(self.campaign.call_state, "closed")
        self.assertEqual(self.line_of(payload).category, "closed_negative")
        self.assertFalse(self.line_of(payload).claimed_by_id)

    # ------------------------------------------------------------
    # NOTHING IS DELETED UNDER A CALL
    # ------------------------------------------------------------

    def test_a_name_in_hand_is_not_deleted(self):
        payload = self.next_name()
        lead = self.leads.browse(payload["lead"]["id"])
        with self.assertRaisesRegex(UserError, "An operator is working on"):
            lead.unlink()
        self.desk().release(payload["line_id"], payload["claim_token"])
        lead.unlink()
        self.assertFalse(self.line_of(payload).exists())

    def test_a_list_in_hand_is_not_deleted(self):
        payload = self.next_name()
        with self.assertRaisesRegex(UserError, "Archive the list"):
            self.call_list.unlink()
        self.call_list.active = False
        self.assertTrue(self.next_name(self.operator_two)["empty"])
        self.confirm(payload, "N")
        self.assertEqual(self.line_of(payload).category, "closed_negative")
        self.call_list.unlink()

    def test_a_name_that_is_gone_is_said_to_be(self):
        payload = self.next_name()
        self.line_of(payload).unlink()
        with self.assertRaisesRegex(UserError, "was deleted, or taken out"):
            self.confirm(payload, "N")

    def test_whoever_leaves_loses_no_name(self):
        held = self.next_name()
        line = self.call_list.line_ids.sorted("rank")[3]
        line.write(
            {
                "category": "recall",
                "recall_at": self.in_hours(-1),
                "recall_scope": "private",
                "recall_user_id": self.operator.id,
            }
        )
        self.env.flush_all()
        self.operator.action_archive()
        self.env.flush_all()
        self.assertFalse(self.line_of(held).claimed_by_id)
        self.assertFalse(line.recall_user_id)
        self.assertNotIn(self.operator, self.call_list.operator_ids)
        # The recall is everybody's now, and due.
        self.assertEqual(
            self.next_name(self.operator_two)["lead"]["id"], line.lead_id.id
        )
        # The name that was on the telephone rests, and is served again.
        self.assertGreater(self.line_of(held).rest_until, fields.Datetime.now())
        self.operator.action_unarchive()
        self.env.flush_all()
        self.assertIn(self.operator, self.call_list.operator_ids)
