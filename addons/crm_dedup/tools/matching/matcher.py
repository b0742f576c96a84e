"""The comparison of two names: what speaks for and against, in points that add up."""

import math

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from .certainty import certainties, initial_is_enough
from .frequencies import Frequencies
from .names import EXACT, INITIAL, assign
from .prepare import Prepared, prepare, skeleton
from .record import Comparison, Reason
from .settings import VETO, MatchSettings

#: How alike two streets or towns must be written, 0 to 100.
_STREET_ALIKE, _TOWN_ALIKE = 84, 84
#: A telephone or an e-mail that more names have says less and less, then very little.
_FEW_SHARERS, _MANY_SHARERS = 4, 20
#: Words of which both company names have one of their own make them two companies.
_OTHER_WORD = 3.0


class Matcher:
    """Compare names. Plain Python: it pickles, and may work in any process.

    :param MatchSettings settings: weights and thresholds
    :param Frequencies frequencies: how common names are in the archive
    """

    def __init__(self, settings=None, frequencies=None):
        self.settings = settings or MatchSettings()
        self.frequencies = frequencies or Frequencies()
        self.sure, self.review = self.settings.thresholds(self.frequencies.rows)
        #: Score from which on a name may stand in a group beside its survivor.
        self.guard = self.review - self.settings.guard

    def prepare(self, record):
        """Return a record as the comparison reads it, to compare it many times."""
        return record if isinstance(record, Prepared) else prepare(record)

    def compare(self, first, second, whole=True):
        """Compare two records; the order makes no difference.

        :param first: a ``MatchRecord``, or what :meth:`prepare` made of it
        :param second: another one
        :param bool whole: find everything; else a comparison ends as soon as nothing
            can change its verdict any more, which is quicker
        :rtype: Comparison
        """
        first, second = self.prepare(first), self.prepare(second)
        if second[1:] < first[1:]:
            # Where words match equally well, which one is taken hangs on the order.
            first, second = second, first
        found = _Findings(self.settings)
        may_be_sure = self._compare_all(first, second, found, whole)
        score = sum(reason.points for reason in found.reasons)
        if score >= self.sure and may_be_sure:
            verdict = "same"
        else:
            verdict = "review" if score >= self.review else "different"
        return Comparison(round(score, 1), verdict, tuple(found.reasons))

    def _compare_all(self, first, second, found, whole):
        """Collect the findings; tell whether the names allow to be sure."""
        self._codes(first, second, found)
        may_be_sure = self._who(first, second, found)
        if not whole and any(reason.points <= VETO for reason in found.reasons):
            return False
        address = self._address(first, second, found)
        contact = self._phones(first, second, found)
        email = self._emails(first, second, found)
        if first.company and second.company and self._branch(address, contact, found):
            return False
        self._unknown_site(address, contact, email, found)
        for code in certainties(first, second, found.reasons, self.frequencies):
            found.add(code)
        return (
            may_be_sure
            or found.has("same_fiscal_code")
            or (found.has_initial and initial_is_enough(found.reasons))
        )

    # ------------------------------------------------------------
    # Codes and dates
    # ------------------------------------------------------------

    def _codes(self, first, second, found):
        if first.fiscal_code and second.fiscal_code:
            found.add(_code(first.fiscal_code, second.fiscal_code, "fiscal_code"))
        if first.vat_number and second.vat_number:
            found.add(_code(first.vat_number, second.vat_number, "vat_number"))
        if (
            first.birth
            and second.birth
            and not found.has("same_fiscal_code")
            and not found.has("alike_fiscal_code")
        ):
            found.add(_birth(first.birth, second.birth))

    # ------------------------------------------------------------
    # Persons and companies
    # ------------------------------------------------------------

    def _who(self, first, second, found):
        """Compare the names; tell whether they allow to be sure."""
        if first.company and second.company:
            sure = self._companies(first, second, found)
            if first.person and second.person:
                self._contacts(first, second, found)
            return sure
        if first.person and second.person:
            return self._persons(first, second, found)
        if (first.person or first.company) and (second.person or second.company):
            self._person_and_company(first, second, found)
        return False

    def _persons(self, first, second, found):
        matched, rest, others = assign(first.person, second.person, self.frequencies)
        if rest and others:
            self._other_person(matched, rest, others, found)
            return False
        points, whole = 0.0, 0
        for word, other, degree in matched:
            points += (
                degree
                * min(
                    self.frequencies.person_points(word),
                    self.frequencies.person_points(other),
                )
                if degree != EXACT
                else self.frequencies.person_points(word)
            )
            whole += degree > INITIAL
        if whole < 2:
            found.add("partial_name", points)
            found.has_initial = any(degree == INITIAL for *_words, degree in matched)
            return False
        exact = all(degree == EXACT for _word, _other, degree in matched)
        found.add("same_name" if exact else "alike_name", min(points, 22.0))
        if rest or others:
            found.add("extra_name")
        return True

    def _other_person(self, matched, rest, others, found):
        """Words differ on both sides: another given name, surname or person."""
        is_given = self.frequencies.is_given
        given_matched = any(
            is_given(word) or is_given(other) for word, other, degree in matched
        )
        given_left = any(map(is_given, rest)) and any(map(is_given, others))
        if not matched:
            found.add("other_person")
            return
        points = sum(
            degree * self.frequencies.person_points(word)
            for word, _other, degree in matched
        )
        found.add("partial_name", points)
        surname = given_matched and not given_left
        found.add("other_surname" if surname else "other_given_name")

    def _contacts(self, first, second, found):
        matched, rest, others = assign(first.person, second.person, self.frequencies)
        if rest and others:
            found.add("other_contact")
        elif len(matched) > 1:
            found.add("same_name", 6.0)

    def _companies(self, first, second, found):
        frequencies = self.frequencies
        matched, rest, others = assign(first.company, second.company, frequencies)
        points = sum(
            degree
            * min(frequencies.company_points(word), frequencies.company_points(other))
            for word, other, degree in matched
        )
        lost = [sum(map(frequencies.company_points, left)) for left in (rest, others)]
        if min(lost) > 0:
            if "".join(first.company) == "".join(second.company):
                points, lost = (
                    sum(map(frequencies.company_points, first.company)),
                    [0, 0],
                )
            elif points < 2 * min(lost) or min(lost) >= _OTHER_WORD:
                found.add("other_company")
                return False
        exact = all(degree == EXACT for _word, _other, degree in matched)
        found.add("same_company" if exact else "alike_company", min(points, 16.0))
        missing = max(lost)
        if missing:
            found.add("extra_company", min(missing, 12.0) / 3 + min(lost))
        if first.form and second.form and first.form != second.form:
            found.add("other_legal_form")
        return missing < points

    def _person_and_company(self, first, second, found):
        person = first.person or second.person
        company = second.company if first.person else first.company
        matched, rest, _others = assign(person, company, self.frequencies)
        if rest or len(matched) < 2:
            found.add("unlike_kind")
        else:
            points = sum(
                degree * self.frequencies.person_points(word)
                for word, _other, degree in matched
            )
            found.add("trader_name", points)

    def _branch(self, address, contact, found):
        """Look for two sites of one company; tell whether it can't be ruled out.

        They are elsewhere, and nothing but the head office reaches both.
        """
        if address not in ("other_street", "other_town"):
            return False
        if contact in ("same_number", "alike"):
            return False
        apart = found.has("other_phone") or found.has("other_mobile")
        found.add("branch" if apart or found.has("other_email") else "other_site")
        return True

    @staticmethod
    def _unknown_site(address, contact, email, found):
        """Doubt a partita IVA that nothing else goes with: a company has branches."""
        if found.has("same_vat_number") and not address and not contact and not email:
            found.add("unknown_site")

    # ------------------------------------------------------------
    # Telephones and e-mails
    # ------------------------------------------------------------

    def _phones(self, first, second, found):
        """Compare the telephones; tell what is common: a number, or one alike."""
        if not first.phones or not second.phones:
            return ""
        common = [number for number in first.phones if number in second.phones]
        if common:
            for number in common[:2]:
                self._shared_number(number, found)
            return "same_number"
        if any(
            len(number) == len(other)
            and OSA.distance(number, other, score_cutoff=1) < 2
            for number in first.phones
            for other in second.phones
        ):
            found.add("alike_phone")
            return "alike"
        mine, theirs = ({*map(_is_mobile, side.phones)} for side in (first, second))
        for code, kind in (("other_mobile", True), ("other_phone", False)):
            if kind in mine and kind in theirs:
                found.add(code)
        return ""

    def _shared_number(self, number, found):
        code = "same_mobile" if _is_mobile(number) else "same_phone"
        self._shared(code, "shared_phone", self.frequencies.sharers(number), found)

    def _shared(self, code, shared, sharers, found):
        """Add what two names share; the more names have it, the less it says."""
        if sharers > _MANY_SHARERS:
            found.add(shared)
        else:
            points = self.settings.points(code)
            less = math.log2(max(sharers, _FEW_SHARERS) / _FEW_SHARERS)
            found.add(code, max(points - 2 * less, 1.0) / points if points else 1.0)

    def _emails(self, first, second, found):
        if not first.email or not second.email:
            return False
        if first.email == second.email:
            sharers = self.frequencies.sharers(first.email)
            self._shared("same_email", "shared_email", sharers, found)
            return True
        if (
            min(len(first.mailbox), len(second.mailbox)) > 4
            and OSA.distance(first.email, second.email, score_cutoff=3) <= 3
            and OSA.distance(first.mailbox, second.mailbox, score_cutoff=2) < 2
        ) or (first.mailbox == second.mailbox and len(first.mailbox) > 7):
            found.add("alike_email")
            return True
        if first.domain and first.domain == second.domain:
            found.add("same_domain")
            return True
        found.add("other_email")
        return False

    # ------------------------------------------------------------
    # Addresses
    # ------------------------------------------------------------

    def _address(self, first, second, found):
        """Compare the addresses; return what was found of them."""
        if first.place and second.place and _places_alike(first.place, second.place):
            found.add("same_place")
        town = _same_town(first, second)
        if not first.street or not second.street:
            if town is not None:
                found.add("same_town" if town else "other_town")
            return "other_town" if town is False else None
        code = _street(first, second)
        if code == "other_street":
            code = code if town else "other_town" if town is False else None
        elif town is False and not _town_misspelt(first, second, code):
            # The same street of another town: Via Roma is everywhere.
            code = "other_town"
        if code:
            found.add(code)
        if town and first.zip and first.zip == second.zip and code != "other_street":
            found.add("same_zip")
        return code


