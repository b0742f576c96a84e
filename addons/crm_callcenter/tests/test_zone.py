from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestZone(CallcenterCommon):
    def _zone_with_range(self, name, first, last, parent=None):
        return self.env["crm.zone"].create(
            {
                "name": name,
                "parent_id": parent and parent.id,
                "rule_ids": [
                    (0, 0, {"kind": "zip_range", "zip_from": first, "zip_to": last})
                ],
            }
        )

    def test_province_gives_the_zone(self):
        self.assertEqual(self.leads[0].zone_id, self.zone)

    def test_no_rule_no_zone(self):
        lead = self.leads[0]
        lead.write({"state_id": self.other_province.id, "zip": "20121"})
        self.assertFalse(lead.zone_id)

    def test_postcode_wins_over_province_and_narrow_over_wide(self):
        wide = self._zone_with_range("Wide", "25000", "25199")
        narrow = self._zone_with_range("Narrow", "25120", "25125")
        self.leads[0].zip = "25121"
        self.leads[1].zip = "25080"
        self.leads[2].zip = "25200"
        self.env["crm.zone"]._assign_zones(self.leads.ids)
        self.assertEqual(self.leads[0].zone_id, narrow)
        self.assertEqual(self.leads[1].zone_id, wide)
        self.assertEqual(self.leads[2].zone_id, self.zone)

    def test_bulk_and_single_agree(self):
        """The set-based assignment gives every name the zone that its form gives."""
        self._zone_with_range("Range", "25120", "25125")
        zips = ("25121", "25130", False, "9990", "ABCDE", "25125")
        for lead, zip_code in zip(self.leads, zips, strict=True):
            lead.zip = zip_code
        self.env.flush_all()
        single = self.leads.mapped("zone_id.id")
        per_name = [lead.zone_id.id for lead in self.leads]
        self.env.cr.execute(
            "UPDATE crm_lead SET zone_id = NULL WHERE id = ANY(%s)", [self.leads.ids]
        )
        self.leads.invalidate_recordset(["zone_id"])
        changed = self.env["crm.zone"]._assign_zones()
        self.assertEqual([lead.zone_id.id for lead in self.leads], per_name)
        self.assertEqual(changed, 6)
        self.assertTrue(single)
        self.assertEqual(self.env["crm.zone"]._assign_zones(), 0)

    def test_bulk_keeps_to_the_given_names(self):
        self._zone_with_range("Range", "25120", "25125")
        self.env.flush_all()
        self.assertEqual(self.env["crm.zone"]._assign_zones(self.leads[:2].ids), 2)

    def test_filter_by_a_branch_names_its_zones(self):
        """The names of a branch are found by ids, which PostgreSQL plans well."""
        self._zone_with_range("Child", "25121", "25121", self.zone)
        self.env["crm.zone"]._assign_zones()
        self.leads[0].zip = "25199"
        leads = self.env["crm.lead"]
        mine = [("id", "in", self.leads.ids)]
        for value in (self.zone.id, self.zone.ids, "Brescia"):
            found = leads.search([*mine, ("zone_id", "child_of", value)])
            self.assertEqual(found, self.leads.sorted(leads._order), value)
        self.assertFalse(leads.search([*mine, ("zone_id", "child_of", [])]))
        query = leads._search([("zone_id", "child_of", self.zone.ids)])
        self.assertNotIn('FROM "crm_zone"', query.select().code)

    def test_agents_of_the_parent_cover_the_child(self):
        child = self._zone_with_range("Child", "25121", "25121", self.zone)
        child.agent_ids = self.agent_two
        self.assertEqual(child._covering_agents(), self.agent | self.agent_two)
        self.assertEqual(self.zone._covering_agents(), self.agent)

    def test_zone_inside_itself_is_refused(self):
        child = self._zone_with_range("Child", "25121", "25121", self.zone)
        with self.assertRaises(ValidationError):
            self.zone.parent_id = child

    def test_incomplete_and_double_rules_are_refused(self):
        zone_id = self.zone.id
        for values in (
            {"kind": "zip_range", "zip_from": "2512", "zip_to": "25125"},
            {"kind": "zip_range", "zip_from": "25125", "zip_to": "25121"},
            {"kind": "zip_range", "zip_from": "ABCDE", "zip_to": "ABCDE"},
            {"kind": "province"},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env["crm.zone.rule"].create({"zone_id": zone_id, **values})
        with self.assertRaisesRegex(ValidationError, "is in zone Brescia already"):
            self.env["crm.zone.rule"].create(
                {"zone_id": zone_id, "kind": "province", "state_id": self.province.id}
            )
        self._zone_with_range("Range", "25120", "25125")
        with self.assertRaisesRegex(ValidationError, "already in zone Range"):
            self._zone_with_range("Twin", "25120", "25125")
