from odoo import fields

from odoo.addons.crm_campaign_motivi.tests.common import CampaignCommon


class CampaignSegnalazioneCase(CampaignCommon):
    """A running campaign that sells two products, and a desk with a name in hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.precommit.run()
        cls.subject = cls.env["crm.deal.subject"].create({"name": "Plants of tests"})
        cls.plant, cls.battery, cls.other = cls.env["product.product"].create(
            [
                {"name": name, "type": "service", "list_price": price}
                for name, price in (
                    ("Plant 6 kW", 9000),
                    ("Battery 10 kWh", 5000),
                    ("Wallbox", 1000),
                )
            ]
        )
        cls.campaign.write(
            {
                "deal_subject_id": cls.subject.id,
                "product_ids": [fields.Command.set((cls.plant | cls.battery).ids)],
            }
        )
        cls.types = cls.env["crm.segnalazione.type"]._by_origin()

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.payload = self.next_name()
        self.lead = self.line_of(self.payload).lead_id

    def deadline(self):
        return fields.Date.to_string(fields.Date.add(fields.Date.today(), days=30))

    def fix_appointment(self, **values):
        """Fix an appointment with the name in hand, as the desk does."""
        start, stop = self._next_free_slot()
        slot = {
            "agent_id": self.agent.id,
            "start": fields.Datetime.to_string(start),
            "stop": fields.Datetime.to_string(stop),
        }
        self.desk().hold_slot(
            self.payload["line_id"], self.payload["claim_token"], *slot.values()
        )
        return self.confirm(
            self.payload,
            "T",
            slot=slot,
            expected_revenue=9000,
            date_deadline=self.deadline(),
            **values,
        )

    def sell(self, **values):
        """Close a sale with the name in hand, as the desk does."""
        return self.confirm(
            self.payload,
            "C",
            expected_revenue=9000,
            date_deadline=self.deadline(),
            **values,
        )

    def commit(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def documents(self, lead=None):
        lead = lead or self.lead
        return self.env["sale.order"].search([("opportunity_id", "=", lead.id)])
