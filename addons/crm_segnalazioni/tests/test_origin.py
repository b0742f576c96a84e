from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SegnalazioneCase


class OriginCase(SegnalazioneCase):
    """Names on which something happens, and the documents that come of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.precommit.run()
        cls.name = cls.leads[1]
        cls.call = cls.env["mail.activity.type"].create(
            {"name": "Call of the tests", "is_commercial": True}
        )
        cls.relations = {
            kind: cls.env["crm.relation"].create(
                {
                    "activity_type_id": cls.call.id,
                    "outcome_id": outcome.id,
                    "points": 5,
                }
            )
            for kind, outcome in cls.outcomes.items()
        }
        cls._transition("appointment", "appointment_fixed", "cancelled")
        cls._transition("opportunity", "negotiation", "cancelled")

    def commit(self):
        """Do what Odoo does before the commit."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def documents(self, lead=None):
        return self.env["sale.order"].search(
            [("opportunity_id", "=", (lead or self.name).id)], order="id"
        )

    def convert(self, lead=None, agent=None, **values):
        lead = lead or self.name
        return lead._convert_to_opportunity(
            self.agent if agent is None else agent,
            9000,
            fields.Date.add(fields.Date.today(), days=30),
            **values,
        )

    def fix_appointment(self, lead=None, note="Wants 6 kW", **values):
        """Fix an appointment as the desk does.

        :return: row of the history and event
        """
        lead = lead or self.name
        with lead._segnalazioni_at_end():
            return self.fix_appointment_in_steps(lead, note, **values)

    def fix_appointment_in_steps(self, lead, note="Wants 6 kW", **values):
        self.convert(lead)
        start, stop = self._next_free_slot()
        event = lead._create_visit(self.agent, start, stop)
        row = (
            lead.with_user(self.operator)
            .sudo()
            ._register_outcome(
                self.outcomes["T"], self.call, note=note, event=event, **values
            )
        )
        return row.sudo(), event


