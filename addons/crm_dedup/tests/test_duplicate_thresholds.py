from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.crm_dedup.tools.matching.settings import WEIGHTS
from odoo.addons.crm_dedup.tools.threshold_figures import LabelledPair, figures

from .duplicate_case import DuplicateCase

SURNAMES = (
    "Bianchi Ferrari Esposito Romano Colombo Ricci Marino Greco Bruno Gallo Conti"
    " Costa Giordano Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani"
    " Rinaldi Caruso Ferrara Galli Martini Leone Longo Gentile Martinelli"
).split()
GIVEN = "Luca Anna Paolo Giulia Marco Elena Franco".split()


@tagged("post_install", "-at_install")
class TestThresholdFigures(TransactionCase):
    """Precision and recall of a stratified sample."""

    def pairs(self, stratum, same, different, found):
        return [
            LabelledPair(stratum, number < same, found)
            for number in range(same + different)
        ]

    def test_strata_count_as_much_as_they_are(self):
        # 10 of 10 are one among 100 pairs above; 5 of 10 among 1,000 below.
        pairs = self.pairs("30", 10, 0, True) + self.pairs("15", 5, 5, False)
        precision, recall = figures(pairs, {"30": 100, "15": 1000})
        self.assertEqual(precision.value, 1.0)
        self.assertAlmostEqual(recall.value, 100 / 600)
        # A simple count would say 10 of 15.
        self.assertLess(recall.high, 0.5)

    def test_few_labels_are_no_certainty(self):
        few = figures(self.pairs("30", 5, 0, True), {"30": 100})[0]
        many = figures(self.pairs("30", 500, 0, True), {"30": 1000})[0]
        self.assertEqual(few.value, many.value)
        self.assertLess(few.low, 0.8)
        self.assertGreater(many.low, 0.98)

    def test_interval_holds_the_truth(self):
        precision, _recall = figures(self.pairs("30", 90, 10, True), {"30": 500})
        self.assertLess(precision.low, 0.9)
        self.assertGreater(precision.high, 0.9)
        self.assertGreater(precision.low, 0.8)

    def test_nothing_known(self):
        precision, recall = figures([], {"30": 100})
        self.assertIsNone(precision.value)
        self.assertIsNone(recall.value)
        self.assertIsNone(figures(self.pairs("9", 1, 1, True), {})[0].value)


