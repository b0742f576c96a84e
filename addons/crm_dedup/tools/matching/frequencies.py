"""How common names, words and values are: a rare surname says more than Rossi."""

import math
from collections import Counter
from dataclasses import dataclass, field

from ..italy import COMPANY_WORDS, GIVEN_NAMES
from .words import MORE_GIVEN_NAMES, NICKNAMES, SURNAMES

_GIVEN = GIVEN_NAMES | MORE_GIVEN_NAMES
#: Points of a word that the archive doesn't know, and the most that one may bring.
UNKNOWN_PERSON = 10.0
UNKNOWN_COMPANY = 9.0
MOST_PERSON = 13.0
MOST_COMPANY = 13.0
LEAST = 1.0
#: An archive with fewer names than this says little about how common they are.
FEW = 2000


@dataclass(slots=True)
class Frequencies:
    """Counts of words over an archive. Without any, shipped lists stand in.

    :param int rows: names in the archive: thresholds rise with it
    :param dict persons: names that hold a word of a person, by word
    :param int person_rows: names with a person
    :param dict companies: the same for words of companies
    :param dict shared: telephones and e-mails that more than three names have, with
        how many
    :param frozenset given: given names that the archive knows, beside the shipped ones
    """

    rows: int = 100_000
    persons: dict = field(default_factory=dict)
    person_rows: int = 0
    companies: dict = field(default_factory=dict)
    company_rows: int = 0
    shared: dict = field(default_factory=dict)
    given: frozenset = frozenset()

    @classmethod
    def of_records(cls, prepared, rows=None):
        """Count over prepared records, the whole archive or a sample of it.

        :param prepared: records as ``prepare`` returns them
        :param int rows: names in the archive when these are only a sample
        """
        persons, companies, values = Counter(), Counter(), Counter()
        person_rows = company_rows = seen = 0
        for record in prepared:
            seen += 1
            if record.person:
                person_rows += 1
                persons.update(set(record.person))
            if record.company:
                company_rows += 1
                companies.update(set(record.company))
            values.update(record.phones)
            if record.email:
                values[record.email] += 1
        least = 2 if seen < 200_000 else 3
        return cls(
            rows=rows or seen,
            persons={word: n for word, n in persons.items() if n >= least},
            person_rows=person_rows,
            companies={word: n for word, n in companies.items() if n >= least},
            company_rows=company_rows,
            shared={value: n for value, n in values.items() if n > 3},
        )

    def is_given(self, word):
        """Tell whether a word is a given name."""
        return word in _GIVEN or word in NICKNAMES or word in self.given

    def are_two_names(self, word, other):
        """Tell whether two words that look alike are two names, both in common use.

        A typing error is far rarer than the name that was meant.
        """
        known = (word in _GIVEN, other in _GIVEN)
        if all(known) or (any(known) and _differ_by_sex(word, other)):
            return True
        if word in SURNAMES and other in SURNAMES:
            return True
        if self.person_rows < FEW:
            return False
        first, second = self.persons.get(word, 0), self.persons.get(other, 0)
        few, many = sorted((first, second))
        return few >= max(4, self.person_rows * 3e-5) and many < few * 40

    def person_points(self, word):
        """Return what a word of a person says when two names share it."""
        if self.person_rows >= FEW:
            count = self.persons.get(word, 1)
            points = -math.log2(count / self.person_rows)
        elif word in _GIVEN:
            points = 6.5
        elif word in SURNAMES:
            points = 8.5
        else:
            points = UNKNOWN_PERSON
        return min(max(points, LEAST), MOST_PERSON)

    def company_points(self, word):
        """Return what a word of a company says when two names share it."""
        if self.company_rows >= FEW and word in self.companies:
            points = -math.log2(self.companies[word] / self.company_rows)
        elif word in COMPANY_WORDS:
            points = 4.0
        elif word in GIVEN_NAMES:
            points = 6.0
        else:
            points = UNKNOWN_COMPANY
        return min(max(points, LEAST), MOST_COMPANY)

    def sharers(self, value):
        """Return how many names have a telephone or an e-mail, 2 when it is few."""
        return self.shared.get(value, 2)


def _differ_by_sex(word, other):
    """Tell whether only the last vowel differs, as in Mario and Maria."""
    return (
        len(word) == len(other) > 3
        and word[:-1] == other[:-1]
        and word[-1] in "aeio"
        and other[-1] in "aeio"
    )
