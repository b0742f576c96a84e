from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestPhoneNumber(CallcenterCommon):
    """Who may not be called, why, and what calls teach about numbers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.leads[0]
        cls.fixed = cls.lead.phone_e164
        cls.mobile = cls.lead.mobile_e164
        cls.blacklist = cls.env["phone.blacklist"]
        cls.numbers = cls.env["crm.phone.number"]

    def _stored_flag(self, lead=None):
        self.env.flush_all()
        [(flag,)] = self.env.execute_query(
            SQL(
                "SELECT may_not_be_called FROM crm_lead WHERE id = %s",
                (lead or self.lead).id,
            )
        )
        return flag

    def _call(self, number, result, days=0, hour=9, outcome=None):
        started = fields.Datetime.now().replace(hour=hour, minute=0) - timedelta(
            days=days + 1
        )
        call = self.env["crm.call"].create(
            {
                "uuid": f"{number}-{result}-{days}-{hour}-{outcome and outcome.id}",
                "number_e164": number,
                "started_at": started,
                "result": result,
                "lead_id": self.lead.id,
            }
        )
        if outcome:
            self.lead._register_outcome(outcome, call=call, date=started)
        return call

    # ------------------------------------------------------------
    # THE FLAG
    # ------------------------------------------------------------

    def test_flag_follows_the_list(self):
        """All numbers on the list: not callable; one free number: callable."""
        self.assertFalse(self.lead.may_not_be_called)
        entry = self.blacklist._add([self.fixed])
        self.assertFalse(self.lead.may_not_be_called, "the mobile is free")
        second = self.blacklist._add([self.mobile])
        self.assertTrue(self.lead.may_not_be_called)
        self.assertFalse(self.leads[1].may_not_be_called)
        second.action_archive()
        self.assertFalse(self.lead.may_not_be_called)
        second.action_unarchive()
        self.assertTrue(self.lead.may_not_be_called)
        entry.unlink()
        self.assertFalse(self.lead.may_not_be_called)

    def test_flag_follows_the_numbers(self):
        """Forbidden numbers typed in, and a free one added, in one transaction."""
        self.blacklist._add(["+390301111111"])
        self.lead.write({"phone": "030 1111111", "mobile": False})
        self.assertTrue(self.lead.may_not_be_called)
        self.assertTrue(self._stored_flag())
        self.lead.mobile = "333 5556677"
        self.assertFalse(self.lead.may_not_be_called)
        self.lead.write({"phone": False, "mobile": False})
        self.assertFalse(self.lead.may_not_be_called, "no number is not forbidden")
        created = self.env["crm.lead"].create(
            {**self._lead_values(50), "phone": "030 1111111", "mobile": False}
        )
        self.assertTrue(created.may_not_be_called)

    def test_flag_follows_the_state(self):
        blocked = self.env["crm.commercial.state"].search(
            [("state_class", "=", "blocked")], limit=1
        )
        self.lead._correct_state(blocked)
        self.assertTrue(self.lead.may_not_be_called)
        other = self.leads[1].commercial_state_id
        self.assertFalse(self.leads[1].may_not_be_called)
        other.state_class = "blocked"
        self.assertTrue(self.leads[1].may_not_be_called)

    def test_flag_cannot_be_written(self):
        self.lead.sudo().write({"may_not_be_called": True})
        self.assertFalse(self._stored_flag())

    def test_flag_of_bulk_writes(self):
        """Whoever writes past the ORM can't leave the flag behind."""
        self.blacklist._add([self.fixed, self.mobile])
        self.env.execute_query(
            SQL(
                "UPDATE crm_lead SET phone_e164 = %s, mobile_e164 = NULL"
                " WHERE id = ANY(%s) RETURNING id",
                self.fixed,
                self.leads[2:4].ids,
            )
        )
        self.assertTrue(self._stored_flag(self.leads[2]))
        self.assertTrue(self._stored_flag(self.leads[3]))

    def test_flag_costs_no_query(self):
        """Creating and writing names asks nothing about the list."""
        asked = []
        execute = Cursor.execute

        def record(cursor, query, *args, **kwargs):
            asked.append(str(query))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", record):
            leads = self.env["crm.lead"].create(
                [self._lead_values(number) for number in range(60, 64)]
            )
            leads.write({"phone": "030 7654321"})
            leads.flush_recordset()
        self.assertTrue(any("UPDATE" in query for query in asked))
        for query in asked:
            self.assertNotIn("blacklist", query)
            self.assertNotIn("may_not_be_called", query)

    def test_flag_is_searched_by_its_index(self):
        leads = self.env["crm.lead"]
        self.blacklist._add([self.fixed, self.mobile])
        domain = [("may_not_be_called", "=", True), ("id", "in", self.leads.ids)]
        self.assertEqual(leads.search(domain), self.lead)
        query = leads.sudo()._search([("may_not_be_called", "=", True)])
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        self.assertIn("not_callable", str(plan))

    # ------------------------------------------------------------
    # REASONS
    # ------------------------------------------------------------

    def test_reason_of_an_outcome(self):
        outcome = self.env.ref("crm_callcenter.crm_outcome_no_more_calls")
        self.lead._register_outcome(outcome)
        entry = self.blacklist.search([("number", "=", self.fixed)])
        self.assertEqual(entry.listing_reason, "asked")
        self.assertIn(self.lead.name, entry.listing_source)
        self.assertTrue(entry.listing_date)
        self.assertIn("Asked not to be called", self.lead.do_not_call_reason)
        self.assertIn(
            fields.Date.today().strftime("%d/%m/%Y"), self.lead.do_not_call_reason
        )
        self.assertIn("Never Call", self.lead.phone_overview)

    def test_reason_of_a_number_that_comes_back(self):
        """It is there for today's reason, not for the old one."""
        entry = self.blacklist._forbid_numbers([self.fixed], "register", "RPO, March")
        entry.listing_date = "2020-01-01"
        entry.action_archive()
        self.blacklist._forbid_numbers([self.fixed], "legal", "Garante")
        self.assertTrue(entry.active)
        self.assertEqual(entry.listing_reason, "legal")
        self.assertEqual(entry.listing_source, "Garante")
        self.assertEqual(entry.listing_date.date(), fields.Date.today())

    def test_known_number_follows_the_list(self):
        entry = self.blacklist._add([self.fixed])
        known = self.numbers.search([("number", "=", self.fixed)])
        self.assertEqual(known.state, "never")
        entry.action_archive()
        self.assertEqual(known.state, "unknown")

    # ------------------------------------------------------------
    # LEARNING
    # ------------------------------------------------------------

    def test_learning(self):
        """State, last result and best hour come from calls and their outcomes."""
        wrong = self.env.ref("crm_callcenter.crm_outcome_wrong_number")
        for days in range(3):
            self._call("+390302000001", "busy", days)
            self._call("+390302000002", "no_answer", days, hour=9)
            self._call("+390302000002", "answered", days + 5, hour=16)
        self._call("+390302000003", "dialled", outcome=wrong)
        self._call("+390302000004", "dialled")
        self._call("+390302000005", "answered", days=500)
        self.numbers._learn_batch()
        known = {row.number: row for row in self.numbers.search([])}
        busy, good = known["+390302000001"], known["+390302000002"]
        self.assertEqual((busy.state, busy.last_result), ("busy", "busy"))
        self.assertEqual((good.state, good.last_result), ("good", "no_answer"))
        local = fields.Datetime.context_timestamp(
            self.numbers.with_context(tz=self.env.company._local_zone()),
            (fields.Datetime.now() - timedelta(days=6)).replace(hour=16),
        )
        self.assertEqual(good.best_hour, local.hour)
        self.assertEqual((good.call_count, good.answer_count), (6, 3))
        self.assertEqual(known["+390302000003"].state, "wrong")
        self.assertEqual(known["+390302000004"].state, "unknown")
        self.assertNotIn("+390302000005", known, "more than a year old")

    def test_learning_goes_on(self):
        """A run reads only new calls; young ones are left to the next run."""
        self._call(self.fixed, "busy")
        young = self._call(self.mobile, "answered")
        young.started_at = fields.Datetime.now()
        self.numbers._learn_batch()
        self.assertEqual(self.numbers.search([]).mapped("number"), [self.fixed])
        last, newest = self.numbers._next_calls()
        self.assertEqual(last, newest)
        young.started_at = fields.Datetime.now() - timedelta(hours=3)
        self.numbers._learn_batch()
        known = self.numbers.search([("number", "=", self.mobile)])
        self.assertEqual((known.state, known.kind), ("good", "mobile"))

    def test_learning_without_calls(self):
        """Outcomes that nobody dialled for teach the one number that a name has."""
        obvious, unclear = self.leads[1:3]
        obvious.mobile = False
        when = fields.Datetime.now().replace(hour=9, minute=0) - timedelta(days=2)
        wrong = self.env.ref("crm_callcenter.crm_outcome_wrong_number")
        visit, call = self.env["mail.activity.type"].create(
            [
                {"name": channel, "is_commercial": True, "channel": channel}
                for channel in ("visit", "call")
            ]
        )
        for lead in (obvious, unclear):
            lead._register_outcome(self.outcomes["R"], date=when)
            lead._register_outcome(wrong, visit, date=when + timedelta(minutes=1))
        self.numbers._learn_batch()
        known = self.numbers.search([])
        self.assertEqual(known.mapped("number"), [obvious.phone_e164])
        self.assertEqual((known.state, known.last_result), ("good", "answered"))
        self.assertEqual((known.call_count, known.answer_count), (1, 1))
        self.assertEqual(known.last_call, when)
        mistake = obvious._register_outcome(wrong, call, date=when + timedelta(hours=1))
        self.numbers._learn_batch()
        self.assertEqual((known.state, known.last_result), ("wrong", "wrong"))
        mistake._reverse("Typed wrong")
        self.numbers._learn([obvious.phone_e164])
        self.assertEqual(known.state, "good", "what is taken back teaches nothing")
        last, newest = self.numbers._next_outcomes()
        self.assertEqual(last, newest, "each row is read once")

    def test_every_way_onto_the_list(self):
        """However a number gets there and leaves, all its names follow at once."""
        one, two = self.leads[:2]
        two.write({"phone": one.phone, "mobile": one.mobile})
        numbers = [self.fixed, self.mobile]
        ways = {
            "add": lambda: self.blacklist._add(numbers),
            "create": lambda: self.blacklist.create(
                [{"number": number} for number in numbers]
            ),
            "import": lambda: self.blacklist.load(
                ["number"], [[number] for number in numbers]
            ),
            "unarchive": lambda: (
                self.blacklist.with_context(active_test=False)
                .search([("number", "in", numbers)])
                .action_unarchive()
            ),
            "write": lambda: self._entries().write({"active": True}),
        }
        leave = {
            "add": lambda: self.blacklist._remove(numbers),
            "create": lambda: self._entries().unlink(),
            "import": lambda: self._entries().action_archive(),
            "unarchive": lambda: self._entries().write({"active": False}),
            "write": lambda: (
                self.env["phone.blacklist.remove"]
                .create({"phone": self.mobile, "reason": "Asked"})
                .action_unblacklist_apply()
            ),
        }
        for way, put in ways.items():
            with self.subTest(way=way):
                put()
                self.assertTrue(self._stored_flag(one))
                self.assertTrue(self._stored_flag(two))
                leave[way]()
                self.assertFalse(self._stored_flag(one))
                self.assertFalse(self._stored_flag(two))

    def _entries(self):
        return self.blacklist.with_context(active_test=False).search(
            [("number", "in", [self.fixed, self.mobile])]
        )

    def test_chosen_states_stay(self):
        self.numbers._set_state([self.fixed], "wrong")
        self.blacklist._add([self.mobile])
        self._call(self.fixed, "answered")
        self._call(self.mobile, "answered")
        self.numbers._learn_batch()
        known = {row.number: row.state for row in self.numbers.search([])}
        self.assertEqual(known, {self.fixed: "wrong", self.mobile: "never"})

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def _wizard(self, user, lead=None):
        wizards = self.env["crm.phone.number.wizard"].with_user(user)
        return wizards.create({"lead_id": (lead or self.lead).id, "source": "Letter"})

    def test_wizard(self):
        """Whoever may write on a name says which of its numbers not to call."""
        wizard = self._wizard(self.manager)
        line = wizard.line_ids.filtered(lambda row: row.number == self.fixed)
        line.write({"state": "never", "kind": "office"})
        wizard.action_apply()
        entry = self.blacklist.search([("number", "=", self.fixed)])
        self.assertEqual(
            (entry.listing_reason, entry.listing_source), ("asked", "Letter")
        )
        known = self.numbers.search([("number", "=", self.fixed)])
        self.assertEqual((known.state, known.kind), ("never", "office"))
        wizard = self._wizard(self.manager)
        line = wizard.line_ids.filtered(lambda row: row.number == self.fixed)
        self.assertEqual(line.state, "never")
        line.state = "good"
        wizard.action_apply()
        self.assertFalse(entry.active)
        self.assertEqual(known.state, "good")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_wizard_needs_the_name(self):
        with self.assertRaises(AccessError):
            self._wizard(self.operator)
        with self.assertRaises(AccessError):
            self._wizard(self.back_office).line_ids.mapped("number")
        with self.assertRaises(AccessError):
            self.lead.with_user(self.operator).action_edit_numbers()

    def test_only_managers_take_numbers_off(self):
        own = self.env["crm.lead"].create(
            {**self._lead_values(70), "type": "opportunity", "user_id": self.agent.id}
        )
        self.blacklist._add([own.phone_e164])
        wizard = self._wizard(self.agent, own)
        wizard.line_ids.write({"state": "good"})
        with self.assertRaisesRegex(AccessError, "Only a campaign manager"):
            wizard.action_apply()

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_numbers_are_closed(self):
        """Who sees own work only can't page through numbers or the list."""
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            for model in ("crm.phone.number", "phone.blacklist"):
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])
        self.assertTrue(
            self.env["crm.phone.number"].with_user(self.manager).has_access("write")
        )

    def test_form_of_every_role(self):
        """Banner and tab are shown to whoever sees the name."""
        own = self.env["crm.lead"].create(
            {**self._lead_values(71), "type": "opportunity", "user_id": self.agent.id}
        )
        self.blacklist._forbid_numbers([own.phone_e164], "asked", "Letter")
        for user in (self.agent, self.back_office, self.manager):
            shown = own.with_user(user)
            shown.invalidate_recordset()
            self.assertIn("Letter", shown.do_not_call_reason)
            self.assertIn("Letter", shown.phone_overview)
            arch = shown.get_view(
                self.env.ref("crm_callcenter.crm_lead_view_form_name").id, "form"
            )["arch"]
            self.assertIn('name="phone_overview"', arch)