class _Findings:
    """What one comparison found so far."""

    __slots__ = ("has_initial", "reasons", "settings")

    def __init__(self, settings):
        self.settings = settings
        #: Whether one has only the initial of what the other one has in full.
        self.has_initial = False
        self.reasons = []

    def add(self, code, factor=1.0):
        if code:
            points = round(self.settings.points(code) * factor, 1)
            self.reasons.append(Reason(code, points))

    def has(self, code):
        return any(reason.code == code for reason in self.reasons)


def _is_mobile(number):
    return number.startswith("+393")


def _code(code, other, name):
    """Compare two codes; a letter or two off is a typing error."""
    if code == other:
        return f"same_{name}"
    slips = 2 if len(code) > 11 else 1
    near = OSA.distance(code, other, score_cutoff=slips) <= slips
    return f"{'alike' if near else 'other'}_{name}"


def _birth(birth, other):
    if birth == other:
        return "same_birth_date"
    if birth[:4] == other[:4]:
        if birth[4:6] == other[6:] and birth[6:] == other[4:6]:
            return "alike_birth_date"
        if "0101" in (birth[4:], other[4:]):
            # Only the year was known.
            return "alike_birth_date"
    near = OSA.distance(birth, other, score_cutoff=1) < 2
    return "alike_birth_date" if near else "other_birth_date"


