#!/usr/bin/env python3
"""Make 5,000 Italian names as list sellers deliver them, and the truth about each.

Seeded: the same seed gives the same bytes. Nobody in the files exists; see README.md
beside this file for the columns. Run it without arguments to write the committed files
again:

    python tests/data/generate_names.py
"""

import argparse
import csv
import dataclasses
import datetime
import io
import os
import random
import re
import zipfile
from pathlib import Path

import name_tables as tables

SEED = 20261122
ROWS = 5000
DUPLICATE_SHARE = 0.08
RUBBISH_SHARE = 0.01
HOUSEHOLD_SHARE = 0.01
COMPANY_SHARE = 0.4
ELSEWHERE_SHARE = 0.1

HEADERS = (
    "Ragione Sociale / Cognome Nome",
    "Indirizzo",
    "CAP",
    "Località",
    "Prov.",
    "Telefono",
    "Cellulare",
    "E-mail",
    "P.IVA/C.F.",
    "Note",
)
NAME, STREET, ZIP, CITY, PROVINCE, PHONE, MOBILE, EMAIL, VAT, NOTE = range(len(HEADERS))
TRUTH_HEADERS = (
    "row",
    "kind",
    "detail",
    "duplicate_of",
    "lead_kind",
    "phones",
    "phone_formats",
    "cap",
    "province",
    "city",
    "defects",
)
PROVINCE_NAMES = {
    "MI": "Milano",
    "BG": "Bergamo",
    "BS": "Brescia",
    "VA": "Varese",
    "CO": "Como",
    "PV": "Pavia",
    "MB": "Monza e della Brianza",
    "LC": "Lecco",
    "LO": "Lodi",
    "CR": "Cremona",
    "MN": "Mantova",
    "SO": "Sondrio",
}
# Ways to write one number; the weight says how often. Each is made by _write_phone().
PHONE_FORMATS = {
    "bare": 26,
    "spaces": 18,
    "slash": 14,
    "dash": 9,
    "dots": 6,
    "0039": 5,
    "+39": 8,
    "parentheses": 4,
    "lost_zero": 4,
    "excel_float": 2,
    "excel_exponent": 2,
    "excel_truncated": 6,
}
FIXED_DATE = (2026, 1, 1, 0, 0, 0)


@dataclasses.dataclass
class Place:
    """One CAP of one municipality."""

    cap: str
    city: str
    province: str
    area: str


@dataclasses.dataclass
class Contact:
    """Who somebody is, before a list seller spoils it."""

    kind: str
    names: list
    place: Place
    street: tuple
    landline: str
    mobile: str
    email: str = ""
    vat: str = ""
    note: str = ""


@dataclasses.dataclass
class Row:
    """One row of the file and what is true about it."""

    cells: list
    kind: str = "clean"
    detail: str = ""
    contact: Contact = None
    phones: list = dataclasses.field(default_factory=list)
    phone_formats: list = dataclasses.field(default_factory=list)
    defects: list = dataclasses.field(default_factory=list)
    original: "Row" = None
    relative: "Row" = None


def _parse_places(text):
    """Return the places of a table and their weights."""
    lines = [line.split("|") for line in text.split("\n") if line]
    return [Place(*line[:4]) for line in lines], [int(line[4]) for line in lines]


