"""A column of a file may name the zone."""

from odoo.tests import tagged

from .test_import_update import TITLES, UpdateCommon


@tagged("post_install", "-at_install")
class TestImportZone(UpdateCommon):
    def test_the_zone_by_its_code_or_name(self):
        east, west = self.env["crm.zone"].create(
            [{"name": "Est", "code": " BS1 "}, {"name": "BS1"}]
        )
        titles = [*TITLES, "Zona"]
        record = self.prepare(
            [
                [f"Zona {given}", f"030 92006{at}", *[""] * 6, zone]
                for at, (given, zone) in enumerate(
                    (("Ada", "bs1"), ("Ida", "EST"), ("Eva", "Ovest")), 81
                )
            ],
            titles=titles,
        )
        record.column_ids[-1].target = "zone"
        record._import_all()
        leads = record.row_ids.sorted("row_number").lead_id
        self.assertEqual(leads[0].zone_id, east, "a code is meant before a name")
        self.assertEqual(leads[1].zone_id, east)
        self.assertFalse(leads[2].zone_id)
        self.assertIn("Ovest", record.row_ids.sorted("row_number")[2].reason)
        found = [zone_id for zone_id, _name in self.env["crm.zone"].name_search("bs1")]
        self.assertEqual(set(found), {east.id, west.id})