@tagged("post_install", "-at_install")
class TestDuplicateThresholds(DuplicateCase):
    """The page: labels, figures, and other thresholds and weights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scoring = cls.env["crm.dedup.scoring"]
        cls.samples = cls.env["crm.duplicate.sample"]
        # Who is who: a double of each person, and somebody of the same name elsewhere.
        cls.people = {}
        for number, surname in enumerate(SURNAMES):
            name = f"{surname} {GIVEN[number % len(GIVEN)]}"
            lead = cls.new_lead(
                name,
                mobile=f"347 {2000000 + number * 7919:07}",
                phone=False,
                street=f"Via {surname} {number + 3}",
            )
            double = cls.copy_by_sql(lead)
            homonym = cls.copy_by_sql(
                lead, mobile_e164=None, street=None, city="Torino", zip="10124"
            )
            cls.people.update({lead.id: number, double.id: number, homonym.id: -number})
        cls.run_archive(makes_keys=True)

    def label_all(self):
        for sample in self.samples.search([]):
            first, second = (
                self.people.get(holder, holder)
                for holder in (sample.first_holder, sample.second_holder)
            )
            sample.set_label("same" if first == second else "different")

    def test_sample_is_drawn_from_all_strata(self):
        samples = self.samples.search([])
        self.assertGreaterEqual(len(samples), 60)
        self.assertGreater(len(set(samples.mapped("stratum"))), 2)
        self.assertIn("different", samples.mapped("verdict"))
        run = self.env["crm.duplicate.run"].search([("strata", "!=", False)], limit=1)
        for stratum in run.strata.values():
            self.assertLessEqual(len(stratum["kept"]), 40)
            self.assertGreaterEqual(stratum["pairs"], len(stratum["kept"]))

    def test_every_reason_has_words(self):
        self.assertEqual(set(self.scoring._score_labels()), set(WEIGHTS))

    def test_empty_state_says_how_many_labels_are_missing(self):
        page = self.scoring.page()
        self.assertEqual(page["labels"]["total"], 0)
        self.assertEqual(page["labels"]["needed"], 60)
        self.assertIsNone(page["at_sure"]["precision"][0])
        self.label_all()
        self.assertEqual(self.scoring.page()["labels"]["needed"], 0)

    def test_figures_of_the_page(self):
        self.label_all()
        page = self.scoring.page()
        value, low, _high = page["at_sure"]["precision"]
        self.assertEqual(value, 1.0)
        self.assertLess(low, value)
        self.assertGreater(page["at_review"]["recall"][0], 0.9)
        none = self.scoring.page({"sure": 900, "review": 900, "weights": {}})
        self.assertLessEqual(none["at_sure"]["recall"][0], page["at_sure"]["recall"][0])

    def test_preview_of_other_weights(self):
        self.assertEqual(self.scoring.page()["moves"], [])
        page = self.scoring.page()
        page = self.scoring.page(
            {
                "sure": page["sure"],
                "review": page["review"],
                "weights": {"same_name": -5.0, "alike_name": -5.0},
            }
        )
        self.assertTrue(page["moves"] or page["bands"])
        points = {row["code"]: row["points"] for row in page["weights"]}
        self.assertEqual(points["same_name"], -5.0)
        self.assertFalse(self.scoring.search([]), "A preview saves nothing")

    def test_save_and_reset(self):
        scoring = self.scoring.with_user(self.manager)
        page = scoring.page()
        self.assertTrue(page["is_shipped"])
        before = self.env["crm.dedup"]._matcher()
        scoring.save_page(
            {"sure": page["sure"] + 5, "review": page["review"], "weights": {}}
        )
        after = self.env["crm.dedup"]._matcher()
        self.assertAlmostEqual(after.sure, before.sure + 5, 1)
        self.assertFalse(scoring.page()["is_shipped"])
        [run] = self.env["crm.duplicate.run"].search([("state", "=", "queued")])
        self.assertFalse(run.makes_keys)
        scoring.reset()
        self.assertEqual(self.env["crm.dedup"]._matcher().sure, before.sure)

    def test_higher_threshold_takes_at_once(self):
        double = self.new_lead("Rossi Mario")
        rules = self.env["crm.duplicate.rule"].search([("active", "=", True)])
        rules.active = False
        double.street = "Via Garibaldi 12 "
        self.commit()
        pair = self.pairs_of(double)
        self.assertEqual(pair.verdict, "same")
        page = self.scoring.page()
        self.scoring.save_page({**page, "sure": 500, "weights": {}})
        self.assertEqual(pair.verdict, "review")
        self.scoring.save_page({**page, "sure": 500, "review": 400, "weights": {}})
        self.assertFalse(pair.exists())

    def test_refused_values(self):
        for values in (
            {"sure": 10, "review": 20, "weights": {}},
            {"sure": "x", "review": 20, "weights": {}},
            {"sure": 10, "review": None, "weights": {}},
            {"sure": 10, "review": 5, "weights": {"same_name": 10**9}},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.scoring.save_page(values)

    def test_decision_elsewhere_is_a_label(self):
        pair = self.pairs.search([("state", "=", "open")], limit=1)
        pair.action_different()
        self.env["crm.duplicate.sample"]._label_pairs(
            self.pairs.search([("state", "=", "open")], limit=1), "same"
        )
        labels = self.samples.search([("label", "!=", False)]).mapped("label")
        self.assertEqual(sorted(labels), ["different", "same"])

    def test_next_to_label(self):
        samples = self.samples.with_user(self.manager)
        first, second = samples.next_to_label()
        self.assertNotEqual(first["id"], second["id"])
        self.assertNotIn("score", str(first), "Who labels must not know the score")
        samples.browse(first["id"]).set_label("same")
        self.assertNotIn(
            first["id"], [row["id"] for row in samples.next_to_label(limit=50)]
        )
        with self.assertRaises(UserError):
            samples.browse(second["id"]).set_label("perhaps")

    def test_labels_survive_the_next_run(self):
        sample = self.samples.search([], limit=1)
        sample.set_label("same")
        self.run_archive()
        self.assertEqual(sample.exists().label, "same")

    def test_rights(self):
        for user in (self.back_office, self.coordinator, self.operator):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.scoring.with_user(user).page()
                with self.assertRaises(AccessError):
                    self.scoring.with_user(user).reset()
                with self.assertRaises(AccessError):
                    self.samples.with_user(user).next_to_label()
