from odoo.tests import tagged

from .common import SegnalazioneCase


@tagged("post_install", "-at_install")
class TestWorkflowCost(SegnalazioneCase):
    """What a document and a step cost in statements; the desk waits for the first."""

    def test_many_documents_are_numbered_in_few_statements(self):
        values = [{"partner_id": self.partner.id}] * 50
        kind = self.types["report"]
        orders = self.env["sale.order"]
        orders._create_segnalazioni(kind, values[:1])
        register = self.env["crm.segnalazione.protocol"]
        made = orders._create_segnalazioni(kind, values)
        self.env.flush_all()
        start = self.cr.sql_log_count
        register._take_numbers(made, self.types["opportunity"])
        # The last number, a savepoint of two statements, the first and all others.
        self.assertLessEqual(self.cr.sql_log_count - start, 6)

    def test_a_step_costs_little(self):
        steps = self._transition("contract", "signed", "administration")
        first, second = (
            self._document("contract", opportunity_id=False) for _number in range(2)
        )
        self._step(first, "administration", user=self.back_office)
        self.env.flush_all()
        order = second.with_user(self.back_office)
        order.mapped("segnalazione_type_id.transition_ids.group_ids")
        start = self.cr.sql_log_count
        order._take_transition(steps.with_env(order.env))
        self.env.flush_all()
        spent = self.cr.sql_log_count - start
        self.assertLessEqual(spent, 45, f"{spent} statements for one step")
