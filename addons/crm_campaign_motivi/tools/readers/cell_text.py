"""What a person sees in a cell."""

import datetime
import re

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
#: Digits of a number that a spreadsheet keeps; what is behind them is no part of it.
_DIGITS = 15
#: What could be read as a number of thousands, with an Italian's point: 1.234
_LIKE_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")
#: Longest text that one cell may have: beyond the longest note it can only be refused.
LONGEST_CELL = 50_001


def clean(text):
    """Return a text without what no cell may hold, and without blanks around it."""
    if not text:
        return ""
    if not text.isprintable():
        text = _CONTROL_CHARACTERS.sub("", text).replace("\xa0", " ")
    return text.strip()


def as_text(value):
    """Return what a person sees in a cell of a workbook."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else _as_decimal(value)
    if isinstance(value, datetime.datetime) and (value.hour or value.minute):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, datetime.date):
        # Four digits of the year, also where the C library writes fewer.
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    return clean(str(value))


def _as_decimal(value):
    """Return a number with decimals.

    The cell knows that its point is no one of thousands, a text doesn't: with a
    comma nobody can take it for one.
    """
    text = format(value, f".{_DIGITS}g")
    if "e-" in text:
        text = format(value, f".{_DIGITS}f").rstrip("0").rstrip(".")
    return text.replace(".", ",") if _LIKE_THOUSANDS.fullmatch(text) else text


def shorten(cells):
    """Return the cells of a row, none of them longer than one may be.

    :param list[str] cells: of one row
    """
    if sum(map(len, cells)) <= LONGEST_CELL:
        return cells
    return [cell[:LONGEST_CELL] for cell in cells]
