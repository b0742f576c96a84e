from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .roles_case import REFUSED, RolesCase

LEDGER = "crm.interaction"


@tagged("post_install", "-at_install")
class TestMonitoring(RolesCase):
    """Figures per person: closed to everybody until an agreement is recorded."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The ledger of the agent's own opportunity, which agent and back office read.
        for user in (cls.operator_two, cls.agent):
            cls.agents_own._register_outcome(cls.outcomes["N"], user=user)

    def _by_person(self):
        """Return ways to count, filter, sort or export by person."""
        other = self.operator_two.id

        def counts(domain):
            return lambda e: e[LEDGER].search_count(domain)

        def groups(**kwargs):
            kwargs = {"groupby": ["outcome_id"], "aggregates": ["__count"], **kwargs}
            return lambda e: e[LEDGER].formatted_read_group([], **kwargs)

        return {
            "filter": counts([("user_id", "=", other)]),
            "filter out": counts([("user_id", "!=", other)]),
            "filter by path": counts([("user_id.login", "=", "op_two")]),
            "filter by name": counts([("user_id", "ilike", "Op Two")]),
            "filter by any": counts([("user_id", "any", [("login", "=", "op_two")])]),
            # Not an own row, only the same number.
            "filter by partner": lambda e: e[LEDGER].search_count(
                [("user_id.partner_id", "=", e.uid)]
            ),
            "filter by several": counts([("user_id", "in", [other, self.manager.id])]),
            "everybody else": lambda e: e[LEDGER].search_count(
                ["!", ("user_id", "=", e.uid)]
            ),
            "everybody else by path": lambda e: e[LEDGER].search_count(
                ["!", ("user_id.id", "=", e.uid)]
            ),
            "filter names": lambda e: e["crm.lead"].search_count(
                [("interaction_ids.user_id", "=", other)]
            ),
            "filter names without": lambda e: e["crm.lead"].search_count(
                [("interaction_ids", "not any", [("user_id", "=", other)])]
            ),
            "filter customers": lambda e: e["res.partner"].search_count(
                [("opportunity_ids.interaction_ids.user_id", "=", other)]
            ),
            "filter by call": counts([("call_id.user_id", "=", other)]),
            "sort": lambda e: e[LEDGER].search([], order="user_id").ids,
            "sort down": lambda e: e[LEDGER].search([], order="id, user_id desc").ids,
            "group": groups(groupby=["user_id"]),
            "group by path": groups(groupby=["call_id.user_id"]),
            "group twice": groups(groupby=["outcome_id", "user_id"]),
            "aggregate": groups(aggregates=["user_id:count_distinct"]),
            "aggregate ids": groups(aggregates=["user_id:array_agg"]),
            "having": groups(having=[("user_id:count_distinct", ">", 0)]),
            "sort groups": groups(order="user_id:count_distinct"),
            "web_read_group": lambda e: e[LEDGER].web_read_group([], ["user_id"]),
            "grouping sets": lambda e: e[LEDGER].formatted_read_grouping_sets(
                [], [["user_id"], []], ["__count"]
            ),
            "progress bar": lambda e: e[LEDGER].read_progress_bar(
                [], "user_id", {"field": "outcome_kind", "colors": {"N": "danger"}}
            ),
            "search panel": lambda e: e[LEDGER].search_panel_select_range(
                "user_id", enable_counters=True
            ),
            "calls": lambda e: e["crm.call"].formatted_read_group(
                [], ["user_id"], ["__count"]
            ),
            "slots by who booked": lambda e: e["crm.agent.slot"].formatted_read_group(
                [], ["holder_id"], ["__count"]
            ),
            "export": lambda e: e[LEDGER].search([]).export_data(["user_id/name"]),
            "export names": lambda e: (
                e["crm.lead"]
                .search([("id", "=", self.agents_own.id)])
                .export_data(["name", "interaction_ids/user_id"])
            ),
        }

    def _allow(self, **values):
        self.company.write(
            {
                "individual_monitoring": True,
                "monitoring_agreement_date": "2026-01-15",
                "monitoring_agreement_reference": "Agreement 3/2026",
                **values,
            }
        )

    # ------------------------------------------------------------
    # SWITCHED OFF
    # ------------------------------------------------------------

    def test_off_by_default(self):
        self.assertFalse(self.company.individual_monitoring)
        self.assertFalse(self.company._is_individual_monitoring_allowed())

    def test_off_closes_figures_to_everybody(self):
        for role in ("operator", "coordinator", "agent", "back_office", "manager"):
            for label, call in self._by_person().items():
                with self.subTest(role=role, attempt=label):
                    self.assertEqual(self.attempt(self.roles[role], call), REFUSED)

    def test_off_leaves_own_rows_and_history(self):
        self.check_table(
            self.agent,
            {
                "own rows": (
                    lambda e: e[LEDGER].search_count([("user_id", "=", e.uid)]),
                    1,
                ),
                "own rows in a list": (
                    lambda e: e[LEDGER].search_count([("user_id", "in", [e.uid])]),
                    1,
                ),
                "own rows of a kind": (
                    lambda e: e[LEDGER].search_count(
                        ["!", ("outcome_kind", "!=", "N"), ("user_id", "=", e.uid)]
                    ),
                    1,
                ),
                "who spoke to a name": (
                    lambda e: sorted(
                        row["user_id"]["display_name"]
                        for row in e["crm.lead"]
                        .browse(self.agents_own.id)
                        .web_read(
                            {
                                "interaction_ids": {
                                    "fields": {
                                        "user_id": {"fields": {"display_name": {}}}
                                    }
                                }
                            }
                        )[0]["interaction_ids"]
                    ),
                    ["Agent One", "Op Two"],
                ),
                "by outcome": (
                    lambda e: [
                        group["__count"]
                        for group in e[LEDGER].formatted_read_group(
                            [], ["outcome_id"], ["__count"]
                        )
                    ],
                    [2],
                ),
            },
        )

    def test_off_leaves_the_system_alone(self):
        """The superuser, and sub-queries and paths that the ORM makes, still work."""
        ledger = self.env[LEDGER]
        self.assertTrue(ledger.search([("user_id", "=", self.operator_two.id)]))
        self.check_table(
            self.manager,
            {
                "sub-query as a value": (
                    lambda e: e[LEDGER].search_count(
                        [("id", "in", e[LEDGER]._search([("outcome_kind", "=", "N")]))]
                    ),
                    len(ledger.search([("outcome_kind", "=", "N")])),
                ),
                "nested any": (
                    lambda e: e[LEDGER].search_count(
                        [
                            (
                                "lead_id",
                                "any",
                                [("interaction_ids", "any", [("points", "=", 0)])],
                            ),
                            ("lead_id.zone_id", "child_of", self.zone.ids),
                        ]
                    ),
                    len(ledger.search([("lead_id.zone_id", "=", self.zone.id)])),
                ),
                "filtered in Python": (
                    lambda e: len(
                        e[LEDGER].search([]).filtered_domain([("points", "=", 0)])
                    ),
                    len(ledger.search([])),
                ),
            },
        )

    # ------------------------------------------------------------
    # AN AGREEMENT
    # ------------------------------------------------------------

    def test_agreement_is_required(self):
        for values in (
            {"monitoring_agreement_date": False},
            {"monitoring_agreement_reference": False},
        ):
            with self.subTest(**values), self.assertRaises(ValidationError):
                self._allow(**values)
        self._allow()
        with self.assertRaises(ValidationError):
            self.company.monitoring_agreement_reference = False

    def test_settings(self):
        """The settings write field by field: the order must suit the company."""
        agreement = {
            "monitoring_agreement_date": "2026-01-15",
            "monitoring_agreement_reference": "Agreement 3/2026",
        }
        settings = self.env["res.config.settings"]
        with self.assertRaises(ValidationError):
            settings.create({"individual_monitoring": True}).execute()
        settings.create({"individual_monitoring": True, **agreement}).execute()
        self.assertTrue(self.company._is_individual_monitoring_allowed())
        nothing = dict.fromkeys(agreement, False)
        settings.create({**nothing, "individual_monitoring": False}).execute()
        self.assertFalse(self.company._is_individual_monitoring_allowed())

    def test_on_opens_figures(self):
        self._allow()
        for label, call in self._by_person().items():
            with self.subTest(attempt=label):
                self.assertNotEqual(self.attempt(self.manager, call), REFUSED)

    def test_all_companies_must_allow(self):
        """Rows belong to no company: whoever is in two needs two agreements."""
        self._allow()
        other = self.env["res.company"].create({"name": "Without agreement"})
        grouped = self._by_person()["group"]
        self.assertNotEqual(self.attempt(self.manager, grouped), REFUSED)
        self.manager.company_ids += other
        self.assertEqual(self.attempt(self.manager, grouped), REFUSED)
