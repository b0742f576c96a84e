"""An import is taken back although the system itself has put its names right."""

from odoo import fields
from odoo.tests import tagged

from .test_import_update import UpdateCommon

ROWS = [
    ["Nuovo Nome", "030 9200670", "V.LE EUROPA, 1", "25121", "BRESCIA", *[""] * 3],
    ["Altro Nome", "030 9200671", "V.LE EUROPA, 2", "25121", "BRESCIA", *[""] * 3],
]


@tagged("post_install", "-at_install")
class TestImportUndo(UpdateCommon):
    def new_names(self, **values):
        """Import names as they are written, some time ago."""
        record = self.run_rows(ROWS, normalise_addresses=False, **values)
        leads = record.row_ids.lead_id
        self.assertEqual(len(leads), 2)
        self.env.cr.execute(
            """UPDATE crm_lead SET create_date = create_date - interval '1 hour',
                                   write_date = create_date - interval '1 hour'
                WHERE id = ANY(%s)""",
            [leads.ids],
        )
        self.env.invalidate_all()
        return record, leads

    def normalise(self, leads):
        domain = str([("id", "in", leads.ids)])
        runs = self.env["crm.normalise.run"].with_user(self.manager)
        run = runs._start("run", ["addresses"], domain)
        run.sudo()._work_at_once()
        self.env.invalidate_all()
        self.assertEqual(run.state, "done", run.error)

    def take_back(self, record):
        record.action_undo()
        self.env.invalidate_all()
        self.assertEqual(record.state, "undone")

    def test_a_normalised_name_goes(self):
        record, leads = self.new_names()
        self.normalise(leads)
        self.assertEqual(leads[0].street, "Viale Europa 1")
        self.assertGreater(leads[0].write_date, leads[0].create_date)
        self.take_back(record)
        self.assertFalse(leads.exists())
        self.assertEqual((record.undone_count, record.kept_count), (2, 0))

    def test_a_name_that_somebody_follows_stays(self):
        record, leads = self.new_names()
        leads[0].message_subscribe(self.back_office.partner_id.ids)
        self.env.flush_all()
        self.take_back(record)
        self.assertEqual(leads.exists(), leads[0])
        kept = record.row_ids.filtered(lambda row: row.lead_id == leads[0])
        self.assertIn("follows", kept.reason)

    def test_a_name_that_somebody_changed_before_or_after_stays(self):
        record, leads = self.new_names()
        leads[0].city = "Milano"
        self.env.flush_all()
        self.normalise(leads)
        self.env.cr.execute(
            "UPDATE crm_lead SET write_date = write_date + interval '1 minute'"
            " WHERE id = %s",
            [leads[1].id],
        )
        self.take_back(record)
        self.assertEqual(leads.exists(), leads)
        self.assertEqual(record.kept_count, 2)

    def test_a_known_name_that_was_normalised_gets_its_values_back(self):
        row = [self.known.name, "335 1000001", "V.LE EUROPA, 1", *[""] * 5]
        record = self.run_rows([row], update_existing=True, normalise_addresses=False)
        self.assertEqual(self.known.street, "V.LE EUROPA, 1")
        self.normalise(self.known)
        self.assertEqual(self.known.street, "Viale Europa 1")
        self.take_back(record)
        self.assertFalse(self.known.street)
        self.assertEqual((record.restored_count, record.kept_count), (1, 0))

    def link(self, lead):
        """Link a name to a customer as the search for duplicates does."""
        partner = self.env["res.partner"].create({"name": "Nuovo Nome"})
        service = self.env["crm.dedup"]
        linked = service._write_customers({lead.id: partner.id})
        self.assertEqual(linked, lead)

        class Comparison:
            reasons = ()

        service._after_link(linked, {lead.id: Comparison})
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        self.assertEqual(lead.partner_id, partner)
        return partner

    def test_a_linked_name_goes_and_the_customer_stays(self):
        record, leads = self.new_names()
        partner = self.link(leads[0])
        messages = self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", leads[0].id)]
        )
        self.assertTrue(messages)
        self.take_back(record)
        self.assertFalse(leads.exists())
        self.assertTrue(partner.exists())
        self.assertFalse(messages.exists())

    def test_a_linked_name_with_a_word_of_somebody_stays(self):
        record, leads = self.new_names()
        self.link(leads[0])
        leads[0].message_post(body="call her", message_type="comment")
        self.take_back(record)
        self.assertEqual(leads.exists(), leads[0])

    # ------------------------------------------------------------
    # Consents
    # ------------------------------------------------------------

    def given(self, number):
        purpose = self.env.ref("crm_callcenter.crm_consent_purpose_calls")
        return self.env["crm.consent"]._is_given(number, purpose)

    def say(self, number, action, day):
        self.env["crm.consent"].create(
            {
                "value": number,
                "purpose_id": self.env.ref(
                    "crm_callcenter.crm_consent_purpose_calls"
                ).id,
                "action": action,
                "source": "call",
                "text_version": "1",
                "date": day,
            }
        )

    def test_consents_of_the_list_hold_no_more(self):
        first, second = "+390309200670", "+390309200671"
        self.say(second, "given", "2023-01-01")
        record, _leads = self.new_names(consent_date="2024-05-01")
        self.assertTrue(self.given(first) and self.given(second))
        other = self.run_rows(
            [["Terzo Nome", "030 9200672", *[""] * 6]], consent_date="2024-05-01"
        )
        self.take_back(record)
        self.assertFalse(self.given(first))
        # What the customer said to somebody else goes on to hold.
        self.assertTrue(self.given(second))
        self.assertTrue(self.given("+390309200672"))
        self.assertEqual(record.withdrawn_count, 1)
        self.assertFalse(other.withdrawn_count)
        row = self.env["crm.consent"].search([("value", "=", first)], limit=1)
        self.assertEqual((row.action, row.source), ("withdrawn", "list"))
        self.assertIn("taken back", row.source_note)
        # Nobody said that he doesn't want to be called.
        self.assertFalse(
            self.env["phone.blacklist"].sudo().search([("number", "=", first)])
        )

    def test_a_later_word_is_left_alone(self):
        first = "+390309200670"
        record, _leads = self.new_names(consent_date="2024-05-01")
        self.say(first, "given", fields.Datetime.now())
        self.take_back(record)
        self.assertTrue(self.given(first))

    def test_taken_back_and_imported_again_they_hold_again(self):
        first = "+390309200670"
        record, _leads = self.new_names(consent_date="2024-05-01")
        self.take_back(record)
        self.assertFalse(self.given(first))
        again, _leads = self.new_names(consent_date="2024-05-01")
        self.assertTrue(self.given(first))
        # Once, however often it comes.
        count = self.env["crm.consent"].search_count([("value", "=", first)])
        third = self.run_rows(ROWS, consent_date="2024-05-01")
        self.assertEqual(third.existing_count, 2)
        self.assertEqual(
            self.env["crm.consent"].search_count([("value", "=", first)]), count
        )
        self.take_back(again)
        self.assertFalse(self.given(first))
        self.assertEqual(again.withdrawn_count, 2)

    def test_who_withdrew_on_the_day_of_the_list_gave_nothing_again(self):
        first = "+390309200670"
        self.say(first, "withdrawn", "2024-05-01")
        self.new_names(consent_date="2024-05-01")
        self.assertFalse(self.given(first))
