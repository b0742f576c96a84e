from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from odoo.addons.crm_dedup.tools.duplicate_rule import DuplicateRule
from odoo.addons.crm_dedup.tools.matching.record import MatchRecord

from .duplicate_case import DuplicateCase


@tagged("post_install", "-at_install")
class TestDuplicateRuleCompiled(TransactionCase):
    """Keys and verification of rules, without the database."""

    def hits(self, rule, first, second):
        shares = bool(rule.keys(first) & rule.keys(second))
        hits = rule.hits(first, second)
        self.assertTrue(shares or not hits, "A rule never hits what no key finds")
        return hits

    def test_any_phone_of_one_equals_any_of_the_other(self):
        rule = DuplicateRule(1, ("phone",))
        first = MatchRecord(1, phones=("+39301", "+39302"))
        self.assertTrue(self.hits(rule, first, MatchRecord(2, phones=("+39302",))))
        self.assertFalse(self.hits(rule, first, MatchRecord(2, phones=("+39303",))))

    def test_mobile_is_no_landline(self):
        rule = DuplicateRule(1, ("mobile",))
        one = MatchRecord(1, phones=("+390302211334",))
        self.assertFalse(self.hits(rule, one, MatchRecord(2, phones=one.phones)))

    def test_empty_values_are_not_equal(self):
        rule = DuplicateRule(1, ("email_from", "zip"))
        one = MatchRecord(1, zip="25121")
        self.assertFalse(self.hits(rule, one, MatchRecord(2, zip="25121")))

    def test_name_in_any_order_without_title_and_form(self):
        rule = DuplicateRule(1, ("contact_name", "city"))
        one = MatchRecord(1, person="Sig. Rossi Mario", city="Brescia")
        other = MatchRecord(2, person="MARIO ROSSI", city="BRESCIA ")
        self.assertTrue(self.hits(rule, one, other))
        one = MatchRecord(1, company="Alfa Solar S.r.l.", city="Brescia")
        other = MatchRecord(2, company="ALFA SOLAR SRL", city="brescia")
        self.assertTrue(self.hits(rule, one, other))

    def test_name_guard(self):
        rule = DuplicateRule(1, ("phone",), name_must_agree=True)
        one = MatchRecord(1, person="Rossi Mario", phones=("+39301",))
        wife = MatchRecord(2, person="Rossi Maria", phones=("+39301",))
        typo = MatchRecord(3, person="Rosssi Mario", phones=("+39301",))
        self.assertFalse(self.hits(rule, one, wife))
        self.assertTrue(self.hits(rule, one, typo))

    def test_father_and_son_of_one_name(self):
        rule = DuplicateRule(1, ("mobile",), name_must_agree=True)
        father, son = (
            MatchRecord(
                number,
                person="Rossi Mario",
                phones=("+393472213344",),
                birth_date=date(year, 3, 4),
            )
            for number, year in ((1, 1950), (2, 1980))
        )
        self.assertFalse(self.hits(rule, father, son))

    def test_branches_of_one_company_have_its_digits_in_common(self):
        """11 digits in the column of the codice fiscale are the company's."""
        rule = DuplicateRule(1, ("fiscal_code",), verdict="same")
        branches = [
            MatchRecord(number, company="Alfa", fiscal_code="12345670017", city=city)
            for number, city in ((1, "Brescia"), (2, "Bergamo"))
        ]
        self.assertFalse(self.hits(rule, *branches))
        rule = DuplicateRule(1, ("city", "vat_number"), verdict="same")
        self.assertFalse(self.hits(rule, *branches))
        one = MatchRecord(3, vat_number="12345670017", city="Bergamo")
        self.assertTrue(self.hits(rule, branches[1], one))

    def test_code_that_contradicts_one_of_the_names(self):
        rule = DuplicateRule(1, ("fiscal_code",), verdict="same")
        head, wife, initial, typo, company = (
            MatchRecord(number, fiscal_code="RSSMRA80A01B157X", **names)
            for number, names in enumerate(
                (
                    {"person": "Rossi Mario"},
                    {"person": "Bianchi Lucia"},
                    {"person": "Rossi M."},
                    {"person": "Rosi Mario"},
                    {"company": "Impianti Rossi"},
                ),
                1,
            )
        )
        self.assertTrue(self.hits(rule, head, wife))
        self.assertEqual(rule.verdict_of(head, wife), "review")
        for other in (initial, typo, company):
            with self.subTest(other=other):
                self.assertEqual(rule.verdict_of(head, other), "same")

    def test_kind(self):
        lead, partner = MatchRecord(1, zip="1"), MatchRecord(-1, zip="1")
        for kind, pair, expected in (
            ("lead", (lead, MatchRecord(2, zip="1")), True),
            ("lead", (lead, partner), False),
            ("partner", (partner, MatchRecord(-2, zip="1")), True),
            ("partner", (lead, partner), False),
            ("all", (lead, partner), True),
        ):
            with self.subTest(kind=kind, pair=pair):
                rule = DuplicateRule(1, ("zip",), kind=kind)
                self.assertEqual(self.hits(rule, *pair), expected)

    def test_custom_field(self):
        rule = DuplicateRule(1, ("x_cc_meter",))
        one, other = MatchRecord(1), MatchRecord(2)
        self.assertTrue(
            rule.hits(one, other, {"x_cc_meter": " AB-1"}, {"x_cc_meter": "ab 1"})
        )
        self.assertFalse(rule.hits(one, other, {"x_cc_meter": ""}, {}))


