"""The last part of an import: its names are compared with the archive."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models import crm_list_import_duplicates
from ..models.crm_list_import_job import _NO_RUNTIME
from .test_import_update import UpdateCommon


@tagged("post_install", "-at_install")
class TestImportDuplicates(UpdateCommon):
    OTHER = ["Noto Mario", "030 9200669", "Via Po 3", "25121", "Brescia"]
    OTHER += ["mario.noto@example.org", "", ""]
    ROSSI = ["Rossi Ada", "346 2592895", "Via Roma 12", "25121", "Brescia", "", "", ""]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Written otherwise, and by no key of the import the same.
        cls.known.write(
            {
                "street": "Via Po 3",
                "zip": "25121",
                "city": "Brescia",
                "email_from": "mario.noto@example.org",
            }
        )
        cls.env.cr.precommit.run()

    def brought(self, record, number=2):
        return record.row_ids.filtered(lambda row: row.row_number == number).lead_id

    def new_customer(self):
        customer = self.env["res.partner"].create(
            {
                "name": "Ada Rossi",
                "mobile": "346 2592895",
                "street": "Via Roma 12",
                "zip": "25121",
                "city": "Brescia",
            }
        )
        self.env["crm.lead"].create(
            {
                "name": "Contract of Ada",
                "partner_id": customer.id,
                "type": "opportunity",
                "commercial_state_id": self.customer_state().id,
            }
        )
        customer.commercial_state_id = self.customer_state()
        self.env.flush_all()
        self.env.cr.precommit.run()
        return customer

    def customer_state(self):
        return self.env["crm.commercial.state"].search(
            [("state_class", "=", "customer")], limit=1
        )

    def test_duplicates_are_there_when_the_import_is_done(self):
        record = self.run_rows([self.OTHER])
        self.assertEqual(self.state_of(record), "accepted")
        self.assertEqual(record.state, "done")
        pair = self.env["crm.duplicate.pair"].search(
            [("list_import_ids", "=", record.id)]
        )
        self.assertEqual(
            pair.first_lead_id | pair.second_lead_id, self.known | self.brought(record)
        )
        self.assertEqual(pair.verdict, "same")
        self.assertEqual((record.sure_count, record.review_count), (1, 0))
        action = record.action_open_sure()
        self.assertEqual(self.env["crm.duplicate.pair"].search(action["domain"]), pair)
        self.assertFalse(self.known.merged_into_id)
        # Nobody has to compare them once more.
        self.env.cr.execute(
            "SELECT count(*) FROM crm_dedup_stale WHERE holder = %s AND NOT has_keys",
            [self.brought(record).id],
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_sure_ones_are_merged_when_the_import_says_so(self):
        elsewhere = self.env["crm.lead"].create(
            [{"name": "Elio Tosi", "mobile": "347 5500111"} for _number in range(2)]
        )
        self.env.flush_all()
        self.env.cr.precommit.run()
        pairs = self.env["crm.duplicate.pair"]
        self.assertEqual(pairs.search(pairs._domain_of(elsewhere[0])).verdict, "same")
        self.registry_enter_test_mode()
        record = self.run_rows([self.OTHER], merge_sure=True)
        brought = self.brought(record)
        run = record.merge_run_ids.sudo()
        self.assertTrue(record.merges_now)
        run._work_at_once()
        self.env.invalidate_all()
        both = self.known | brought
        self.assertEqual(len(both.filtered("active")), 1)
        self.assertEqual(both.merged_into_id, both.filtered("active"))
        self.assertEqual((run.matched, record.merged_name_count), (1, 1))
        self.assertFalse(elsewhere.merged_into_id)
        self.assertEqual(run.user_id, self.manager)
        self.assertEqual(
            len(both.filtered("active").call_list_line_ids), 1, "one place in the list"
        )

    def test_the_button_merges_them_later(self):
        self.registry_enter_test_mode()
        record = self.run_rows([self.OTHER])
        self.assertTrue(record.left_to_merge)
        action = record.action_merge_sure()
        with self.assertRaises(UserError):
            record.action_merge_sure()
        self.env["crm.merge.run"].browse(action["res_id"]).sudo()._work_at_once()
        self.env.invalidate_all()
        self.assertEqual(record.merged_name_count, 1)
        self.assertFalse(record.left_to_merge)
        self.assertEqual(record.action_open_merges()["res_id"], action["res_id"])

    def test_a_customer_is_linked_and_leaves_the_list(self):
        customer = self.new_customer()
        self.target_list.leave_customers = True
        record = self.run_rows([self.ROSSI, self.OTHER])
        brought = self.brought(record)
        self.assertEqual(brought.partner_id, customer)
        self.assertEqual(record.linked_count, 1)
        self.assertFalse(
            self.target_list.line_ids.filtered(lambda line: line.lead_id == brought)
        )
        row = record.row_ids.filtered(lambda one: one.lead_id == brought)
        self.assertEqual((row.left_out, record.left_out_count), ("customer", 1))
        self.assertIn(self.brought(record, 3), self.target_list.line_ids.lead_id)
        self.assertEqual(
            self.env["crm.lead"].search(record.action_open_linked()["domain"]), brought
        )

    def test_a_list_that_takes_customers_keeps_them(self):
        self.new_customer()
        self.target_list.leave_customers = False
        record = self.run_rows([self.ROSSI])
        self.assertEqual(record.linked_count, 1)
        self.assertIn(self.brought(record), self.target_list.line_ids.lead_id)
        self.assertFalse(record.left_out_count)

    def test_a_name_that_waited_for_days_is_linked(self):
        """A backlog, or a search of the whole archive, takes nothing from it."""
        customer = self.new_customer()
        record = self.prepare([self.ROSSI])
        record._start()
        while record.phase != "duplicates":
            record._import_step(_NO_RUNTIME, 1000)
        self.env.cr.execute("DELETE FROM crm_dedup_stale")
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = create_date - interval '30 days'"
            " WHERE id = %s",
            [self.brought(record).id],
        )
        self.env.invalidate_all()
        record._import_here()
        self.assertEqual(self.brought(record).partner_id, customer)

    def test_it_goes_on_where_it_was(self):
        self.patch(crm_list_import_duplicates, "BATCH_SIZE", 1)
        record = self.prepare([self.OTHER, self.ROSSI])
        record._start()
        while record.phase != "duplicates":
            record._import_step(_NO_RUNTIME, 1000)
        self.assertTrue(record._duplicates_step())
        self.assertEqual(record.compared_row, 2)
        self.assertEqual(record.state, "running")
        self.assertGreater(record.progress, 0)
        record._import_here()
        self.assertEqual((record.state, record.sure_count), ("done", 1))

    def test_very_many_are_left_to_the_night(self):
        self.env["ir.config_parameter"].set_param(
            crm_list_import_duplicates.PARAMETER, "1"
        )
        record = self.run_rows([self.OTHER, self.ROSSI])
        self.assertTrue(record.by_night)
        self.assertEqual((record.state, record.sure_count), ("done", 0))
        self.env.cr.execute(
            "SELECT count(*) FROM crm_dedup_stale WHERE holder = ANY(%s)",
            [record.row_ids.lead_id.ids],
        )
        self.assertEqual(self.env.cr.fetchone()[0], 2)

    def test_more_than_a_few_are_compared_in_the_background(self):
        self.patch(crm_list_import_duplicates, "MOST_AT_ONCE", 1)
        record = self.prepare([self.OTHER, self.ROSSI])
        record.action_import()
        self.assertEqual((record.state, record.phase), ("running", "duplicates"))
        self.assertEqual(record.accepted_count, 2)
        self.env.flush_all()
        job = record.sudo().job_ids
        job._work_at_once()
        self.env.invalidate_all()
        self.assertEqual((record.state, record.sure_count), ("done", 1))
