"""A change to many documents: what changes, what is refused, what a dry run says."""

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .mass_change_common import MassChangeCase

PRICE_UP = {"target": "price", "operation": "percent", "number": 10}


@tagged("post_install", "-at_install")
class TestMassChange(MassChangeCase):
    def test_price_of_all_lines_rises_with_the_totals(self):
        orders = self._documents(3)
        run = self._run(self._change(orders, PRICE_UP))
        self.assertEqual((run.state, run.done, run.changed_lines), ("done", 3, 6))
        for order in orders:
            self.assertEqual(order.order_line.mapped("price_unit"), [110.0, 111.1])
            self.assertAlmostEqual(order.amount_untaxed, 110 + 2 * 111.1)
        rows = run.result_ids
        self.assertEqual(set(rows.mapped("field_name")), {"price_unit"})
        self.assertEqual(rows[0].old_text, "100")
        self.assertEqual(rows[0].new_text, "110")

    def test_dry_run_says_what_the_run_does_and_changes_nothing(self):
        orders = self._documents(4)
        self._bring(orders[1], locked=True)
        self._state("state_confirmed").locks_lines = True
        confirmed = self._state("state_confirmed")
        self._bring(orders[2], segnalazione_state_id=confirmed.id)
        change = self._change(
            orders,
            PRICE_UP,
            {"target": "agent", "agent_id": self.second_agent.id},
            {"target": "state", "state_id": self._state("state_administration").id},
        )
        before = orders.order_line.mapped("price_unit")
        dry = self._run(change, "dry")
        self.env.invalidate_all()
        self.assertEqual(orders.order_line.mapped("price_unit"), before)
        self.assertEqual(orders.user_id, self.agent)
        self.assertEqual(orders[0].segnalazione_state_id, self._state("state_signed"))
        run = self._run(change)
        self.assertEqual(self._result_rows(dry), self._result_rows(run))
        self.assertEqual((dry.done, dry.refused), (run.done, run.refused))
        self.assertEqual(
            orders.mapped("segnalazione_state_id.name"),
            ["In administration", "Confirmed"],
        )
        refused = run.result_ids.filtered(lambda row: row.outcome == "refused")
        reasons = refused.mapped("reason")
        self.assertTrue(any("locked" in reason for reason in reasons), reasons)
        self.assertTrue(any("No step leads from" in reason for reason in reasons))
        # The document whose step is refused keeps its agent, too.
        self.assertEqual(orders[2].user_id, self.agent)
        self.assertEqual(orders[0].user_id, self.second_agent)

    def test_a_step_that_the_user_may_not_take_is_refused(self):
        self.forward.group_ids = self.env.ref("base.group_system")
        order = self._documents(1)
        value = {"target": "state", "state_id": self._state("state_administration").id}
        run = self._run(self._change(order, value))
        self.assertEqual(order.segnalazione_state_id, self._state("state_signed"))
        self.assertEqual((run.done, run.refused), (0, 1))
        self.assertEqual(run.result_ids.order_id, order)

    def test_a_step_leaves_its_movement_and_no_messages(self):
        order = self._documents(1)
        messages = order.message_ids
        run = self._run(
            self._change(
                order,
                {
                    "target": "state",
                    "state_id": self._state("state_administration").id,
                    "reason": "Papers have come",
                },
                {"target": "agent", "agent_id": self.second_agent.id},
            )
        )
        move = order.move_ids.sorted("id")[-1]
        self.assertEqual(move.to_state_id, self._state("state_administration"))
        self.assertEqual(move.user_id, self.back_office)
        self.assertEqual(move.reason, "Papers have come")
        self.assertEqual(order.message_ids, messages)
        self.assertEqual(order.mass_result_ids, run.result_ids)

    def test_only_lines_of_the_search_change(self):
        orders = self._documents(2)
        line = orders[0].order_line[1]
        run = self._run(
            self._change(orders, PRICE_UP, line_domain=repr([("id", "=", line.id)]))
        )
        self.assertEqual(run.matched, 1)
        self.assertEqual(run.result_ids.line_id, line)
        self.assertEqual(orders[0].order_line[0].price_unit, 100.0)

    def test_product_brings_its_price_and_is_asked_for_by_the_type(self):
        orders = self._documents(1)
        change = self._change(
            orders, {"target": "product", "product_id": self.other_product.id}
        )
        self.document_type.product_ids = self.product
        run = self._run(change)
        self.assertEqual((run.done, run.refused), (0, 2))
        self.assertIn("not a product of documents", run.result_ids[0].reason)
        self.document_type.product_ids = False
        run = self._run(change)
        self.assertEqual(orders.order_line.product_id, self.other_product)
        self.assertIn("product_id", run.result_ids.mapped("field_name"))

    def test_numbers_below_zero_and_discounts_above_100_are_refused(self):
        orders = self._documents(1)
        for value, sentence in (
            (
                {"target": "price", "operation": "add", "number": -5000},
                "less than zero",
            ),
            ({"target": "discount", "operation": "set", "number": 101}, "100 %"),
            (
                {"target": "quantity", "operation": "add", "number": -9},
                "less than zero",
            ),
        ):
            run = self._run(self._change(orders, value))
            self.assertEqual((run.done, run.refused), (0, 2))
            self.assertIn(sentence, run.result_ids[0].reason)

    def test_header_and_line_values_of_all_kinds(self):
        orders = self._documents(2)
        campaign = self.env["utm.campaign"].create({"title": "Autumn"})
        line_state = self.env.ref("crm_segnalazioni.line_state_refused")
        tax = self.env["account.tax"].search(
            [("type_tax_use", "=", "sale"), ("company_id", "=", self.env.company.id)],
            limit=1,
        )
        field = self.env["ir.model.fields"]._get("sale.order", "commitment_date")
        reference = self.env["ir.model.fields"]._get("sale.order", "client_order_ref")
        self._run(
            self._change(
                orders,
                {"target": "campaign", "campaign_id": campaign.id},
                {"target": "line_state", "line_state_id": line_state.id},
                {"target": "discount", "number": 5},
                {"target": "quantity", "operation": "add", "number": 2},
                {"target": "tax", "tax_ids": [Command.set(tax.ids)]},
                {
                    "target": "order_field",
                    "field_id": field.id,
                    "value_datetime": "2030-05-01 10:00:00",
                },
                {
                    "target": "order_field",
                    "field_id": reference.id,
                    "value_char": "ERP 1",
                },
            )
        )
        lines = orders.order_line
        self.assertEqual(orders.campaign_id, campaign)
        self.assertEqual(lines.line_state_id, line_state)
        self.assertEqual(set(lines.mapped("discount")), {5.0})
        self.assertEqual(orders[0].order_line.mapped("product_uom_qty"), [3.0, 4.0])
        self.assertEqual(lines.tax_ids, tax)
        self.assertEqual(
            orders[0].commitment_date,
            fields.Datetime.to_datetime("2030-05-01 10:00:00"),
        )
        self.assertEqual(set(orders.mapped("client_order_ref")), {"ERP 1"})
        later = {
            "target": "order_field",
            "field_id": field.id,
            "operation": "add",
            "value_number": 3,
        }
        self._run(self._change(orders, later))
        self.assertEqual(orders[0].commitment_date.day, 4)

    def test_commissions_are_corrected_once_for_each_document(self):
        rules = self.env["crm.commission.rule"]
        rules.search([]).action_archive()
        rules.create({"name": "Mass", "percent": 10})
        order = self._documents(1)
        order.order_line.line_state_id = self.env.ref(
            "crm_segnalazioni.line_state_confirmed"
        )
        self._bring(order, commission_date=fields.Date.today())
        order._synchronize_commissions()
        paid = sum(order.commission_ids.mapped("amount"))
        self._run(self._change(order, PRICE_UP))
        rows = order.commission_ids
        self.assertEqual(len(rows), 2)
        self.assertAlmostEqual(
            sum(rows.mapped("amount")), order.amount_confirmed * 0.1, places=2
        )
        self.assertGreater(order.amount_confirmed * 0.1, paid)

    def test_nothing_happens_to_what_has_the_value_already(self):
        orders = self._documents(2)
        value = {"target": "agent", "agent_id": self.agent.id}
        run = self._run(self._change(orders, value))
        self.assertEqual((run.done, run.skipped, run.refused), (0, 2, 0))
        self.assertFalse(run.result_ids)

    def test_orders_without_a_type_and_of_other_companies_are_never_touched(self):
        order = self._documents(1)
        plain = self.env["sale.order"].create({"partner_id": self.partner.id})
        run = self._run(
            self._change(
                order | plain, {"target": "agent", "agent_id": self.second_agent.id}
            )
        )
        self.assertEqual(run.matched, 1)
        self.assertNotEqual(plain.user_id, self.second_agent)

    def test_what_the_record_rules_close_is_left(self):
        orders = self._documents(2)
        self.env["ir.rule"].create(
            {
                "name": "closed",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "domain_force": repr([("id", "!=", orders[1].id)]),
                "perm_read": False,
            }
        )
        value = {"target": "agent", "agent_id": self.second_agent.id}
        run = self._run(self._change(orders, value))
        self.assertEqual(orders.mapped("user_id"), self.second_agent | self.agent)
        refused = run.result_ids.filtered(lambda row: row.outcome == "refused")
        self.assertEqual(refused.order_id, orders[1])
        self.assertIn("may not change", refused.reason)

    def test_one_document_that_fails_leaves_the_others(self):
        orders = self._documents(3)
        self._bring(orders[1], locked=True)
        field = self.env["ir.model.fields"]._get("sale.order.line", "name")
        value = {"target": "line_field", "field_id": field.id, "value_char": "Panel 2"}
        run = self._run(self._change(orders, value))
        self.assertEqual(orders[0].order_line[0].name, "Panel 2")
        self.assertEqual(orders[2].order_line[0].name, "Panel 2")
        self.assertNotEqual(orders[1].order_line[0].name, "Panel 2")
        self.assertEqual(run.done, 2)

    def test_who_may(self):
        order = self._documents(1)
        with self.assertRaises(AccessError):
            self._change(order, PRICE_UP, user=self.agent)
        change = self._change(order, PRICE_UP)
        other = self._user("mass_office_2", "group_back_office")
        self.assertFalse(
            change.with_user(other).search([("id", "=", change.id)]), "others' own"
        )
        self.assertTrue(change.with_user(self.manager).search([("id", "=", change.id)]))
        self.back_office.group_ids -= self.env.ref("crm_callcenter.group_back_office")
        with self.assertRaisesRegex(UserError, "may no longer change"):
            change.with_user(self.manager).action_run()

    def test_nobody_runs_with_the_rights_of_another(self):
        order = self._documents(1)
        with self.assertRaises(AccessError):
            self._change(order, PRICE_UP, user_id=self.manager.id)
        change = self._change(order, PRICE_UP)
        with self.assertRaisesRegex(AccessError, "give it to somebody else"):
            change.user_id = self.manager
        theirs = self._change(order, PRICE_UP, user=self.manager)
        with self.assertRaises(AccessError):
            change.value_ids.change_id = theirs.with_user(self.back_office)
        self.assertEqual(change.with_user(self.manager).copy().user_id, self.manager)
        taken = change.with_user(self.manager)
        taken.user_id = self.manager
        self.assertEqual(taken.user_id, self.manager)

    def test_incomplete_and_forbidden_values_are_refused(self):
        order = self._documents(1)
        protected = self.env["ir.model.fields"]._get("sale.order", "name")
        computed = self.env["ir.model.fields"]._get("sale.order", "amount_total")
        reference = self.env["ir.model.fields"]._get("sale.order", "client_order_ref")
        day = self.env["ir.model.fields"]._get("sale.order", "date_order")
        for value in (
            {"target": "state"},
            {"target": "agent"},
            {"target": "price", "operation": "clear"},
            {"target": "agent", "operation": "percent", "agent_id": self.agent.id},
            {"target": "order_field"},
            {"target": "order_field", "field_id": protected.id},
            {"target": "order_field", "field_id": computed.id},
            {"target": "order_field", "field_id": reference.id},
            {
                "target": "order_field",
                "field_id": reference.id,
                "operation": "percent",
                "value_number": 5,
            },
            {"target": "order_field", "field_id": day.id, "operation": "clear"},
        ):
            with self.assertRaises(ValidationError):
                self._change(order, value)
        with self.assertRaisesRegex(UserError, "what is to be changed"):
            self._change(order).action_run()

    def test_broken_search_says_so(self):
        change = self._change(self._documents(1), PRICE_UP)
        change.domain = "[('no_such_field', '=', 1)]"
        with self.assertRaisesRegex(UserError, "can't be run any more"):
            change.action_run()

    def test_from_the_selection_of_a_list(self):
        orders = self._documents(2)
        changes = self.env["crm.segnalazione.mass.change"].with_user(self.back_office)
        action = changes._action_from_selection(orders[0].order_line[0])
        with Form(changes.with_context(**action["context"])) as form:
            form.name = "Chosen"
        change = form.save()
        self.assertEqual((change.document_count, change.line_count), (1, 1))
        action = changes._action_from_selection(orders)
        self.assertIn(str(orders[1].id), action["context"]["default_domain"])

    def test_many_documents_run_in_the_background(self):
        orders = self._documents(3)
        change = self._change(orders, PRICE_UP)
        self.patch(
            type(self.env["crm.segnalazione.mass.run"]),
            "_somebody_at_work",
            lambda run: True,
        )
        run = self._run(change)
        self.assertEqual(run.state, "queued")
        with self.assertRaisesRegex(UserError, "is running"):
            change.action_run()
        with self.assertRaisesRegex(UserError, "is running"):
            change.domain = "[]"

    def test_rows_are_downloaded_by_who_may_export(self):
        orders = self._documents(1)
        orders.order_line[0].name = "=1+1"
        run = self._run(self._change(orders, PRICE_UP), "dry")
        with self.assertRaises(AccessError):
            run.with_user(self.back_office).action_download()
        self.back_office.group_ids += self.env.ref("base.group_allow_export")
        action = run.with_user(self.back_office).action_download()
        attachment_id = int(action["url"].split("/")[-1].split("?")[0])
        text = self.env["ir.attachment"].browse(attachment_id).raw.decode("utf-8-sig")
        self.assertEqual(
            text.splitlines(),
            [
                "Document;Line;Field;Old;New;Outcome;Why Not",
                f"{orders.name};'=1+1;Unit Price;100;110;Changed;",
                f"{orders.name};Panel;Unit Price;101;111.1;Changed;",
            ],
        )
        log = self.env["crm.export.log"].search([], limit=1)
        self.assertEqual((log.user_id, log.row_count), (self.back_office, 2))
