"""Exports for an ERP: the file byte by byte, the mark, the rights, the log."""

import base64
import io

import openpyxl

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .mass_change_common import MassChangeCase


@tagged("post_install", "-at_install")
class TestOrderExport(MassChangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.back_office | cls.manager:
            user.group_ids += cls.env.ref("base.group_allow_export")
            user.tz = "Europe/Rome"
        cls.partner.write({"name": "Città; Sole", "vat": False, "ref": "=1+1"})
        cls.layout = cls._layout("order", "name", "partner_id.name", "amount_untaxed")

    @classmethod
    def _layout(cls, row_kind, *paths, **values):
        return cls.env["crm.segnalazione.export.layout"].create(
            {
                "name": "ERP",
                "row_kind": row_kind,
                "type_ids": [Command.set(cls.document_type.ids)],
                "column_ids": [
                    Command.create({"title": path, "path": path}) for path in paths
                ],
                **values,
            }
        )

    def _export(self, layout=None, user=None, **values):
        batches = self.env["crm.segnalazione.export.batch"]
        return batches.with_user(user or self.back_office)._start(
            {
                "layout_id": (layout or self.layout).id,
                "company_id": self.env.company.id,
                **values,
            }
        )

    def _content(self, batch):
        return base64.b64decode(batch.sudo().with_context(bin_size=False).file)

    # ------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------

    def test_csv_byte_by_byte(self):
        orders = self._documents(2)
        batch = self._export()
        names = orders.mapped("name")
        self.assertEqual(
            self._content(batch),
            (
                "\ufeffname;partner_id.name;amount_untaxed\r\n"
                f'{names[0]};"Città; Sole";302,00\r\n'
                f'{names[1]};"Città; Sole";302,00\r\n'
            ).encode(),
        )
        self.assertEqual((batch.order_count, batch.row_count), (2, 2))
        self.assertTrue(batch.file_name.startswith("orders_2"))
        self.assertTrue(batch.file_name.endswith(f"_{batch.id}.csv"))

    def test_csv_in_another_form(self):
        order = self._documents(1, lines=1, date_order="2026-03-01 23:30:00")
        layout = self._layout(
            "line",
            "order_id.name",
            "order_id.date_order",
            "order_id.partner_id.name",
            "product_uom_qty",
            "order_id.segnalazione_state_id",
            separator="pipe",
            encoding="cp1252",
            decimal_separator="point",
            date_format="%Y%m%d",
            has_header=False,
        )
        layout.column_ids[3].decimals = 0
        layout.column_ids += layout.column_ids.create(
            {
                "layout_id": layout.id,
                "sequence": 99,
                "title": "Fixed",
                "kind": "constant",
                "constant": "ERP",
            }
        )
        # The date is the one of who exports: half past midnight in Rome.
        self.assertEqual(
            self._content(self._export(layout)),
            f"{order.name}|20260302|Città; Sole|1|Signed|ERP\r\n".encode("cp1252"),
        )

    def test_fixed_widths(self):
        order = self._documents(1, lines=1)
        layout = self._layout(
            "order", "name", "amount_untaxed", separator="fixed", encoding="utf-8"
        )
        with self.assertRaisesRegex(UserError, "fixed widths"):
            self._export(layout)
        layout.column_ids[0].width = 20
        layout.column_ids[1].width = 12
        self.assertEqual(
            self._content(self._export(layout)).decode(),
            f"{'name':20}{'amount_untaxed'[:12]}\r\n{order.name:20}{'100,00':>12}\r\n",
        )

    def test_workbook_cell_by_cell(self):
        orders = self._documents(1)
        layout = self._layout(
            "line",
            "order_id.name",
            "order_id.partner_id.ref",
            "product_uom_qty",
            "price_subtotal",
            "order_id.date_order",
            file_format="xlsx",
        )
        batch = self._export(layout)
        sheet = openpyxl.load_workbook(io.BytesIO(self._content(batch))).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        self.assertEqual(rows[0], layout.column_ids.mapped("title"))
        self.assertEqual(
            [row[:4] for row in rows[1:]],
            [[orders.name, "'=1+1", 1, 100], [orders.name, "'=1+1", 2, 202]],
        )
        local = fields.Datetime.context_timestamp(
            batch.with_context(tz=self.back_office.tz), orders.date_order
        )
        self.assertEqual(rows[1][4].date(), local.date())
        self.assertEqual(sheet.cell(2, 2).data_type, "s")

    def test_no_cell_is_a_formula(self):
        self._documents(1)
        layout = self._layout("order", "partner_id.ref", encoding="utf-8")
        layout.column_ids.title = "@SUM(1)"
        layout.column_ids += layout.column_ids.create(
            {
                "layout_id": layout.id,
                "sequence": 99,
                "title": "x",
                "kind": "constant",
                "constant": "=cmd|' /C calc'!A0",
            }
        )
        self.assertEqual(
            self._content(self._export(layout)).decode(),
            "'@SUM(1);x\r\n'=1+1;'=cmd|' /C calc'!A0\r\n",
        )

    def test_shipped_layouts_work_and_confirmed_lines_only(self):
        order = self._documents(1)
        confirmed = self.env.ref("crm_segnalazioni.line_state_confirmed")
        order.order_line[0].line_state_id = confirmed
        state = self._state("state_confirmed")
        self._bring(order, segnalazione_state_id=state.id)
        search = repr([("id", "=", order.id)])
        for name, rows in (("export_layout_order", 1), ("export_layout_line", 2)):
            layout = self.env.ref(f"crm_segnalazioni.{name}")
            self.assertEqual(self._export(layout, domain=search).row_count, rows)
        layout.copy({"line_category": "confirmed"})
        layout.line_category = "confirmed"
        batch = self._export(layout, domain=search, which="all")
        self.assertEqual(batch.row_count, 1)

    def test_a_document_without_a_row_is_not_marked(self):
        waiting, confirmed = self._documents(2)
        confirmed.order_line[0].line_state_id = self.env.ref(
            "crm_segnalazioni.line_state_confirmed"
        )
        layout = self._layout("line", "order_id.name", line_category="confirmed")
        batch = self._export(layout)
        self.assertEqual(batch.document_ids.order_id, confirmed)
        waiting.order_line.line_state_id = confirmed.order_line[0].line_state_id
        self.assertEqual(self._export(layout).document_ids.order_id, waiting)

    # ------------------------------------------------------------
    # THE MARK
    # ------------------------------------------------------------

    def test_exported_once_until_taken_back(self):
        orders = self._documents(2)
        batch = self._export()
        self.assertTrue(all(orders.mapped("is_exported")))
        with self.assertRaisesRegex(UserError, "nothing to export"):
            self._export()
        more = self._documents(1)
        self.assertEqual(self._export().document_ids.order_id, more)
        # The mark is of one layout.
        other = self._layout("line", "name")
        self.assertEqual(self._export(other).order_count, 3)
        batch.action_take_back()
        self.assertEqual(batch.state, "taken_back")
        self.assertEqual(self._export().document_ids.order_id, orders)

    def test_changed_since(self):
        orders = self._documents(3)
        first = self._export()
        self.env.flush_all()
        later = "UPDATE {} SET write_date = write_date + interval '1 second'"
        self.env.cr.execute(
            later.format("sale_order_line") + " WHERE id = %s",
            [orders[1].order_line[0].id],
        )
        self.env.invalidate_all()
        self.assertEqual(orders.mapped("is_changed_since_export"), [False, True, False])
        search = self.env["sale.order"].search
        found = search(
            [("is_changed_since_export", "=", True), ("id", "in", orders.ids)]
        )
        self.assertEqual(found, orders[1])
        with self.assertRaisesRegex(UserError, "nothing to export"):
            self._export()
        second = self._export(which="changed")
        self.assertEqual(second.document_ids.order_id, orders[1])
        self.env.invalidate_all()
        self.assertFalse(orders[1].is_changed_since_export)
        self.assertEqual(len(orders[1].export_document_ids), 2)
        # Taken back, it is again as the first export has left it.
        second.action_take_back()
        self.env.invalidate_all()
        self.assertTrue(orders[1].is_changed_since_export)
        self.assertEqual(
            orders[1].export_document_ids.filtered("is_current").batch_id, first
        )

    def test_only_chosen_states_and_documents(self):
        orders = self._documents(3)
        state = self._state("state_confirmed")
        self.layout.state_ids = state
        with self.assertRaisesRegex(UserError, "nothing to export"):
            self._export()
        self._bring(orders[:2], segnalazione_state_id=state.id)
        search = repr([("id", "=", orders[1].id)])
        self.assertEqual(self._export(domain=search).document_ids.order_id, orders[1])
        wizard = self.env["crm.segnalazione.export.wizard"].with_user(self.back_office)
        window = wizard.create(
            {
                "layout_id": self.layout.id,
                "domain": "[('date_order', '<', context_today()"
                " + relativedelta(days=2))]",
            }
        )
        self.assertEqual(window.document_count, 1)
        self.assertFalse(
            self.env["sale.order"].search(
                [("is_exported", "=", True), ("id", "=", orders[0].id)]
            )
        )

    def test_wizard(self):
        orders = self._documents(2)
        wizard = (
            self.env["crm.segnalazione.export.wizard"]
            .with_user(self.back_office)
            .with_context(active_model="sale.order", active_ids=orders[0].ids)
            .create({"layout_id": self.layout.id})
        )
        self.assertEqual(wizard.document_count, 1)
        action = wizard.action_export()
        batch = self.env["crm.segnalazione.export.batch"].browse(action["res_id"])
        self.assertEqual(batch.document_ids.order_id, orders[0])
        url = batch.with_user(self.back_office).action_download()["url"]
        self.assertIn(f"/{batch.id}/file/", url)

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def test_who_may(self):
        self._documents(1)
        with self.assertRaises(AccessError):
            self._export(user=self.agent)
        allowed = self.env.ref("base.group_allow_export")
        self.back_office.group_ids -= allowed
        with self.assertRaisesRegex(AccessError, "right to export"):
            self._export()
        batch = self._export(user=self.manager)
        with self.assertRaises(AccessError):
            batch.with_user(self.back_office).action_download()
        with self.assertRaises(AccessError):
            batch.with_user(self.back_office).read(["file"])
        self.back_office.group_ids += allowed
        with self.assertRaisesRegex(UserError, "campaign managers may take it back"):
            batch.with_user(self.back_office).action_take_back()

    def test_documents_that_the_user_does_not_see_stay(self):
        orders = self._documents(2)
        self.env["ir.rule"].create(
            {
                "name": "closed",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "domain_force": repr([("id", "!=", orders[1].id)]),
            }
        )
        self.assertEqual(self._export().document_ids.order_id, orders[0])

    def test_fields_are_checked(self):
        for path in (
            "no_such",
            "partner_id.no_such",
            "order_line.price_unit",
            "name.x",
            "partner_id.image_128",
            "",
        ):
            with self.assertRaises(ValidationError, msg=path):
                self._layout("order", path)
        self._documents(1)
        layout = self._layout("order", "partner_id.signup_type")
        with self.assertRaisesRegex(UserError, "may not read"):
            self._export(layout)
        layout = self._layout("order")
        with self.assertRaisesRegex(UserError, "no columns"):
            self._export(layout)

    def test_log(self):
        orders = self._documents(2)
        batch = self._export()
        log = self.env["crm.export.log"].search([], limit=1)
        self.assertEqual(log.user_id, self.back_office)
        self.assertEqual((log.model_name, log.row_count), ("sale.order", 2))
        self.assertIn("partner_id.name", log.field_names)
        self.assertEqual(log.record_refs, ", ".join(map(str, orders.ids)))
        with self.assertRaisesRegex(UserError, "take it back"):
            batch.sudo().unlink()

    # ------------------------------------------------------------
    # IN THE BACKGROUND
    # ------------------------------------------------------------

    def test_many_documents_in_the_background(self):
        orders = self._documents(3)
        path = "odoo.addons.crm_segnalazioni.models.crm_segnalazione_export_batch"
        self.patch(__import__(path, fromlist=["AT_ONCE"]), "AT_ONCE", 2)
        batch = self._export()
        self.assertEqual(batch.state, "queued")
        with self.assertRaisesRegex(UserError, "isn't ready"):
            batch.action_download()
        with self.enter_registry_test_mode():
            self.env.ref("crm_segnalazioni.ir_cron_exports").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((batch.state, batch.order_count), ("done", 3))
        self.assertEqual(batch.document_ids.order_id, orders)

    def test_an_export_that_fails_marks_nothing_and_says_why(self):
        orders = self._documents(3)
        path = "odoo.addons.crm_segnalazioni.models.crm_segnalazione_export_batch"
        self.patch(__import__(path, fromlist=["AT_ONCE"]), "AT_ONCE", 2)
        refused, broken = self._export(), self._export()
        export = type(refused)._export

        def fail(batch):
            result = export(batch)
            if batch.id == refused.id:
                raise UserError("Not today")  # pylint: disable=translation-required
            if batch.id == broken.id:
                raise ValueError
            return result

        self.patch(type(refused), "_export", fail)
        with (
            self.enter_registry_test_mode(),
            mute_logger(path),
        ):
            self.env.ref("crm_segnalazioni.ir_cron_exports").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((refused.state, refused.error), ("failed", "Not today"))
        self.assertEqual(broken.state, "failed")
        self.assertIn("ValueError", broken.error)
        self.assertFalse(any(orders.mapped("is_exported")))
        self.assertFalse(orders.export_document_ids)

    def test_many_rows_take_flat_memory(self):
        orders = self._documents(30)
        module = "odoo.addons.crm_segnalazioni.models.crm_segnalazione_export_file"
        self.patch(__import__(module, fromlist=["PAGE_SIZE"]), "PAGE_SIZE", 10)
        self.env.invalidate_all()
        seen = []
        field = orders._fields["amount_untaxed"]
        for _row in self.layout._rows(orders):
            seen.append(len(field._get_cache(orders.env)))
        self.assertEqual(len(seen), 30)
        self.assertLessEqual(max(seen), 10)
