from odoo.tests import tagged

from odoo.addons.crm_dedup.tools.matching.keys import is_weak

from .duplicate_case import DuplicateCase

#: How the wife of Mario Rossi was listed before: another name, number and address.
MAIDEN = {
    "mobile": "349 8877665",
    "phone": False,
    "email_from": "lucia.ferrabosco@posta.example",
    "street": "Viale Adige 44",
    "zip": "25015",
    "city": "Desenzano del Garda",
}


@tagged("post_install", "-at_install")
class TestMergeSpellings(DuplicateCase):
    """What was written of a merged record still finds what it has become."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mario.email_from = "mario.rossi@posta.example"
        cls.maiden = cls.new_lead("Ferrabosco Lucia", **MAIDEN)
        cls.journal = cls.env["crm.merge"]._merge(cls.mario, cls.maiden)
        cls.env.invalidate_all()
        cls.service = cls.env["crm.dedup"]
        cls.service._compare_stale(1000)

    def _again(self):
        return self.new_lead("Lucia Ferrabosco", **MAIDEN)

    def test_values_of_the_one_that_went_find_the_one_that_stayed(self):
        again = self._again()
        self.assertEqual(self.others(again), self.mario)
        [pair] = self.pairs_of(again)
        self.assertEqual((pair.verdict, pair.state), ("same", "open"))
        self.assertFalse(self.pairs_of(self.maiden).filtered("second_lead_id") & pair)

    def test_a_contact_that_the_merge_made_is_no_kin(self):
        self.assertEqual(self.mario.contact_ids.name, "Ferrabosco Lucia")
        self.assertEqual(self.others(self._again()), self.mario)

    def test_the_nightly_search_finds_the_same(self):
        again = self._again()
        score = self.pairs_of(again).score
        for makes_keys in (False, True):
            self.run_archive(makes_keys=makes_keys)
            [pair] = self.pairs_of(again)
            self.assertEqual(pair._records(), (self.mario, again))
            self.assertEqual(pair.score, score)
        pair.unlink()
        run = self.run_archive()
        self.assertEqual((run.state, run.pairs_new), ("done", 1))
        self.assertEqual(self.others(again), self.mario)

    def test_the_pair_stays_when_the_one_that_stayed_changes(self):
        again = self._again()
        self.mario.street = "Via Garibaldi 14"
        self.commit()
        self.assertEqual(self.others(again), self.mario)
        again.street = "Viale Adige 45"
        self.commit()
        self.assertEqual(self.others(again), self.mario)
        again.write({**MAIDEN, "contact_name": "Verdi Ugo", "mobile": "348 1231231"})
        again.write({"email_from": False, "street": "Via Po 3"})
        self.commit()
        self.assertFalse(self.pairs_of(again), "Nothing speaks for it any more")

    def test_after_however_many_merges(self):
        last = self.new_lead("Neri Ivo", mobile="348 5554443", phone="030 7766554")
        self.env["crm.merge"]._merge(last, self.mario)
        self.env.invalidate_all()
        again = self._again()
        self.assertEqual(self.others(again), last)
        self.run_archive()
        self.assertEqual(self.others(again), last)
        last.street = "Via Po 9"
        self.commit()
        self.assertEqual(self.others(again), last)

    def test_a_merge_taken_back(self):
        again = self._again()
        self.journal._undo()
        self.env.invalidate_all()
        self.service._compare_stale(1000)
        self.assertEqual(self.others(again), self.maiden)

    def test_who_was_told_different_is_not_found_by_it(self):
        again = self._again()
        self.pairs_of(again).action_different()
        again.street = "Viale Adige 45"
        self.commit()
        self.run_archive()
        self.assertEqual(self.pairs_of(again).state, "different")

    def test_an_archived_end_is_not_found(self):
        self.mario.active = False
        self.commit()
        self.assertFalse(self.pairs_of(self._again()))

    def test_the_merge_itself_makes_no_pair(self):
        self.run_archive(makes_keys=True)
        self.assertFalse(
            (self.pairs_of(self.mario) | self.pairs_of(self.maiden)).filtered(
                lambda pair: pair.state == "open"
            )
        )

    def test_statements_of_a_look_up(self):
        """No more where nobody was merged, and one more where somebody was."""
        other = self.new_lead("Neri Ivo", mobile="348 5554443", phone=False)
        [known] = self.service._records_of([other.id])
        self.service._matcher()
        with self.assertQueryCount(2):
            self.service._find_duplicates([known.record])
        [known] = self.service._records_of([self.maiden.id])
        with self.assertQueryCount(5):
            # Keys, names, what they have become; who lives there, what was decided.
            [match] = self.service._find_duplicates([known.record])[0]
        self.assertEqual(match[:2], ("crm.lead", self.mario.id))

    def test_doubles_that_were_merged_crowd_no_key(self):
        """They don't make a name everybody's."""
        limit = self.service._matcher().settings.weak_limit
        first = self.new_lead("Zampaligo Ermenegilda", mobile=False, phone=False)
        for number in range(limit + 1):
            double = self.new_lead(
                "Zampaligo Ermenegilda",
                mobile=f"348 77{number}1234",
                phone=False,
                street=f"Via Po {number}",
                city="Milano",
                zip="20121",
            )
            self.env["crm.merge"]._merge(first, double)
        self.env.invalidate_all()
        self.service._compare_stale(1000)
        for makes_keys in (False, True):
            if makes_keys:
                self.run_archive(makes_keys=True)
            [known] = self.service._records_of([first.id])
            [keys] = self.service._keys_of_all([known])
            self.assertTrue(any(map(is_weak, keys)))
            _holders, crowded = self.env["crm.dedup.key"]._holders_of([keys])
            self.assertFalse(crowded)
        again = self.new_lead(
            "Zampaligo Ermenegilda", mobile="348 7731234", phone=False
        )
        self.assertEqual(self.others(again), first)


@tagged("post_install", "-at_install")
class TestMergedCustomers(DuplicateCase):
    def test_a_new_name_is_linked_to_what_its_customer_has_become(self):
        self.mario.unlink()
        kept = self.new_customer("Bianchi Franca", mobile="348 1112223", street=False)
        lost = self.new_customer()
        self.env["crm.merge"]._merge(kept, lost)
        self.env.invalidate_all()
        self.env["crm.dedup"]._compare_stale(1000)
        self.assertEqual(self.new_lead().partner_id, kept)
        self.env.company.links_new_names = False
        again = self.new_lead()
        self.run_archive()
        self.assertEqual(
            self.pairs_of(again).filtered("second_partner_id").second_partner_id, kept
        )
