from freezegun import freeze_time
from lxml import etree
from markupsafe import Markup

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestCard(CallcenterCommon):
    """One card for a name and its customer: header and timeline, within rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.leads[0]
        cls.lead._register_outcome(
            cls.outcomes["N"], user=cls.operator, note="Has a plant already"
        )
        cls.env["crm.call"].create(
            {
                "uuid": "card-call",
                "number_e164": "+390305550001",
                "started_at": "2020-01-01 09:00:00",
                "result": "busy",
                "user_id": cls.operator.id,
                "lead_id": cls.lead.id,
            }
        )
        cls.event = cls.env["calendar.event"].create(
            {
                "name": "Visit at home",
                "start": "2030-01-01 10:00:00",
                "stop": "2030-01-01 11:00:00",
                "user_id": cls.agent.id,
                "partner_ids": [Command.set(cls.agent.partner_id.ids)],
                "opportunity_id": cls.lead.id,
                "is_sales_appointment": True,
            }
        )
        cls.lead.message_post(body="The offer", subject="Offer", message_type="comment")

    def _card(self, user=None, record=None, **values):
        record = record or self.lead
        return record.with_user(user or self.manager).card_timeline(**values)

    def _header(self, record=None):
        record = record or self.lead
        return record.with_user(self.manager).card_header()

    def test_one_list_of_what_happened_latest_first(self):
        card = self._card()
        self.assertEqual(
            [row["kind"] for row in card["rows"] if row["kind"] != "mail"],
            ["appointment", "interaction", "call"],
        )
        dates = [row["date"] for row in card["rows"]]
        self.assertEqual(dates, sorted(dates, reverse=True))
        by_kind = {row["kind"]: row for row in card["rows"]}
        self.assertEqual(by_kind["interaction"]["text"], "Has a plant already")
        self.assertEqual(by_kind["interaction"]["who"], self.operator.name)
        self.assertIn("Busy", by_kind["call"]["title"])
        self.assertIn("The offer", by_kind["mail"]["text"])
        self.assertEqual(by_kind["appointment"]["id"], self.event.id)
        self.assertFalse(card["more"])

    def test_filters_and_pages(self):
        kinds = {row["kind"] for row in self._card(kinds=["call"])["rows"]}
        self.assertEqual(kinds, {"call"})
        self.assertEqual(self._card(kinds=["nonsense"])["rows"], [])
        whole = self._card()["rows"]
        pages, last = [], None
        for position in range(len(whole)):
            page = self._card(before=last, limit=1)
            pages += page["rows"]
            last = page["rows"][-1]
            self.assertEqual(page["more"], position < len(whole) - 1)
        self.assertEqual(pages, whole)
        self.assertEqual(self._card(before=last)["rows"], [])

    def test_pages_go_on_where_they_ended_whatever_happens_meanwhile(self):
        first = self._card(limit=2)
        self.lead._register_outcome(self.outcomes["R"], user=self.operator)
        second = self._card(before=first["rows"][-1])
        shown = [(row["kind"], row["id"]) for row in first["rows"] + second["rows"]]
        self.assertEqual(len(shown), len(set(shown)))
        self.assertFalse(second["more"])
        self.assertEqual(len(self._card()["rows"]), len(shown) + 1)

    def test_rows_of_one_second_are_neither_repeated_nor_lost(self):
        lead = self.leads[3]
        with freeze_time("2026-03-01 10:00:00"):
            for _round in range(3):
                lead._register_outcome(self.outcomes["R"], user=self.operator)
                lead.message_post(body="Hello", message_type="comment")
        self.env.flush_all()
        moment = "2026-03-01 10:00:00"
        self.env.cr.execute(
            "UPDATE mail_message SET date = %s WHERE model = 'crm.lead' AND res_id = %s"
            " AND message_type = 'comment'",
            [moment, lead.id],
        )
        self.env.invalidate_all()
        whole = self._card(record=lead)["rows"]
        self.assertEqual({row["date"] for row in whole}, {moment})
        self.assertEqual(len(whole), 6)
        pages, last = [], None
        for _page in range(3):
            page = self._card(record=lead, before=last, limit=2)
            pages += page["rows"]
            last = page["rows"][-1]
        self.assertEqual(pages, whole)

    def test_the_customer_shows_the_same_as_its_name(self):
        self.lead._handle_partner_assignment()
        partner = self.lead.partner_id
        self.assertEqual(self._card(record=partner)["rows"], self._card()["rows"])
        second = self.env["crm.lead"].create(
            {**self._lead_values(70), "partner_id": partner.id}
        )
        card = self._card(record=second)
        others = self._header(second)["others"]
        self.assertEqual([other["id"] for other in others], self.lead.ids)
        self.assertIn("interaction", [row["kind"] for row in card["rows"]])

    def test_the_header_says_what_is_next(self):
        lead = self.leads[5]
        self.assertIsNone(self._header(lead)["next_action"])
        lead.activity_schedule(
            "mail.mail_activity_data_todo",
            summary="Send the brochure",
            date_deadline="2020-01-01",
            user_id=self.operator.id,
        )
        action = self._header(lead)["next_action"]
        self.assertEqual(action["name"], "Send the brochure")
        self.assertTrue(action["late"])

    def test_an_addon_adds_a_kind_of_rows(self):
        model = type(self.env["crm.lead"])
        kinds = model._timeline_kinds

        def more_kinds(records):
            return {**kinds(records), "ticket": ("Tickets", "fa-ticket")}

        def tickets(records, leads, partners, page):
            found = page.search(leads, [("id", "in", leads.ids)], "create_date")
            return [
                records._timeline_row(
                    lead, lead.create_date, "Ticket 1", opens=True, state="Open"
                )
                for lead in found
            ]

        self.patch(model, "_timeline_kinds", more_kinds)
        model._timeline_rows_ticket = tickets
        self.addCleanup(delattr, model, "_timeline_rows_ticket")
        card = self._card(kinds=["ticket"])
        [row] = card["rows"]
        self.assertEqual(
            [row["title"], row["icon"], row["state"], row["opens"]],
            ["Ticket 1", "fa-ticket", "Open", True],
        )
        self.assertEqual(self._card(kinds=["ticket"], before=row)["rows"], [])
        self.assertIn(row, self._card()["rows"])
        self.assertIn("ticket", [kind["key"] for kind in card["kinds"]])

    def test_nobody_sees_more_than_its_work(self):
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                self._card(user)
            with self.assertRaises(AccessError):
                self.lead.with_user(user).card_header()
        self.lead.write({"type": "opportunity", "user_id": self.agent.id})
        rows = self._card(self.agent)["rows"]
        kinds = {row["kind"] for row in rows}
        self.assertIn("interaction", kinds)
        self.assertNotIn("call", kinds)
        self.assertIn(
            "interaction", {r["kind"] for r in self._card(self.back_office)["rows"]}
        )

    # ------------------------------------------------------------
    # DUPLICATES
    # ------------------------------------------------------------

    def _twin(self, number, **values):
        return self.env["crm.lead"].create({**self._lead_values(number), **values})

    def _duplicates(self, record=None, user=None):
        record = record or self.lead
        self.env.invalidate_all()
        header = record.with_user(user or self.manager).card_header()
        return {row["id"]: row["why"] for row in header["duplicates"]}

    def test_duplicates_by_number_address_and_code(self):
        self.lead.write(
            {
                "email_from": "Rossi <rossi@example.com>",
                "vat_number": "IT12345670017",
                "fiscal_code": "RCCMNL83S18D969H",
            }
        )
        self.assertEqual(self._duplicates(), {})
        twins = {
            "same number": self._twin(81, phone_second="+39 " + self.lead.mobile),
            "same e-mail": self._twin(82, email_from="ROSSI@example.com"),
            "same code": self._twin(83, vat_number="12345670017"),
            "same number, same code": self._twin(
                84, mobile=self.lead.phone, fiscal_code="rccmnl83s18d969h"
            ),
        }
        self.assertEqual(
            self._duplicates(), {lead.id: why for why, lead in twins.items()}
        )
        twins["same code"].active = False
        self.assertNotIn(twins["same code"].id, self._duplicates())

    def test_duplicates_of_a_customer_and_not_its_own_names(self):
        self.lead._handle_partner_assignment()
        partner = self.lead.partner_id
        self._twin(85, phone=self.lead.phone, partner_id=partner.id)
        self.assertEqual(self._duplicates(partner), {})
        self.assertEqual(self._duplicates(), {})
        twin = self._twin(86, mobile=self.lead.mobile)
        self.assertEqual(self._duplicates(partner), {twin.id: "same number"})
        stranger = self.env["res.partner"].create(
            {"name": "Stranger", "phone": "+39 " + self.lead.mobile}
        )
        self.assertIn(twin.id, self._duplicates(stranger))

    def test_the_hint_tells_nobody_of_names_that_are_not_its_own(self):
        own = self._twin(
            87, type="opportunity", user_id=self.agent.id, phone=self.lead.phone
        )
        self.assertIn(self.lead.id, self._duplicates(own))
        self.assertEqual(self._duplicates(own, self.agent), {})
        second = self._twin(
            88, type="opportunity", user_id=self.agent.id, phone=self.lead.phone
        )
        self.assertEqual(self._duplicates(own, self.agent), {second.id: "same number"})

    # ------------------------------------------------------------
    # WHAT TO KNOW BEFORE ANYONE DIALS
    # ------------------------------------------------------------

    def test_the_header_says_what_was_consented_to(self):
        self.assertEqual(self._header()["consents"], [])
        purpose = self.env["crm.consent.purpose"].search(
            [("channel", "!=", "email")], limit=1
        )
        self.company.call_consent_purpose_id = purpose
        [row] = self._header()["consents"]
        self.assertEqual((row["purpose"], row["state"]), (purpose.name, "missing"))
        self.assertEqual(len(row["values"]), 2)
        self.env["crm.consent"].create(
            {
                "value": self.lead.phone_e164,
                "purpose_id": purpose.id,
                "action": "given",
                "source": "call",
                "text_version": "1",
            }
        )
        states = {row["state"]: row["values"] for row in self._header()["consents"]}
        self.assertEqual(set(states), {"given", "missing"})
        self.assertEqual(len(states["given"]), 1)
        self.lead._handle_partner_assignment()
        on_customer = self._header(self.lead.partner_id)["consents"]
        self.assertEqual({row["state"] for row in on_customer}, {"given", "missing"})

    def test_the_customer_says_which_number_must_not_be_called(self):
        self.lead._handle_partner_assignment()
        partner = self.lead.partner_id
        self.assertEqual(self._header(partner)["do_not_call"], [])
        self.env["phone.blacklist"]._forbid_numbers(
            [self.lead.mobile_e164], "asked", "Letter of May"
        )
        [sentence] = self._header(partner)["do_not_call"]
        self.assertIn("Letter of May", sentence)

    # ------------------------------------------------------------
    # TIMELINE
    # ------------------------------------------------------------

    def test_messages_are_plain_text(self):
        lead = self.leads[4]
        lead.message_post(
            body=Markup(
                "<p>Good <b>day</b></p><script>alert(1)</script>"
                "<img src=x onerror=alert(2)>"
            )
            + "1 < 2",
            message_type="email",
            email_from="rossi@example.com",
        )
        [row] = self._card(record=lead, kinds=["mail"])["rows"]
        self.assertIn("Good *day*", row["text"])
        self.assertIn("1 < 2", row["text"])
        for forbidden in ("<b>", "<script", "alert", "onerror"):
            self.assertNotIn(forbidden, row["text"])
        lead.message_post(body="long " * 400, message_type="comment")
        longest = max(
            len(row["text"]) for row in self._card(record=lead, kinds=["mail"])["rows"]
        )
        self.assertEqual(longest, 301)

    def test_activities_of_odoo_that_were_done(self):
        lead = self.leads[4]
        activity = lead.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.manager.id
        )
        self.assertEqual(self._card(record=lead, kinds=["activity"])["rows"], [])
        activity.action_feedback(feedback="Brochure sent")
        [row] = self._card(record=lead, kinds=["activity"])["rows"]
        self.assertIn("Brochure sent", row["text"])
        self.assertNotIn("mail", [r["kind"] for r in self._card(record=lead)["rows"]])

    def test_what_was_taken_back_says_so(self):
        row = self.lead.interaction_ids
        row._reverse("Wrong name")
        texts = [row["text"] for row in self._card(kinds=["interaction"])["rows"]]
        self.assertIn("Taken back. Has a plant already", texts)

    def test_kinds_that_a_role_may_not_see_are_no_filters_either(self):
        self.lead.write({"type": "opportunity", "user_id": self.agent.id})
        kinds = {kind["key"] for kind in self._card(self.agent)["kinds"]}
        self.assertNotIn("call", kinds)
        self.assertIn("interaction", kinds)

    def test_of_a_customers_names_each_sees_what_it_may(self):
        self.lead._handle_partner_assignment()
        partner = self.lead.partner_id
        own = self._twin(
            89, type="opportunity", user_id=self.agent.id, partner_id=partner.id
        )
        own._register_outcome(self.outcomes["N"], user=self.agent, note="Mine")
        self.env.cr.precommit.run()
        for record in (own, partner):
            card = self._card(self.agent, record)
            self.assertNotIn("Has a plant already", str(card))
            self.assertNotIn("The offer", str(card))
            self.assertIn("Mine", str(card))
            header = record.with_user(self.agent).card_header()
            self.assertNotIn(self.lead.id, [row["id"] for row in header["others"]])
        whole = self._card(self.manager, partner)["rows"]
        self.assertIn("Has a plant already", str(whole))
        self.assertEqual(
            {row["about"] for row in whole if row["kind"] == "interaction"},
            {self.lead.name, own.name},
        )

    def test_a_contact_shows_what_its_company_shows(self):
        company = self.env["res.partner"].create(
            {"name": "Rossi Srl", "is_company": True}
        )
        contact = self.env["res.partner"].create(
            {"name": "Ada Rossi", "parent_id": company.id}
        )
        self.lead.partner_id = contact
        self.env.cr.precommit.run()
        rows = self._card()["rows"]
        self.assertIn("interaction", {row["kind"] for row in rows})
        for record in (company, contact):
            self.assertEqual(self._card(record=record)["rows"], rows)
            self.assertEqual(
                self._header(record)["next_action"], self._header()["next_action"]
            )

    def test_an_agent_opens_the_card_of_its_customers_company(self):
        company = self.env["res.partner"].create(
            {"name": "Rossi Srl", "is_company": True}
        )
        contact = company.create({"name": "Ada", "parent_id": company.id})
        own = self._twin(
            90, type="opportunity", user_id=self.agent.id, partner_id=contact.id
        )
        own.email_from = "ada@example.com"
        self.env.invalidate_all()
        own = own.with_user(self.agent)
        self.assertTrue(company.with_user(self.agent).has_access("read"))
        self.assertEqual(own.commercial_partner_id.id, company.id)
        own._message_get_suggested_recipients()
        self.assertTrue(own.card_header())
        self.assertIn("rows", own.card_timeline())

    def test_a_colleague_is_no_customer(self):
        """What happened with an agent's customers is not shown on the agent."""
        self.event.partner_ids = self.agent.partner_id
        for partner in (self.agent.partner_id, self.company.partner_id):
            kinds = {row["kind"] for row in self._card(record=partner)["rows"]}
            self.assertNotIn("appointment", kinds)
            self.assertNotIn("interaction", kinds)

    # ------------------------------------------------------------
    # COST
    # ------------------------------------------------------------

    def _cost(self, lead, method):
        self.env.flush_all()
        self.env.invalidate_all()
        lead = lead.with_user(self.manager)
        before = self.cr.sql_log_count
        getattr(lead, method)()
        return self.cr.sql_log_count - before

    def _fill(self, lead, times):
        for number in range(times):
            lead._register_outcome(self.outcomes["R"], user=self.operator)
            lead.message_post(body=f"Note {number}", message_type="comment")

    def test_a_long_history_costs_no_more_queries_than_a_short_one(self):
        short, long = self.leads[1], self.leads[2]
        self._fill(short, 2)
        self._fill(long, 25)
        for method in ("card_header", "card_timeline"):
            self._cost(short, method)
            few = self._cost(short, method)
            self.assertEqual(self._cost(long, method), few, method)
            self.assertLessEqual(few, 40, method)

    def test_the_history_of_a_name_is_read_in_the_order_of_its_index(self):
        ledger = self.env["crm.interaction"].with_user(self.manager)
        query = ledger._search(
            [("lead_id", "in", self.lead.ids)], order="date desc, id desc", limit=31
        )
        for way in ("seqscan", "bitmapscan"):
            self.cr.execute(SQL("SET LOCAL %s = off", SQL.identifier(f"enable_{way}")))
        self.cr.execute(SQL("EXPLAIN %s", query.select()))
        plan = "\n".join(line for (line,) in self.cr.fetchall())
        self.assertIn("crm_interaction_lead_history", plan)
        self.assertNotIn("Sort", plan)

    # ------------------------------------------------------------
    # FORM
    # ------------------------------------------------------------

    def _pages(self, user, view, model="crm.lead"):
        arch = self.env[model].with_user(user).get_view(self.env.ref(view).id)["arch"]
        form = etree.fromstring(arch)
        pages = [page.get("name") for page in form.iter("page")]
        self.assertEqual(len(pages), len(set(pages)), "a tab stands twice")
        return form, pages

    def test_one_card_in_one_order_for_everybody(self):
        views = {
            "crm_callcenter.crm_lead_view_form_name": "crm.lead",
            "crm.crm_lead_view_form": "crm.lead",
            "base.view_partner_form": "res.partner",
        }
        for user in (
            self.manager,
            self.back_office,
            self.coordinator,
            self.operator,
            self.agent,
        ):
            for view, model in views.items():
                form, pages = self._pages(user, view, model)
                self.assertEqual(pages[0], "history", (user.name, view))
                self.assertEqual(
                    len(form.xpath("//widget[@name='callcenter_card_header']")), 1
                )
                self.assertEqual(
                    len(form.xpath("//widget[@name='callcenter_timeline']")), 1
                )
                undo = form.xpath("//button[@name='action_undo_conversion']")
                self.assertEqual(
                    len(undo), user in self.manager | self.back_office, user.name
                )

    def test_nothing_stands_twice_on_the_form_of_names(self):
        form, _pages = self._pages(
            self.manager, "crm_callcenter.crm_lead_view_form_name"
        )
        own = [
            node.get("name")
            for node in form.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
            and node.get("invisible") not in ("1", "True")
        ]
        twice = {name for name in own if own.count(name) > 1}
        self.assertEqual(twice, set())
