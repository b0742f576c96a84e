import threading
import uuid
from datetime import timedelta
from unittest.mock import patch

from odoo import api, fields
from odoo.exceptions import AccessError, UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestCharge(CallcenterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.leads[0]
        cls.taken = cls.env.ref("crm_callcenter.crm_outcome_charge_taken")
        cls.released = cls.env.ref("crm_callcenter.crm_outcome_charge_released")
        cls.action_type = cls.env["mail.activity.type"].create(
            {"name": "Call", "is_commercial": True}
        )
        cls.interested = cls.env["crm.outcome"].create(
            {"name": "Interested", "color": "#28a745"}
        )

    def history(self, lead=None):
        """Return outcome and user of each row of a name's ledger, oldest first."""
        rows = (lead or self.lead).interaction_ids.sorted("id")
        return [(row.outcome_id, row.user_id) for row in rows]

    def by(self, user, lead=None):
        return (lead or self.lead).with_user(user)

    # ------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------

    def test_taken_and_released_by_hand(self):
        self.by(self.manager).action_take_charge()
        self.assertEqual(self.lead.charge_user_id, self.manager)
        self.assertTrue(self.lead.charge_date)
        self.by(self.manager).action_release_charge()
        self.assertFalse(self.lead.charge_user_id)
        self.assertFalse(self.lead.charge_date)
        self.assertEqual(
            self.history(),
            [(self.taken, self.manager), (self.released, self.manager)],
        )
        rows = self.lead.interaction_ids
        self.assertEqual(
            rows.activity_type_id, self.env.ref("crm_callcenter.activity_type_charge")
        )
        self.assertEqual(rows.state_before_id, rows.state_after_id)

    def test_taking_twice_writes_once(self):
        self.by(self.manager).action_take_charge()
        since = self.lead.charge_date
        self.by(self.manager).action_take_charge()
        self.assertEqual(self.history(), [(self.taken, self.manager)])
        self.assertEqual(self.lead.charge_date, since)

    def test_second_one_learns_who_follows_it(self):
        other = self._new_user("second_manager", "group_campaign_manager")
        self.by(self.manager).action_take_charge()
        with self.assertRaisesRegex(UserError, "Campaign Manager has been in charge"):
            self.by(other).action_take_charge()
        self.assertEqual(self.history(), [(self.taken, self.manager)])

    def test_whoever_has_left_follows_nobody(self):
        leaver = self._new_user("leaver", "group_campaign_manager")
        self.by(leaver).action_take_charge()
        leaver.active = False
        self.by(self.manager).action_take_charge()
        self.assertEqual(self.lead.charge_user_id, self.manager)
        self.assertEqual(
            self.history(), [(self.taken, leaver), (self.taken, self.manager)]
        )

    def test_blocked_name_is_nobodys(self):
        blocked = self.env["crm.commercial.state"].create(
            {"name": "Never again", "state_class": "blocked"}
        )
        self.lead._correct_state(blocked)
        with self.assertRaisesRegex(UserError, "Name 1 is blocked .Never again."):
            self.by(self.manager).action_take_charge()

    def test_several_at_once_or_none(self):
        self.by(self.manager, self.leads[:3]).action_take_charge()
        self.assertEqual(self.leads.mapped("charge_user_id"), self.manager)
        self.assertFalse(self.leads[3].charge_user_id)
        other = self._new_user("second_manager", "group_campaign_manager")
        with self.assertRaises(UserError):
            self.by(other, self.leads[2:5]).action_take_charge()
        self.assertFalse(self.leads[3:].charge_user_id)

    def test_only_who_may_change_the_name(self):
        for user in self.operator | self.coordinator | self.agent:
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.by(user).action_take_charge()
        self.lead.user_id = self.agent
        self.by(self.agent).action_take_charge()
        self.assertEqual(self.lead.charge_user_id, self.agent)

    def test_only_its_own_or_the_leader_releases(self):
        self.lead.user_id = self.agent
        self.lead.type = "opportunity"
        self.by(self.back_office).action_take_charge()
        with self.assertRaisesRegex(UserError, "Only Back Office, a coordinator"):
            self.by(self.agent).action_release_charge()
        self.by(self.manager).action_release_charge()
        self.assertEqual(self.history()[-1], (self.released, self.manager))

    def test_never_written_directly(self):
        with self.assertRaisesRegex(UserError, "Take Charge"):
            self.by(self.manager).write({"charge_user_id": self.manager.id})
        with self.assertRaisesRegex(UserError, "Take Charge"):
            self.by(self.manager).write({"charge_date": fields.Datetime.now()})

    def test_taken_by_an_outcome(self):
        self.env["crm.relation"].create(
            {
                "activity_type_id": self.action_type.id,
                "outcome_id": self.interested.id,
                "takes_charge": True,
            }
        )
        self.lead._register_outcome(
            self.interested, self.action_type, user=self.operator
        )
        self.assertEqual(self.lead.charge_user_id, self.operator)
        self.assertEqual(self.history(), [(self.interested, self.operator)])

    def test_list_actions(self):
        action = self.env.ref("crm_callcenter.crm_lead_action_take_charge")
        action.with_user(self.manager).with_context(
            active_model="crm.lead", active_ids=self.leads.ids, active_id=self.lead.id
        ).run()
        self.assertEqual(self.leads.charge_user_id, self.manager)

    # ------------------------------------------------------------
    # Reset
    # ------------------------------------------------------------

    def in_charge_for(self, lead, days):
        """Let a name be in the manager's charge for some days."""
        self.by(self.manager, lead).action_take_charge()
        self.env.cr.execute(
            "UPDATE crm_lead SET charge_date = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(days=days), lead.id),
        )
        lead.invalidate_recordset()

    def reset(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_callcenter.ir_cron_reset_charge").method_direct_trigger()

    def test_reset_after_days_without_an_outcome(self):
        self.company.charge_reset_days = 30
        forgotten, fresh, worked_on, only_system, outcome_long_ago = self.leads[:5]
        for lead in self.leads[:5] - fresh:
            self.in_charge_for(lead, 31)
        self.in_charge_for(fresh, 29)
        worked_on._register_outcome(
            self.interested, date=fields.Datetime.now() - timedelta(days=29)
        )
        outcome_long_ago._register_outcome(
            self.interested, date=fields.Datetime.now() - timedelta(days=31)
        )
        only_system._correct_state(
            self.env["crm.commercial.state"].create({"name": "Moved"})
        )
        self.reset()
        self.assertEqual(self.leads.filtered("charge_user_id"), fresh | worked_on)
        for lead in forgotten | only_system | outcome_long_ago:
            row = lead.interaction_ids.sorted("id")[-1]
            self.assertEqual(row.outcome_id, self.released)
            self.assertEqual(row.user_id, self.env.ref("base.user_root"))
            self.assertIn("30", row.note)
        before = self.env["crm.interaction"].search_count([])
        self.reset()
        self.assertEqual(self.env["crm.interaction"].search_count([]), before)

    def test_zero_days_means_never(self):
        self.company.charge_reset_days = 0
        self.in_charge_for(self.lead, 4000)
        self.reset()
        self.assertEqual(self.lead.charge_user_id, self.manager)

    def test_each_company_has_its_own_days(self):
        main = self.env.ref("base.main_company")
        other = self.env["res.company"].create(
            {"name": "Other", "charge_reset_days": 10}
        )
        main.charge_reset_days = 60
        self.manager.company_ids |= other
        without, of_other, of_main = self.leads[:3]
        without.company_id = False
        of_main.company_id = main
        of_other.company_id = other
        for lead in self.leads[:3]:
            self.in_charge_for(lead, 30)
        self.reset()
        self.assertFalse(of_other.charge_user_id)
        self.assertTrue(of_main.charge_user_id)
        self.assertTrue(without.charge_user_id)

    def test_reset_in_batches(self):
        self.company.charge_reset_days = 5
        for lead in self.leads:
            self.in_charge_for(lead, 6)
        module = "odoo.addons.crm_callcenter.models.crm_lead_charge._RESET_BATCH"
        with patch(module, 4):
            self.reset()
        self.assertFalse(self.leads.charge_user_id)


@tagged("post_install", "-at_install", "concurrency")
class TestChargeConcurrency(BaseCase):
    """Two people at the same name, on real connections."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The main thread holds the registry's lock as long as tests run.
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        self.mark = uuid.uuid4().hex[:8]
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"no_reset_password": True})
            group = env.ref("crm_callcenter.group_campaign_manager")
            users = env["res.users"].create(
                [
                    {
                        "name": f"{self.mark} {number}",
                        "login": f"{self.mark}-{number}",
                        "group_ids": [fields.Command.set(group.ids)],
                    }
                    for number in range(2)
                ]
            )
            lead = env["crm.lead"].create({"name": self.mark, "type": "lead"})
            self.user_ids, self.lead_id = users.ids, lead.id
            self.partner_ids = users.partner_id.ids

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM crm_interaction WHERE lead_id = %s", (self.lead_id,)
            )
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["crm.lead"].browse(self.lead_id).unlink()
            env["res.users"].browse(self.user_ids).unlink()
            env["res.partner"].browse(self.partner_ids).unlink()

    def test_one_wins_the_other_learns_who(self):
        barrier = threading.Barrier(2)
        answers = {}

        def take(user_id):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, user_id, {})
                lead = env["crm.lead"].browse(self.lead_id)
                # Both have read the name before either takes it.
                self.assertFalse(lead.charge_user_id)
                barrier.wait(10)
                try:
                    retrying(lead.action_take_charge, env)
                    answers[user_id] = "taken"
                except UserError as error:
                    answers[user_id] = str(error)

        threads = [
            threading.Thread(target=take, args=(user_id,)) for user_id in self.user_ids
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        [winner] = [one for one, answer in answers.items() if answer == "taken"]
        [loser] = set(self.user_ids) - {winner}
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            lead = env["crm.lead"].browse(self.lead_id)
            self.assertEqual(lead.charge_user_id.id, winner)
            self.assertEqual(len(lead.interaction_ids), 1)
            self.assertIn(
                f"{lead.charge_user_id.name} has been in charge", answers[loser]
            )
