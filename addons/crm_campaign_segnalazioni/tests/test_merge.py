from odoo import fields
from odoo.tests import tagged

from .common import CampaignSegnalazioneCase


@tagged("post_install", "-at_install")
class TestMerge(CampaignSegnalazioneCase):
    """Merged names keep their documents, and none is made twice."""

    def setUp(self):
        super().setUp()
        self.one, self.two = self.leads[3], self.leads[4]

    def convert(self, lead, partner=None):
        if partner:
            lead.partner_id = partner
        lead._convert_to_opportunity(
            self.agent, 100, fields.Date.add(fields.Date.today(), days=9)
        )
        self.commit()

    def merge(self, survivor, loser):
        journals = self.env["crm.merge"]._merge(survivor, loser)
        self.commit()
        return journals

    def test_both_documents_stay(self):
        self.convert(self.one)
        self.convert(self.two, self.one.partner_id)
        documents = self.documents(self.one) | self.documents(self.two)
        self.assertEqual(len(documents), 2)
        refs = sorted(documents.mapped("source_ref"))
        journal = self.merge(self.one, self.two)
        self.assertEqual(self.documents(self.one), documents)
        self.assertEqual(sorted(documents.mapped("source_ref")), refs)
        self.one._generate_segnalazioni()
        self.one._note_opportunities()
        self.commit()
        self.assertEqual(self.documents(self.one), documents)
        journal._undo()
        self.commit()
        self.assertEqual(len(self.documents(self.two)), 1)
        self.assertEqual(len(self.documents(self.one)), 1)

    def test_a_name_that_becomes_an_opportunity_by_a_merge(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        self.two.partner_id = partner
        self.one.type = "opportunity"
        self.commit()
        self.assertFalse(self.documents(self.one))
        self.merge(self.one, self.two)
        self.assertEqual(self.one.partner_id, partner)
        self.assertEqual(self.documents(self.one).source_kind, "opportunity")

    def test_merged_customers_keep_the_documents_of_both(self):
        self.convert(self.one)
        self.convert(self.two)
        documents = self.documents(self.one) | self.documents(self.two)
        stays, goes = self.one.partner_id, self.two.partner_id
        self.env["crm.merge"]._merge(stays, goes)
        self.commit()
        self.assertEqual(documents.partner_id, stays)
        self.assertEqual(self.documents(self.one) | self.documents(self.two), documents)
