"""Texts that leave in files which spreadsheets open."""

import re

#: Starts a formula in a spreadsheet; numbers and phones are none.
_FORMULA = re.compile(r"\s*[=+\-@\t\r|%]")
_HARMLESS = re.compile(r"[+-]?[\d\s.,/()]+")
#: Characters that no workbook may hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def harmless(text):
    """Return a cell that no spreadsheet takes for a formula.

    :param text: of the cell; ``None`` is empty
    :rtype: str
    """
    text = _CONTROL.sub("", str(text or ""))
    if _FORMULA.match(text) and not _HARMLESS.fullmatch(text):
        return "'" + text
    return text