def _same_town(first, second):
    """Tell whether two towns are one, ``None`` when it isn't known."""
    if first.zip and first.zip == second.zip:
        return True
    if not first.city or not second.city:
        if first.zip and second.zip:
            return False if first.zip[:2] != second.zip[:2] else None
        return None
    if (
        first.city == second.city
        or first.city in second.city
        or second.city in first.city
    ):
        return True
    return fuzz.ratio(first.city, second.city) >= _TOWN_ALIKE


def _street(first, second):
    """Compare two streets of one town."""
    if not _streets_alike(first.street, second.street) and not _crossed(first, second):
        return "other_street"
    if not first.civic or not second.civic:
        return "same_street"
    if first.civic == second.civic:
        return "same_address"
    if len(first.civic) > 1 and OSA.distance(first.civic, second.civic) == 1:
        return "other_civic"
    return "other_civic"


def _streets_alike(street, other):
    if street == other or street[-1] == other[-1]:
        return True
    if fuzz.token_set_ratio(" ".join(street), " ".join(other)) >= _STREET_ALIKE:
        return True
    if fuzz.ratio("".join(street), "".join(other)) >= _STREET_ALIKE:
        return True
    return skeleton(street[-1]) == skeleton(other[-1]) and len(street[-1]) > 3


def _crossed(first, second):
    """Tell whether one writes in the second line what the other has in the first."""
    return any(
        side.place and _streets_alike(tuple(side.place.split()), other.street)
        for side, other in ((first, second), (second, first))
    )


def _places_alike(place, other):
    return place == other or fuzz.ratio(place, other) >= _STREET_ALIKE


def _town_misspelt(first, second, code):
    """Tell whether street and postcode agree so well that a town is only misspelt."""
    return (
        code == "same_address" and bool(first.zip) and first.zip[:2] == second.zip[:2]
    )
