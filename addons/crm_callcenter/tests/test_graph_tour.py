from odoo.tests.common import HttpCase, tagged
from odoo.tools import mute_logger

from .graph_editor_case import GraphEditorCase


@tagged("post_install", "-at_install", "tour")
class TestGraphTour(GraphEditorCase, HttpCase):
    def test_a_manager_changes_the_graph(self):
        self.env["crm.relation"].create(
            {"activity_type_id": self.letter.id, "outcome_id": self.refuses.id}
        )
        # Together with two relations without delay, these would run for ever.
        self.call.automatic_outcome_id = self.interested
        self.letter.automatic_outcome_id = self.refuses
        # Odoo writes each refusal to its log, and one is part of the tour.
        with mute_logger("odoo.http"):
            self.start_tour(
                "/odoo/commercial-graph", "crm_graph_editor", login=self.manager.login
            )
        self.assertEqual(self.relation.next_type_id, self.letter)
        self.assertEqual(self.relation.delay_days, 0)
        ticked = self.env["crm.relation"]._get(self.call, self.refuses)
        self.assertEqual(ticked.commercial_state_id, self.blocked)
        refused = self.env["crm.relation"]._get(self.letter, self.refuses)
        self.assertFalse(refused.next_type_id)

    def test_where_arrows_run(self):
        """The tests in static/tests/*.test.js, run by Odoo's own hoot."""
        suite = self._hoot_id("@crm_callcenter")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )

    @staticmethod
    def _hoot_id(name):
        """Return the id that hoot gives to a suite."""
        number = 0
        for character in name:
            number = ((number << 5) - number + ord(character)) & 0xFFFFFFFF
        return f"{number:08x}"
