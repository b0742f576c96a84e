from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import SegnalazioneCase


@tagged("post_install", "-at_install")
class TestOpportunityRule(SegnalazioneCase):
    """The opportunity follows its document, and the two never chase each other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.makes_segnalazioni = False
        cls.env["crm.segnalazione.opportunity.rule"].search([]).unlink()
        cls._transition("quotation", "negotiation", "quoted")
        cls._transition("quotation", "negotiation", "lost")
        cls._transition("quotation", "quoted", "lost")
        cls.quotation = cls._document("quotation")
        cls.stage = cls.env["crm.stage"].create({"name": "Quoted", "sequence": 40})

    def rule(self, **values):
        return self.env["crm.segnalazione.opportunity.rule"].create(values)

    def commit(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_stage_value_date_and_probability_follow(self):
        day = fields.Date.add(fields.Date.today(), days=45)
        self.quotation.validity_date = day
        self.rule(
            state_id=self.states["quoted"].id,
            stage_id=self.stage.id,
            revenue_from="untaxed",
            closing_from="validity",
            sets_probability=True,
            probability=60,
        )
        self._step(self.quotation, "quoted")
        self.assertEqual(self.lead.stage_id, self.stage)
        self.assertEqual(self.lead.expected_revenue, 9000)
        self.assertEqual(self.lead.date_deadline, day)
        self.assertEqual(self.lead.probability, 60)

    def test_changed_lines_change_the_expected_revenue(self):
        self.rule(state_id=self.states["quoted"].id, revenue_from="untaxed")
        self.quotation.order_line.price_unit = 8000
        self.commit()
        self.assertFalse(self.lead.expected_revenue, "no rule for this state")
        self._step(self.quotation, "quoted")
        self.assertEqual(self.lead.expected_revenue, 8000)
        self.quotation.order_line.product_uom_qty = 2
        self.commit()
        self.assertEqual(self.lead.expected_revenue, 16000)
        self.quotation.order_line.unlink()
        self.commit()
        self.assertEqual(self.lead.expected_revenue, 0)

    def test_the_rule_of_type_and_state_goes_before_the_general_one(self):
        self.rule(category="open", revenue_from="total", sequence=1)
        exact = self.rule(
            state_id=self.states["quoted"].id,
            type_id=self.types["quotation"].id,
            sequence=9,
        )
        general = self.rule(state_id=self.states["quoted"].id, sequence=2)
        rules = self.env["crm.segnalazione.opportunity.rule"]
        self._step(self.quotation, "quoted")
        self.assertEqual(rules._rule_of(self.quotation), exact)
        exact.active = False
        self.assertEqual(rules._rule_of(self.quotation), general)

    def test_a_lost_document_loses_the_opportunity_unless_another_goes_on(self):
        reason = self.env["crm.lost.reason"].create({"name": "Too dear"})
        self.rule(category="lost", result="lost", lost_reason_id=reason.id)
        other = self._document("quotation")
        self._step(self.quotation, "lost")
        self.assertTrue(self.lead.active)
        self._step(other, "lost")
        self.assertFalse(self.lead.active)
        self.assertEqual(self.lead.lost_reason_id, reason)

    def test_a_document_opened_again_opens_the_opportunity_again(self):
        self.rule(category="lost", result="lost")
        self.rule(category="open", result="open")
        self._step(self.quotation, "lost")
        self.assertFalse(self.lead.active)
        self._transition("quotation", "lost", "negotiation", is_backward=True)
        self._step(self.quotation, "negotiation")
        self.assertTrue(self.lead.active)

    def test_a_won_document_wins_the_opportunity(self):
        self.rule(category="won", result="won", revenue_from="untaxed")
        self.assertEqual(self.types["job"].default_state_id.category, "won")
        self._document("job")
        self.assertTrue(self.lead.stage_id.is_won)
        self.assertEqual(self.lead.expected_revenue, 9000)

    def test_an_opportunity_given_up_takes_its_open_documents_along(self):
        without_step = self._document("report")
        steps = self.types["report"].transition_ids
        steps.filtered(lambda step: step.to_state_id.category == "lost").unlink()
        self.rule(category="lost", result="lost")
        reason = self.env["crm.lost.reason"].create({"name": "Moved away"})
        self.lead.action_set_lost(lost_reason_id=reason.id)
        self.assertEqual(self.quotation.state_category, "lost")
        last = self.quotation.move_ids.sorted("id")[-1]
        self.assertIn("Moved away", last.reason)
        self.assertEqual(without_step.state_category, "open")
        self.assertIn("marked as lost", without_step.message_ids[:1].body)
        self.assertEqual(self.lead.lost_reason_id, reason, "not written once more")

    def test_a_rule_says_when_it_holds(self):
        with self.assertRaises(ValidationError):
            self.rule(result="won")

    def test_the_form_for_the_manager(self):
        rules = self.env["crm.segnalazione.opportunity.rule"].with_user(self.manager)
        form = Form(rules)
        form.category = "won"
        form.result = "won"
        self.assertEqual(form.save().result, "won")
