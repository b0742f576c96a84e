"""How much each finding counts, and from which score on two names are one."""

import math
from dataclasses import dataclass, field

#: A score that no sum of points can bring back.
VETO = -40.0

#: Points of each finding. A point is a doubling of the odds, so points add up. Those
#: of names are measured in the archive (a rare surname says more than a common one)
#: and multiplied by what stands here.
WEIGHTS = {
    "same_fiscal_code": 20.0,
    "alike_fiscal_code": 13.0,
    "other_fiscal_code": VETO,
    "same_vat_number": 9.0,
    "alike_vat_number": 7.0,
    "other_vat_number": VETO,
    "same_birth_date": 11.0,
    "alike_birth_date": 5.0,
    "other_birth_date": -18.0,
    "same_name": 0.7,
    "alike_name": 0.7,
    "partial_name": 0.6,
    "extra_name": -2.0,
    "other_given_name": VETO,
    "other_surname": -7.0,
    "other_person": VETO,
    "same_company": 1.0,
    "alike_company": 0.9,
    "extra_company": -1.0,
    "other_company": VETO,
    "other_legal_form": -2.0,
    "other_contact": -2.0,
    "trader_name": 0.5,
    "unlike_kind": -6.0,
    "same_mobile": 12.0,
    "same_phone": 4.0,
    "shared_phone": 2.0,
    "alike_phone": 5.0,
    "other_mobile": -3.0,
    "other_phone": -3.0,
    "same_email": 8.0,
    "shared_email": 2.0,
    "alike_email": 5.0,
    "same_domain": 4.0,
    "other_email": -5.0,
    "same_address": 7.0,
    "same_street": 6.0,
    "alike_address": 5.0,
    "other_civic": 2.5,
    "other_street": -1.0,
    "same_town": 4.0,
    "same_zip": 0.5,
    "other_town": -3.5,
    "same_place": 3.0,
    "mobile_of_name": 4.0,
    "company_at_home": 4.5,
    "woman_of_house": 4.0,
    "branch": -25.0,
    "other_site": -10.0,
    "unknown_site": -5.0,
}


@dataclass(slots=True)
class MatchSettings:
    """What may be set about the comparison.

    :param dict weights: points by code of the reason; what is left out has those of
        :data:`WEIGHTS`
    :param float sure: score from which on two names are one, in an archive of
        ``reference_rows`` names
    :param float review: score from which on somebody should look
    :param float growth: points by which both rise when the archive doubles, since
        more people of one name live in it
    :param float guard: points below ``review`` with which a name may still stand in a
        group beside its survivor, when others of the group connect the two
    :param int block_limit: keys that more names have are not looked at: placeholders,
        and telephones of everybody
    :param int weak_limit: the same for keys that say little, a name without its place
    """

    weights: dict = field(default_factory=dict)
    sure: float = 21.5
    review: float = 12.0
    growth: float = 0.45
    reference_rows: int = 100_000
    guard: float = 8.0
    block_limit: int = 60
    weak_limit: int = 8

    def limit(self, key):
        """Return how many names may have a key that is looked at."""
        return self.weak_limit if key & 1 else self.block_limit

    def points(self, code):
        """Return the points of a finding."""
        return self.weights.get(code, WEIGHTS[code])

    def thresholds(self, rows):
        """Return the scores for ``same`` and ``review`` in an archive of some size.

        :param int rows: names in the archive
        :rtype: tuple[float, float]
        """
        rise = self.growth * math.log2(max(rows, 1000) / self.reference_rows)
        return self.sure + rise, self.review + rise
