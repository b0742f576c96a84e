"""Whatever stands in the cells of a list, normalising it keeps its promises."""

import string

from odoo.tests import BaseCase, tagged

from ..tools.name_cell import company_name, person_name
from ..tools.normaliser import Normaliser
from ..tools.street import one_street

try:
    from hypothesis import given, settings
    from hypothesis import strategies as st
except ImportError:  # only the tests that draw at random need it
    given = None


def letters_of(text):
    return [char for char in text.casefold() if char.isalnum()]


if given:
    #: What people type into cells of lists: words of the trade, signs, and anything.
    CELLS = st.one_of(
        st.text(max_size=40),
        st.text(string.ascii_letters + string.digits + " .,'/-()&°", max_size=40),
        st.lists(
            st.sampled_from(
                "VIA V.LE S. SAN ROMA 12 /A snc km 3 int. SRL S.R.L. spa & C. DI"
                " D'ANGELO DOTT. sig.ra NICOLO' 12/A BS (BS) 25121 S.P. XXIII -"
                " , n. srl s r l"
                " MARIO de luca F.LLI soc. SS. Str. Prov.".split()
            ),
            max_size=8,
        ).map(" ".join),
    )
    FIELDS = (
        "name contact_name partner_name phone mobile phone_second email_from"
        " fiscal_code vat_number street street2 zip city province"
    ).split()
    ROW = st.fixed_dictionaries({name: CELLS for name in FIELDS})

    @tagged("post_install", "-at_install")
    class TestNormaliserAnything(BaseCase):
        @settings(max_examples=400, deadline=None, derandomize=True, database=None)
        @given(ROW)
        def test_twice_is_once_and_nothing_raises(self, row):
            once = Normaliser().normalise(row).values
            self.assertEqual(set(once), set(row))
            self.assertEqual(Normaliser().normalise(once).values, once)

        @settings(max_examples=400, deadline=None, derandomize=True, database=None)
        @given(ROW)
        def test_whatever_changes_is_kept_beside(self, row):
            done = Normaliser().normalise(row)
            for name, written in row.items():
                if written and done.values[name] != written:
                    self.assertEqual(done.originals[name], written)
                else:
                    self.assertNotIn(name, done.originals)

        @settings(max_examples=400, deadline=None, derandomize=True, database=None)
        @given(CELLS)
        def test_no_word_of_a_street_is_lost(self, text):
            """Letters and digits stay but those of an abbreviation, which grow."""
            done = one_street(text)
            digits = [char for char in text if char in string.digits]
            kept = [char for char in done if char in string.digits]
            # 012 is 12, and km 3,5 is km 3+500: zeros alone come and go.
            self.assertEqual(
                [char for char in digits if char != "0"],
                [char for char in kept if char != "0"],
            )
            if letters_of(text):
                self.assertTrue(done)

        @settings(max_examples=200, deadline=None, derandomize=True, database=None)
        @given(CELLS)
        def test_a_name_never_becomes_empty(self, text):
            for write in (person_name, company_name):
                if letters_of(text):
                    self.assertTrue(letters_of(write(text)))
