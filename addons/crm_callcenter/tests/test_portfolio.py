from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestPortfolio(CallcenterCommon):
    """Ten business units of portfolios: on names, on customers, in views, as rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portfolios = cls.env["crm.portfolio"]
        cls.retail = cls.portfolios.create({"name": "Retail"})
        cls.north = cls.portfolios.create({"name": "North", "parent_id": cls.retail.id})
        cls.brescia = cls.portfolios.create({"name": "BS", "parent_id": cls.north.id})
        cls.business = cls.portfolios.create({"name": "Business"})
        cls.energy = cls.portfolios.create({"name": "Energy", "unit": 2})
        cls.solar = cls.portfolios.create({"name": "Solar", "parent_id": cls.energy.id})
        cls.lead = cls.leads[0]

    # ------------------------------------------------------------
    # UNITS AND BRANCHES
    # ------------------------------------------------------------

    def test_ten_units_of_which_only_the_first_shows(self):
        units = self.env["crm.business.unit"].search([])
        self.assertEqual(units.mapped("number"), list(range(1, 11)))
        self.assertEqual(units.filtered("is_shown").mapped("number"), [1])

    def test_a_unit_switched_on_appears_under_its_name(self):
        views = ["form", "list", "search"]
        for shown in (False, True):
            unit = self.env.ref("crm_callcenter.crm_business_unit_2")
            unit.write({"is_shown": shown, "name": "Technology"})
            for kind in views:
                for model, view in (
                    ("crm.lead", f"crm_lead_view_{kind}_name"),
                    ("res.partner", None),
                ):
                    if not view and kind == "list":
                        continue
                    view_id = self.env.ref(
                        f"crm_callcenter.{view}{'s' if kind != 'form' else ''}"
                        if view
                        else {
                            "form": "base.view_partner_form",
                            "search": "base.view_res_partner_filter",
                        }[kind]
                    ).id
                    arch = self.env[model].get_view(view_id, kind)["arch"]
                    nodes = etree.fromstring(arch).xpath(
                        "//field[@name='portfolio_2_id']"
                    )
                    with self.subTest(model=model, view=kind, shown=shown):
                        self.assertEqual(bool(nodes), shown)
                        self.assertFalse("portfolio_3_id" in arch)
            offered = self.env["crm.lead"].fields_get(attributes=["string"])
            self.assertEqual("portfolio_2_id" in offered, shown)
        self.assertEqual(offered["portfolio_2_id"]["string"], "Technology")

    def test_a_child_is_of_the_unit_of_its_parent(self):
        self.assertEqual(self.solar.unit, 2)
        with self.assertRaisesRegex(ValidationError, "same unit"):
            self.energy.unit = 3

    def test_whole_branches_move_in_bulk(self):
        top = self.portfolios.create({"name": "Group"})
        wizard = Form(
            self.env["crm.portfolio.move.wizard"].with_context(
                default_portfolio_ids=(self.retail | self.north | self.business).ids
            )
        )
        wizard.parent_id = top
        wizard.save().action_move()
        self.assertEqual(self.brescia.complete_name, "Group / Retail / North / BS")
        self.assertEqual(self.business.complete_name, "Group / Business")

    def test_a_branch_is_not_moved_under_itself_and_nothing_half_applies(self):
        with self.assertRaisesRegex(ValidationError, "Retail can't be moved"):
            (self.business | self.retail)._move_under(self.brescia)
        self.env.invalidate_all()
        self.assertFalse(self.business.parent_id)
        with self.assertRaisesRegex(UserError, "different business units"):
            self.north._move_under(self.energy)

    def test_a_portfolio_with_names_keeps_its_unit_and_stays(self):
        self.lead.portfolio_id = self.business
        with self.assertRaisesRegex(UserError, "Names are in Business"):
            self.business.unit = 4
        with self.assertRaisesRegex(UserError, "Names are in Business"):
            self.business.unlink()
        self.brescia.unlink()

    def test_a_deep_tree_is_found_as_one_branch(self):
        node = self.retail
        for level in range(40):
            node = self.portfolios.create({"name": str(level), "parent_id": node.id})
        self.lead.portfolio_id = node
        leads = self.env["crm.lead"]
        found = leads.search([("portfolio_id", "child_of", self.retail.id)])
        self.assertEqual(found, self.lead)
        query = leads._search([("portfolio_id", "child_of", self.retail.ids)])
        self.assertNotIn('FROM "crm_portfolio"', query.select().code)
        self.assertIn(node.id, query.select().params[0])

    # ------------------------------------------------------------
    # NAMES AND CUSTOMERS
    # ------------------------------------------------------------

    def test_a_portfolio_of_another_unit_is_refused(self):
        for values in (
            {"portfolio_id": self.solar.id},
            {"portfolio_2_id": self.retail.id},
        ):
            with self.assertRaisesRegex(ValidationError, "portfolio of business unit"):
                self.lead.write(values)

    def test_conversion_keeps_the_portfolios(self):
        self.lead.write(
            {"portfolio_id": self.brescia.id, "portfolio_2_id": self.solar.id}
        )
        self.lead.with_context(tracking_disable=True)._handle_partner_assignment()
        partner = self.lead.partner_id
        self.assertEqual(partner.portfolio_id, self.brescia)
        self.assertEqual(partner.portfolio_2_id, self.solar)
        partner.write({"portfolio_id": self.business.id, "portfolio_2_id": False})
        self.assertEqual(self.lead.portfolio_id, self.business)
        self.assertFalse(self.lead.portfolio_2_id)
        self.lead.portfolio_2_id = self.energy
        self.assertEqual(partner.portfolio_2_id, self.energy)

    def test_a_name_of_a_known_customer_gets_its_portfolios(self):
        partner = self.env["res.partner"].create(
            {"name": "Known", "portfolio_id": self.brescia.id}
        )
        values = {**self._lead_values(50), "partner_id": partner.id}
        lead = self.env["crm.lead"].create({**values, "portfolio_2_id": self.solar.id})
        self.assertEqual(lead.portfolio_id, self.brescia)
        self.assertEqual(partner.portfolio_2_id, self.solar)

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def test_rights_hang_on_a_branch(self):
        inside, outside = self.leads[0], self.leads[1]
        inside.write({"portfolio_id": self.brescia.id, "portfolio_2_id": self.solar.id})
        outside.portfolio_id = self.business
        (inside | outside)._register_outcome_batch(self.outcomes["N"])
        leads = self.env["crm.lead"].with_user(self.manager)
        mine = [("id", "in", (inside | outside).ids)]
        self.assertEqual(len(leads.search(mine)), 2)
        self.manager.portfolio_ids = self.retail
        self.assertEqual(leads.search(mine).ids, inside.ids)
        with self.assertRaises(AccessError):
            outside.with_user(self.manager).read(["phone"])
        history = self.env["crm.interaction"].with_user(self.manager)
        rows = history.search([("lead_id", "in", (inside | outside).ids)])
        self.assertEqual(rows.lead_id.ids, inside.ids)
        # Another unit narrows further, and a moved branch is followed at once.
        self.manager.portfolio_ids = self.retail | self.energy
        self.assertEqual(leads.search(mine).ids, inside.ids)
        self.solar.parent_id = False
        self.assertFalse(leads.search(mine))

    def test_customers_of_other_branches_are_hidden_and_colleagues_are_not(self):
        self.leads[1].portfolio_id = self.business
        self.leads[1]._handle_partner_assignment()
        hidden = self.leads[1].partner_id
        self.back_office.portfolio_ids = self.retail
        partners = self.env["res.partner"].with_user(self.back_office)
        self.assertFalse(partners.search([("id", "=", hidden.id)]))
        self.assertTrue(partners.search([("id", "=", self.operator.partner_id.id)]))

    def test_managers_open_every_list_of_theirs(self):
        """With all columns, as the web client reads them."""
        self.retail.mandatory_field_ids = self.env["ir.model.fields"]._get(
            "crm.lead", "email_from"
        )
        for name in (
            "crm_portfolio_action",
            "crm_business_unit_action",
            "crm_zone_action",
            "crm_zone_conflict_action",
            "crm_zone_run_action",
            "crm_municipality_action",
            "crm_lead_action_archive",
        ):
            action = self.env.ref(f"crm_callcenter.{name}")
            for view, kind in action.views:
                with self.subTest(action=name, kind=kind):
                    records = self.env[action.res_model].with_user(self.manager)
                    views = records.get_views([(view, kind)])
                    shown = views["models"][action.res_model]["fields"]
                    specification = {
                        field: {"fields": {"display_name": {}}}
                        if description.get("relation")
                        else {}
                        for field, description in shown.items()
                    }
                    records.web_search_read([], specification, limit=5)

    def test_only_managers_configure(self):
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                self.retail.with_user(user).name = "Mine"
            with self.assertRaises(AccessError):
                self.env.ref("crm_callcenter.crm_business_unit_2").with_user(
                    user
                ).is_shown = True
            with self.assertRaises(AccessError):
                self.env["crm.portfolio.move.wizard"].with_user(user).create({})
        self.retail.with_user(self.manager).name = "Private"

    # ------------------------------------------------------------
    # SOURCES
    # ------------------------------------------------------------

    def test_each_source_has_its_portfolio(self):
        leads = self.env["crm.lead"]
        general = self.env.ref("crm_callcenter.crm_portfolio_default")
        self.assertEqual(leads.create({"name": "By form"}).portfolio_id, general)
        self.company.default_portfolio_id = self.north
        self.assertEqual(leads.create({"name": "By form"}).portfolio_id, self.north)
        team = self.env["crm.team"].create(
            {"name": "Web", "use_leads": True, "portfolio_id": self.business.id}
        )
        mail = leads.message_new(
            {"from": "Mario <mario@example.com>", "subject": "Plant", "to": "x@y.it"},
            {"team_id": team.id},
        )
        self.assertEqual(mail.portfolio_id, self.business)
        chosen = leads.create(
            {"name": "X", "team_id": team.id, "portfolio_id": self.brescia.id}
        )
        self.assertEqual(chosen.portfolio_id, self.brescia)
        self.assertEqual(
            leads.create([{"name": "Y", "team_id": team.id}]).portfolio_id,
            self.business,
        )

    def test_users_and_portfolios_share_one_relation(self):
        bound = "crm_callcenter.group_portfolio_bound"
        self.retail.with_user(self.manager).user_ids = [Command.link(self.agent.id)]
        self.assertEqual(self.agent.portfolio_ids, self.retail)
        self.assertTrue(self.agent.has_group(bound))
        self.retail.with_user(self.manager).user_ids = [Command.clear()]
        self.assertFalse(self.agent.has_group(bound))
        self.agent.portfolio_ids = self.business
        self.assertTrue(self.agent.has_group(bound))
        self.business.unlink()
        self.assertFalse(self.agent.has_group(bound))
