from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .duplicate_case import DuplicateCase


@tagged("post_install", "-at_install")
class TestStaleWriters(DuplicateCase):
    """Whoever writes names past the ORM lets them be compared again."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self._forget()

    def _forget(self):
        self.commit()
        self.env.cr.execute("DELETE FROM crm_dedup_stale")

    def _stale(self):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT holder FROM crm_dedup_stale WHERE NOT has_keys")
        )
        return {holder for (holder,) in rows}

    def test_a_normalisation_run_and_its_undo(self):
        lead = self.new_lead("ROSSI MARIO", street="V.LE GARIBALDI N. 12")
        self._forget()
        run = self.env["crm.normalise.run"].create({"kind": "run"})
        before = {"street": lead.street}
        run._write_changes([(lead.id, before, {"street": "Viale Garibaldi 12"})])
        self.assertEqual(self._stale(), {lead.id})
        self._forget()
        undo = self.env["crm.normalise.run"].create({"kind": "undo"})
        undo._write_changes([(lead.id, {"street": "Viale Garibaldi 12"}, before)])
        self.assertEqual(self._stale(), {lead.id})

    def test_a_merge_and_its_undo(self):
        other = self.new_lead("Verdi Anna", email_from="anna@example.com", street=False)
        self.mario.email_from = False
        self._forget()
        journal = self.env["crm.merge"]._merge(self.mario, other)
        # The one that went gives up the keys that the other one has.
        self.assertEqual(self._stale(), {self.mario.id, other.id})
        self._forget()
        journal.action_undo()
        self.assertEqual(self._stale(), {self.mario.id, other.id})

    def test_a_merge_of_customers(self):
        one = self.new_customer("Neri Luca", email=False)
        other = self.new_customer("Neri Luca", email="luca@example.com")
        self._forget()
        self.env["crm.merge"]._merge(one, other)
        self.assertEqual(self._stale(), {-one.id, -other.id})

    def test_a_custom_field_that_a_rule_asks_for(self):
        fields = self.env["crm.custom.field"].create(
            [
                {"label": "Meter", "field_type": "text"},
                {"label": "Colour", "field_type": "text"},
            ]
        )
        meter = self.env["ir.model.fields"]._get("crm.lead", fields[0].name)
        self.env["crm.duplicate.rule"].create(
            {
                "name": "Same meter",
                "field_ids": [Command.set(meter.ids)],
                "active": True,
            }
        )
        self._forget()
        source = SQL("SELECT %s AS id", self.mario.id)
        leads = self.env["crm.lead"]
        fields[1]._sql_change(leads, source, "set", "red")
        self.assertEqual(self._stale(), set())
        fields[0]._sql_change(leads, source, "set", "IT001")
        self.assertEqual(self._stale(), {self.mario.id})
