from odoo.tests import HttpCase, tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon


@tagged("post_install", "-at_install", "tour")
class TestValueHintsTour(CallcenterCommon, HttpCase):
    def test_suggestions_are_one_click_and_originals_come_back(self):
        lead = self.leads[0]
        lead.write(
            {"city": "Castro", "zip": "", "state_id": False, "street": "Viale Roma 12"}
        )
        self.env["crm.lead.original"]._store_originals(
            [(lead.id, {"street": "V.LE ROMA 12"})]
        )
        self.start_tour(
            f"/odoo/names/{lead.id}", "crm_dedup_value_hints", login="campaign_manager"
        )
        lead.invalidate_recordset()
        self.assertEqual((lead.city, lead.zip), ("Castro", "73030"))
        self.assertEqual(lead.state_id, self.env.ref("base.state_it_le"))
        self.assertEqual(lead.contact_name, "D'Angelo Nicolò")
        self.assertEqual(lead.street, "V.LE ROMA 12")
        # What was typed went along when the browser saved.
        kept = self.env["crm.lead.original"]._originals_of(lead.ids)[lead.id]
        self.assertEqual(kept["contact_name"], "D'ANGELO NICOLO'")
