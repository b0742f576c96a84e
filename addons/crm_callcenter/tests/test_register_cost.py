from odoo import fields
from odoo.tests import tagged

from .common import CallcenterCommon

#: What an outcome may cost: the goal of the measurement.
MOST_QUERIES = 45


@tagged("post_install", "-at_install")
class TestRegisterCost(CallcenterCommon):
    """An outcome costs few queries, and a batch costs as many as one name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._new_user("cost", "group_campaign_manager")
        Type = cls.env["mail.activity.type"]
        cls.call, cls.offer = Type.create(
            [
                {"name": "Call", "is_commercial": True},
                {"name": "Offer", "is_commercial": True},
            ]
        )
        cls.yes = cls.env["crm.outcome"].create({"name": "Yes", "color": "#28a745"})
        cls.warm = cls.env["crm.commercial.state"].create({"name": "Warm"})
        cls.process = cls.env["crm.process"].create(
            {
                "name": "RINNOVO",
                "type_ids": [fields.Command.set((cls.call | cls.offer).ids)],
            }
        )
        cls.env["crm.relation"].create(
            {
                "activity_type_id": cls.call.id,
                "outcome_id": cls.yes.id,
                "commercial_state_id": cls.warm.id,
                "next_type_id": cls.offer.id,
                "next_assignee": "me",
                "delay_days": 2,
                "points": 1,
                "takes_charge": True,
            }
        )
        cls.leads._open_process(cls.process)

    def queries(self, function):
        """Return how many queries a function needs, its flush included."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def planned(self, lead):
        """Return an action of the user with a name, as a request would read it."""
        action = self.env["crm.planner"]._plan(
            lead, self.call, self.user, fields.Datetime.now()
        )
        # The context of the tests switches tracking off; a request doesn't.
        return action.with_env(self.env(user=self.user, context={}))

    def test_closing_an_action(self):
        # Caches of a server at work are warm.
        self.planned(self.leads[0])._close_with_outcome(self.yes)
        action = self.planned(self.leads[1])
        count = self.queries(lambda: action._close_with_outcome(self.yes, note="Yes."))
        # It did all of it ...
        lead = self.leads[1]
        self.assertEqual(lead.commercial_state_id, self.warm)
        self.assertEqual(lead.charge_user_id, self.user)
        self.assertEqual(lead.lead_process_ids.commercial_state_id, self.warm)
        self.assertEqual(lead.activity_ids.activity_type_id, self.offer)
        # ... at a price that a change must not raise unseen.
        self.assertLessEqual(count, MOST_QUERIES)

    def test_outcome_without_an_action(self):
        lead = self.leads[1].with_env(self.env(user=self.user, context={}))
        self.leads[0]._register_outcome(self.yes, self.call)
        count = self.queries(lambda: lead._register_outcome(self.yes, self.call))
        self.assertLessEqual(count, MOST_QUERIES)

    def test_batch_costs_no_more_for_more_names(self):
        one, many = self.leads[:1], self.leads[1:]
        one._register_outcome_batch(self.yes, self.call)
        batch = self.env["crm.lead"].create(
            [self._lead_values(number) for number in range(20, 60)]
        )
        first = self.queries(lambda: many._register_outcome_batch(self.yes, self.call))
        more = self.queries(lambda: batch._register_outcome_batch(self.yes, self.call))
        self.assertEqual(len(batch.interaction_ids), 40)
        self.assertLessEqual(more, first + 2)
        self.assertLessEqual(more, MOST_QUERIES)
