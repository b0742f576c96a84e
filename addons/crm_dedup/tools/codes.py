"""Codice fiscale and partita IVA: put right, and checked against the person.

Plain Python on ``python-stdnum``; the rules of the codice fiscale are those of the
decree of 23 December 1976.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from stdnum.it import codicefiscale

from .italy import GIVEN_NAMES
from .matching.words import MEN_IN_A, WOMEN_NOT_IN_A
from .plain_text import normalise

_VOWELS = frozenset("AEIOU")
_MONTHS = "ABCDEHLMPRST"
#: Letters that stand for digits where two persons would have the same code.
_HOMOCODY = str.maketrans("LMNPQRSTUV", "0123456789")
_DIGIT_PLACES = (6, 7, 9, 10, 12, 13, 14)
_LETTER_PLACES = (0, 1, 2, 3, 4, 5, 8, 11, 15)
_TO_DIGIT = str.maketrans("OIZBG", "01286")
_TO_LETTER = str.maketrans("0158", "OISB")
_SIGNS = re.compile(r"[\s.,/_-]+")
_PERSON = re.compile(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z]"
                     r"[0-9LMNPQRSTUV]{3}[A-Z]")  # fmt: skip
#: Titles, which are part of no one's code.
_TITLES = frozenset(
    "dott dottssa dr ing avv arch geom rag prof profssa cav comm per ind sig".split()
)
_MOST_WORDS = 6


@dataclass(slots=True, frozen=True)
class CodeCheck:
    """What a codice fiscale says, beside what is known of the person.

    Each is ``True`` or ``False``, or ``None`` when there is nothing to compare.
    """

    name: bool | None = None
    birth_date: bool | None = None
    sex: bool | None = None


@lru_cache(maxsize=5_000)
def mend_fiscal_code(text):
    """Return a person's codice fiscale without blanks and usual misreadings.

    Letters read as digits and digits read as letters (``O`` and ``0``, ``I`` and ``1``)
    are put right if the check letter then fits.

    :param str text: as somebody wrote it
    :return: a valid code, or nothing
    :rtype: str
    """
    code = _SIGNS.sub("", text).upper()
    if len(code) != 16 or not code.isascii():
        return ""
    if _PERSON.fullmatch(code) and codicefiscale.is_valid(code):
        return code
    letters = list(code)
    for at in _DIGIT_PLACES:
        letters[at] = letters[at].translate(_TO_DIGIT)
    for at in _LETTER_PLACES:
        letters[at] = letters[at].translate(_TO_LETTER)
    mended = "".join(letters)
    return mended if codicefiscale.is_valid(mended) else ""


def pad_vat_number(text):
    """Return the 11 digits of a partita IVA or a company's code, zeros put back.

    A spreadsheet takes the zeros from their start.

    :param str text: as somebody wrote it, with or without IT
    :rtype: str
    """
    digits = _SIGNS.sub("", text.removesuffix(".0")).upper().removeprefix("IT")
    if digits.isdecimal() and digits.isascii() and 8 <= len(digits) <= 11:
        return digits.zfill(11)
    return ""


@lru_cache(maxsize=5_000)
def surname_letters(surname):
    """Return the three letters of a surname in a codice fiscale.

    :rtype: str
    """
    return _three_letters(*_split_letters(surname))


@lru_cache(maxsize=5_000)
def given_name_letters(name):
    """Return the three letters of a given name in a codice fiscale.

    Of four consonants and more the first, the third and the fourth count.

    :rtype: str
    """
    consonants, vowels = _split_letters(name)
    if len(consonants) > 3:
        consonants = consonants[0] + consonants[2:4]
    return _three_letters(consonants, vowels)


def _split_letters(text):
    letters = [char for char in normalise(text).upper() if char.isalpha()]
    return (
        "".join(char for char in letters if char not in _VOWELS),
        "".join(char for char in letters if char in _VOWELS),
    )


def _three_letters(consonants, vowels):
    return f"{consonants}{vowels}XXX"[:3]


def sex_of(fiscal_code):
    """Return ``M`` or ``F`` as a person's codice fiscale says.

    :param str fiscal_code: a valid one of 16 characters
    :return: nothing for the code of a company
    :rtype: str
    """
    if len(fiscal_code) != 16:
        return ""
    return "F" if int(fiscal_code[9:11].translate(_HOMOCODY)) > 40 else "M"


@lru_cache(maxsize=5_000)
def sex_of_name(name, fiscal_code):
    """Return the sex of who has a name, where the given name leaves no doubt.

    Names of men that end in a, and those that both have, say nothing.

    :param str name: given name and surname in any order
    :param str fiscal_code: a valid one of 16 characters: its letters tell which word is
        the given name
    :return: ``M``, ``F`` or nothing
    :rtype: str
    """
    letters = fiscal_code[3:6]
    found = {
        _sex_of_word(word)
        for word in normalise(name).split()
        if word in GIVEN_NAMES and given_name_letters(word) == letters
    }
    return found.pop() if len(found) == 1 else ""


def _sex_of_word(word):
    if word in WOMEN_NOT_IN_A or (word[-1] == "a" and word not in MEN_IN_A):
        return "F"
    return "M" if word[-1] == "o" else ""


def check_fiscal_code(fiscal_code, name="", birth_date=None, sex=""):
    """Check a person's codice fiscale against what is known of the person.

    :param str fiscal_code: a valid one of 16 characters
    :param str name: given name and surname in any order, titles before them
    :param date birth_date: the day of birth, if it is known
    :param str sex: ``M`` or ``F``, if it is known
    :rtype: CodeCheck
    """
    if len(fiscal_code) != 16:
        return CodeCheck()
    return CodeCheck(
        _name_fits(fiscal_code[:6], name) if name else None,
        _day_fits(fiscal_code, birth_date) if birth_date else None,
        sex.upper() == sex_of(fiscal_code) if sex else None,
    )


@lru_cache(maxsize=5_000)
def _name_fits(letters, name):
    """Tell whether a name gives the six letters, whichever part is the surname.

    A name of one word can't be told apart: surname or given name may be it.
    """
    words = [word for word in normalise(name.replace("'", "")).split() if len(word) > 1]
    words = [word for word in words if word not in _TITLES]
    if not words or len(words) > _MOST_WORDS:
        return None
    surname, given = letters[:3], letters[3:]
    if len(words) == 1:
        return surname_letters(words[0]) == surname or (
            given_name_letters(words[0]) == given
        )
    for at in range(1, len(words)):
        first, last = "".join(words[:at]), "".join(words[at:])
        if surname_letters(first) == surname and _given_fits(words[at:], given):
            return True
        if surname_letters(last) == surname and _given_fits(words[:at], given):
            return True
    return False


def _given_fits(words, letters):
    """Tell whether given names give three letters: all of them, or the first alone."""
    return letters in (given_name_letters("".join(words)), given_name_letters(words[0]))


def _day_fits(fiscal_code, birth_date):
    digits = fiscal_code.translate(_HOMOCODY)
    return (
        int(digits[6:8]) == birth_date.year % 100
        and _MONTHS.index(fiscal_code[8]) + 1 == birth_date.month
        and int(digits[9:11]) % 40 == birth_date.day
    )
