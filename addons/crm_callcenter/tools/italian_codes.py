"""Codes by which Italy knows persons, companies and points of delivery.

Plain Python on ``python-stdnum``, which checks lengths and check digits.
"""

import re
from datetime import date

from stdnum.exceptions import ValidationError
from stdnum.it import codicefiscale, iva

#: Letters of the months, D.M. 23 December 1976.
_MONTHS = "ABCDEHLMPRST"
#: Letters that stand for digits where two persons would have the same code.
_OMOCODIA = str.maketrans("LMNPQRSTUV", "0123456789")
_ATECO = re.compile(r"\d{2}(?:\.\d{1,2}(?:\.\d{1,2})?)?")
# Resolution ARERA 127/2022: country, distributor, type of point, number.
_POD = re.compile(r"IT\d{3}E\d{8}[0-9A-Z]?")


def read_fiscal_code(text):
    """Read a codice fiscale: 16 characters of a person, 11 digits of others.

    :param str text: as somebody wrote it
    :return: in capitals without blanks, or ``None`` when it is not valid
    :rtype: str | None
    """
    try:
        return codicefiscale.validate(text or "")
    except ValidationError:
        return None


def read_vat_number(text):
    """Read a partita IVA.

    :param str text: as somebody wrote it, with or without IT
    :return: its 11 digits, or ``None`` when it is not valid
    :rtype: str | None
    """
    try:
        return iva.validate(text or "")
    except ValidationError:
        return None


def birth_date_of(fiscal_code):
    """Return the day of birth that a person's codice fiscale says.

    :param str fiscal_code: a valid one, as :func:`read_fiscal_code` returns it
    :return: the day; the century is the last one in which it is not in the future;
        ``None`` for the code of a company
    :rtype: datetime.date | None
    """
    if len(fiscal_code) != 16:
        return None
    digits = fiscal_code.translate(_OMOCODIA)
    year = date.today().year // 100 * 100 + int(digits[6:8])
    if year > date.today().year:
        year -= 100
    # Women have 40 added to the day.
    try:
        return date(year, _MONTHS.index(fiscal_code[8]) + 1, int(digits[9:11]) % 40)
    except ValueError:
        return None


def read_ateco(text):
    """Read an ATECO code, ``43.21`` or ``43.21.01``.

    :return: without blanks, or ``None`` when it is not written like one
    :rtype: str | None
    """
    code = (text or "").replace(" ", "")
    return code if _ATECO.fullmatch(code) else None


def read_pod(text):
    """Read a POD, the code of a point of delivery of electricity.

    :return: in capitals without blanks, or ``None`` when it is not written like one
    :rtype: str | None
    """
    code = re.sub(r"[\s.-]", "", text or "").upper()
    return code if _POD.fullmatch(code) else None
