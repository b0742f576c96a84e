"""How well a method finds duplicates: pairs and clusters against the truth."""

import dataclasses
import itertools
from collections import Counter, defaultdict

from . import engine

keys = engine.load("matching.keys")
clusters = engine.load("matching.clusters")
frequencies = engine.load("matching.frequencies")
matcher = engine.load("matching.matcher")
prepare = engine.load("matching.prepare")
settings = engine.load("matching.settings")


#: People in the largest household that the generator makes.
LARGEST_HOUSEHOLD = 4


@dataclasses.dataclass
class Score:
    """Precision and recall of pairs."""

    found: int
    right: int
    wanted: int

    @property
    def precision(self):
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self):
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self):
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __str__(self):
        return f"P {self.precision:.4f} R {self.recall:.4f} F1 {self.f1:.4f}"


def true_pairs(truth):
    """Return the pairs that are one.

    :param dict truth: label of the cluster by id
    """
    members = defaultdict(list)
    for number, label in truth.items():
        members[label].append(number)
    return {
        pair
        for group in members.values()
        for pair in itertools.combinations(sorted(group), 2)
    }


def of_one_household(pairs, records, truth):
    """Return the pairs of two people of one household.

    The generator makes households one after the other, so that the labels of one stand
    side by side.

    :param pairs: ids
    :param records: ``MatchRecord``
    :param dict truth: label by id
    """
    people = {record.id for record in records if record.person and not record.company}
    return {
        (one, other)
        for one, other in pairs
        if one in people
        and other in people
        and 0 < abs(truth[one] - truth[other]) < LARGEST_HOUSEHOLD
    }


def score(found, wanted):
    """Return the score of pairs ``(lower id, higher id)``."""
    found = set(found)
    return Score(len(found), len(found & wanted), len(wanted))


@dataclasses.dataclass
class Outcome:
    """What the engine found in some records."""

    candidates: set
    compared: dict
    clusters: list
    records: dict

    def pairs(self, verdicts=("same", "review"), least=None):
        """Return the pairs of some verdicts, or from a score on."""
        return {
            pair
            for pair, comparison in self.compared.items()
            if (
                comparison.verdict in verdicts
                if least is None
                else comparison.score >= least
            )
        }


def candidate_pairs(prepared, options):
    """Return the pairs with a key in common, as the archive finds them by SQL."""
    blocks = defaultdict(list)
    for record in prepared:
        for key in keys.keys_of(record):
            blocks[key].append(record.id)
    return {
        (min(pair), max(pair))
        for key, members in blocks.items()
        if 1 < len(members) <= options.limit(key)
        for pair in itertools.combinations(members, 2)
    }


def run(records, options=None, within=None):
    """Find the duplicates of records in memory.

    :param records: ``MatchRecord``
    :param options: ``MatchSettings``
    :param within: function of a pair: whether it may be looked at at all
    """
    options = options or settings.MatchSettings()
    prepared = {record.id: prepare.prepare(record) for record in records}
    counted = frequencies.Frequencies.of_records(prepared.values())
    judge = matcher.Matcher(options, counted)
    candidates = candidate_pairs(prepared.values(), options)
    if within:
        candidates = {pair for pair in candidates if within(pair)}
    compared = {(a, b): judge.compare(prepared[a], prepared[b]) for a, b in candidates}
    grouped = clusters.clusters_of(
        (
            (a, b, found.score)
            for (a, b), found in compared.items()
            if found.verdict != "different"
        ),
        lambda a, b: judge.compare(prepared[a], prepared[b]).score >= judge.guard,
        lambda number: clusters.completeness(prepared[number]),
    )
    return Outcome(candidates, compared, grouped, prepared)


def pairs_of_clusters(grouped):
    """Return the pairs that stand in one cluster."""
    return {
        pair for group in grouped for pair in itertools.combinations(sorted(group), 2)
    }


def wrong_reasons(outcome, wanted, wrong):
    """Count the reasons of wrongly found (``wrong=True``) or missed pairs."""
    return Counter(
        tuple(sorted(reason.code for reason in comparison.reasons))
        for pair, comparison in outcome.compared.items()
        if (pair in wanted) != wrong and (comparison.verdict == "different") != wrong
    )


def exact_pairs(records):
    """Return the pairs that other systems find: an equal e-mail, telephone or code."""
    blocks = defaultdict(set)
    for record in records:
        values = (*record.phones, record.email.lower())
        for value in (*values, record.fiscal_code, record.vat_number):
            if value:
                blocks[value].add(record.id)
    return {
        pair
        for members in blocks.values()
        if len(members) <= 60
        for pair in itertools.combinations(sorted(members), 2)
    }