class Generator:
    """Draws contacts and writes them down the way that list sellers do."""

    def __init__(self, seed=SEED, rows=ROWS):
        self.rng = random.Random(seed)
        self.rows = rows
        self.used_numbers = set()
        self.lombardia = _parse_places(tables.LOMBARDIA)
        self.elsewhere = _parse_places(tables.ELSEWHERE)

    # ------------------------------------------------------------
    # Who
    # ------------------------------------------------------------

    def _chance(self, share):
        return self.rng.random() < share

    def _pick(self, values, weights=None):
        return self.rng.choices(values, weights)[0]

    def _common_first(self, values):
        """Pick a value; the earlier in the list, the more common."""
        return self._pick(values, [1 / (place + 6) for place in range(len(values))])

    def _place(self):
        return self._pick(
            *(self.elsewhere if self._chance(ELSEWHERE_SHARE) else self.lombardia)
        )

    def _first_name(self):
        if self._chance(0.03):
            return self.rng.choice(tables.COMPOUND_NAMES)
        return self._common_first(
            self.rng.choice((tables.MALE_NAMES, tables.FEMALE_NAMES))
        )

    def _person_names(self):
        """Return surname and first name."""
        return [self._common_first(tables.SURNAMES), self._first_name()]

    def _company_names(self):
        """Return the parts of a company's name, the legal form last."""
        surname, first_name = self._person_names()
        trade = self.rng.choice(tables.TRADES)
        forms = [spellings for spellings, _weight in tables.LEGAL_FORMS] + [None]
        weights = [weight for _spellings, weight in tables.LEGAL_FORMS]
        form = self._pick(forms, weights + [tables.SOLE_TRADER_WEIGHT])
        if form is None:
            return [f"{trade} di", f"{surname} {first_name}"]
        middle = self._pick(
            (surname, f"F.lli {surname}", f"{surname} & C.", f"{surname} {first_name}"),
            (60, 15, 15, 10),
        )
        return [trade, middle, self.rng.choice(form)]

    def _street(self):
        """Return (kind of street, name, civic number)."""
        kind = self._pick(
            tables.STREET_TYPES, [weight for *_rest, weight in tables.STREET_TYPES]
        )
        number = str(
            self.rng.randint(1, 60) if self._chance(0.85) else self.rng.randint(61, 280)
        )
        suffix = self._pick(("", "/A", "/B", "bis", " int. 3"), (86, 6, 4, 2, 2))
        if self._chance(0.02):
            number, suffix = "snc", ""
        return kind, self.rng.choice(tables.STREET_NAMES), number + suffix

    def _unused(self, make):
        """Return a number in E.164 that no other contact has."""
        while True:
            number = f"+39{make()}"
            if number not in self.used_numbers:
                self.used_numbers.add(number)
                return number

    def _digits(self, count):
        """Return random digits, the first of them neither 0 nor 1."""
        return str(self.rng.randint(2, 9)) + "".join(
            str(self.rng.randint(0, 9)) for _digit in range(count - 1)
        )

    def _landline(self, place):
        length = 8 if place.area in ("02", "06") else 6 if len(place.area) == 4 else 7
        return self._unused(lambda: place.area + self._digits(length))

    def _mobile(self):
        return self._unused(
            lambda: self.rng.choice(tables.MOBILE_PREFIXES) + self._digits(7)
        )

    def _vat(self):
        """Return a partita IVA with a right check digit, in an unused series."""
        base = f"99{self.rng.randint(0, 99999):05d}{self.rng.randint(1, 100):03d}"
        odd = sum(int(digit) for digit in base[0::2])
        even = sum(sum(divmod(2 * int(digit), 10)) for digit in base[1::2])
        return f"{base}{-(odd + even) % 10}"

    def _email(self, names):
        """Return an address at a domain that is reserved for examples."""
        plain = names[-2:] if len(names) == 2 else names[:2]
        local = re.sub(
            r"[^a-z]+", ".", _without_accents(" ".join(plain)).lower()
        ).strip(".")
        return (
            f"{local}@{self.rng.choice(('example.com', 'example.org', 'example.net'))}"
        )

    def _contact(self):
        """Draw a person or a company with at least one phone."""
        company = self._chance(COMPANY_SHARE)
        place = self._place()
        names = self._company_names() if company else self._person_names()
        has_landline = self._chance(0.85 if company else 0.5)
        has_mobile = not has_landline or self._chance(0.35)
        return Contact(
            kind="company" if company else "person",
            names=names,
            place=place,
            street=self._street(),
            landline=self._landline(place) if has_landline else "",
            mobile=self._mobile() if has_mobile else "",
            email=self._email(names) if self._chance(0.45 if company else 0.2) else "",
            vat=self._vat() if company and self._chance(0.85) else "",
            note=self.rng.choice(tables.NOTES) if self._chance(0.06) else "",
        )

    # ------------------------------------------------------------
    # How it is written
    # ------------------------------------------------------------

    def _phone_format(self, number, other):
        """Choose how to write a number; "excel_truncated" needs another one."""
        landline = number.startswith("+390")
        unfit = (
            {"excel_float", "excel_exponent", "excel_truncated"}
            if landline
            else {"lost_zero"}
        )
        if not other:
            unfit.add("excel_truncated")
        formats = [name for name in PHONE_FORMATS if name not in unfit]
        return self._pick(formats, [PHONE_FORMATS[name] for name in formats])

    def _write_phones(self, row):
        """Fill both phone cells and note what can be read back from them."""
        contact = row.contact
        numbers = [number for number in (contact.landline, contact.mobile) if number]
        if len(numbers) == 2 and self._chance(0.25):
            self._write_two_in_one(row, numbers)
            return
        for number in numbers:
            # A list seller often puts a mobile into the only phone column that he has.
            column = MOBILE if number == contact.mobile else PHONE
            if column == MOBILE and len(numbers) == 1 and self._chance(0.4):
                column = PHONE
            written = self._phone_format(number, len(numbers) == 2)
            if (
                row.phone_formats == ["excel_truncated"]
                and written == "excel_truncated"
            ):
                written = "bare"
            row.cells[column] = _write_phone(number, contact.place.area, written)
            row.phone_formats.append(written)
            if written != "excel_truncated":
                row.phones.append(number)

    def _write_two_in_one(self, row, numbers):
        """Put both numbers into the first phone cell."""
        area = row.contact.place.area
        separator = self._pick((" - ", " / ", "; ", " o ", ", "), (35, 30, 10, 10, 15))
        first, second = (
            _write_phone(number, area, self.rng.choice(("bare", "spaces")))
            for number in numbers
        )
        row.cells[PHONE] = first + separator + second
        row.phones = list(numbers)
        row.phone_formats = ["two_in_cell"]

    def _write_name(self, names, kind, all_caps):
        name = " ".join(names)
        if kind == "person" and self._chance(0.06):
            name = " ".join(reversed(names))
        if all_caps:
            name = _capitals(name, self._chance(0.5))
        return name

    def _write_place(self, row, all_caps):
        """Write CAP, town and province, with the losses that lists have."""
        place = row.contact.place
        cap, city, province = place.cap, place.city, place.province
        if cap.startswith("0") and self._chance(0.6):
            cap = cap.lstrip("0")
            row.defects.append("cap_lost_zero")
        elif self._chance(0.015):
            cap = ""
            row.defects.append("cap_missing")
        if self._chance(0.06):
            province = ""
            row.defects.append("province_missing")
        elif self._chance(0.08):
            spellings = [province.lower(), f"({province})", province.title()]
            spellings.append(PROVINCE_NAMES.get(province, province.lower()))
            province = self.rng.choice(spellings)
            row.defects.append("province_spelled")
        row.cells[ZIP] = cap
        row.cells[CITY] = _capitals(city, self._chance(0.5)) if all_caps else city
        row.cells[PROVINCE] = province

    def _write_street(self, row, all_caps):
        (full, spellings, _weight), name, number = row.contact.street
        kind = full if self._chance(0.5) else self.rng.choice(spellings)
        joint = self._pick((", ", " ", " n. ", ", n° "), (50, 35, 10, 5))
        text = f"{kind} {name}{joint}{number}"
        row.cells[STREET] = _capitals(text, False) if all_caps else text

    def _write(self, contact):
        """Write a contact down as a row."""
        row = Row(cells=[""] * len(HEADERS), contact=contact)
        all_caps = self._chance(0.3)
        if all_caps:
            row.defects.append("all_caps")
        row.cells[NAME] = self._write_name(contact.names, contact.kind, all_caps)
        self._write_street(row, all_caps)
        self._write_place(row, all_caps)
        self._write_phones(row)
        row.cells[EMAIL] = contact.email.upper() if all_caps else contact.email
        row.cells[VAT] = contact.vat
        row.cells[NOTE] = contact.note
        return row

    # ------------------------------------------------------------
    # Duplicates, households, rubbish
    # ------------------------------------------------------------

    def _typo(self, text):
        """Swap, drop or double one inner letter."""
        inner = [
            at
            for at in range(1, len(text) - 1)
            if text[at : at + 2].isalpha() and text[at] != text[at + 1]
        ]
        if not inner:
            return text
        at = self.rng.choice(inner)
        changes = (text[at + 1] + text[at], text[at + 1], text[at] * 2 + text[at + 1])
        return text[:at] + self.rng.choice(changes) + text[at + 2 :]

    def _duplicate(self, original):
        """Write the same contact again, a little otherwise, with a phone in common."""
        contact = original.contact
        changes = self.rng.sample(
            ("capitals", "typo", "swapped_name", "street_otherwise", "fewer_fields"),
            self._pick((1, 2, 3), (45, 40, 15)),
        )
        if contact.kind == "company":
            changes = [change for change in changes if change != "swapped_name"]
        row = self._write(contact)
        name = " ".join(contact.names)
        if "swapped_name" in changes:
            name = " ".join(reversed(contact.names))
        if "typo" in changes:
            name = self._typo(name)
        row.cells[NAME] = _capitals(name, False) if "capitals" in changes else name
        if "all_caps" in row.defects:
            row.defects.remove("all_caps")
        if "street_otherwise" not in changes:
            row.cells[STREET] = original.cells[STREET]
        if "fewer_fields" in changes:
            row.cells[EMAIL] = row.cells[VAT] = row.cells[NOTE] = ""
        if row.cells[PHONE : MOBILE + 1] != original.cells[PHONE : MOBILE + 1]:
            changes.append("phone_otherwise")
        row.kind, row.detail, row.original = "duplicate", " ".join(changes), original
        # Two phones of which each row kept another one would be no visible duplicate.
        return (
            row if set(row.phones) & set(original.phones) else self._duplicate(original)
        )

    def _relative(self, row):
        """Write another person of the same household: same landline, no duplicate."""
        contact = row.contact
        first_name = contact.names[1]
        while first_name == contact.names[1]:
            first_name = self._first_name()
        relative = self._write(
            dataclasses.replace(
                contact, names=[contact.names[0], first_name], mobile="", email=""
            )
        )
        relative.detail, relative.relative = "household_of", row
        return relative

    def _rubbish(self, kind):
        """Return a row that no import may take: no name, or no valid number."""
        row = self._write(self._contact())
        cells = row.cells
        if kind == "empty":
            cells = [""] * len(cells)
        elif kind == "dashes":
            cells = ["-----"] * len(cells)
        elif kind == "shifted":
            cells = ["", *cells[:-1]]
        elif kind == "letters_in_phone":
            cells[PHONE], cells[MOBILE] = (
                self.rng.choice(("non ha", "chiedere", "335ABC12")),
                "",
            )
        elif kind == "total":
            cells = ["Totale", *[""] * (PHONE - 1), str(self.rng.randint(900, 4999))]
            cells += [""] * (len(HEADERS) - len(cells))
        elif kind == "repeated_header":
            cells = list(HEADERS)
        elif kind == "phone_became_date":
            cells[PHONE], cells[MOBILE] = (
                self.rng.choice(("31/02/1935", "00/01/1900", "gen-35")),
                "",
            )
        elif kind == "phone_truncated":
            cells[PHONE], cells[MOBILE] = "", "3,33E+09"
        elif kind == "no_phone":
            cells[PHONE] = cells[MOBILE] = ""
        return Row(cells=cells, kind="rubbish", detail=kind)

    def make(self):
        """Return all rows, shuffled, each duplicate after its original."""
        count = {
            "duplicate": round(self.rows * DUPLICATE_SHARE),
            "rubbish": round(self.rows * RUBBISH_SHARE),
            "household": round(self.rows * HOUSEHOLD_SHARE),
        }
        clean = [
            self._write(self._contact())
            for _row in range(self.rows - sum(count.values()))
        ]
        households = [
            row
            for row in clean
            if row.contact.kind == "person" and row.contact.landline in row.phones
        ]
        rows = list(clean)
        rows += [
            self._relative(row)
            for row in self.rng.sample(households, count["household"])
        ]
        rows += [
            self._rubbish(RUBBISH_KINDS[number % len(RUBBISH_KINDS)])
            for number in range(count["rubbish"])
        ]
        rows += [
            self._duplicate(row) for row in self.rng.sample(clean, count["duplicate"])
        ]
        self.rng.shuffle(rows)
        return _originals_first(rows)


