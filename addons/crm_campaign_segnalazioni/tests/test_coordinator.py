from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CampaignSegnalazioneCase


@tagged("post_install", "-at_install")
class TestCoordinator(CampaignSegnalazioneCase):
    """Coordinators see what comes from the calls of their campaigns, and read it."""

    def setUp(self):
        super().setUp()
        self.types["appointment"].needs_quality_check = True
        self.fix_appointment()
        self.document = self.documents()
        self.stranger = self._new_user("stranger", "group_coordinator")

    def found(self, record, user):
        record = record.with_user(user)
        return record.search([("id", "in", record.ids)])

    def test_documents_of_own_campaigns(self):
        for record in (
            self.document,
            self.document.move_ids,
            self.document.protocol_ids,
            self.document.check_ids,
            self.document.check_ids.line_ids,
        ):
            self.assertTrue(record)
            self.assertEqual(self.found(record, self.coordinator), record)
            self.assertFalse(self.found(record, self.stranger))
        with self.assertRaises(AccessError):
            self.document.with_user(self.coordinator).write({"note": "x"})
        customer = self.document.partner_id.with_user(self.coordinator)
        self.assertEqual(customer.name, self.document.partner_id.name)

    def test_what_hangs_on_documents_of_own_campaigns(self):
        now = fields.Datetime.now()
        self.document.with_user(self.back_office).date_visit = now
        rival = self.env["crm.segnalazione.competitor"].create(
            {"name": "Rival of the tests"}
        )
        self.document.competitor_offer_ids = [
            Command.create({"competitor_id": rival.id, "price": 1})
        ]
        self.env.flush_all()
        number = self.document.id
        for record in (
            self.document.date_change_ids,
            self.document.competitor_offer_ids,
            self.env["crm.segnalazione.archive"].browse(number * 10),
            self.env["crm.segnalazione.forecast.report"].browse(number),
        ):
            self.assertTrue(record)
            self.assertEqual(self.found(record, self.coordinator), record)
            self.assertFalse(self.found(record, self.stranger))

    def test_the_operator_sees_its_document_and_nobody_else_s(self):
        self.assertEqual(self.found(self.document, self.operator), self.document)
        self.assertFalse(self.found(self.document, self.operator_two))
        self.assertFalse(self.found(self.document, self.agent))
