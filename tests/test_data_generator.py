"""The generated lists are reproducible and what their truth file says is so."""

import csv
import importlib
import io
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import openpyxl
import phonenumbers
import pytest
from stdnum.it import iva

DATA = Path(__file__).parent / "data"
LIST_CSV = "names_fotovoltaico.csv"
LIST_XLSX = "names_fotovoltaico.xlsx"
TRUTH_CSV = "names_fotovoltaico_truth.csv"
FILES = (LIST_CSV, LIST_XLSX, TRUTH_CSV)
LOMBARDIA = set("MI BG BS VA CO PV MB LC LO CR MN SO".split())


@pytest.fixture(scope="module")
def generator():
    sys.path.insert(0, str(DATA))
    try:
        yield importlib.import_module("generate_names")
    finally:
        sys.path.remove(str(DATA))


@pytest.fixture(scope="module")
def listed():
    """The committed list: one dict per row."""
    text = (DATA / LIST_CSV).read_bytes().decode("cp1252")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


@pytest.fixture(scope="module")
def truth():
    text = (DATA / TRUTH_CSV).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def good(listed, truth):
    """Pairs of (listed row, its truth) that are no rubbish."""
    return [
        (row, fact)
        for row, fact in zip(listed, truth, strict=True)
        if fact["kind"] != "rubbish"
    ]


def _share(rows, condition):
    return sum(map(condition, rows)) / len(rows)


def _phone_digits(cell):
    """The digits of a phone cell, with Excel's ways of writing a number undone."""
    if re.fullmatch(r"\d\.\d+E9|\d+\.0", cell):
        cell = str(int(float(cell)))
    return re.sub(r"\D", "", cell)


def _naive_numbers(row):
    """The valid numbers that a reader without any repair finds in a row."""
    found = []
    for cell in (row["Telefono"], row["Cellulare"]):
        try:
            number = phonenumbers.parse(cell, "IT")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            found.append(number)
    return found


def test_same_seed_same_bytes(tmp_path):
    subprocess.run(
        [sys.executable, str(DATA / "generate_names.py"), "--out", str(tmp_path)],
        check=True,
        capture_output=True,
    )
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name


def test_another_seed_makes_other_files(generator):
    other = generator.generate(seed=generator.SEED + 1, rows=300)
    same = generator.generate(rows=300)
    assert set(other) == set(FILES)
    assert all(other[name] != same[name] for name in FILES)


def test_list_is_cp1252_and_nothing_else():
    content = (DATA / LIST_CSV).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    assert re.search(rb"[\x80-\x9f]", content), "nothing that tells cp1252 from latin-1"
    assert content.startswith(
        b"Ragione Sociale / Cognome Nome;Indirizzo;CAP;Localit\xe0;"
    )
    assert b'\nscala B"' in content, "no note with a line break"


def test_one_truth_per_row(listed, truth):
    assert len(listed) == len(truth) == 5000
    assert [int(fact["row"]) for fact in truth] == list(range(2, 5002))


def test_shares_of_kinds(truth):
    count = Counter(fact["kind"] for fact in truth)
    assert set(count) == {"clean", "duplicate", "rubbish"}
    assert 0.07 <= count["duplicate"] / len(truth) <= 0.09
    assert 0.005 <= count["rubbish"] / len(truth) <= 0.015
    rubbish = Counter(fact["detail"] for fact in truth if fact["kind"] == "rubbish")
    assert len(rubbish) == 9 and min(rubbish.values()) >= 3


@pytest.mark.parametrize(
    ("name", "low", "high", "condition"),
    [
        ("companies", 0.3, 0.5, lambda fact: fact["lead_kind"] == "company"),
        ("Lombardia", 0.85, 0.95, lambda fact: fact["province"] in LOMBARDIA),
        ("capitals", 0.2, 0.4, lambda fact: "all_caps" in fact["defects"]),
        ("no province", 0.04, 0.08, lambda fact: "province_missing" in fact["defects"]),
        ("no CAP", 0.005, 0.03, lambda fact: "cap_missing" in fact["defects"]),
        (
            "CAP without its zero",
            0.01,
            0.05,
            lambda fact: "cap_lost_zero" in fact["defects"],
        ),
        (
            "households",
            0.005,
            0.015,
            lambda fact: fact["detail"].startswith("household_of"),
        ),
    ],
)
def test_shares_among_good_rows(good, name, low, high, condition):
    assert low <= _share([fact for _row, fact in good], condition) <= high, name


