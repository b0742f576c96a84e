"""Make a name of one row of a list, or say why it is none."""

import json
import re
import sys
from dataclasses import dataclass, field

from odoo.addons.crm_callcenter.tools.phone import (
    format_international,
    is_mobile,
    is_rounded,
    read_phone_cell,
)
from odoo.addons.crm_dedup.tools.italy import (
    AREA_CODES,
    PROVINCE_NAMES,
    PROVINCES_BY_CAP,
)
from odoo.addons.crm_dedup.tools.name_text import is_company, name_key, proper_case
from odoo.addons.crm_dedup.tools.normaliser import lost_zeros
from odoo.addons.crm_dedup.tools.plain_text import normalise

from .name_codes import MEANS_SOMETHING, NO_NAME, is_useful
from .name_row_other import OtherColumns

PHONE_TARGETS = ("phone", "mobile", "phone_second")
NAME_TARGETS = ("full_name", "first_name", "last_name", "company")


#: Longest value of a field; only notes are longer, other columns by mistake.
MAX_LENGTH = 500
#: Longest note.
MAX_NOTE_LENGTH = 50_000

_EMAIL = re.compile(r"[^\s@,;<>()\"']+@[^\s@,;<>()\"']+\.[a-z]{2,}", re.IGNORECASE)
_TOTAL = re.compile(r"(?:sub ?)?total[ei]?\b|tot\b|totale complessivo", re.IGNORECASE)
_CITY_WITH_PROVINCE = re.compile(r"(.+?)\s*[(\-,]\s*([A-Za-z]{2})\)?")
_DIGIT = re.compile(r"\d")
#: What begins a formula.
_FORMULA_SIGNS = frozenset("=+-@%|\t\r")
_ZIP_NOISE = re.compile(r"^(?:it?)[\s-]+|\.0$|[\s.]", re.IGNORECASE)


@dataclass(slots=True)
class NameRow:
    """What one row says.

    ``problem`` is empty, or the code of the reason for which it is no name.
    """

    number: int
    values: dict = field(default_factory=dict)
    province: str = ""
    notes: list = field(default_factory=list)
    #: Code, column and written value of what could not be used; the rest comes in.
    remarks: list = field(default_factory=list)
    #: Day and source of a consent, ``None`` without one.
    consent: tuple | None = None
    problem: str = ""
    details: dict = field(default_factory=dict)
    #: The words of the name, as they are compared.
    key: str = ""
    #: The row as it stands in the file, when somebody will look at it.
    cells: list | None = None
    #: What was written, by field, where the normalised value is another.
    originals: dict = field(default_factory=dict)
    #: Values of custom fields by column, as the column holds them; ids for choices.
    custom: dict = field(default_factory=dict)
    #: Zone written in the row; ``None``: it follows from the address.
    zone_id: int | None = None
    #: Portfolios written in the row, ``{field of the name: id}``; ``None`` when no
    #: column is about them.
    portfolios: dict | None = None

    @property
    def numbers(self):
        """The phone numbers of the row in E.164."""
        return [
            self.values[f"{target}_e164"]
            for target in PHONE_TARGETS
            if self.values.get(f"{target}_e164")
        ]