@tagged("post_install", "-at_install")
class TestOrigin(OriginCase):
    """What happens to a name makes a document, by itself and once."""

    def test_an_appointment_makes_one_document(self):
        row, event = self.fix_appointment()
        self.commit()
        document = self.documents()
        self.assertEqual(len(document), 1)
        self.assertEqual(document.segnalazione_type_id, self.types["appointment"])
        self.assertRegex(document.name, r"^APP/\d{4}/\d+$")
        self.assertEqual(document.partner_id, self.name.partner_id)
        self.assertEqual(document.date_appointment, event.start)
        self.assertEqual(document.appointment_event_id, event)
        self.assertEqual(document.operator_id, self.operator)
        self.assertEqual(document.user_id, self.agent)
        self.assertEqual(document.zone_id, self.zone)
        self.assertEqual(document.call_note, "Wants 6 kW")
        self.assertEqual(document.interaction_id, row)
        self.assertEqual(
            (document.source_kind, document.source_ref), ("appointment", row.id)
        )
        self.assertNotIn(self.operator.partner_id, document.message_partner_ids)

    def test_a_savepoint_between_conversion_and_outcome(self):
        self.convert()
        with self.env.cr.savepoint():
            self.assertEqual(self.documents().source_kind, "opportunity")
        row = self.name._register_outcome(self.outcomes["T"], self.call)
        self.commit()
        document = self.documents()
        self.assertEqual(len(document), 1)
        self.assertEqual(document.segnalazione_type_id, self.types["appointment"])
        self.assertEqual(
            (document.source_kind, document.source_ref), ("appointment", row.id)
        )
        self.assertRegex(document.name, "^APP/")
        self.assertEqual(len(document.protocol_ids), 2)

    def test_the_same_again_makes_no_second_one(self):
        self.fix_appointment()
        first = self.name._generate_segnalazioni()
        self.assertEqual(len(first), 1)
        self.commit()
        self.name.with_user(self.operator).sudo()._generate_segnalazioni()
        self.name.write({"partner_id": self.name.partner_id.id})
        self.commit()
        self.assertEqual(self.documents(), first)

    def test_a_repeated_request_makes_no_second_one(self):
        row, event = self.fix_appointment(token="once")
        self.commit()
        again = (
            self.name.with_user(self.operator)
            .sudo()
            ._register_outcome(self.outcomes["T"], self.call, token="once", event=event)
        )
        self.assertEqual(again.id, row.id)
        self.commit()
        self.assertEqual(len(self.documents()), 1)

    def test_a_second_appointment_makes_a_second_document(self):
        self.fix_appointment()
        self.commit()
        start, stop = self._next_free_slot()
        event = self.name._create_visit(self.agent, start, stop)
        self.name._register_outcome(self.outcomes["T"], self.call, event=event)
        self.commit()
        self.assertEqual(
            self.documents().segnalazione_type_id, self.types["appointment"]
        )
        self.assertEqual(len(self.documents()), 2)

    def test_a_closing_on_the_line_makes_a_contract(self):
        self.convert(agent=self.env["res.users"], won=True)
        self.name.with_user(self.operator).sudo()._register_outcome(
            self.outcomes["C"], self.call
        )
        self.commit()
        document = self.documents()
        self.assertEqual(document.segnalazione_type_id, self.types["contract"])
        self.assertFalse(document.user_id)
        self.assertEqual(document.operator_id, self.operator)

    def test_other_outcomes_make_nothing(self):
        for kind in ("R", "N"):
            self.name._register_outcome(self.outcomes[kind], self.call)
        self.commit()
        self.assertFalse(self.documents())

    def test_an_outcome_without_a_customer_waits_for_the_customer(self):
        row = (
            self.name.with_user(self.operator)
            .sudo()
            ._register_outcome(self.outcomes["T"], self.call, note="In the evening")
        )
        self.commit()
        self.assertFalse(self.documents())
        self.convert()
        self.commit()
        document = self.documents()
        self.assertEqual(document.segnalazione_type_id, self.types["appointment"])
        self.assertEqual(document.interaction_id.id, row.id)
        self.assertEqual(document.operator_id, self.operator)
        self.assertEqual(document.call_note, "In the evening")

    def test_what_was_refused_meanwhile_waits_no_longer(self):
        self.name._register_outcome(self.outcomes["T"], self.call)
        self.commit()
        self.name._register_outcome(self.outcomes["N"], self.call)
        self.convert()
        self.commit()
        self.assertEqual(
            self.documents().segnalazione_type_id, self.types["opportunity"]
        )

    def test_a_relation_that_reports_makes_customer_and_report(self):
        self.relations["R"].makes_report = True
        self.name.with_user(self.operator).sudo()._register_outcome(
            self.outcomes["R"], self.call, note="Call him in the evening"
        )
        self.commit()
        self.assertEqual(self.name.type, "opportunity")
        self.assertTrue(self.name.partner_id)
        document = self.documents()
        self.assertEqual(document.segnalazione_type_id, self.types["report"])
        self.assertEqual(document.user_id, self.agent)
        self.assertEqual(document.call_note, "Call him in the evening")

    def test_an_outcome_taken_back_before_the_commit_makes_nothing_of_it(self):
        row, _event = self.fix_appointment()
        row._reverse("wrong name")
        self.commit()
        self.assertEqual(
            self.documents().segnalazione_type_id, self.types["opportunity"]
        )

    def test_an_outcome_taken_back_later_cancels_its_document(self):
        row, _event = self.fix_appointment()
        self.commit()
        row._reverse("wrong name")
        self.assertEqual(self.documents().state_category, "cancelled")
        self.assertIn("wrong name", self.documents().move_ids.sorted("id")[-1:].reason)

    def test_a_condition_of_the_step_doesn_t_keep_an_outcome(self):
        row, _event = self.fix_appointment()
        self.commit()
        document = self.documents()
        document._step_to("cancelled").mandatory_field_ids = self.env.ref(
            "sale.field_sale_order__client_order_ref"
        )
        row._reverse("wrong name")
        self.assertEqual(document.state_category, "open")
        self.assertIn("wrong name", document.message_ids[:1].body)

    # Opportunities, however made

    def test_opportunities_made_in_a_form_or_by_an_import(self):
        partners = self.env["res.partner"].create([{"name": "One"}, {"name": "Two"}])
        leads = self.env["crm.lead"].create(
            [
                {"name": "First", "type": "opportunity", "partner_id": partners[0].id},
                {"name": "Second", "type": "opportunity"},
                {"name": "Third", "type": "lead", "partner_id": partners[1].id},
            ]
        )
        self.commit()
        self.assertEqual([len(self.documents(lead)) for lead in leads], [1, 0, 0])
        leads[1].partner_id = partners[1]
        leads[2].convert_opportunity(partners[1])
        self.commit()
        self.assertEqual([len(self.documents(lead)) for lead in leads], [1, 1, 1])
        self.assertEqual(self.documents(leads[1]).source_kind, "opportunity")
        self.assertFalse(self.documents(leads[1]).operator_id)

    def test_many_opportunities_wait_for_the_system(self):
        partner = self.partner
        with self.enter_registry_test_mode():
            leads = self.env["crm.lead"].create(
                [
                    {
                        "name": f"Imported {number}",
                        "type": "opportunity",
                        "partner_id": partner.id,
                    }
                    for number in range(60)
                ]
            )
            self.commit()
            self.assertFalse(leads.order_ids)
            self.assertEqual(
                self.env["crm.segnalazione.pending"].search_count(
                    [("lead_id", "in", leads.ids)]
                ),
                60,
            )
            self.env.ref("crm_segnalazioni.ir_cron_pending").method_direct_trigger()
        self.assertEqual([len(lead.order_ids) for lead in leads], [1] * 60)
        self.assertFalse(self.env["crm.segnalazione.pending"].search([], limit=1))

    def test_outcomes_in_bulk_wait_for_the_system(self):
        self.convert()
        self.commit()
        self.assertEqual(len(self.documents()), 1)
        (self.name | self.leads[2])._register_outcome_batch(
            self.outcomes["C"], self.call, user=self.operator
        )
        with self.enter_registry_test_mode():
            self.env.ref("crm_segnalazioni.ir_cron_pending").method_direct_trigger()
        self.assertEqual(
            self.documents().segnalazione_type_id.mapped("code"), ["OPP", "CON"]
        )
        self.assertFalse(self.documents(self.leads[2]))

    def test_the_company_may_do_without(self):
        self.company.makes_segnalazioni = False
        self.fix_appointment()
        self.commit()
        self.assertFalse(self.documents())

    def test_in_the_background_it_is_of_the_company_of_the_operator(self):
        row = (
            self.name.with_user(self.operator)
            .sudo()
            ._register_outcome(self.outcomes["R"], self.call)
        )
        other = self.env["res.company"].create({"name": "Other of the tests"})
        self.operator.write(
            {"company_ids": [Command.link(other.id)], "company_id": other.id}
        )
        self.name.company_id = False
        company = self.name._segnalazione_company(row.sudo())
        self.assertEqual(company, other)
        here = self.name.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(here._segnalazione_company(row.sudo()), self.company)

    def test_without_a_type_nothing_is_made(self):
        self.env["crm.segnalazione.type"].search([]).origin = False
        self.fix_appointment()
        self.commit()
        self.assertFalse(self.documents())

    # The calendar

    def test_moving_the_appointment_moves_the_date_of_the_document(self):
        _row, event = self.fix_appointment()
        self.commit()
        moved = event.start + timedelta(days=1)
        event.with_user(self.agent).write(
            {"start": moved, "stop": moved + timedelta(hours=1)}
        )
        document = self.documents()
        self.assertEqual(document.date_appointment, moved)
        self.assertIn("was moved", document.message_ids[:1].body)

    def test_an_appointment_given_to_another_agent_takes_its_document_along(self):
        _row, event = self.fix_appointment()
        self.commit()
        self.assertEqual(self.documents().user_id, self.agent)
        event.user_id = self.agent_two
        self.assertEqual(self.documents().user_id, self.agent_two)
        later = event.start + timedelta(days=1)
        event._move_appointment(
            later, later + timedelta(hours=1), self.agent, reason="Ill"
        )
        document = self.documents()
        self.assertEqual((document.user_id, event.user_id), (self.agent, self.agent))
        self.assertEqual(document.date_appointment, later)

    def test_a_cancelled_appointment_leaves_a_trace(self):
        for cancel in ("archive", "delete"):
            with self.subTest(cancel):
                lead = self.leads[2] if cancel == "archive" else self.leads[3]
                _row, event = self.fix_appointment(lead)
                self.commit()
                document = self.documents(lead)
                if cancel == "archive":
                    event.active = False
                else:
                    event.with_user(self.agent).unlink()
                self.assertTrue(document.appointment_cancelled_on)
                self.assertTrue(document.date_appointment)
                self.assertIn("has cancelled", document.message_ids[:1].body)

    # Conversions taken back

    def test_a_conversion_taken_back_cancels_and_may_come_again(self):
        self.convert()
        self.commit()
        first = self.documents()
        self.assertEqual(first.source_kind, "opportunity")
        self.name.with_user(self.back_office).action_undo_conversion()
        self.assertEqual(first.state_category, "cancelled")
        self.commit()
        self.convert()
        self.commit()
        self.assertEqual(len(self.documents()), 2)
        self.assertEqual(self.documents()[-1].state_category, "open")

    def test_so_does_one_that_an_appointment_came_with(self):
        self.convert()
        self.name._register_outcome(self.outcomes["T"], self.call)
        self.commit()
        first = self.documents()
        self.assertEqual(first.segnalazione_type_id, self.types["appointment"])
        self.name.with_user(self.back_office).action_undo_conversion()
        self.assertEqual(first.state_category, "cancelled")
        self.commit()
        self.convert()
        self.commit()
        second = self.documents() - first
        self.assertEqual(second.segnalazione_type_id, self.types["opportunity"])

    def test_odoos_merge_keeps_one_document_each(self):
        other = self.leads[2]
        self.convert()
        self.convert(other)
        other.partner_id = self.name.partner_id
        self.commit()
        before = self.documents() | self.documents(other)
        self.assertEqual(len(before), 2)
        merged = (self.name | other).merge_opportunity()
        self.commit()
        self.assertEqual(self.documents(merged), before)