RUBBISH_KINDS = (
    "empty",
    "dashes",
    "shifted",
    "letters_in_phone",
    "total",
    "repeated_header",
    "phone_became_date",
    "phone_truncated",
    "no_phone",
)


def _originals_first(rows):
    """Swap places where a duplicate stands before its original."""
    place = {id(row): at for at, row in enumerate(rows)}
    for at in range(len(rows)):
        row = rows[at]
        if row.original is None or place[id(row.original)] < place[id(row)]:
            continue
        other = place[id(row.original)]
        rows[at], rows[other] = rows[other], row
        place[id(row)], place[id(rows[at])] = other, at
    return rows


def _without_accents(text):
    return text.translate(str.maketrans("àèéìòùÀÈÉÌÒÙ", "aeeiouAEEIOU"))


def _accent_as_apostrophe(found):
    return _without_accents(found[0]) + "'"


def _capitals(text, apostrophes):
    """Write in capitals; typists may put an apostrophe for an accent."""
    if apostrophes:
        text = re.sub("[àèéìòù]", _accent_as_apostrophe, text)
    return text.upper()


def _write_phone(number, area, written):
    """Write a number in E.164 in one of PHONE_FORMATS."""
    national = number[3:]
    prefix = len(area) if national.startswith("0") else 3
    head, tail = national[:prefix], national[prefix:]
    middle = len(tail) // 2
    return {
        "bare": national,
        "spaces": f"{head} {tail[:middle]} {tail[middle:]}",
        "slash": f"{head}/{tail}",
        "dash": f"{head}-{tail}",
        "dots": f"{head}.{tail[:middle]}.{tail[middle:]}",
        "0039": f"0039{national}",
        "+39": f"+39 {head} {tail}",
        "parentheses": f"({head}) {tail}",
        "lost_zero": national.lstrip("0"),
        "excel_float": f"{national}.0",
        "excel_exponent": f"{national[0]}.{national[1:].rstrip('0')}E9",
        "excel_truncated": f"{national[0]},{national[1:3]}E+09",
    }[written]