def test_every_way_to_write_a_phone(generator, truth):
    count = Counter(form for fact in truth for form in fact["phone_formats"].split())
    assert set(count) == {*generator.PHONE_FORMATS, "two_in_cell"}
    assert len(count) >= 10
    assert min(count.values()) >= 20, count


def test_true_phones_are_valid_italian_numbers(good):
    for _row, fact in good:
        assert fact["phones"], fact
        for phone in fact["phones"].split():
            number = phonenumbers.parse(phone)
            assert number.country_code == 39 and phonenumbers.is_valid_number(number), (
                fact
            )


def test_true_phones_stand_in_the_row(good):
    for row, fact in good:
        digits = [_phone_digits(row["Telefono"]), _phone_digits(row["Cellulare"])]
        for phone in fact["phones"].split():
            significant = phone.removeprefix("+39").lstrip("0")
            assert any(significant in cell for cell in digits), (row, fact)


def test_true_place_is_what_the_row_says(good):
    places = Counter((fact["city"], fact["province"]) for _row, fact in good)
    assert len(places) >= 120
    assert {province for _city, province in places} >= LOMBARDIA
    for row, fact in good:
        assert row["CAP"].zfill(5) == (fact["cap"] or "00000"), (row, fact)
        assert (row["Prov."] == "") == ("province_missing" in fact["defects"]), (
            row,
            fact,
        )
        if "cap_lost_zero" in fact["defects"]:
            assert len(row["CAP"]) < 5 and fact["province"] not in LOMBARDIA


def test_duplicates_share_a_phone_with_an_earlier_clean_row(truth):
    by_row = {fact["row"]: fact for fact in truth}
    for fact in truth:
        if fact["kind"] != "duplicate":
            assert not fact["duplicate_of"]
            continue
        original = by_row[fact["duplicate_of"]]
        assert original["kind"] == "clean" and int(original["row"]) < int(fact["row"])
        assert set(fact["phones"].split()) & set(original["phones"].split())
        assert fact["lead_kind"] == original["lead_kind"]


def test_phones_are_shared_by_nobody_else(truth):
    """Only duplicates and households have a number in common."""
    owners = {}
    for fact in truth:
        if fact["kind"] == "clean" and not fact["detail"]:
            for phone in fact["phones"].split():
                assert phone not in owners, (fact, owners[phone])
                owners[phone] = fact


def test_rubbish_has_no_name_or_no_number(listed, truth):
    for row, fact in zip(listed, truth, strict=True):
        if fact["kind"] == "rubbish":
            name = row["Ragione Sociale / Cognome Nome"].strip("- ")
            assert not name or not _naive_numbers(row), (row, fact)


def test_nobody_is_real(good):
    for row, _fact in good:
        email = row["E-mail"].lower()
        assert not email or re.fullmatch(r"[a-z.]+@example\.(com|org|net)", email), row
        vat = row["P.IVA/C.F."]
        assert not vat or (vat.startswith("99") and iva.is_valid(vat)), row


def test_workbook_holds_the_same_rows(listed):
    book = openpyxl.load_workbook(DATA / LIST_XLSX, read_only=True)
    header, *rows = book.active.iter_rows(min_row=1)
    assert [cell.value for cell in header] == list(listed[0])
    assert len(rows) == len(listed)
    numbers = 0
    for cells, row in zip(rows, listed, strict=True):
        for cell, (column, text) in zip(cells, row.items(), strict=True):
            if isinstance(cell.value, int):
                numbers += 1
                assert column in ("CAP", "Telefono", "Cellulare")
                assert str(cell.value) == (
                    text if column == "CAP" else _phone_digits(text)
                )
            else:
                assert (cell.value or "") == text
    assert numbers > 1000, "no cell that Excel turned into a number"
