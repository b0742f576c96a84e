import base64
import json

from odoo.tests.common import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestGraphTransfer(TransactionCase):
    """The file of a configuration holds what outcomes do in a list."""

    def setUp(self):
        super().setUp()
        self.state = self.env["crm.list.state"].create(
            {"name": "Waits for the bank", "category": "recall", "color": "#123456"}
        )
        self.outcome = self.env["crm.outcome"].create(
            {
                "name": "Asks the bank",
                "color": "#654321",
                "kind": "R",
                "recall_scope": "private",
                "list_state_id": self.state.id,
            }
        )

    def export(self):
        return self.env["crm.graph.file"]._export()

    def check(self, raw):
        transfer = self.env["crm.graph.transfer"].create(
            {"file": base64.b64encode(raw)}
        )
        transfer.action_check()
        return transfer

    def test_list_states_return_with_their_outcomes(self):
        exported = self.export()
        self.assertFalse(self.check(exported).line_ids)
        self.outcome.unlink()
        self.state.unlink()
        transfer = self.check(exported)
        self.assertEqual(transfer.create_count, 2)
        transfer.action_apply()
        self.assertEqual(self.export(), exported)
        outcome = self.env["crm.outcome"].search([("name", "=", "Asks the bank")])
        self.assertEqual(outcome.recall_scope, "private")
        self.assertEqual(outcome.list_state_id.name, "Waits for the bank")

    def test_a_file_from_a_database_without_lists_leaves_them_alone(self):
        content = json.loads(self.export())
        del content["list_states"]
        for outcome in content["outcomes"]:
            del outcome["list_state"], outcome["recall_scope"]
        self.assertFalse(self.check(json.dumps(content).encode()).line_ids)
