from odoo.tests import HttpCase, tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestNamesTour(CampaignCommon, HttpCase):
    def test_operator_works_in_the_list(self):
        """The list of seed 000: shared filter, sort, edit in place, new tab."""
        elsewhere = self.leads[2:]
        elsewhere.write({"state_id": self.other_province.id, "zip": "20121"})
        self.leads[0].city = "Zone"
        self.leads[1].city = "Adro"
        shared = self.env["ir.filters"].with_user(self.manager)
        shared.create(
            {
                "name": "Zone Brescia shared",
                "model_id": "crm.lead",
                "user_ids": False,
                "action_id": self.env.ref("crm_callcenter.crm_lead_action_names").id,
                "domain": str([("zone_id", "child_of", self.zone.id)]),
            }
        )
        self.start_tour("/odoo/names", "callcenter_names", login=self.operator.login)
        self.leads.invalidate_recordset()
        self.assertEqual(self.leads[1].city, "Lumezzane")
        self.assertEqual(self.leads[0].city, "Zone")
