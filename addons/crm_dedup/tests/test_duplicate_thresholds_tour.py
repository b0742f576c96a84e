from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .duplicate_case import DuplicateCase


@tagged("post_install", "-at_install")
class TestDuplicateThresholdsTour(DuplicateCase, HttpCase):
    def test_manager_labels_and_tries_a_threshold(self):
        for name in ("Rossi Mario", "Rossi Anna", "Verdi Ugo"):
            self.copy_by_sql(self.mario, name=name, contact_name=name)
        self.run_archive(makes_keys=True)
        with mute_logger("odoo.http"):  # the refusal that the tour reads
            self.start_tour(
                "/odoo/duplicate-thresholds",
                "crm_dedup_thresholds",
                login=self.manager.login,
            )
        samples = self.env["crm.duplicate.sample"].search([("label", "!=", False)])
        self.assertEqual(sorted(samples.mapped("label")), ["different", "same"])
        self.assertEqual(samples.labelled_by_id, self.manager)
        self.assertAlmostEqual(self.env["crm.dedup"]._matcher().sure, 45, 1)
