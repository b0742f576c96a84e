import random
import string

import phonenumbers

from odoo.tests import BaseCase, tagged

from ..tools.phone import (
    format_international,
    is_mobile,
    is_rounded,
    read_phone_cell,
    split_phone_cell,
    to_e164,
)

try:
    from hypothesis import given, settings
    from hypothesis import strategies as st
except ImportError:  # only the tests that draw at random need it
    given = None

LANDLINE = "+390309200669"
MOBILE = "+393486955367"


@tagged("post_install", "-at_install")
class TestPhone(BaseCase):
    def test_ways_to_write_a_number(self):
        for written, expected in (
            ("030 920 0669", LANDLINE),
            ("030/9200669", LANDLINE),
            ("030-9200669", LANDLINE),
            ("030.920.0669", LANDLINE),
            ("(030) 9200669", LANDLINE),
            ("+39 030 9200669", LANDLINE),
            ("+39030/9200669", LANDLINE),
            ("0039 030 9200669", LANDLINE),
            ("39 030 9200669", LANDLINE),
            ("+39 30 9200669", LANDLINE),
            ("309200669", LANDLINE),
            ("tel. 030 9200669", LANDLINE),
            ("030 9200669 int. 12", LANDLINE),
            ("348 6955367", MOBILE),
            ("348/695.53.67", MOBILE),
            ("0039 348 6955367", MOBILE),
            ("393486955367", MOBILE),
            ("0348 6955367", MOBILE),
            ("cell: 3486955367", MOBILE),
            ("3486955367.0", MOBILE),
            ("3.486955367E+09", MOBILE),
            ("3,486955367E9", MOBILE),
            ("3.48695536E+09", "+393486955360"),
            ("800 123456", "+39800123456"),
            ("+41 91 922 00 00", "+41919220000"),
            ("0041 91 922 00 00", "+41919220000"),
        ):
            with self.subTest(written=written):
                self.assertEqual(to_e164(written), expected)

    def test_what_is_no_number(self):
        for written in (
            None,
            "",
            "   ",
            "-",
            "non ha",
            "chiedere",
            "335ABC12",
            "3.33E+09",
            "3,33E+09",
            # Rounded to seven and eight digits: somebody else's numbers.
            "3.357567E+09",
            "3.3575666E+09",
            "31/02/1935",
            "00/01/1900",
            "2026-01-31",
            "2026-01-31 00:00:00",
            "gen-35",
            "112",
            "4999",
            "3333333333",
            "0000000000",
            "1111111",
            "25121",
            "99224880957",
            "٣٤٨٦٩٥٥٣٦٧",
            "9" * 200,
            "+" * 30,
            "12+34567890",
        ):
            with self.subTest(written=written):
                self.assertIsNone(to_e164(written))

    def test_a_digit_that_a_spreadsheet_may_have_rounded_away(self):
        self.assertTrue(is_rounded("3.48695536E+09"))
        self.assertTrue(is_rounded(" 3,0920066E8 "))
        for written in ("3.486955367E+09", "3.357567E+09", "3486955360", "E", ""):
            self.assertFalse(is_rounded(written), written)

    def test_a_lost_zero_that_looks_like_a_mobile_needs_the_place(self):
        self.assertEqual(to_e164("355542934"), "+39355542934")
        self.assertEqual(to_e164("355542934", area_codes=("035",)), "+390355542934")
        self.assertEqual(to_e164("355542934", area_codes=("030",)), "+39355542934")
        # Ten digits are a mobile wherever they are from.
        self.assertEqual(to_e164("3555429340", area_codes=("035",)), "+393555429340")

    def test_other_countries(self):
        self.assertEqual(to_e164("091 922 00 00", "CH"), "+41919220000")
        self.assertIsNone(to_e164("348 6955367", "CH"))

    def test_two_numbers_in_a_cell(self):
        for written in (
            "030 9200669 - 348 6955367",
            "030 9200669 / 3486955367",
            "030/9200669 / 348/6955367",
            "030/9200669/348/6955367",
            "030 9200669; 348 6955367",
            "030 9200669, 348 6955367",
            "030 9200669 o 348 6955367",
            "030 9200669 oppure 348 6955367",
            "030 9200669\n348 6955367",
            "Tel 030 9200669 - Cell 348 6955367",
        ):
            with self.subTest(written=written):
                numbers = [e164 for _written, e164 in split_phone_cell(written)]
                self.assertEqual(numbers, [LANDLINE, MOBILE])

    def test_numbers_with_little_between_them(self):
        for written, numbers, unread in (
            (
                "tel. 030 9200669 cell 3331234567",
                ["+390309200669", "+393331234567"],
                [],
            ),
            ("0309200669-3351234567", ["+390309200669", "+393351234567"], []),
            ("3331234567 3351234567", ["+393331234567", "+393351234567"], []),
            ("06 12345678 06 87654321", ["+390612345678", "+390687654321"], []),
            ("3331234567 (Mario)", ["+393331234567"], ["Mario"]),
            # Two cuts would do, or none: nobody can tell.
            ("3331234567 333", [], ["3331234567 333"]),
            ("18/03/1955", [], ["18/03/1955"]),
        ):
            with self.subTest(written=written):
                found, left = read_phone_cell(written)
                self.assertEqual([number for _text, number in found], numbers)
                self.assertEqual(left, unread)

    def test_letters_that_look_like_digits(self):
        self.assertEqual(to_e164("333 l234567"), "+393331234567")
        self.assertEqual(to_e164("O3O 92OO669"), "+390309200669")

    def test_italian_numbers_are_parted_as_phonenumbers_does(self):
        international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        for number in (
            "+390212345678",
            "+390612345",
            "+390309200669",
            "+39030920066",
            "+390773508352",
            "+3901041234",
            "+390365123456",
        ):
            with self.subTest(number=number):
                parsed = phonenumbers.parse(number)
                self.assertEqual(
                    format_international(number),
                    phonenumbers.format_number(parsed, international),
                )

    def test_the_same_number_twice_is_one(self):
        numbers = split_phone_cell("030 9200669 - +39 030/9200669")
        self.assertEqual(numbers, [("030 9200669", LANDLINE)])

    def test_what_cannot_be_read_is_told(self):
        for written, expected in (
            ("030 9200669 - 3,33E+09", ["3,33E+09"]),
            ("chiedere di Ada", ["chiedere di Ada"]),
            ("31/02/1935", ["31/02/1935"]),
            ("---", []),
            ("030 9200669", []),
        ):
            with self.subTest(written=written):
                self.assertEqual(read_phone_cell(written)[1], expected)

    def test_mobile_or_not(self):
        self.assertTrue(is_mobile(MOBILE))
        self.assertFalse(is_mobile(LANDLINE))
        self.assertTrue(is_mobile("+41791234567"))
        self.assertFalse(is_mobile("+41919220000"))

    def test_written_for_people_it_reads_back(self):
        self.assertEqual(format_international(LANDLINE), "+39 030 920 0669")
        self.assertEqual(format_international(MOBILE), "+39 348 695 5367")
        rng = random.Random(1)
        for _draw in range(500):
            number = to_e164(str(rng.randint(10**8, 10**10)))
            if number:
                self.assertEqual(to_e164(format_international(number)), number)

    def test_the_short_way_agrees_with_phonenumbers(self):
        """Common Italian numbers skip the parser; it must not think otherwise."""
        rng = random.Random(2)
        found = 0
        for _draw in range(3000):
            digits = rng.choice("03") + "".join(rng.choices(string.digits, k=9))
            if not to_e164(digits):
                continue
            number = to_e164(digits)
            parsed = phonenumbers.parse(number)
            self.assertTrue(phonenumbers.is_valid_number(parsed), digits)
            self.assertEqual(
                phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
                number,
            )
            found += 1
        self.assertGreater(found, 500)


if given:
    PHONE_TEXT = st.text(alphabet="0123456789+-/.,;() eE\noOTtel", max_size=40)

    @tagged("post_install", "-at_install")
    class TestPhoneAnything(BaseCase):
        @settings(max_examples=500, deadline=None, derandomize=True, database=None)
        @given(st.one_of(st.text(max_size=80), PHONE_TEXT))
        def test_any_text_gives_a_valid_number_or_none(self, text):
            number = to_e164(text)
            if number is not None:
                self.assertTrue(
                    phonenumbers.is_valid_number(phonenumbers.parse(number))
                )
                self.assertEqual(to_e164(number), number)

        @settings(max_examples=500, deadline=None, derandomize=True, database=None)
        @given(st.one_of(st.text(max_size=80), PHONE_TEXT))
        def test_any_cell_is_read_or_told(self, text):
            numbers, unread = read_phone_cell(text)
            if any(char.isdigit() and char.isascii() for char in text):
                self.assertTrue(numbers or unread, text)
