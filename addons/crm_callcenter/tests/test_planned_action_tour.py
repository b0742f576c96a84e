from odoo.tests import HttpCase, tagged

from odoo.addons.crm_callcenter.tests.planned_action_case import PlannedActionCase


@tagged("post_install", "-at_install")
class TestPlannedActionTour(PlannedActionCase, HttpCase):
    def test_marked_done_in_the_chatter(self):
        """Odoo's own button asks for the outcome; state, history and points move."""
        action = self._new_action(user=self.manager)
        self.start_tour(
            f"/odoo/names/{self.lead.id}",
            "callcenter_planned_action",
            login=self.manager.login,
        )
        action.invalidate_recordset()
        self.assertFalse(action.active)
        self.assertEqual(action.outcome_id, self.interested)
        self.assertEqual(self.lead.commercial_state_id, self.state)
        row = self._ledger()
        self.assertEqual((row.points, row.note), (3, "Wants an offer"))
        self.assertEqual(self.lead.activity_ids.activity_type_id, self.visit_type)
