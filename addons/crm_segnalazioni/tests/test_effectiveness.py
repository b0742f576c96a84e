from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_commission import CommissionCase

STEPS = ("calls", "appointments", "visits", "contracts", "confirmed")


class AnalysisCase(CommissionCase):
    """Calls of days that are over and of today, and documents of each step."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.call.day"].search([]).unlink()
        cls.today = cls.env["crm.points"]._today()
        cls.report = cls.env["crm.effectiveness.report"]
        cls.agent.company_id.call_cost_operator_minute = 0.5
        cls.agent.company_id.call_cost_telephone_minute = 0.0125

    @classmethod
    def _registered(cls, kind="N", days_ago=0, seconds=0, **values):
        """Return a row of the ledger, with its call if it took any time."""
        moment = fields.Datetime.now() - timedelta(days=days_ago)
        lead = values.pop("lead_id", cls.leads[1].id)
        if seconds:
            call = cls.env["crm.call"].create(
                {
                    "uuid": f"test-{cls.env['crm.call'].search_count([])}",
                    "number_e164": "+39030555001",
                    "started_at": moment,
                    "ended_at": moment + timedelta(seconds=seconds),
                    "result": "answered",
                    "user_id": cls.operator.id,
                    "lead_id": lead,
                }
            )
            values["call_id"] = call.id
        return cls.env["crm.interaction"].create(
            {
                "lead_id": lead,
                "date": moment,
                "user_id": cls.operator.id,
                "campaign_id": cls.campaign.id,
                "outcome_id": cls.outcomes[kind].id,
                "outcome_kind": kind,
                **values,
            }
        )

    def _figures(self, model=None, domain=(), names=STEPS, user=None):
        """Return the sums of the campaign of the test."""
        model = self.report if model is None else model
        model = model.with_user(user or self.env.user)
        [values] = model._read_group(
            [("campaign_id", "=", self.campaign.id), *domain],
            [],
            [f"{name}:sum" for name in names],
        )
        return dict(zip(names, [value or 0 for value in values], strict=True))


@tagged("post_install", "-at_install")
class TestEffectiveness(AnalysisCase):
    def test_from_calls_to_confirmed(self):
        for _time in range(4):
            self._registered(days_ago=3)
        appointment = self._registered("T", days_ago=3)
        self._registered()
        order = self._contract(interaction_id=appointment.id)
        self.assertEqual(
            self._figures(),
            {
                "calls": 6,
                "appointments": 1,
                "visits": 0,
                "contracts": 1,
                "confirmed": 0,
            },
        )
        order._take_transition(self.steps["confirm"])
        self.assertEqual(self._figures()["confirmed"], 1)
        order._take_transition(self.steps["cancel"])
        figures = self._figures()
        self.assertEqual((figures["contracts"], figures["confirmed"]), (1, 0))
        order._take_transition(self.steps["reopen"])
        order._take_transition(self.steps["confirm"])
        figures = self._figures()
        self.assertEqual((figures["contracts"], figures["confirmed"]), (1, 1))

    def test_sums_of_past_days_say_the_same_as_the_ledger(self):
        for days_ago, kind in ((40, "N"), (40, "T"), (3, "R"), (3, "T"), (1, "N")):
            self._registered(kind, days_ago, seconds=90)
        self._registered("N", seconds=60)
        taken_back = self._registered("T", 2)
        self._registered("T", 1, reversed_id=taken_back.id)
        keys = ["date:day", "zone_id", "agent_id", "operator_id"]
        sums = ["calls:sum", "appointments:sum", "dials:sum"]
        domain = [("campaign_id", "=", self.campaign.id)]
        live = self.report._read_group(domain, keys, sums)
        self.assertEqual(sum(row[4] for row in live), 6)
        self.assertEqual(sum(row[5] for row in live), 2)
        self.assertEqual(sum(row[6] for row in live), 6)
        self.env["crm.call.day"]._cron_add_up()
        days = self.env["crm.call.day"].search([]).mapped("day")
        self.assertIn(self.today - timedelta(days=40), days)
        self.assertNotIn(self.today, days)
        self.assertEqual(self.report._read_group(domain, keys, sums), live)
        self.env["crm.call.day"]._cron_add_up()
        self.assertEqual(self.report._read_group(domain, keys, sums), live)

    def test_rows_that_come_late_are_added_up(self):
        self._registered(days_ago=5)
        self.env["crm.call.day"]._cron_add_up()
        self._registered(days_ago=9)
        self.env["crm.call.day"]._cron_add_up()
        self.assertEqual(self._figures()["calls"], 2)

    def test_the_agent_of_an_appointment_is_that_of_its_document(self):
        appointment = self._registered("T", days_ago=5)
        order = self._document("appointment", interaction_id=appointment.id)
        self.env["crm.call.day"]._cron_add_up()
        mine = [("agent_id", "=", self.agent.id)]
        self.assertEqual(self._figures(domain=mine)["appointments"], 1)
        order.user_id = self.agent_two
        self.env["crm.call.day"]._cron_add_up()
        self.assertEqual(self._figures(domain=mine)["appointments"], 0)
        theirs = [("agent_id", "=", self.agent_two.id)]
        self.assertEqual(self._figures(domain=theirs)["appointments"], 1)

    def test_visits_are_counted_once_and_by_what_they_include(self):
        self.types["appointment"].state_ids |= self.states["signed"]
        visited = self._transition("appointment", "appointment_fixed", "visited")
        signed = self._transition("appointment", "visited", "signed")
        values = {"campaign_id": self.campaign.id}
        order = self._document("appointment", **values)
        order._take_transition(visited)
        order._take_transition(signed)
        event = self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": fields.Datetime.now(),
                "stop": fields.Datetime.now() + timedelta(hours=1),
            }
        )
        straight = self._transition("appointment", "appointment_fixed", "signed")
        order = self._document("appointment", appointment_event_id=event.id, **values)
        order._take_transition(straight)
        figures = self._figures()
        self.assertEqual((figures["visits"], figures["contracts"]), (2, 2))

    def test_a_corrected_date_moves_the_figure(self):
        order = self._confirmed()
        earlier = self.today - timedelta(days=70)
        order.date_confirmed = earlier
        before = [("date", "<=", earlier)]
        self.assertEqual(self._figures(domain=before)["confirmed"], 1)

    def test_types_that_only_repeat_are_not_counted(self):
        self.types["job"].is_counted = False
        self._document("job", campaign_id=self.campaign.id)
        self.assertEqual(self._figures()["confirmed"], 0)
        self.types["job"].is_counted = True
        self._document("job", campaign_id=self.campaign.id)
        self.assertEqual(self._figures()["confirmed"], 1)

    def test_a_document_that_becomes_another_type_counts_once(self):
        order = self._document("order", campaign_id=self.campaign.id)
        become = self._transition(
            "order",
            "signed",
            "confirmed",
            next_type_id=self.types["job"].id,
        )
        order._take_transition(become)
        self.assertEqual(order.segnalazione_type_id, self.types["job"])
        figures = self._figures()
        self.assertEqual((figures["contracts"], figures["confirmed"]), (1, 1))

    def test_rates_are_of_the_sums(self):
        for _time in range(3):
            self._registered()
        self._registered("T")
        self._confirmed()
        self._contract()
        domain = [("campaign_id", "=", self.campaign.id)]
        rates = ["appointment_rate:avg", "visit_rate:avg", "confirmed_rate:avg"]
        [values] = self.report._read_group(domain, [], rates)
        self.assertEqual(values, (25, 0, 50))
        # As the pivot asks, with its totals.
        sets = self.report.formatted_read_grouping_sets(
            domain, [["campaign_id"], []], rates
        )
        self.assertEqual([group[0]["confirmed_rate:avg"] for group in sets], [50, 50])

    def test_the_pivot_is_in_the_order_of_names(self):
        other = self.env["utm.campaign"].create({"name": "Autumn"})
        self._registered()
        self._registered(campaign_id=other.id)
        self._registered(campaign_id=False)
        [groups, _all] = self.report.formatted_read_grouping_sets(
            [("campaign_id", "in", [self.campaign.id, other.id, False])],
            [["campaign_id"], []],
            ["calls:sum"],
        )
        names = [group["campaign_id"] and group["campaign_id"][1] for group in groups]
        self.assertEqual(names, ["Autumn", "Summer", False])

    def test_who_sees_what(self):
        self._registered()
        self._confirmed()
        for user in (self.back_office, self.manager):
            self.assertEqual(self._figures(user=user)["calls"], 1)
        team = self.env["crm.team"].create(
            {"name": "Evening", "user_id": self.coordinator.id}
        )
        self._registered(team_id=team.id)
        figures = self.report.with_user(self.coordinator)._read_group(
            [], [], ["calls:sum"]
        )
        self.assertEqual(figures, [(1,)])
        for user in (self.operator, self.agent):
            with self.assertRaises(AccessError):
                self._figures(user=user)
        with self.assertRaises(AccessError):
            self._figures(
                self.env["crm.profitability.report"],
                names=("margin",),
                user=self.coordinator,
            )

    def test_no_figures_per_operator_without_an_agreement(self):
        self._registered()
        report = self.report.with_user(self.manager)
        self.company.individual_monitoring = False
        for model in ("crm.effectiveness.report", "crm.profitability.report"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.manager)._read_group(
                    [], ["operator_id"], ["__count"]
                )
        with self.assertRaises(AccessError):
            report.search([("operator_id", "=", self.operator.id)])
        self.company.write(
            {
                "individual_monitoring": True,
                "monitoring_agreement_date": self.today,
                "monitoring_agreement_reference": "1/2026",
            }
        )
        self.assertTrue(report._read_group([], ["operator_id"], ["calls:sum"]))

    def test_rows_open_as_a_list(self):
        self._registered(days_ago=2)
        self.env["crm.call.day"]._cron_add_up()
        self._registered()
        self._confirmed()
        rows = self.report.search_read(
            [("campaign_id", "=", self.campaign.id)], ["date", "calls", "order_id"]
        )
        self.assertEqual(len({row["id"] for row in rows}), len(rows))
        self.assertEqual(sum(row["calls"] for row in rows), 2)


@tagged("post_install", "-at_install")
class TestProfitability(AnalysisCase):
    def test_revenue_less_calls_and_commissions(self):
        self._rule()
        self._registered(days_ago=3, seconds=120)
        self._registered(seconds=60)
        self._confirmed(
            (self.product, 9000, self.confirmed_line),
            (self.product_two, 5000, self.refused_line),
        )
        model = self.env["crm.profitability.report"]
        names = ("confirmed", "revenue", "call_cost", "commission", "margin")
        for _before_and_after in range(2):
            figures = self._figures(model, names=names)
            self.assertEqual(figures["confirmed"], 1)
            self.assertAlmostEqual(figures["revenue"], 9000)
            self.assertAlmostEqual(figures["call_cost"], 3 * (0.5 + 0.0125))
            self.assertAlmostEqual(figures["commission"], 450)
            self.assertAlmostEqual(figures["margin"], 9000 - 450 - 1.5375)
            self.env["crm.call.day"]._cron_add_up()
        [(rate,)] = model._read_group(
            [("campaign_id", "=", self.campaign.id)], [], ["margin_rate:avg"]
        )
        self.assertAlmostEqual(float(rate), 100 * (9000 - 450 - 1.5375) / 9000)

    def test_cancelled_contracts_bring_nothing(self):
        self._rule()
        order = self._confirmed()
        order._take_transition(self.steps["cancel"])
        figures = self._figures(
            self.env["crm.profitability.report"],
            names=("confirmed", "revenue", "commission", "margin"),
        )
        self.assertEqual(set(figures.values()), {0})


@tagged("post_install", "-at_install")
class TestAnalysisPrint(AnalysisCase):
    def _wizard(self, user=None, **values):
        return (
            self.env["crm.analysis.print"]
            .with_user(user or self.manager)
            .create({"campaign_ids": [fields.Command.set(self.campaign.ids)], **values})
        )

    def _html(self, wizard):
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(wizard.env.user)
            ._render_qweb_html("crm_segnalazioni.report_analysis", wizard.ids)
        )
        return html.decode()

    def test_effectiveness_on_paper(self):
        self._registered("T")
        self._registered()
        self._confirmed()
        wizard = self._wizard(group_by="zone_id")
        self.assertEqual(wizard.action_print()["report_type"], "qweb-pdf")
        html = self._html(wizard)
        self.assertIn("Effectiveness", html)
        self.assertIn(self.zone.name, html)
        self.assertIn("Summer", html)
        bars = {bar["label"]: bar for bar in wizard._bars()}
        self.assertEqual(bars["Calls"]["value"], 2)
        self.assertEqual(bars["Appointments"]["percent"], 50)
        self.assertEqual(wizard._totals()["confirmed"], 1)
        # There was no visit: no rate of contracts out of visits.
        self.assertIsNone(bars["Contracts"]["percent"])

    def test_profitability_on_paper(self):
        self._rule()
        self._confirmed()
        for group_by in ("campaign_id", "agent_id", "date:month", "date:day"):
            wizard = self._wizard(analysis="profitability", group_by=group_by)
            self.assertEqual(wizard._rows()[0]["margin"], 8550)
            self.assertIn("8,550", self._html(wizard))

    def test_periods(self):
        form = Form(self.env["crm.analysis.print"].with_user(self.manager))
        self.assertEqual(form.date_from, self.today.replace(day=1))
        form.period = "previous_month"
        self.assertEqual(form.date_to, self.today.replace(day=1) - timedelta(days=1))
        form.period = "custom"
        form.date_from = self.today
        form.date_to = self.today - timedelta(days=1)
        with self.assertRaisesRegex(UserError, "before the first"):
            form.save().action_print()

    def test_an_empty_period_says_so(self):
        wizard = self._wizard(
            period="custom", date_from="2001-01-01", date_to="2001-01-31"
        )
        self.assertIn("There is nothing in this period", self._html(wizard))
        self.assertEqual(wizard._rows(), [])

    def test_per_operator_only_with_an_agreement(self):
        self._registered()
        self.company.individual_monitoring = False
        with self.assertRaisesRegex(AccessError, "union agreement"):
            self._wizard(group_by="operator_id").action_print()

    def test_no_profitability_for_coordinators(self):
        with self.assertRaises(AccessError):
            self._wizard(self.coordinator, analysis="profitability").action_print()
