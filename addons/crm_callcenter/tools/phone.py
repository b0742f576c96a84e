"""Phone numbers as list sellers write them, and as telephone exchanges want them.

Plain Python on ``phonenumbers``: no Odoo environment, so that the import, the
forms and (later) the dialler share one reading of a number.
"""

import re
from decimal import Decimal, InvalidOperation

import phonenumbers

#: Excel shows long numbers as 3.33E+09 and saves them so when a list is exported.
_SCIENTIFIC = re.compile(r"^\s*\d(?:[.,]\d+)?[eE]\+?\d{1,2}\s*$")
#: What separates two numbers written in one cell. A slash is also how Italians
#: part the area code from the number (030/1234567), so it is tried last.
_SEPARATORS = re.compile(r"\s*(?:;|,|\||\n|\boppure\b|\be\b|\bo\b| - )\s*", re.IGNORECASE)
#: A decimal tail that a spreadsheet adds to a number read as a float: 3331234567.0
_FLOAT_TAIL = re.compile(r"^(\d{6,})[.,]0+$")
#: Shortest and longest number of significant digits accepted for an Italian number.
_MIN_DIGITS = 6


def _expand_scientific(text):
    """Return ``text`` with Excel's scientific notation written out in full.

    :param str text: one cell, for instance ``3.331234567E+09``
    :return: the digits, or the text as it was when it is no such number
    :rtype: str
    """
    if not _SCIENTIFIC.match(text):
        return text
    try:
        return str(int(Decimal(text.strip().replace(",", "."))))
    except InvalidOperation:
        return text


def to_e164(text, country="IT"):
    """Read one written phone number into E.164.

    Italian fixed lines keep their leading 0 after the country prefix, as the
    numbering plan demands. A number that lost its leading 0 in a spreadsheet
    (``301234567``) is tried once more with the 0 put back.

    A rounded number (``3.33E+09``, whose last digits are gone) is no number.

    :param str text: the number as somebody wrote it
    :param str country: ISO code of the country assumed when no prefix is written
    :return: the number in E.164 (``+393331234567``) or ``None`` when no valid
        number can be read
    :rtype: str | None
    """
    cleaned = _expand_scientific((text or "").strip())
    tail = _FLOAT_TAIL.match(cleaned)
    if tail:
        cleaned = tail.group(1)
    if len(re.sub(r"\D", "", cleaned)) < _MIN_DIGITS:
        return None
    if _SCIENTIFIC.match((text or "").strip()) and cleaned.endswith("0000"):
        return None
    if re.search(r"[a-zA-Z]{3,}", re.sub(r"(?i)\b(tel|cell|casa|uff|fax|mob)\b\.?", "", cleaned)):
        return None
    digits = re.sub(r"(?i)[^\d+]", "", cleaned)
    if country == "IT":
        candidates = _italian_candidates(digits)
    else:
        candidates = [digits]
    for candidate in candidates:
        number = _parse_valid(candidate, country)
        if number:
            return number
    return None


def _italian_candidates(digits):
    """Yield the ways in which digits written in Italy may be meant, likeliest first."""
    candidates = [digits]
    if digits.startswith("00"):
        candidates.insert(0, "+" + digits[2:])
    if not digits.startswith(("+", "0")):
        if digits.startswith("39") and len(digits) > 10:
            candidates.insert(0, "+" + digits)
        candidates.append("0" + digits)
    if digits.startswith("+39") and digits[3:4] not in ("0", "3", ""):
        candidates.append("+390" + digits[3:])
    return candidates


def _parse_valid(digits, country):
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def split_phone_cell(text, country="IT"):
    """Split a cell that may hold several numbers into the numbers written in it.

    :param str text: the cell, for instance ``030/1234567 - 333 1234567``
    :param str country: ISO code of the country assumed when no prefix is written
    :return: the parts that read as a number, in their order, each as
        ``(written, e164)``; without doubles; empty when none can be read
    :rtype: list[tuple[str, str]]
    """
    text = (text or "").strip()
    if not text:
        return []
    whole = to_e164(text, country)
    if whole:
        return [(text, whole)]
    parts = _valid_parts(_SEPARATORS.split(text), country)
    if parts:
        return parts
    return _valid_parts(text.split("/"), country)


def _valid_parts(parts, country):
    found = {}
    for part in parts:
        number = to_e164(part, country)
        if number:
            found.setdefault(number, part.strip())
        elif "/" in part:
            for written, e164 in _valid_parts(part.split("/"), country):
                found.setdefault(e164, written)
    return [(written, number) for number, written in found.items()]