@tagged("post_install", "-at_install")
class TestReportByHand(OriginCase):
    """New segnalazione: a name is reported to an agent by hand."""

    def report(self, user=None, **values):
        name = self.name.with_user(user or self.manager)
        action = name.action_new_segnalazione()
        wizard = self.env["crm.segnalazione.report.wizard"].with_user(name.env.user)
        wizard = wizard.with_context(**action["context"])
        return wizard.create(values).action_confirm()

    def test_the_name_becomes_a_customer_of_the_agent_of_its_zone(self):
        answer = self.report(note="Call in the evening")
        self.commit()
        document = self.documents()
        self.assertEqual(len(document), 1)
        self.assertIn(document.name, answer["params"]["message"])
        self.assertEqual(document.segnalazione_type_id, self.types["report"])
        self.assertEqual(document.source_kind, "manual")
        self.assertEqual((document.user_id, self.name.user_id), (self.agent,) * 2)
        self.assertFalse(document.operator_id)
        self.assertEqual(document.call_note, "Call in the evening")
        self.assertEqual(self.name.type, "opportunity")

    def test_of_an_opportunity_by_the_back_office(self):
        self.convert()
        self.commit()
        self.report(self.back_office, agent_id=self.agent_two.id)
        self.commit()
        document = self.documents()[-1]
        self.assertEqual(document.user_id, self.agent_two)
        self.assertFalse(document.operator_id)
        self.assertEqual(len(self.documents()), 2)

    def test_who_and_what_not(self):
        self.name.user_id = self.agent
        with self.assertRaises(AccessError):
            self.name.with_user(self.agent).action_new_segnalazione()
        with self.assertRaises(AccessError):
            self.name.with_user(self.operator_two).action_new_segnalazione()
        with self.assertRaisesRegex(UserError, "Choose the field agent"):
            self.report(agent_id=self.back_office.id)
        blocked = self.env["crm.commercial.state"].search(
            [("state_class", "=", "blocked")], limit=1
        )
        self.name._correct_state(blocked)
        with self.assertRaisesRegex(UserError, "is blocked"):
            self.report()

    def test_a_step_that_registers_a_closing_makes_no_second_document(self):
        self.fix_appointment()
        self.commit()
        document = self.documents()
        self._transition(
            "appointment",
            "appointment_fixed",
            "visited",
            outcome_id=self.outcomes["C"].id,
        )
        self._step(document, "visited")
        self.commit()
        rows = self.name.interaction_ids.mapped("outcome_kind")
        self.assertIn("C", rows)
        self.assertEqual(self.documents(), document)