# ------------------------------------------------------------
# Files
# ------------------------------------------------------------


def csv_bytes(rows):
    """The list as a `;`-separated cp1252 file with Windows line ends."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADERS)
    writer.writerows(row.cells for row in rows)
    return text.getvalue().encode("cp1252")


def truth_bytes(rows):
    """What is true about each row: comma-separated UTF-8; row 1 is the header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(TRUTH_HEADERS)
    numbers = {id(row): number for number, row in enumerate(rows, start=2)}
    for row in rows:
        writer.writerow(_truth(row, numbers))
    return text.getvalue().encode("utf-8")


def _truth(row, numbers):
    """Return a row of the truth file."""
    line = [numbers[id(row)], row.kind, row.detail, ""]
    if row.original:
        line[3] = numbers[id(row.original)]
    if row.relative:
        line[2] = f"household_of {numbers[id(row.relative)]}"
    if row.kind == "rubbish":
        return line + [""] * (len(TRUTH_HEADERS) - len(line))
    place = row.contact.place
    return line + [
        row.contact.kind,
        " ".join(row.phones),
        " ".join(row.phone_formats),
        "" if "cap_missing" in row.defects else place.cap,
        place.province,
        place.city,
        " ".join(row.defects),
    ]


def xlsx_bytes(rows):
    """The same list as a workbook; CAPs and some phones are numbers."""
    # openpyxl writes other bytes with lxml than without.
    os.environ["OPENPYXL_LXML"] = "False"
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.creator = "list seller"
    book.properties.created = datetime.datetime(*FIXED_DATE)
    sheet = book.active
    sheet.title = "Nominativi"
    sheet.append(HEADERS)
    for number, row in enumerate(rows, start=2):
        sheet.append([_as_excel(cell, column) for column, cell in enumerate(row.cells)])
        for column in (PHONE, MOBILE):
            if "excel_exponent" in row.phone_formats and re.search(
                r"\dE9$", row.cells[column]
            ):
                sheet.cell(number, column + 1).number_format = "0.00E+00"
    content = io.BytesIO()
    book.save(content)
    return _without_times(content.getvalue())


def _as_excel(text, column):
    """Return what Excel makes of a typed text: a number where it looks like one."""
    if text == "":
        return None
    if column in (PHONE, MOBILE) and re.fullmatch(
        r"[1-9]\d{5,9}|\d+\.0|\d\.\d+E9", text
    ):
        return int(float(text))
    if column == ZIP and re.fullmatch(r"[1-9]\d{1,4}", text):
        return int(text)
    return text


def _without_times(content):
    """Give every part of a workbook, and its properties, one fixed date."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                date = datetime.datetime(*FIXED_DATE).isoformat().encode() + b"Z"
                part = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", date, part)
            info = zipfile.ZipInfo(name, FIXED_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            target.writestr(info, part)
    return result.getvalue()


def generate(seed=SEED, rows=ROWS):
    """Return the files: {name: bytes}."""
    made = Generator(seed, rows).make()
    return {
        "names_fotovoltaico.csv": csv_bytes(made),
        "names_fotovoltaico.xlsx": xlsx_bytes(made),
        "names_fotovoltaico_truth.csv": truth_bytes(made),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, content in generate(options.seed, options.rows).items():
        (options.out / name).write_bytes(content)
        print(f"{options.out / name}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
