"""Splink on a file of names, run by the Python of its own virtual environment.

``python splink_run.py names.csv kind pairs.csv``: prints seconds by step as JSON and
writes the pairs found, with their probabilities.
"""

import json
import sys
import time

import duckdb
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

LEAST = 0.05


def italian():
    """Return settings for Italian names: what its documentation would lead one to."""
    rules = [
        block_on("mobile"),
        block_on("landline"),
        block_on("email"),
        block_on("name_sorted", "zip"),
        block_on("name_sorted", "city"),
        block_on("street", "zip"),
        block_on("fiscal_code"),
        block_on("vat_number"),
        block_on("substr(name_sorted, 1, 6)", "city"),
    ]
    comparisons = [
        compare.JaroWinklerAtThresholds("name_sorted", [0.95, 0.88]).configure(
            term_frequency_adjustments=True
        ),
        compare.LevenshteinAtThresholds("mobile", [1]),
        compare.LevenshteinAtThresholds("landline", [1]),
        compare.JaroWinklerAtThresholds("email", [0.95]),
        compare.JaroWinklerAtThresholds("street", [0.92, 0.8]),
        compare.LevenshteinAtThresholds("zip", [1]),
        compare.JaroWinklerAtThresholds("city", [0.9]),
        compare.LevenshteinAtThresholds("fiscal_code", [2]),
        compare.LevenshteinAtThresholds("vat_number", [1]),
    ]
    train = [block_on("mobile"), block_on("name_sorted", "city")]
    return rules, comparisons, train, [block_on("email"), block_on("mobile")]


def febrl():
    """Return settings for FEBRL."""
    rules = [
        block_on("soc_sec_id"),
        block_on("given_name", "surname"),
        block_on("surname", "given_name"),
        block_on("date_of_birth"),
        block_on("street_number", "address_1"),
        block_on("surname", "postcode"),
        block_on("given_name", "postcode"),
        block_on("address_1", "suburb"),
    ]
    comparisons = [
        compare.NameComparison("given_name"),
        compare.NameComparison("surname"),
        compare.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
        compare.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        compare.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        compare.JaroWinklerAtThresholds("address_1", [0.9, 0.8]),
        compare.JaroWinklerAtThresholds("suburb", [0.9, 0.8]),
        compare.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
    ]
    train = [block_on("date_of_birth"), block_on("postcode")]
    return rules, comparisons, train, [block_on("given_name", "surname")]


def main():
    """Find the pairs and write them."""
    file, kind, target = sys.argv[1:4]
    started = time.monotonic()
    rules, comparisons, train, certain = {"italian": italian, "febrl": febrl}[kind]()
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute(
        f"CREATE TABLE names AS SELECT * FROM read_csv('{file}', all_varchar=true)"
    )
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
    )
    api = DuckDBAPI(connection)
    linker = Linker(api.table_to_splink_dataframe("names", "names"), settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(certain, recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in train:
        training.estimate_parameters_using_expectation_maximisation(rule)
    trained = time.monotonic()
    found = linker.inference.predict(threshold_match_probability=LEAST)
    predicted = time.monotonic()
    connection.execute(
        f"COPY (SELECT id_l, id_r, match_probability FROM {found.physical_name})"
        f" TO '{target}' (HEADER)"
    )
    print(
        json.dumps(
            {"train": trained - started, "predict": predicted - trained},
        )
    )


if __name__ == "__main__":
    main()
