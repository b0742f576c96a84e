"""Texts in the one way in which they are compared."""

import re
import unicodedata

_SIGNS = re.compile(r"[^a-z0-9]+")


def normalise(text):
    """Return a text for comparison: small letters and digits without accents."""
    if text.isascii():
        return _SIGNS.sub(" ", text.lower()).strip()
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return _SIGNS.sub(" ", plain).strip()
