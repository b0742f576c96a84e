from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_origin import OriginCase


@tagged("post_install", "-at_install")
class TestVerdict(OriginCase):
    """The agent says how an appointment was; the coordinator has the last word."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.segnalazione.verdict.rule"].search([]).unlink()
        cls.env["crm.segnalazione.verdict.rule"].create(
            [
                {"verdict": "off_target", "takes_points_back": True},
                {"verdict": "absent", "points": -2},
                {
                    "verdict": "bogus",
                    "takes_points_back": True,
                    "points": -3,
                    "waits_for_coordinator": True,
                },
            ]
        )

    def setUp(self):
        super().setUp()
        self.row, self.event = self.fix_appointment()
        self.commit()
        self.document = self.documents()
        self.document.team_id = self.env["crm.team"].create(
            {"name": "Team", "user_id": self.coordinator.id}
        )
        self.document.date_appointment = fields.Datetime.now() - timedelta(hours=1)

    def points(self):
        rows = self.env["crm.interaction"].search(
            [("user_id", "=", self.operator.id), ("lead_id", "=", self.name.id)]
        )
        return sum(rows.mapped("points"))

    def give(self, verdict, note="Nobody there", user=None):
        wizard = self.env["crm.segnalazione.verdict.wizard"]
        wizard = wizard.with_user(user or self.agent)
        wizard.create(
            {"order_id": self.document.id, "verdict": verdict, "text": note}
        ).action_confirm()
        return self.document.verdict_ids

    def test_a_valid_appointment_keeps_its_points(self):
        verdict = self.give("valid", note=False)
        self.assertEqual((verdict.final, verdict.is_valid), ("valid", 1))
        self.assertEqual(self.points(), 5)
        self.assertEqual(self.document.verdict, "valid")
        self.assertEqual(
            (verdict.operator_id, verdict.agent_id), (self.operator, self.agent)
        )

    def test_off_target_takes_the_points_back_through_the_ledger(self):
        verdict = self.give("off_target")
        self.assertEqual(self.points(), 0)
        row = verdict.interaction_ids
        self.assertEqual(row.points, -5)
        self.assertEqual(row.user_id, self.operator)
        self.assertTrue(row.outcome_id.is_system)
        self.assertEqual(row.state_before_id, row.state_after_id)
        self.assertIn("Nobody there", row.note)
        ranking = self.env["crm.points"]._ranking(
            self.row.date - timedelta(days=1),
            fields.Datetime.now() + timedelta(days=1),
            "user",
            {"user_ids": [self.operator.id]},
        )
        self.assertFalse(ranking and ranking[0]["points"])

    def test_the_agent_may_change_it_until_somebody_has_decided(self):
        verdict = self.give("off_target")
        self.give("absent")
        self.assertEqual(len(self.document.verdict_ids), 1)
        self.assertEqual(self.points(), 3)
        verdict.with_user(self.coordinator).action_agree()
        self.assertEqual(verdict.state, "agreed")
        with self.assertRaisesRegex(UserError, "has decided"):
            self.give("valid")
        with self.assertRaisesRegex(UserError, "has decided"):
            verdict.with_user(self.coordinator).action_agree()

    def test_the_button_is_there_as_long_as_it_may_be_given(self):
        def offered(user):
            self.document.invalidate_recordset(["may_give_verdict"])
            return self.document.with_user(user).may_give_verdict

        self.assertTrue(offered(self.agent))
        self.assertFalse(offered(self.operator))
        verdict = self.give("absent")
        self.assertTrue(offered(self.agent), "it may be changed")
        verdict.with_user(self.coordinator).action_agree()
        self.assertFalse(offered(self.agent))

    def test_the_button_is_on_the_telephone_too(self):
        view = self.env.ref("crm_segnalazioni.sale_order_view_form_segnalazione")
        arch = self.env["sale.order"].with_user(self.agent).get_view(view.id)["arch"]
        button = "//div[contains(@class, 'o_document_phone')]" + (
            "//button[@name='action_give_verdict']"
        )
        self.assertEqual(len(etree.fromstring(arch).xpath(button)), 1)

    def test_overruled_gives_the_points_again(self):
        verdict = self.give("off_target").with_user(self.coordinator)
        with self.assertRaisesRegex(UserError, "Agree instead"):
            verdict._overrule("off_target", "I agree")
        with self.assertRaisesRegex(UserError, "write the reason"):
            verdict._overrule("valid", " ")
        action = verdict.action_overrule()
        wizard = self.env["crm.segnalazione.verdict.wizard"]
        wizard.with_user(self.coordinator).with_context(**action["context"]).create(
            {"verdict": "valid", "text": "The customer says that nobody rang"}
        ).action_confirm()
        self.assertEqual(verdict.state, "overruled")
        self.assertEqual((verdict.given, verdict.final), ("off_target", "valid"))
        self.assertEqual(self.points(), 5)
        self.assertEqual(
            sorted(verdict.sudo().interaction_ids.mapped("points")), [-5, 5]
        )

    def test_bogus_waits_for_the_coordinator(self):
        verdict = self.give("bogus")
        self.assertEqual(self.points(), 5)
        verdict.with_user(self.coordinator).action_agree()
        self.assertEqual(self.points(), -3)

    def test_an_outcome_taken_back_isn_t_taken_back_twice(self):
        self.row._reverse("wrong name")
        self.give("off_target")
        self.assertEqual(self.points(), 0)

    def test_who_may_not(self):
        for user in (self.operator, self.back_office, self.coordinator):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["crm.segnalazione.verdict"].with_user(user)._give(
                    self.document.with_user(user), "valid"
                )
        verdict = self.give("absent")
        for user in (self.agent, self.operator, self.back_office):
            with self.subTest(user.login), self.assertRaises(AccessError):
                verdict.with_user(user).action_agree()
            with self.assertRaises(AccessError):
                verdict.with_user(user).write({"final": "valid"})
        for user in (self.operator_two, self.agent_two):
            with self.subTest(user.login), self.assertRaises(AccessError):
                verdict.with_user(user).read(["final"])
        self.assertEqual(verdict.with_user(self.operator).final, "absent")

    def test_when_and_how_not(self):
        with self.assertRaisesRegex(UserError, "a few words"):
            self.give("absent", note="  ")
        self.document.date_appointment = fields.Datetime.now() + timedelta(hours=1)
        with self.assertRaisesRegex(UserError, "when it is over"):
            self.give("valid")
        self.document.date_appointment = False
        with self.assertRaisesRegex(UserError, "no appointment"):
            self.document.with_user(self.agent).action_give_verdict()

    def test_figures_by_operator_follow_the_monitoring_agreement(self):
        self.give("valid")
        verdicts = self.env["crm.segnalazione.verdict"].with_user(self.manager)
        self.assertFalse(self.company._is_individual_monitoring_allowed())
        with self.assertRaises(AccessError):
            verdicts._read_group([], ["operator_id"], ["is_valid:sum"])
        [(campaign, count)] = verdicts._read_group(
            [("order_id", "=", self.document.id)], ["campaign_id"], ["is_valid:sum"]
        )
        self.assertEqual((campaign.id, count), (self.document.campaign_id.id, 1))
