from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestNormaliseHands(CampaignCommon):
    def test_a_name_in_hand_is_left_alone(self):
        """Who is on the telephone sees nothing change; the others are normalised."""
        self.leads.write({"street": "V.LE ROMA 1"})
        line = self.env["crm.call.list.line"].search(
            [("list_id", "=", self.call_list.id)], limit=1
        )
        line.write(
            {"claimed_by_id": self.operator.id, "claimed_until": self.in_hours(1)}
        )
        held = line.lead_id
        run = (
            self.env["crm.normalise.run"]
            .with_user(self.manager)
            ._start("run", ["addresses"], str([("id", "in", self.leads.ids)]))
        )
        run.sudo()._work_at_once()
        self.env.invalidate_all()
        self.assertEqual(run.state, "done", run.error)
        self.assertEqual(held.street, "V.LE ROMA 1")
        others = self.leads - held
        self.assertEqual(set(others.mapped("street")), {"Viale Roma 1"})
        self.assertEqual(run.counts["held"], 1)

    def test_the_zone_of_lines_follows_the_address(self):
        lead = self.leads[0]
        other = self.env["crm.zone"].create(
            {
                "name": "Milan",
                "rule_ids": [
                    (0, 0, {"kind": "province", "state_id": self.other_province.id})
                ],
            }
        )
        lead.write({"city": "MILANO", "zip": "20121", "state_id": self.province.id})
        self.env.flush_all()
        self.assertEqual(lead.zone_id, self.zone)
        run = (
            self.env["crm.normalise.run"]
            .with_user(self.manager)
            ._start("run", ["addresses"], str([("id", "=", lead.id)]))
        )
        run.sudo()._work_at_once()
        self.env.invalidate_all()
        self.assertEqual(lead.state_id, self.other_province)
        self.assertEqual(lead.zone_id, other)
        line = self.env["crm.call.list.line"].search([("lead_id", "=", lead.id)])
        self.assertEqual(line.zone_id, other.id)
