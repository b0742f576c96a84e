"""Codes, days and blanks of a list, as somebody wrote them."""

import re
from datetime import date

from odoo.addons.crm_callcenter.tools.italian_codes import (
    read_fiscal_code,
    read_vat_number,
)

MEANS_SOMETHING = re.compile(r"[^\W_]")
#: What stands where nothing is known.
NO_NAME = frozenset(
    ["", "n a", "na", "nd", "n d", "x", "xx", "xxx", "null", "none", "nessuno", "no"]
)
_ITALIAN_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_ZIP_NOISE = re.compile(r"^(?:it?)[\s-]+|\.0$|[\s.]", re.IGNORECASE)


def is_useful(text):
    """Tell whether a cell says anything at all."""
    return bool(MEANS_SOMETHING.search(text))


def read_code(target, written):
    """Read a codice fiscale or partita IVA.

    A spreadsheet takes the zeros from the start of eleven digits.

    :param str target: ``fiscal_code``, or ``vat`` for a column of either
    :return: the field of the name, and the code or ``None``
    :rtype: tuple[str, str | None]
    """
    digits = _ZIP_NOISE.sub("", written)
    if digits.isdecimal() and digits.isascii() and 8 <= len(digits) <= 11:
        number = read_vat_number(digits.zfill(11))
        return ("fiscal_code" if target == "fiscal_code" else "vat_number"), number
    code = read_fiscal_code(written)
    if code and len(code) == 16:
        return "fiscal_code", code
    if target == "vat":
        return "vat_number", read_vat_number(written)
    return "fiscal_code", code


def read_date(written):
    """Read a day of the past as Italians, spreadsheets and databases write it.

    :param str written: ``31/12/1980``, ``31.12.80``, ``1980-12-31``, maybe with a time
    :return: the day, ``None`` when it is none or lies in the future
    :rtype: datetime.date | None
    """
    found = _ITALIAN_DATE.match(written.strip())
    if found:
        day, month, year = map(int, found.groups())
    else:
        found = _ISO_DATE.match(written.strip())
        if not found:
            return None
        year, month, day = map(int, found.groups())
    today = date.today()
    if year < 100:
        year += 2000 if year <= today.year % 100 else 1900
    try:
        read = date(year, month, day)
    except ValueError:
        return None
    return read if date(1900, 1, 1) <= read <= today else None
