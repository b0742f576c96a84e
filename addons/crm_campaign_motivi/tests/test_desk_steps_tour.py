from odoo.tests import HttpCase, tagged

from .workflow_common import WorkflowCommon


@tagged("post_install", "-at_install", "desk_tour")
class TestDeskStepsTour(WorkflowCommon, HttpCase):
    """The steps of a call in a real browser, by keyboard."""

    def start_desk(self, tour):
        self.start_tour("/odoo/desk", tour, login=self.operator.login, timeout=120)
        self.env.invalidate_all()

    def test_through_all_steps(self):
        self.start_desk("crm_desk_steps")
        sale, negative = self.env["crm.interaction"].search(
            [("lead_id", "in", self.leads.ids)], order="id"
        )
        self.assertEqual(
            [(row.question, row.answer) for row in sale.answer_ids.sorted("id")],
            [("Owner?", "Yes"), ("Roof?", "Shared"), ("Families?", "4")],
        )
        self.assertEqual(sale.page_ids.version_id, self.opening.version_ids)
        self.assertEqual(sale.lead_id.street, "Via Milano 7")
        self.assertEqual(sale.lead_id.city, "Lumezzane")
        self.assertEqual(negative.answer_ids.mapped("answer"), ["Price"])
        self.assertEqual(
            len(
                self.env["crm.interaction"].search([("lead_id", "=", self.leads[2].id)])
            ),
            0,
        )

    def test_answers_are_there_again(self):
        self.start_desk("crm_desk_steps_return")
        self.assertFalse(
            self.env["crm.interaction"].search([("lead_id", "in", self.leads.ids)])
        )
        self.assertEqual(self.leads[0].street, "Via Roma 1")