class RowReader(OtherColumns):
    """Reads the rows of one list, whose columns have known meanings.

    :param list[str] headers: of the columns
    :param list[str] targets: what each column means
    :param dict provinces: ``{normalised name of a province: its code}``
    :param int header_row: rows above it are titles
    :param dict users: ``{normalised login or name of a colleague: id}``
    :param dict portfolios: ``{normalised name of a portfolio: (field of a name, id)}``
    :param dict options: ``custom`` (:class:`CustomCell` by target), ``zones`` (ids by
        normalised name), ``consent_date`` (of rows without one), ``normaliser``,
        ``names_as_written`` and ``places_as_written`` (nothing is put right), ``needs``
        (what a row must have: ``name``, ``number``)
    """

    def __init__(
        self,
        headers,
        targets,
        provinces=None,
        header_row=1,
        users=None,
        portfolios=None,
        options=None,
    ):
        options = options or {}
        self._custom = options.get("custom") or {}
        self._zones = options.get("zones") or {}
        self._consent_date = options.get("consent_date")
        self._normaliser = options.get("normaliser")
        self._names_as_written = options.get("names_as_written", False)
        self._places_as_written = options.get("places_as_written", False)
        self._needs = options.get("needs", ("name", "number"))
        # What the normaliser puts right it gets as it was written, and keeps that.
        parts = getattr(self._normaliser, "parts", ())
        self._keeps_name_case = self._names_as_written or "names" in parts
        self._keeps_place_case = self._places_as_written or "addresses" in parts
        self.users = users or {}
        self.portfolios = portfolios or {}
        self.headers = headers
        self.header_row = header_row
        self.provinces = {code.casefold(): code for code in AREA_CODES}
        self.provinces.update(provinces or {})
        self.provinces.update(PROVINCE_NAMES)
        self.columns = {}
        for at, target in enumerate(targets):
            self.columns.setdefault(target, []).append(at)
        limits = {"note": MAX_NOTE_LENGTH, "ignore": sys.maxsize}
        limits.update(
            (target, MAX_NOTE_LENGTH)
            for target, reader in self._custom.items()
            if reader.field_type == "long_text"
        )
        self._limits = [limits.get(target, MAX_LENGTH) for target in targets]
        self._small_headers = [header.casefold() for header in headers]
        self._header_words = [normalise(header) for header in headers]
        self._area_codes = {}

    def read_row(self, number, cells):
        """Read one row.

        :param int number: of the row in the file
        :param list[str] cells: as they stand in the file
        :rtype: NameRow
        """
        row = NameRow(number)
        length = len(cells)
        cells = cells + [""] * (len(self.headers) - length)
        text = "\n".join(cells)
        if "\n'" in text or text.startswith("'"):
            cells = [_without_mark(cell) for cell in cells]
        row.problem = self._no_name_row(number, cells, text)
        if row.problem:
            return row
        if any(cells[len(self.headers) :]):
            row.problem = "too_many_cells"
            row.details = {"cells": len(cells), "columns": len(self.headers)}
            return row
        row.details = self._too_long(cells)
        if row.details:
            row.problem = "too_long"
            return row
        self._read_place(row, cells)
        self._read_phones(row, cells)
        self._read_name(row, cells)
        self._read_email(row, cells)
        self._read_people(row, cells)
        self._read_identity(row, cells)
        self._read_plain(row, cells)
        self._read_custom(row, cells)
        self._read_zone(row, cells)
        self._read_consent(row, cells)
        self._normalise(row)
        self._read_notes(row, cells)
        self._judge(row, cells, length)
        if not row.problem:
            self._read_portfolios(row, cells)
        return row

    # ------------------------------------------------------------
    # Rows that are no names
    # ------------------------------------------------------------

    def _no_name_row(self, number, cells, text):
        if not MEANS_SOMETHING.search(text):
            return "empty"
        if number < self.header_row:
            return "above_header"
        filled = [cell for cell in cells if cell]
        if _TOTAL.match(filled[0]) and len(filled) <= 3:
            return "total"
        repeated = sum(
            bool(cell) and cell.casefold() == header
            for cell, header in zip(cells, self._small_headers, strict=False)
        )
        if repeated >= 2 and repeated * 2 > len(filled):
            return "repeated_header"
        return ""

    def _too_long(self, cells):
        """Return which cell is too long to be a value, nothing when none is."""
        for at, cell in enumerate(cells):
            if len(cell) > MAX_LENGTH and len(cell) > self._limits[at]:
                return {"column": self.headers[at], "length": len(cell)}
        return {}

    def _judge(self, row, cells, length):
        """Set the problem of a row that lacks what a name needs."""
        zip_is_text = any(
            cells[at] and not _DIGIT.search(cells[at])
            for at in self.columns.get("zip", ())
        )
        has_name = row.values["name"] or "name" not in self._needs
        has_number = row.numbers or "number" not in self._needs
        if has_name and has_number and (not zip_is_text or not self._needs):
            return
        shifted = self._shift(cells)
        if shifted:
            row.problem, row.details = "shifted", {"columns": shifted}
        elif not has_name:
            row.problem = "no_name"
        elif not has_number:
            row.problem = self._no_number(row, cells, length)

    def _no_number(self, row, cells, length):
        written = [
            cells[at]
            for target in PHONE_TARGETS
            for at in self.columns.get(target, ())
            if MEANS_SOMETHING.search(cells[at])
        ]
        if written:
            row.details = {"written": " / ".join(written)[:80]}
            return "unreadable_number"
        first = min(
            (at for target in PHONE_TARGETS for at in self.columns.get(target, ())),
            default=0,
        )
        return "too_few_cells" if length <= first else "no_number"

    def _shift(self, cells):
        """Return by how many columns the cells stand beside their own, 0 for none.

        The columns whose content can be told apart say so together.
        """
        best = max((0, 1, -1, 2, -2), key=lambda by: self._typed_matches(cells, by))
        return best if self._typed_matches(cells, best) >= 2 else 0

    def _typed_matches(self, cells, shift):
        count = 0
        for target in ("zip", "province", "phone", "mobile", "email"):
            for at in self.columns.get(target, ()):
                cell = cells[at + shift] if 0 <= at + shift < len(cells) else ""
                count += bool(cell) and self._looks_like(target, cell)
        return count

    def _looks_like(self, target, cell):
        if target == "zip":
            return bool(re.fullmatch(r"\d{4,5}", cell))
        if target == "province":
            return self._province_code(cell) != ""
        if target == "email":
            return bool(_EMAIL.search(cell))
        return bool(read_phone_cell(cell)[0])

    # ------------------------------------------------------------
    # The name
    # ------------------------------------------------------------

    def _first(self, cells, target):
        for at in self.columns.get(target, ()):
            if normalise(cells[at]) not in NO_NAME:
                return cells[at]
        return ""

    def _joined(self, cells, target):
        found = [cells[at] for at in self.columns.get(target, ()) if cells[at]]
        return " ".join(found)

    def _read_name(self, row, cells):
        full = self._first(cells, "full_name")
        company = self._first(cells, "company")
        parts = [self._first(cells, target) for target in ("first_name", "last_name")]
        person = " ".join(filter(None, parts))
        tax_code = self._first(cells, "vat") or self._first(cells, "fiscal_code")
        if full and not company and is_company(full, "" if person else tax_code):
            full, company = "", full
        person = self._name_case(person or full)
        company = self._name_case(company, "company")
        row.values.update(
            name=company or person,
            lead_kind="company" if company else "person",
            contact_name=person,
            partner_name=company,
        )

    def _name_case(self, text, kind="person"):
        if self._keeps_name_case:
            return " ".join(text.split())
        return proper_case(text, kind)

    def _place_case(self, text):
        if not is_useful(text):
            return ""
        if self._keeps_place_case:
            return " ".join(text.split())
        return proper_case(text, "place")

    # ------------------------------------------------------------
    # Where
    # ------------------------------------------------------------

    def _province_code(self, text):
        return self.provinces.get(normalise(text), "")

    def _read_place(self, row, cells):
        street = self._joined(cells, "street")
        city = self._joined(cells, "city")
        written = self._joined(cells, "province")
        row.province = self._province_code(written) if written else ""
        if MEANS_SOMETHING.search(written) and not row.province:
            self._keep(row, "province", written)
        beside = _CITY_WITH_PROVINCE.fullmatch(city)
        if beside and beside[2].casefold() in self.provinces:
            city = beside[1]
            row.province = row.province or beside[2].upper()
        row.values.update(
            street=self._place_case(street),
            street2=self._read_street2(cells),
            city=self._place_case(city),
            zip=self._read_zip(row, self._joined(cells, "zip"), city),
        )

    def _read_street2(self, cells):
        return self._place_case(self._joined(cells, "street2"))

    def _read_zip(self, row, written, city):
        digits = _ZIP_NOISE.sub("", written)
        if not digits.isdecimal() or not digits.isascii():
            self._keep(row, "zip", written)
            return ""
        if len(digits) == 5:
            return digits
        # A spreadsheet takes 00118 for 118: what is left tells the rest.
        padded = lost_zeros(digits, row.province, city)
        if not padded:
            self._keep(row, "zip", written)
        return padded

    # ------------------------------------------------------------
    # Numbers
    # ------------------------------------------------------------

    def _codes_of(self, row):
        """Return the dialling codes of the place of a row, as far as it is known."""
        key = (row.province, row.values.get("zip", "")[:2])
        if key not in self._area_codes:
            provinces = [row.province] if row.province else PROVINCES_BY_CAP.get(key[1])
            self._area_codes[key] = tuple(
                code
                for province in provinces or ()
                for code in AREA_CODES.get(province, ())
            )
        return self._area_codes[key]

    def _read_phones(self, row, cells):
        numbers = {}
        codes = self._codes_of(row)
        for target in PHONE_TARGETS:
            for at in self.columns.get(target, ()):
                found, unread = read_phone_cell(cells[at], "IT", codes)
                for written, e164 in found:
                    numbers.setdefault(e164, at)
                    if is_rounded(written):
                        self._remark(row, "rounded_number", at, written)
                for part in unread:
                    row.notes.append((at, part))
        mobiles = [e164 for e164 in numbers if is_mobile(e164)]
        fixed = [e164 for e164 in numbers if e164 not in mobiles]
        free = dict.fromkeys(PHONE_TARGETS)
        if fixed:
            free["phone"] = fixed.pop(0)
        if mobiles:
            free["mobile"] = mobiles.pop(0)
        left = [e164 for e164 in numbers if e164 in fixed or e164 in mobiles]
        for target in ("phone_second", "phone", "mobile"):
            if left and not free[target]:
                free[target] = left.pop(0)
        for target, e164 in free.items():
            row.values[target] = format_international(e164) if e164 else ""
            row.values[f"{target}_e164"] = e164 or ""
        for e164 in left:
            row.notes.append((numbers[e164], format_international(e164)))

    # ------------------------------------------------------------
    # The rest
    # ------------------------------------------------------------

    def _read_email(self, row, cells):
        row.values["email_from"] = ""
        for at in self.columns.get("email", ()):
            found = _EMAIL.findall(cells[at])
            if found and not row.values["email_from"]:
                row.values["email_from"] = found.pop(0).lower()
            for email in found:
                row.notes.append((at, email.lower()))
            if MEANS_SOMETHING.search(cells[at]) and not _EMAIL.search(cells[at]):
                row.notes.append((at, cells[at]))

    def _keep(self, row, target, written):
        """Keep in the notes what is written in a column and can't be used."""
        if MEANS_SOMETHING.search(written):
            row.notes.append((self.columns[target][0], written))

    def _read_notes(self, row, cells):
        notes = [
            f"{self.headers[at]}: {text}" if self.headers[at] else text
            for at, text in row.notes
        ]
        for at in self.columns.get("note", ()):
            if is_useful(cells[at]):
                header = self._header_words[at]
                plain = not header or header.startswith(("not", "annot", "comm"))
                notes.append(cells[at] if plain else f"{self.headers[at]}: {cells[at]}")
        row.notes = notes


def _without_mark(cell):
    """Return a cell without the sign that keeps it from being a formula.

    A report has put it there, see ``harmless``, or whoever typed into a spreadsheet.
    """
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA_SIGNS else cell


class StagedReader:
    """Reads rows whose cells are JSON, as they are staged.

    :param RowReader reader: reads the cells
    """

    def __init__(self, reader):
        self._reader = reader

    def read_row(self, number, cells):
        """Read one row, with the words by which its name is compared.

        :param str cells: JSON
        :rtype: NameRow
        """
        cells = json.loads(cells)
        row = self._reader.read_row(number, cells)
        if not row.problem:
            row.key = name_key(row.values["name"])
        if row.problem or row.remarks:
            row.cells = cells
        return row
