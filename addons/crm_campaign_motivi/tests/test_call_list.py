from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestCallList(CampaignCommon):
    def test_adding_names_twice_changes_nothing(self):
        self.assertEqual(self.call_list._add_leads(self.leads.ids), 0)
        self.assertEqual(self.call_list.count_total, 6)

    def test_new_names_go_to_the_end(self):
        extra = self.env["crm.lead"].create([self._lead_values(n) for n in (20, 21)])
        self.assertEqual(self.call_list._add_leads(extra[::-1].ids), 2)
        last = self.call_list.line_ids.sorted("rank").lead_id[-2:]
        self.assertEqual(last, extra[::-1])

    def test_adding_many_is_one_statement(self):
        self.env.cr.execute(
            """INSERT INTO crm_lead (name, type, active, lead_kind)
               SELECT 'n' || n, 'lead', true, 'person'
                 FROM generate_series(1, 5000) n RETURNING id"""
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        with self.assertQueryCount(6):
            self.assertEqual(self.call_list._add_leads(ids), 5000)

    def test_counts(self):
        lines = self.call_list.line_ids.sorted("rank")
        lines[0].category = "recall"
        lines[1].category = "closed_positive"
        lines[2].category = "exhausted"
        self.call_list.invalidate_recordset()
        self.assertEqual(
            (
                self.call_list.count_to_call,
                self.call_list.count_recall,
                self.call_list.count_closed,
            ),
            (3, 1, 2),
        )
        self.assertEqual((self.campaign.count_total, self.campaign.count_left), (6, 4))

    def test_a_list_belongs_somewhere(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env["crm.call.list"].create({"name": "Nowhere"})

    def test_the_category_of_a_state_in_use_is_fixed(self):
        state = self.call_list.line_ids[0].list_state_id
        with self.assertRaisesRegex(UserError, "can't be changed"):
            state.category = "recall"
        state.name = "Other name"

    def test_merging_names_keeps_one_place_per_list(self):
        second = self.env["crm.call.list"].create(
            {"name": "Second", "campaign_id": self.campaign.id}
        )
        kept, gone = self.leads[0], self.leads[1]
        second._add_leads(gone.ids)
        (kept | gone)._merge_opportunity(auto_unlink=True)
        head = (kept | gone).exists()
        self.assertEqual(
            head.call_list_line_ids.list_id.ids, (self.call_list | second).ids
        )
        self.assertEqual(len(head.call_list_line_ids), 2)

    def test_somebody_elses_name_cannot_be_written(self):
        self.registry_enter_test_mode()
        self.next_name(self.operator_two)
        held = self.leads[0].with_user(self.operator)
        with self.assertRaisesRegex(UserError, "Somebody else is working"):
            held.write({"city": "Other"})
        self.leads[1].with_user(self.operator).write({"city": "Other"})
        self.leads[0].with_user(self.operator_two).write({"city": "Mine"})

    def test_starting_says_what_is_missing(self):
        campaign = self.env["utm.campaign"].create(
            {"title": "Bare", "is_call_campaign": True}
        )
        with self.assertRaisesRegex(UserError, "has no list"):
            campaign.action_start()
        bare = self.env["crm.call.list"].create(
            {"name": "Empty", "campaign_id": campaign.id}
        )
        with self.assertRaisesRegex(UserError, "No operator.*no name to call"):
            campaign.action_start()
        bare.operator_ids = [fields.Command.set(self.operator.ids)]
        bare._add_leads(self.leads.ids)
        campaign.invalidate_recordset()
        campaign.action_start()
        self.assertEqual(campaign.call_state, "running")
