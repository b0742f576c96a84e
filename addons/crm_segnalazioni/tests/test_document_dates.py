from datetime import date, datetime
from unittest.mock import patch

from psycopg2.errors import LockNotAvailable

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import SegnalazioneCase


@tagged("post_install", "-at_install")
class TestDocumentDates(SegnalazioneCase):
    """States stamp dates; the back office corrects them, with trace."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.types["contract"].default_state_id = cls.states["signed"]
        cls.dates = cls._shipped("crm.segnalazione.date", "date_")

    def _last(self, order):
        order.invalidate_recordset(["move_ids"])
        return order.move_ids[0]

    def test_states_and_types_stamp(self):
        order = self._document("contract")
        today = order.move_ids.date.date()
        self.assertEqual(order.date_contract, today)
        self.assertEqual(order.date_signature, today)
        self.assertFalse(order.date_confirmed)
        self._transition("contract", "signed", "administration")
        self._step(order, "administration")
        self.assertFalse(order.date_confirmed)
        self._transition("contract", "administration", "confirmed")
        self._step(order, "confirmed")
        self.assertEqual(order.date_confirmed, today)
        self.assertFalse(order.date_change_ids, "a stamp is no correction")

    def test_first_time_counts(self):
        appointment = datetime(2026, 1, 7, 16, 30)
        order = self._document("appointment", date_appointment=appointment)
        order.date_visit = datetime(2026, 1, 8, 9, 0)
        self._transition("appointment", "appointment_fixed", "visited")
        self._step(order, "visited")
        self.assertEqual(order.date_visit, datetime(2026, 1, 8, 9, 0))
        self.assertEqual(order.date_appointment, appointment)

    def test_state_that_stamps_again(self):
        order = self._document("contract")
        order.date_cancelled = date(2020, 1, 1)
        self._transition("contract", "signed", "cancelled")
        self._step(order, "cancelled")
        self.assertEqual(order.date_cancelled, self._last(order).date.date())

    def test_stamp_is_a_day_of_the_user(self):
        late = datetime(2026, 6, 30, 22, 30)
        entry = self.dates["signature"].with_context(tz="Europe/Rome")
        self.assertEqual(entry._value_for(late), date(2026, 7, 1))
        self.assertEqual(self.dates["visit"]._value_for(late), late)

    def test_back_office_corrects_with_trace(self):
        order = self._document("contract").with_user(self.back_office)
        before = order.date_signature
        wizard = Form(
            self.env["crm.segnalazione.date.correct"]
            .with_user(self.back_office)
            .with_context(default_order_id=order.id)
        )
        wizard.date_id = self.dates["signature"]
        self.assertEqual(wizard.new_date, before)
        wizard.new_date = "2026-03-04"
        wizard.reason = "Written wrongly on the paper"
        wizard.save().action_correct()
        self.assertEqual(order.date_signature, date(2026, 3, 4))
        change = order.date_change_ids
        self.assertEqual(change.user_id, self.back_office)
        self.assertEqual(change.reason, "Written wrongly on the paper")
        self.assertEqual(change.old_value.date(), before)
        self.assertEqual(change.new_value.date(), date(2026, 3, 4))
        self.assertIn("2026", change.new_label)

    def test_others_do_not_correct(self):
        order = self._document("contract")
        with self.assertRaises(AccessError):
            order.with_user(self.agent).date_signature = "2026-03-04"
        self.manager.group_ids -= self.env.ref("crm_callcenter.group_campaign_manager")
        self.manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        with self.assertRaisesRegex(AccessError, "Only the back office"):
            order.with_user(self.manager).date_signature = "2026-03-04"

    def test_the_trace_is_not_skipped_by_a_context(self):
        order = self._document("contract").with_user(self.back_office)
        order.with_context(segnalazione_stamp=True).date_signature = "2026-03-04"
        self.assertEqual(order.date_change_ids.user_id, self.back_office)

    def test_trace_cannot_be_written(self):
        order = self._document("contract")
        order.with_user(self.back_office).date_signature = "2026-03-04"
        for user in (self.back_office, self.manager):
            with self.assertRaises(AccessError):
                order.date_change_ids.with_user(user).reason = "Other"

    # ------------------------------------------------------------
    # DATES THAT A MANAGER ADDS
    # ------------------------------------------------------------

    def _add(self, name="Sopralluogo è fatto", **values):
        entries = self.env["crm.segnalazione.date"].with_user(self.manager)
        return entries.create({"name": name, **values})

    def test_manager_adds_a_date(self):
        entry = self._add()
        self.assertIn("x_segnalazione_date_sopralluogo_e_fatto", entry.field_name)
        self.states["administration"].date_id = entry
        order = self._document("contract")
        self._transition("contract", "signed", "administration")
        self._step(order, "administration")
        self.assertEqual(order[entry.field_name], order.date_contract)
        order.with_user(self.back_office)[entry.field_name] = "2026-03-04"
        self.assertEqual(order.date_change_ids.date_id, entry)

    def test_added_date_is_on_the_form_and_in_filters(self):
        form = "crm_segnalazioni.sale_order_view_form_segnalazione"
        model = self.env["sale.order"].with_user(self.back_office)
        view_id = self.env.ref(form).id
        self.assertIn("date_activation", model.get_view(view_id)["arch"])
        entry = self._add("Grid connection")
        self.assertIn(entry.field_name, model.get_view(view_id)["arch"])
        entry.active = False
        self.assertNotIn(entry.field_name, model.get_view(view_id)["arch"])
        own = self.env.ref("sale.view_order_form").id
        self.assertNotIn("date_activation", model.sudo().get_view(own)["arch"])

    def test_two_dates_of_one_name(self):
        first = self._add("Test")
        with self.assertRaisesRegex(ValidationError, "already"):
            self._add("Test")
        with self.assertRaisesRegex(ValidationError, "already"):
            self._add("Customer")
        self.assertNotEqual(self._add("Tést").field_name, first.field_name)

    def test_name_without_letters(self):
        with self.assertRaisesRegex(ValidationError, "name with letters"):
            self._add("…")

    def test_type_of_a_date_stays(self):
        with self.assertRaisesRegex(UserError, "can't be changed"):
            self._add("Test").field_type = "datetime"

    def test_no_other_column_becomes_a_date(self):
        entry = self._add("Test", field_name="amount_total", is_added=False)
        self.assertIn("x_segnalazione_date_test", entry.field_name)
        self.assertTrue(entry.is_added)
        with self.assertRaisesRegex(UserError, "can't be changed"):
            entry.field_name = "amount_total"

    def test_deleting(self):
        with self.assertRaisesRegex(UserError, "belongs to the archive"):
            self.dates["visit"].unlink()
        entry = self._add("Test")
        order = self._document("contract")
        order[entry.field_name] = "2026-03-04"
        with self.assertRaisesRegex(UserError, "Documents have"):
            entry.unlink()
        order[entry.field_name] = False
        order.date_change_ids.unlink()
        name = entry.field_name
        entry.unlink()
        self.assertNotIn(name, self.env["sale.order"]._fields)

    def test_operator_adds_none(self):
        for user in (self.operator, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                self.env["crm.segnalazione.date"].with_user(user).create({"name": "A"})

    def test_documents_in_use(self):
        """Nobody waits behind the lock: the manager is told to try again."""
        execute = type(self.env.cr).execute

        def locked(cursor, query, *args, **kwargs):
            if "LOCK TABLE sale_order" in str(query):
                raise LockNotAvailable
            return execute(cursor, query, *args, **kwargs)

        with (
            patch.object(type(self.env.cr), "execute", locked),
            self.assertRaisesRegex(UserError, "try again"),
        ):
            self._add("Test")
