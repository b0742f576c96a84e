from odoo.tests.common import HttpCase, tagged

from .common import SegnalazioneCase


@tagged("post_install", "-at_install", "tour")
class TestWorkflowTour(SegnalazioneCase, HttpCase):
    def test_a_manager_reads_and_changes_the_drawn_workflow(self):
        kind = self.types["contract"]
        self.start_tour(
            f"/odoo/crm.segnalazione.type/{kind.id}",
            "crm_segnalazioni_workflow",
            login=self.manager.login,
        )
        self.assertIn("Confirm it now", kind.transition_ids.mapped("name"))

    def test_the_drawing_by_itself(self):
        """The tests in workflow_drawing.test.js, run by Odoo's own hoot."""
        suite = self._hoot_id("@crm_segnalazioni/workflow_drawing")
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
