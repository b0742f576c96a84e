from odoo.tests import HttpCase, tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestLineListTour(CampaignCommon, HttpCase):
    def test_operator_searches_in_the_row_under_the_headers(self):
        """The operators' list of seed 000: all filled cells combine; edit in place."""
        self.env["crm.custom.field"].create(
            {"label": "People", "field_type": "integer"}
        )
        # As if it were committed: requests read the catalogue on cursors of their own.
        self.registry.signal_changes()
        self.leads[4:].city = "Adro"
        self.leads[0].x_cc_people = 3
        lines = self.call_list.line_ids.sorted("rank")
        (lines[0] | lines[3] | lines[5]).attempts = 2
        self.start_tour(
            "/odoo/my-lists", "callcenter_line_list", login=self.operator.login
        )
        self.leads.invalidate_recordset()
        self.assertEqual(self.leads.mapped("x_cc_people"), [5, 0, 0, 0, 0, 0])
        self.assertEqual(
            self.leads.mapped("city"), ["Bressanone"] + 3 * ["Brescia"] + 2 * ["Adro"]
        )
