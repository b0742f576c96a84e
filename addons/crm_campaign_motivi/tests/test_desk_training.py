from odoo.exceptions import UserError
from odoo.tests import tagged

from .checksums import differences, table_checksums
from .common import CampaignCommon

#: Tables that a training may change, and why. All others of the database are compared.
LEFT_OUT = {
    "crm_desk_presence": "the operator was at work",
    "crm_operator_state": "the operator was on a call, then free again",
    "crm_campaign_pulse": "the pages of the campaign read their figures anew",
    "bus_bus": "messages between browser and server",
}
#: Columns of a line: in whose hands it is, until when it rests, and its turn.
CLAIM = (
    "claimed_by_id",
    "claimed_at",
    "claim_token",
    "claimed_until",
    "rest_until",
    "rank",
)


@tagged("post_install", "-at_install")
class TestDeskTraining(CampaignCommon):
    """A training is as in earnest, and leaves nothing behind."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.training = self.env["utm.campaign"].create(
            {
                "title": "Training of the tests",
                "is_call_campaign": True,
                "is_training": True,
                "company_id": self.company.id,
                "agent_ids": self.campaign.agent_ids.ids,
                "expected_revenue": 9000,
            }
        )
        self.training.action_invent_names()
        self.env["crm.call.window"]._open_always(self.training)
        self.training.call_list_ids.operator_ids = self.operator
        self.training.action_start()
        self.names = self.training.call_list_ids.line_ids.lead_id.with_context(
            active_test=False
        )

    def checksums(self):
        return table_checksums(
            self.env, left_out=LEFT_OUT, columns={"crm_call_list_line": CLAIM}
        )

    def serve(self):
        payload = self.desk().next_name(self.training.id)
        self.assertNotIn("empty", payload, payload)
        return payload

    def rehearse(self, payload, kind, **values):
        return self.desk().rehearse(
            payload["line_id"],
            payload["claim_token"],
            f"token {payload['line_id']} {kind}",
            self.outcomes[kind].id,
            **values,
        )

    def hold(self, payload):
        agenda = self.desk().agenda(payload["line_id"], payload["claim_token"])
        slot = agenda["slots"][0]
        wanted = {key: slot[key] for key in ("agent_id", "start", "stop")}
        self.desk().hold_slot(payload["line_id"], payload["claim_token"], **wanted)
        return wanted

    def test_a_training_shift_leaves_nothing(self):
        """With the names as the button makes them: no zone covers what is invented."""
        self.assertFalse(self.names.zone_id)
        before = self.checksums()
        closing = {"expected_revenue": 9000, "date_deadline": "2030-01-01"}
        for kind in "RNCT":
            payload = self.serve()
            self.assertTrue(payload["campaign"]["is_training"])
            dialled = self.desk().log_dial(
                payload["line_id"], payload["claim_token"], "phone"
            )
            self.assertFalse(dialled["tel"])
            values = {"note": f"Training {kind}", "call_uuid": dialled["call_uuid"]}
            if kind == "R":
                values["recall_at"] = self.in_hours(2)
            if kind in "CT":
                values.update(closing)
            if kind == "T":
                values["slot"] = self.hold(payload)
            result = self.rehearse(payload, kind, **values)
            self.assertIn("Training", result["message"])
            self.assertFalse(result["interaction_id"])
            self.assertFalse(self.line_of(payload).claimed_by_id)
            self.assertEqual(self.line_of(payload).category, "to_call")
        self.env.cr.postcommit.run()
        self.assertEqual(differences(before, self.checksums()), {})

    def test_checks_are_those_of_earnest(self):
        payload = self.serve()
        with self.assertRaises(UserError):
            self.rehearse(payload, "R")
        with self.assertRaises(UserError):
            self.rehearse(payload, "T")
        self.assertEqual(self.line_of(payload).claimed_by_id, self.operator)

    def test_confirm_in_earnest_is_refused(self):
        payload = self.serve()
        with self.assertRaises(UserError):
            self.confirm(payload, "N")
        self.desk().release(payload["line_id"], payload["claim_token"])
        earnest = self.next_name()
        with self.assertRaises(UserError):
            self.rehearse(earnest, "N")

    def test_a_line_that_is_not_there_is_no_way_around(self):
        payload = self.serve()
        with self.assertRaisesRegex(UserError, "This is training"):
            self.desk().confirm(
                2**31 - 1, payload["claim_token"], "forged", self.outcomes["N"].id
            )
        self.assertFalse(self.env["crm.interaction"].search([("token", "=", "forged")]))

    def test_the_name_comes_again_after_all_others(self):
        payload = self.serve()
        self.rehearse(payload, "N")
        second = self.serve()
        self.assertNotEqual(second["line_id"], payload["line_id"])
        last = self.training.call_list_ids.line_ids.sorted("rank")[-1]
        self.assertEqual(last.id, payload["line_id"])

    def test_invented_names_are_seen_by_nobody(self):
        self.assertTrue(self.names)
        self.assertFalse(any(self.names.mapped("active")))
        self.assertFalse(any(self.names.mapped("phone_e164")))
        self.assertFalse(self.env["crm.lead"].search([("id", "in", self.names.ids)]))

    def test_a_real_name_is_not_served_in_training(self):
        self.training.call_list_ids.line_ids.unlink()
        self.training.call_list_ids._add_leads(self.leads.ids)
        self.assertTrue(self.desk().next_name(self.training.id)["empty"])

    def test_a_campaign_with_names_does_not_become_a_training(self):
        with self.assertRaises(UserError):
            self.campaign.is_training = True
        with self.assertRaises(UserError):
            self.training.is_training = False
        with self.assertRaises(UserError):
            self.campaign.action_invent_names()

    def test_states_of_a_training_are_not_counted(self):
        self.serve()
        self.env.cr.postcommit.run()
        self.env["crm.operator.state"]._set_state(self.operator, "on_call")
        self.env["crm.operator.state"]._set_state(self.operator, "ready")
        self.assertFalse(
            self.env["crm.operator.time"].search(
                [("campaign_id", "=", self.training.id)]
            )
        )
