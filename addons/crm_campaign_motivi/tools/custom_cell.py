"""What a cell means for a custom field of a name."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

import pytz

from odoo.addons.crm_dedup.tools.plain_text import normalise

_YES = frozenset(("1", "si", "s", "yes", "y", "true", "vero", "x", "v", "ok"))
_NO = frozenset(("0", "no", "n", "false", "falso", "f"))
_NUMBER_NOISE = re.compile(r"[^\d.,+-]")
_SEVERAL = re.compile(r"\s*[;,|/\n]\s*")
_ITALIAN_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_TIME = re.compile(r"[T\s](\d{1,2})[:.](\d{2})")
#: Largest whole number of PostgreSQL's integer.
_MAX_INTEGER = 2**31 - 1
_MAX_DECIMAL = 1e12


@dataclass
class CustomCell:
    """How the cells of one custom field are read.

    :param str field_type: as in the catalogue
    :param dict choices: id of each value of a choice, by its normalised name
    :param str zone: where the moments were written; they are kept in UTC
    """

    field_type: str
    choices: dict = field(default_factory=dict)
    zone: str = "UTC"

    def read_cell(self, written):
        """Read a cell.

        :param str written: not blank
        :return: the value as a column holds it (ids for choices), ``None`` when it
            can't be one
        """
        return getattr(self, f"_read_{self.field_type}")(written)

    def _read_text(self, written):
        return " ".join(written.split())

    def _read_long_text(self, written):
        return written

    # Whom a contact means is looked up in the database.
    _read_contact = _read_text

    def _read_integer(self, written):
        number = read_number(written)
        if number is None or number != int(number) or abs(number) > _MAX_INTEGER:
            return None
        return int(number)

    def _read_decimal(self, written):
        return read_number(written)

    _read_amount = _read_decimal

    def _read_yes_no(self, written):
        word = normalise(written)
        return True if word in _YES else False if word in _NO else None

    def _read_date(self, written):
        day = _read_day(written)
        return day.isoformat() if day else None

    def _read_datetime(self, written):
        day = _read_day(written)
        time = _TIME.search(written)
        if not day:
            return None
        hour, minute = map(int, time.groups()) if time else (0, 0)
        if hour > 23 or minute > 59:
            return None
        local = datetime(day.year, day.month, day.day, hour, minute)
        moment = pytz.timezone(self.zone).localize(local).astimezone(pytz.utc)
        return moment.replace(tzinfo=None).isoformat(" ")

    def _read_choice(self, written):
        return self.choices.get(normalise(written))

    def _read_choices(self, written):
        whole = self._read_choice(written)
        if whole:
            return [whole]
        found = [
            self.choices.get(normalise(part))
            for part in _SEVERAL.split(written)
            if part
        ]
        return sorted(set(found)) if found and all(found) else None


def read_number(written):
    """Read a number as Italians and computers write it: ``1.234,5``, ``1234.5``.

    A single point before three digits is taken for thousands, as an Italian means it,
    unless the number begins with 0.

    :rtype: float | None
    """
    text = _NUMBER_NOISE.sub("", written)
    if not re.fullmatch(r"[+-]?[\d.,]*\d[\d.,]*", text) or not text.isascii():
        return None
    if re.search(r"[^\W\d_]{4,}", written):
        return None
    comma, point = text.rfind(","), text.rfind(".")
    if comma > point:
        text = text.replace(".", "").replace(",", ".")
    elif comma >= 0:
        text = text.replace(",", "")
    elif text.count(".") > 1 or re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", text):
        text = text.replace(".", "")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) <= _MAX_DECIMAL else None


def _read_day(written):
    found = _ITALIAN_DATE.match(written.strip())
    if found:
        day, month, year = map(int, found.groups())
    else:
        found = _ISO_DATE.match(written.strip())
        if not found:
            return None
        year, month, day = map(int, found.groups())
    if year < 100:
        year += 2000 if year < 70 else 1900
    try:
        read = date(year, month, day)
    except ValueError:
        return None
    return read if 1900 <= read.year <= 2200 else None
