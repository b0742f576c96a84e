from collections import Counter

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models import crm_dispatch
from ..tools import claim_sql
from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestAdaptive(CampaignCommon):
    """Adaptive mode serves names where agents have time, and starves no zone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.busy_zone = cls.env["crm.zone"].create(
            {"name": "Busy", "agent_ids": [fields.Command.set(cls.agent_two.ids)]}
        )
        cls.env.cr.execute(
            """INSERT INTO crm_lead (name, type, active, phone_e164, lead_kind, zone_id)
               SELECT 'n' || n, 'lead', true, '+39333' || (1000000 + n), 'person',
                      CASE n %% 3 WHEN 0 THEN %s WHEN 1 THEN %s END
                 FROM generate_series(1, 900) n RETURNING id""",
            [cls.zone.id, cls.busy_zone.id],
        )
        cls.many = [row[0] for row in cls.env.cr.fetchall()]
        cls.call_list.line_ids.unlink()
        cls.call_list._add_leads(cls.many)

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.campaign.agent_ids = self.agent | self.agent_two

    def _weights(self):
        self.campaign.invalidate_recordset()
        return {zone.zone_id.id or 0: zone for zone in self.campaign.campaign_zone_ids}

    def _served(self, count):
        zones = Counter()
        dispatch = self.env["crm.dispatch"].with_user(self.operator)
        campaign = self.campaign.sudo()
        for _number in range(count):
            claim = dispatch._claim_next(campaign)
            line = self.env["crm.call.list.line"].browse(claim["id"])
            zones[line.zone_id] += 1
            line.write({"category": "closed_negative", "claimed_by_id": False})
            self.env.flush_all()
        return zones

    def test_weights_are_free_slots_for_each_name_in_play(self):
        self.campaign.work_mode = "adaptive"
        weights = self._weights()
        own, busy, none = (
            weights[zone_id] for zone_id in (self.zone.id, self.busy_zone.id, 0)
        )
        # Seven days of four hours.
        self.assertGreaterEqual(own.free_slots, 24)
        self.assertEqual(own.weight, own.free_slots)
        self.assertEqual(busy.weight, busy.free_slots)
        self.assertEqual(none.free_slots, 0)
        self.assertGreater(none.weight, 0, "starved")
        lines = self.call_list.line_ids.filtered(
            lambda line: line.zone_id == self.busy_zone.id
        )[:4]
        lines.write(
            {
                "category": "recall",
                "recall_scope": "public",
                "recall_at": self.in_hours(5),
            }
        )
        self.env["crm.queue.job"]._cron_work()
        busy = self._weights()[self.busy_zone.id]
        self.assertEqual(busy.in_play, 4)
        self.assertAlmostEqual(busy.weight, busy.free_slots / 5, 3)

    def test_agents_take_no_more_than_their_week_holds(self):
        """As the desk's agenda: a full week offers nothing, however free it is."""
        cover = self.env["crm.zone.agent"].search(
            [("zone_id", "=", self.busy_zone.id), ("user_id", "=", self.agent_two.id)]
        )
        cover.weekly_capacity = 3
        self.campaign.work_mode = "adaptive"
        weights = self._weights()
        # Seven days touch one week or two.
        self.assertIn(weights[self.busy_zone.id].free_slots, (3, 6))
        self.assertGreaterEqual(weights[self.zone.id].free_slots, 24)

    def test_the_manager_tunes_a_zone(self):
        self.campaign.work_mode = "adaptive"
        before = self._weights()[self.zone.id]
        weight = before.weight
        before.with_user(self.manager).factor = 3
        self.assertAlmostEqual(self._weights()[self.zone.id].weight, 3 * weight, 3)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            before.factor = 0
        shares = sum(zone.share for zone in self._weights().values())
        self.assertAlmostEqual(shares, 1, 3)

    def test_calls_go_where_the_weight_is_and_no_zone_is_starved(self):
        self.campaign.work_mode = "adaptive"
        self.env.cr.execute(
            """UPDATE crm_campaign_zone SET weight = CASE
                      WHEN zone_id = %s THEN 80 WHEN zone_id = %s THEN 15 ELSE 5 END
                WHERE campaign_id = %s""",
            [self.zone.id, self.busy_zone.id, self.campaign.id],
        )
        served = self._served(200)
        self.assertGreater(served[self.zone.id], 130)
        self.assertGreater(served[self.busy_zone.id], 10)
        self.assertGreater(served[0], 0, "starved")

    def test_within_a_zone_the_order_holds(self):
        self.campaign.work_mode = "adaptive"
        self.env.cr.execute(
            "DELETE FROM crm_campaign_zone WHERE zone_id IS DISTINCT FROM %s",
            [self.zone.id],
        )
        expected = self.call_list.line_ids.filtered(
            lambda line: line.zone_id == self.zone.id
        ).sorted("rank")[:5]
        served = []
        for _number in range(5):
            payload = self.next_name()
            served.append(payload["line_id"])
            self.confirm(payload, "N")
        self.assertEqual(served, expected.ids)

    def test_a_zone_without_weight_is_found_when_the_others_are_empty(self):
        self.campaign.work_mode = "adaptive"
        self.env.cr.execute(
            "DELETE FROM crm_campaign_zone WHERE zone_id IS DISTINCT FROM %s",
            [self.zone.id],
        )
        self.call_list.line_ids.filtered(
            lambda line: line.zone_id == self.zone.id
        ).write({"category": "closed_negative"})
        self.assertTrue(self.next_name().get("lead"))

    def test_the_claim_reads_the_index_of_the_zone(self):
        self.campaign.work_mode = "adaptive"
        self.env.flush_all()
        self.env.cr.execute("ANALYZE crm_call_list_line")
        dispatch = self.env["crm.dispatch"].with_user(self.operator)
        plan = {
            **dispatch._claim_plan(self.campaign),
            "zones": [self.zone.id, self.busy_zone.id],
        }
        self.env.cr.execute(crm_dispatch._WALK_THE_INDEXES)
        self.env.cr.execute(
            SQL("EXPLAIN %s", claim_sql.claim(plan, "x", 2, claim_sql.NOTHING))
        )
        text = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("crm_call_list_line_queue_zone", text)
        self.assertNotRegex(text, r"Seq Scan on crm_(call_list_line|lead)\b")

    def test_a_closed_zone_is_not_walked_through(self):
        """Where hours differ by zone, only queues of open zones are read."""
        dispatch = self.env["crm.dispatch"].with_user(self.operator)
        plan = {
            **dispatch._claim_plan(self.campaign),
            "is_open": True,
            "exceptions": {self.zone.id},
        }
        self.assertEqual(
            dispatch._zones_to_look_into(self.env.cr, plan),
            sorted([0, self.busy_zone.id]),
        )