@tagged("post_install", "-at_install")
class TestDuplicateRule(DuplicateCase):
    """Rules that a manager makes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["crm.duplicate.rule"].with_context(active_test=False)

    @classmethod
    def new_rule(cls, *names, **values):
        get = cls.env["ir.model.fields"]._get
        return cls.rules.create(
            {
                "name": "Rule",
                "field_ids": [
                    Command.set([get("crm.lead", name).id for name in names])
                ],
                "active": True,
                "sequence": 1,
                **values,
            }
        )

    def test_codice_fiscale_alone_decides(self):
        code = "RSSMRA80A01B157X"
        self.mario.fiscal_code = code
        self.commit()
        double = self.new_lead(
            "Rossi M.", mobile=False, phone=False, street=False, fiscal_code=code
        )
        [pair] = self.pairs_of(double)
        self.assertEqual(pair.verdict, "same")
        self.assertIn("rule Same codice fiscale", pair.reasons_text)

    def test_codice_fiscale_of_the_head_of_a_household(self):
        code = "RSSMRA80A01B157X"
        self.mario.fiscal_code = code
        self.commit()
        wife = self.new_lead("Bianchi Lucia", mobile="348 1112223", fiscal_code=code)
        [pair] = self.pairs_of(wife)
        self.assertEqual(pair.verdict, "review")
        self.run_archive()
        self.assertEqual(self.pairs_of(wife).verdict, "review")

    def test_branches_with_the_codice_fiscale_of_their_company(self):
        """Neither a sure pair nor the same customer."""
        values = {
            "lead_kind": "company",
            "mobile": False,
            "fiscal_code": "12345670017",
        }
        brescia = self.new_lead(
            False,
            name="Alfa Brescia",
            partner_name="Alfa Brescia",
            phone="030 3344556",
            street="Via Po 1",
            **values,
        )
        bergamo = self.new_lead(
            False,
            name="Alfa Bergamo",
            partner_name="Alfa Bergamo",
            phone="035 3344557",
            street="Viale Roma 9",
            zip="24121",
            city="Bergamo",
            state_id=self.env.ref("base.state_it_bg").id,
            **values,
        )
        self.assertNotIn("same", self.pairs_of(bergamo).mapped("verdict"))
        self.run_archive()
        self.assertNotIn("same", self.pairs_of(brescia).mapped("verdict"))

    def test_first_rule_decides(self):
        self.new_rule("mobile", verdict="review", name_must_agree=False)
        double = self.new_lead("Mario Rossi")
        self.assertEqual(self.pairs_of(double).verdict, "review")

    def test_rule_switched_on_gives_keys_by_a_job(self):
        rule = self.new_rule(
            "street", "zip", verdict="review", name_must_agree=False, active=False
        )
        neighbour = self.new_lead("Bianchi Eva", mobile=False, phone="030 9988771")
        self.assertFalse(self.pairs_of(neighbour))
        self.env["crm.duplicate.run"].search([]).unlink()
        rule.active = True
        [run] = self.env["crm.duplicate.run"].search([("state", "=", "queued")])
        self.assertTrue(run.makes_keys)
        run._work_at_once()
        self.assertEqual(run.state, "done")
        self.assertEqual(self.others(neighbour), self.mario)
        rule.active = False
        self.run_archive()
        self.assertFalse(self.pairs_of(neighbour))

    def test_trial_before_it_is_on(self):
        rule = self.new_rule(
            "street", "zip", verdict="review", name_must_agree=False, active=False
        )
        self.new_lead("Bianchi Eva", mobile=False, phone="030 9988771")
        rule.with_user(self.manager).action_try()
        self.assertEqual(rule.trial_pairs, 1)
        self.assertIn("Bianchi Eva", rule.trial_text)
        self.assertFalse(self.pairs.search([]))

    def test_custom_field_is_a_key(self):
        field = self.env["crm.custom.field"].create(
            {"label": "Meter number", "field_type": "text"}
        )
        self.new_rule(field.name, verdict="same", name_must_agree=False)
        self.mario[field.name] = "IT001E123"
        self.commit()
        other = self.new_lead(
            "Bianchi Eva", mobile=False, phone=False, street=False, city=False
        )
        self.assertFalse(self.pairs_of(other))
        other[field.name] = "it001e123"
        self.commit()
        self.assertEqual(self.pairs_of(other).verdict, "same")

    def test_rule_whose_field_is_deleted_does_nothing(self):
        rule = self.new_rule("street", "zip", name_must_agree=False)
        rule.field_names = "street,x_cc_gone,zip"
        self.env.registry.clear_cache()
        self.assertTrue(rule.is_broken)
        self.assertNotIn(rule.id, [one.id for one in self.env["crm.dedup"]._rules()])
        with self.assertRaises(UserError):
            rule.action_try()

    def test_refused_fields(self):
        with self.assertRaises(ValidationError):
            self.new_rule("priority")
        with self.assertRaises(ValidationError):
            self.new_rule()

    def test_rights(self):
        rule = self.new_rule("zip")
        rule.with_user(self.manager).verdict = "same"
        for user in (self.back_office, self.coordinator, self.operator):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                rule.with_user(user).write({"verdict": "review"})
        with self.assertRaises(AccessError):
            rule.with_user(self.operator).read(["name"])
