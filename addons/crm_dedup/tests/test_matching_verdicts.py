from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools.matching.clusters import clusters_of
from ..tools.matching.frequencies import Frequencies
from ..tools.matching.keys import keys_of
from ..tools.matching.matcher import Matcher
from ..tools.matching.prepare import prepare
from ..tools.matching.reasons import REASONS, explain
from ..tools.matching.record import MatchRecord
from ..tools.matching.settings import WEIGHTS, MatchSettings

MARIO = {
    "person": "Mario Zanardelli",
    "phones": ("+393351234599", "+390302345678"),
    "email": "mario.zanardelli@libero.it",
    "street": "Via Giuseppe Garibaldi 12",
    "zip": "25128",
    "city": "Brescia",
    "province": "BS",
}
FIRM = {
    "company": "Officine Zanardelli S.r.l.",
    "phones": ("+390302345678",),
    "email": "info@officinezanardelli.it",
    "vat_number": "01234567897",
    "street": "Via delle Industrie 4",
    "zip": "25128",
    "city": "Brescia",
}


@tagged("post_install", "-at_install")
class TestMatchingVerdicts(BaseCase):
    """What is one, what is not, and what a person must look at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.matcher = Matcher(MatchSettings(), Frequencies())

    def compare(self, first, second):
        return self.matcher.compare(
            MatchRecord(id=1, **first), MatchRecord(id=2, **second)
        )

    def assertVerdict(self, verdict, first, second):
        found = self.compare(first, second)
        self.assertEqual(found.verdict, verdict, explain(found))
        return {reason.code for reason in found.reasons}

    # ------------------------------------------------------------
    # One
    # ------------------------------------------------------------

    def test_the_same_written_in_another_way(self):
        codes = self.assertVerdict(
            "same",
            MARIO,
            {
                "person": "ZANARDELLI MARIO",
                "phones": ("+393351234599",),
                "street": "V. G. GARIBALDI, N.12",
                "city": "BRESCIA",
            },
        )
        self.assertEqual(
            codes, {"same_name", "same_mobile", "mobile_of_name", "same_address"}
        )

    def test_typing_errors_and_fond_names(self):
        for person in ("Mario Zanardeli", "Sig. Mario Zanardelly", "zanardelli  mraio"):
            self.assertVerdict("same", MARIO, {**MARIO, "person": person})
        self.assertVerdict(
            "same",
            {**MARIO, "person": "Giuseppe Zanardelli"},
            {**MARIO, "person": "Zanardelli Beppe"},
        )

    def test_names_written_together(self):
        self.assertVerdict(
            "same",
            {**MARIO, "person": "Maria Grazia De Luca"},
            {**MARIO, "person": "DELUCA MARIAGRAZIA"},
        )

    def test_fiscal_code_a_letter_off_is_a_typing_error(self):
        codes = self.assertVerdict(
            "same",
            {**MARIO, "fiscal_code": "ZNRMRA60A01B157K"},
            {**MARIO, "fiscal_code": "ZNRMRA60A01B157X", "phones": ()},
        )
        self.assertIn("alike_fiscal_code", codes)

    def test_company_in_another_form_and_column(self):
        self.assertVerdict("same", FIRM, {**FIRM, "company": "OFFICINE ZANARDELLI SRL"})
        self.assertVerdict(
            "same",
            FIRM,
            {**FIRM, "company": "", "person": "Officine Zanardelli s.r.l."},
        )

    # ------------------------------------------------------------
    # Not one: whoever lives or works together
    # ------------------------------------------------------------

    def test_households_are_several_people(self):
        """On one telephone, with one e-mail and in one house."""
        for person in (
            "Maria Zanardelli",
            "Marco Zanardelli",
            "Carla Zanardelli",
            "Anna Bianchi",
        ):
            self.assertVerdict("different", MARIO, {**MARIO, "person": person})

    def test_father_and_son_of_one_name(self):
        father = {**MARIO, "fiscal_code": "ZNRMRA40A01B157K"}
        son = {**MARIO, "fiscal_code": "ZNRMRA70C12B157Q"}
        self.assertVerdict("different", father, son)
        known_days = (
            {**MARIO, "birth_date": date(1940, 1, 1), "email": "", "phones": ()},
            {**MARIO, "birth_date": date(1970, 3, 12), "email": "", "phones": ()},
        )
        self.assertVerdict("different", *known_days)

    def test_day_of_birth_is_read_from_the_fiscal_code(self):
        codes = self.assertVerdict(
            "different",
            {**MARIO, "fiscal_code": "ZNRMRA40A01B157K", "email": "", "phones": ()},
            {**MARIO, "birth_date": date(1970, 3, 12), "email": "", "phones": ()},
        )
        self.assertIn("other_birth_date", codes)

    def test_namesakes_far_apart(self):
        rossi = {"person": "Mario Rossi", "city": "Brescia", "street": "Via Roma 1"}
        other = {"person": "Rossi Mario", "city": "Bari", "street": "Via Roma 1"}
        self.assertVerdict("different", rossi, other)

    def test_common_names_alike_are_two_people(self):
        for one, other in (
            ("Daria", "Dario"),
            ("Andrea", "Andreina"),
            ("Paolo", "Carlo"),
        ):
            self.assertVerdict(
                "different",
                {**MARIO, "person": f"{one} Zanardelli"},
                {**MARIO, "person": f"{other} Zanardelli"},
            )

    def test_names_that_the_archive_knows_are_no_typing_errors(self):
        """Two foreign names one letter apart: what is common in the base is no slip."""
        one = {**MARIO, "person": "Hamid Zanardelli"}
        other = {**MARIO, "person": "Hamida Zanardelli"}
        self.assertVerdict("same", one, other)
        base = Frequencies(
            person_rows=50_000, persons={"hamid": 90, "hamida": 70, "zanardelli": 30}
        )
        found = Matcher(MatchSettings(), base).compare(
            MatchRecord(1, **one), MatchRecord(2, **other)
        )
        self.assertEqual(found.verdict, "different")

    def test_branches_are_not_duplicates(self):
        site = {
            **FIRM,
            "phones": ("+39026543210",),
            "street": "Viale Monza 3",
            "zip": "20127",
            "city": "Milano",
        }
        codes = self.assertVerdict("different", FIRM, {**site, "email": ""})
        self.assertIn("branch", codes)
        self.assertNotEqual(self.compare(FIRM, {**site, "phones": ()}).verdict, "same")

    def test_franchises_and_sister_companies(self):
        franchise = {**FIRM, "company": "Pizza Rapida", "vat_number": "", "email": ""}
        elsewhere = {
            **franchise,
            "phones": ("+39080555444",),
            "street": "Corso Cavour 9",
            "zip": "70121",
            "city": "Bari",
        }
        self.assertVerdict("different", franchise, elsewhere)
        sister = {**FIRM, "company": "Immobiliare Zanardelli S.r.l.", "vat_number": ""}
        self.assertNotEqual(self.compare(FIRM, sister).verdict, "same")
        self.assertVerdict("different", FIRM, {**FIRM, "vat_number": "09876543217"})

    def test_condominiums_of_one_administrator(self):
        shared = {"phones": ("+390301112223",), "email": "studio@amministra.it"}
        first = {
            **shared,
            "company": "Condominio Le Betulle",
            "street": "Via Pascoli 3",
        }
        second = {**shared, "company": "Condominio I Pini", "street": "Via Verga 8"}
        self.assertVerdict("different", first, second)
        numbers = (
            {**shared, "company": "Condominio Via Roma 12", "street": "Via Roma 12"},
            {**shared, "company": "Condominio Via Roma 14", "street": "Via Roma 14"},
        )
        self.assertVerdict("different", *numbers)

    # ------------------------------------------------------------
    # Values that everybody has
    # ------------------------------------------------------------

    def test_placeholders_say_nothing(self):
        """A number that is none, and a mailbox of nobody."""
        first = {"person": "Mario Rossi", "phones": ("+393333333333",)}
        second = {"person": "Rossi Mario", "phones": ("+393333333333",)}
        self.assertVerdict("different", first, second)
        mail = {"email": "noreply@libero.it"}
        codes = self.assertVerdict("different", {**first, **mail}, {**second, **mail})
        self.assertEqual(codes, {"same_name"})
        self.assertFalse(
            set(keys_of(MatchRecord(1, phones=("+393333333333",), **mail)))
        )

    def test_what_many_share_says_little(self):
        number = "+390301112223"
        crowd = Matcher(MatchSettings(), Frequencies(shared={number: 400}))
        pair = (
            MatchRecord(1, person="Mario Rossi", phones=(number,)),
            MatchRecord(2, person="Mario Rossi", phones=(number,)),
        )
        few = self.matcher.compare(*pair)
        many = crowd.compare(*pair)
        self.assertLess(many.score, few.score)
        self.assertIn("shared_phone", {reason.code for reason in many.reasons})

    def test_what_is_missing_costs_nothing(self):
        bare = {"person": "Mario Zanardelli"}
        found = self.compare(MARIO, bare)
        self.assertEqual({reason.code for reason in found.reasons}, {"same_name"})

    def test_part_of_a_name_is_never_sure(self):
        for person in ("Zanardelli", ""):
            found = self.compare(MARIO, {**MARIO, "person": person})
            self.assertNotEqual(found.verdict, "same", explain(found))
        family = {**MARIO, "phones": MARIO["phones"][1:], "email": ""}
        found = self.compare(family, {**family, "person": "M. Zanardelli"})
        self.assertNotEqual(found.verdict, "same", explain(found))

    def test_an_initial_is_sure_with_the_mobile(self):
        short = {**MARIO, "person": "M. Zanardelli"}
        self.assertVerdict("same", MARIO, short)
        elsewhere = {**short, "street": "Via Roma 3", "city": "Milano", "zip": "20121"}
        found = self.compare(MARIO, {**elsewhere, "email": ""})
        self.assertNotEqual(found.verdict, "same", explain(found))

    def test_a_mobile_goes_with_whoever_moves(self):
        moved = {
            "person": "Zanardelli Mario",
            "phones": MARIO["phones"][:1],
            "street": "Via Manzoni 8",
            "zip": "20121",
            "city": "Milano",
        }
        codes = self.assertVerdict("same", MARIO, moved)
        self.assertIn("mobile_of_name", codes)
        other = {**moved, "birth_date": date(1980, 5, 1)}
        found = self.compare({**MARIO, "birth_date": date(1951, 2, 3)}, other)
        self.assertNotEqual(found.verdict, "same", explain(found))

    def test_women_of_one_name_and_house_are_one_and_men_may_be_father_and_son(self):
        house = {name: MARIO[name] for name in ("street", "zip", "city")}
        found = {}
        for given in ("Carla", "Beatrice", "Mario", "Andrea", "Carla Andrea", "Xyz"):
            pair = [
                {**house, "person": f"{given} Zanardelli"},
                {**house, "person": f"Zanardelli {given}"},
            ]
            reasons = self.compare(*pair).reasons
            found[given] = "woman_of_house" in {reason.code for reason in reasons}
        women = [given for given, said in found.items() if said]
        self.assertEqual(women, ["Carla", "Beatrice"])
        flat = {**house, "person": "Carla Zanardelli"}
        for against in (
            {**flat, "street": "Via Giuseppe Garibaldi 94"},
            {**flat, "person": "Carla Zanardelli Junior"},
        ):
            codes = {reason.code for reason in self.compare(flat, against).reasons}
            self.assertNotIn("woman_of_house", codes)

    def test_a_company_in_its_own_house_is_one(self):
        plain = {name: FIRM[name] for name in ("company", "street", "zip", "city")}
        codes = self.assertVerdict("same", plain, dict(plain))
        self.assertIn("company_at_home", codes)
        other = {**plain, "company": "Officine Zanardelli S.n.c."}
        codes = {reason.code for reason in self.compare(plain, other).reasons}
        self.assertNotIn("company_at_home", codes)

    def test_a_partita_iva_alone_may_be_a_branch(self):
        bare = {"company": FIRM["company"], "vat_number": FIRM["vat_number"]}
        codes = self.assertVerdict("review", bare, FIRM)
        self.assertIn("unknown_site", codes)

    # ------------------------------------------------------------
    # Reasons, weights, thresholds
    # ------------------------------------------------------------

    def test_score_is_the_sum_of_its_reasons(self):
        for second in (MARIO, {**MARIO, "person": "Carla Zanardelli"}, FIRM):
            found = self.compare(MARIO, second)
            self.assertAlmostEqual(
                found.score, sum(reason.points for reason in found.reasons), 1
            )

    def test_every_reason_has_words_and_points(self):
        self.assertEqual(set(REASONS), set(WEIGHTS))

    def test_explained_in_words(self):
        text = explain(self.compare(MARIO, {**MARIO, "street": "Via Garibaldi 15"}))
        self.assertIn("Same mobile +12", text)
        self.assertIn("Same street, different civic number", text)

    def test_weights_may_be_changed(self):
        strict = Matcher(MatchSettings(weights={"same_mobile": 2.0}), Frequencies())
        pair = (MatchRecord(1, **MARIO), MatchRecord(2, **MARIO))
        self.assertAlmostEqual(
            self.matcher.compare(*pair).score - strict.compare(*pair).score, 10.0, 1
        )

    def test_thresholds_rise_with_the_archive(self):
        """Mario Rossi of one town: one man in a village list, several in millions."""
        settings = MatchSettings()
        small, big = settings.thresholds(10_000), settings.thresholds(3_000_000)
        self.assertLess(small[0], big[0])
        self.assertLess(small[1], big[1])
        pair = (
            MatchRecord(1, person="Lia Fabbri", city="Brescia"),
            MatchRecord(2, person="Lia Fabbri", city="Brescia"),
        )
        few = Matcher(settings, Frequencies(rows=10_000)).compare(*pair)
        many = Matcher(settings, Frequencies(rows=30_000_000)).compare(*pair)
        self.assertEqual(few.score, many.score)
        self.assertEqual((few.verdict, many.verdict), ("review", "different"))

    def test_quick_comparison_has_the_same_verdict(self):
        for second in (MARIO, {**MARIO, "person": "Carla Zanardelli"}, FIRM):
            pair = (MatchRecord(1, **MARIO), MatchRecord(2, **second))
            self.assertEqual(
                self.matcher.compare(*pair, whole=False).verdict,
                self.matcher.compare(*pair).verdict,
            )

    # ------------------------------------------------------------
    # Groups
    # ------------------------------------------------------------

    def test_a_chain_is_cut_where_it_meets_somebody_else(self):
        """Mario - M. - Maria: both match the one in the middle, not each other."""
        pairs = [(1, 2, 20.0), (2, 3, 20.0), (3, 4, 25.0)]
        strangers = {(1, 3), (1, 4), (2, 4)}

        def matches(one, other):
            return (min(one, other), max(one, other)) not in strangers

        found = clusters_of(pairs, matches, worth=lambda number: -number)
        self.assertEqual(found, [[1, 2], [3, 4]])

    def test_a_lead_and_a_customer_are_compared_alike(self):
        """The number of a customer is negative; nothing else is different."""
        lead, customer = MatchRecord(7, **MARIO), MatchRecord(-7, **MARIO)
        self.assertEqual(self.matcher.compare(lead, customer).verdict, "same")
        self.assertEqual(keys_of(lead), keys_of(customer))
        self.assertEqual(prepare(customer).id, -7)
