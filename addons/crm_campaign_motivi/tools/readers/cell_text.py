"""What a person sees in a cell."""

import datetime
import re

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


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
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime) and (value.hour or value.minute):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, datetime.date):
        # Four digits of the year, also where the C library writes fewer.
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    return clean(str(value))
