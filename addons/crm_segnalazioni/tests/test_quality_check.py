from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_origin import OriginCase


@tagged("post_install", "-at_install")
class TestQualityCheck(OriginCase):
    """Nothing reaches agent or customer before the back office has checked it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.types["appointment"].needs_quality_check = True
        cls.visited = cls._transition(
            "appointment",
            "appointment_fixed",
            "visited",
            group_ids=[
                fields.Command.set(cls.env.ref("crm_callcenter.group_agent").ids)
            ],
        )

    def setUp(self):
        super().setUp()
        _row, self.event = self.fix_appointment()
        self.commit()
        self.document = self.documents()
        self.check = self.document.check_ids.with_user(self.back_office)

    def fill(self, result="right", check=None):
        (check or self.check).line_ids.write({"result": result})

    def found(self, record, user):
        record = record.with_user(user)
        return record.search([("id", "in", record.ids)])

    def test_a_document_of_a_checked_type_waits(self):
        self.assertEqual(self.document.quality_state, "pending")
        self.assertTrue(self.document.is_held_for_check)
        names = self.check.line_ids.item_id
        items = self.env["crm.segnalazione.check.item"]
        self.assertEqual(names, items._items_of(self.types["appointment"]))
        self.assertNotIn(
            self.env.ref("crm_segnalazioni.check_item_price"),
            names,
            "belongs to another type",
        )
        self.assertFalse(self._document("report").quality_state)

    def test_the_agent_sees_nothing_of_it_but_its_time_is_taken(self):
        for record in (
            self.document,
            self.document.move_ids,
            self.event,
            self.event.attendee_ids,
            self.name,
            self.name.interaction_ids,
        ):
            self.assertTrue(record)
            self.assertFalse(self.found(record, self.agent), record._name)
            self.assertEqual(self.found(record, self.back_office), record)
        with self.assertRaises(AccessError):
            self.document.with_user(self.agent).read(["name"])
        self.assertEqual(self.found(self.document, self.operator), self.document)
        slot = self.event.agent_slot_ids
        self.assertEqual(slot.agent_id, self.agent)
        free = self.env["crm.agenda"]._free_slots(
            self.agent, self.event.start, self.event.stop, 60
        )
        self.assertNotIn(
            self.event.start, [start for start, _stop in free[self.agent.id]]
        )

    def test_neither_planned_visit_nor_customer_name_it(self):
        visit = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "res_id": self.name.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "user_id": self.agent.id,
                "calendar_event_id": self.event.id,
            }
        )
        for record in (visit, self.name.partner_id):
            self.assertFalse(self.found(record, self.agent), record._name)
            self.assertEqual(self.found(record, self.back_office), record)
        self.fill()
        self.check.action_pass()
        for record in (visit, self.name.partner_id):
            self.assertEqual(self.found(record, self.agent), record)

    def test_what_the_operator_can_t_put_right_comes_back_to_the_checker(self):
        self.check.sudo().operator_id = False
        self.check._send_back("Ask for the roof")
        self.assertEqual(self.document.activity_ids.user_id, self.back_office)

    def test_whom_it_is_given_to_hears_of_it_when_it_is_passed(self):
        told = self.env["mail.notification"]
        domain = [("res_partner_id", "=", self.agent_two.partner_id.id)]
        document = self.document.with_user(self.back_office)
        document.with_context(tracking_disable=False).user_id = self.agent_two
        self.assertFalse(told.search(domain))
        self.fill()
        self.check.action_pass()
        self.assertTrue(told.search(domain))

    def test_nobody_is_reminded_of_it(self):
        self.event.start = fields.Datetime.add(fields.Datetime.now(), minutes=20)
        manager = self.env["calendar.alarm_manager"]

        def reminded():
            return manager._get_next_potential_limit_alarm(
                "notification", partners=self.agent.partner_id
            )

        self.assertNotIn(self.event.id, reminded())
        self.fill()
        self.check.action_pass()
        self.assertIn(self.event.id, reminded())

    def test_once_passed_the_agent_has_it(self):
        self.fill()
        self.check.action_pass()
        self.assertEqual(self.document.quality_state, "passed")
        for record in (self.document, self.event, self.name):
            self.assertEqual(self.found(record, self.agent), record)
        told = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.agent.partner_id.id)]
        )
        self.assertIn(self.document.name, told.mail_message_id.mapped("subject")[0])
        self.document.with_user(self.agent)._take_transition(self.visited)

    def test_no_step_before_it_is_passed(self):
        with self.assertRaisesRegex(UserError, "waits for the quality check"):
            self.document.with_user(self.agent).sudo()._take_transition(self.visited)
        self.visited.is_during_check = True
        self.document.with_user(self.agent).sudo()._take_transition(self.visited)

    def test_cancelling_is_always_possible_and_ends_the_check(self):
        self._step(self.document, "cancelled")
        self.assertNotEqual(self.check.state, "pending")
        self.assertFalse(self.found(self.document, self.agent))

    def test_the_customer_hears_of_the_appointment_when_it_is_passed(self):
        self.assertFalse(self.event._may_tell_customer())
        self.fill()
        self.check.action_pass()
        self.event.invalidate_recordset()
        self.assertTrue(self.event._may_tell_customer())

    def test_the_customer_gets_no_mail(self):
        self.types["contract"].needs_quality_check = True
        contract = self._document("contract")
        with self.assertRaisesRegex(UserError, "waits for the quality check"):
            contract.action_quotation_send()

    def test_what_is_missing_or_wrong_is_named(self):
        item = self.check.line_ids[0]
        self.fill()
        item.result = False
        with self.assertRaisesRegex(
            UserError, "Not looked at yet: " + item.item_id.name
        ):
            self.check.action_pass()
        item.result = "wrong"
        with self.assertRaisesRegex(UserError, "Not right"):
            self.check.action_pass()
        item.result = "na"
        self.check.action_pass()
        with self.assertRaisesRegex(UserError, "has checked .* already"):
            self.check.action_pass()
        with self.assertRaisesRegex(UserError, "closed"):
            item.result = "wrong"

    def test_what_needs_not_be_right_may_be_wrong(self):
        self.fill()
        line = self.check.line_ids.filtered(lambda line: not line.is_mandatory)
        line.result = "wrong"
        self.check.action_pass()

    def test_back_to_the_operator_and_again(self):
        with self.assertRaisesRegex(UserError, "Write what"):
            self.check._send_back("  ")
        wizard = self.env["crm.segnalazione.check.wizard"].with_user(self.back_office)
        wizard.create(
            {"check_id": self.check.id, "kind": "return", "text": "Ask for the roof"}
        ).action_confirm()
        self.assertEqual(self.document.quality_state, "returned")
        self.assertFalse(self.found(self.document, self.agent))
        with self.assertRaisesRegex(UserError, "sent back to the operator"):
            self.document.with_user(self.agent).sudo()._take_transition(self.visited)
        activity = self.document.activity_ids
        self.assertEqual(activity.user_id, self.operator)
        self.assertIn("Ask for the roof", activity.note)
        action = self.env.ref("crm_segnalazioni.crm_segnalazione_check_action_mine")
        checks = self.env["crm.segnalazione.check"].with_user(self.operator)
        domain = [
            ("state", "=", "returned"),
            ("answered_on", "=", False),
            ("operator_id", "=", self.operator.id),
        ]
        self.assertIn("('operator_id', '=', uid)", action.domain)
        mine = checks.search(domain)
        self.assertEqual(mine.id, self.check.id)
        self.assertFalse(self.found(self.check, self.operator_two))
        mine._put_right("60 square metres")
        self.assertFalse(self.document.activity_ids)
        self.assertFalse(checks.search(domain))
        self.assertEqual(self.document.quality_state, "pending")
        with self.assertRaisesRegex(UserError, "waits for the back office already"):
            mine._put_right("once more")
        second = self.document.check_ids.sorted("id")[-1].with_user(self.back_office)
        self.assertEqual(second.state, "pending")
        self.fill(check=second)
        second.action_pass()
        self.assertEqual(self.found(self.document, self.agent), self.document)

    def test_operators_and_agents_decide_nothing(self):
        for user in (self.operator, self.agent):
            with self.assertRaises(AccessError):
                self.check.with_user(user).action_pass()
            with self.assertRaises(AccessError):
                self.check.with_user(user)._send_back("No")
            with self.assertRaises(AccessError):
                self.check.line_ids.with_user(user).write({"result": "right"})
        self.check.with_user(self.back_office)._send_back("Ask again")
        with self.assertRaises(AccessError):
            self.check.with_user(self.operator_two)._put_right("Mine")

    def test_another_document_keeps_the_name_visible(self):
        seen = self._document(
            "report", opportunity_id=self.name.id, partner_id=self.name.partner_id.id
        )
        self.assertEqual(self.found(self.name, self.agent), self.name)
        self.assertEqual(self.found(seen | self.document, self.agent), seen)
