"""Phone numbers as list sellers write them, and as telephone exchanges want them.

Plain Python on ``phonenumbers``: no Odoo environment, so that the import, the
forms and (later) the dialler share one reading of a number.
"""

import re
from decimal import Decimal, InvalidOperation

import phonenumbers

#: Excel shows long numbers as 3.33E+09 and saves them so when a list is exported.
_SCIENTIFIC = re.compile(r"\s*\d(?:[.,]\d+)?[eE]\+?\d{1,2}\s*")
#: What separates two numbers written in one cell. A slash is also how Italians
#: part the area code from the number (030/1234567), so it is tried last.
_SEPARATORS = re.compile(
    r"\s*(?:;|,(?!\d+E\+?\d)|\||\n|\boppure\b|\be\b|\bo\b| - )\s*", re.IGNORECASE
)
#: A decimal tail that a spreadsheet adds to a number read as a float: 3331234567.0
_FLOAT_TAIL = re.compile(r"(\d{6,})[.,]0+")
#: What a spreadsheet makes of a number that it takes for a date: 31/02/1935
_DATE = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-](?:\d\d|(?:18|19|20)\d\d)(?:\s[\d:.]+)?"
    r"|(?:18|19|20)\d\d-\d\d-\d\d(?:[\sT][\d:.]+)?"
)
#: Words that may stand beside a number and say nothing about it.
_LABEL = re.compile(
    r"\b(?:tel(?:efono)?|cell(?:ulare)?|casa|uff(?:icio)?|fax|mob(?:ile)?"
    r"|abit(?:azione)?|num(?:ero)?|nr?)\b[.:]*",
    re.IGNORECASE,
)
#: What a keyboard or a scanner takes for a digit, between digits.
_LOOKALIKE = re.compile(r"(?<=\d)[oOlI]+|(?<![^\W\d_])[oOlI]+(?=\d)")
_LOOKALIKES = str.maketrans("oOlI", "0011")
#: Words beside a number that say whose it is: "3331234567 (Mario)".
_WORDS = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"(?:\+|\(\+)?\d[\d\s().\-]*\d")
#: Fewest digits of a number that isn't parted from the next one by any sign.
_LEAST_GLUED = 8
_EXTENSION = re.compile(
    r"(?<=\d)[\s,-]*\b(?:int(?:erno)?|ext)\b[.:]*\s*\d{1,4}\s*$", re.IGNORECASE
)
_BLANKS = re.compile(r"[^\S\n]+")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_NOT_DIALLED = re.compile(r"[^\d+]")
#: 3333333333 or 0000000: valid for the numbering plan, typed to fill the field.
_PLACEHOLDER = re.compile(r"0?(\d)\1{5,}")
#: Fewest digits accepted for a number.
_MIN_DIGITS = 6
#: Most digits of a number, ITU-T E.164.
_MAX_DIGITS = 15
_BEGINNING = re.compile(rf"\+[0-9]{{{_MIN_DIGITS},{_MAX_DIGITS}}}")


def _national_pattern(kind):
    """Return what phonenumbers itself matches Italian numbers of a kind against."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region("IT", None)
    return re.compile(getattr(plan, kind).national_number_pattern)


_IN_GROUPS = (r"\1", r"\1 \2", r"\1 \2 \3", r"\1 \2 \3 \4")


def _italian_formats():
    """Return how phonenumbers itself parts the digits of Italian numbers.

    :return: how a number begins, and its digits in groups with a blank between them
    :rtype: list[tuple[re.Pattern, re.Pattern]]
    """
    plan = phonenumbers.PhoneMetadata.metadata_for_region("IT", None)
    return [
        (re.compile(form.leading_digits_pattern[-1]), re.compile(form.pattern))
        for form in plan.intl_number_format or plan.number_format
        if form.leading_digits_pattern and form.format in _IN_GROUPS
    ]


_ITALIAN_FORMATS = _italian_formats()
_ITALIAN_MOBILE = _national_pattern("mobile")
_ITALIAN_FIXED = _national_pattern("fixed_line")


def _expand_scientific(text):
    """Return ``text`` with Excel's scientific notation written out in full.

    The mantissa lacks one digit where it was a zero or was rounded away: nobody can
    tell which, see :func:`is_rounded`.

    :param str text: one cell, for instance ``3.331234567E+09``
    :return: the digits, empty when more than the last one is lost (``3.33E+09``)
    :rtype: str
    """
    mantissa = re.split("[eE]", text)[0].strip().replace(",", ".")
    try:
        digits = str(int(Decimal(text.strip().replace(",", "."))))
    except InvalidOperation:
        return ""
    lost = len(digits) - len(mantissa.replace(".", ""))
    return "" if lost > 1 or digits.endswith("0000") else digits


def is_rounded(text):
    """Tell whether the last digit of a number may have been rounded away.

    :param str text: one number as it was written, for instance ``3.35756665E+09``
    :rtype: bool
    """
    if not ("E" in text or "e" in text) or not _SCIENTIFIC.fullmatch(text):
        return False
    mantissa = re.split("[eE]", text)[0]
    return len(_expand_scientific(text)) > sum(map(str.isdigit, mantissa))


def to_e164(text, country="IT", area_codes=()):
    """Read one written phone number into E.164.

    Italian fixed lines keep their leading 0 after the country prefix, as the
    numbering plan demands. A number that lost its leading 0 in a spreadsheet
    (``301234567``) is tried once more with the 0 put back. Some such numbers
    (``351234567``, from Bergamo's 035) look like a mobile: they can only be read
    by who knows where they are from, and says so with ``area_codes``.

    A rounded number (``3.33E+09``, whose last digits are gone), a date and a
    placeholder (``3333333333``) are no numbers.

    :param str text: the number as somebody wrote it
    :param str country: ISO code of the country assumed when no prefix is written
    :param area_codes: Italian dialling codes (``"035"``) of the place that the
        number belongs to, when known
    :return: the number in E.164 (``+393331234567``) or ``None`` when no valid
        number can be read
    :rtype: str | None
    """
    digits = _read_digits(text)
    if not digits:
        return None
    if country != "IT":
        return _parse_valid(digits, country)
    for candidate in _italian_candidates(digits, area_codes):
        number = _read_italian(candidate)
        if number:
            return number
    return None


def _read_digits(text):
    """Return the digits, and the +, that somebody wrote; empty when it is no number."""
    text = (text or "").strip()
    if len(text) > 60:
        return ""
    if not text.isdigit():
        if _DATE.fullmatch(text):
            return ""
        if _WORDS.search(text):
            text = _read_beside_words(text)
        tail = _FLOAT_TAIL.fullmatch(text)
        if tail:
            text = tail[1]
        text = _NOT_DIALLED.sub("", text)
    # Digits of other scripts are digits for Python, and not for a telephone.
    if not text.isascii() or len(text.strip("+")) < _MIN_DIGITS or "+" in text[1:]:
        return ""
    return text


def _read_beside_words(text):
    """Return a number without the words beside it; empty when they are its own."""
    if _SCIENTIFIC.fullmatch(text):
        return _expand_scientific(text)
    text = _LABEL.sub(" ", _EXTENSION.sub("", text)).strip()
    text = _LOOKALIKE.sub(lambda found: found[0].translate(_LOOKALIKES), text)
    return "" if _LETTERS.search(text) else text


def _italian_candidates(digits, area_codes):
    """Yield the ways in which digits written in Italy may be meant, likeliest first."""
    if digits.startswith("00"):
        yield "+" + digits[2:]
    if not digits.startswith(("+", "0")):
        if len(digits) <= 9 and ("0" + digits).startswith(tuple(area_codes)):
            yield "0" + digits
        if digits.startswith("39") and len(digits) > 10:
            yield "+" + digits
    yield digits
    if not digits.startswith(("+", "0")):
        yield "0" + digits
    elif digits.startswith("03"):
        # Mobiles were dialled with a 0 until 2001, and are still written so.
        yield digits[1:]
    elif digits.startswith("+39") and digits[3:4] not in ("0", ""):
        yield "+390" + digits[3:]


def _read_italian(digits):
    """Return a number in E.164; the common ones without the cost of a full parse."""
    national = digits.removeprefix("+39")
    if _PLACEHOLDER.fullmatch(national):
        return None
    if not national.startswith("+") and (
        _ITALIAN_MOBILE.fullmatch(national) or _ITALIAN_FIXED.fullmatch(national)
    ):
        return "+39" + national
    return _parse_valid(digits, "IT")


def _parse_valid(digits, country):
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def number_range(text, country_code="39"):
    """Return between which numbers in E.164 those lie that begin as somebody wrote.

    Digits compare alike in every collation, so a plain index answers it.

    :param str text: a number or its beginning, for instance ``030 555`` or ``+39 333``
    :param str country_code: prefix of the country assumed when none is written
    :return: the first and the last one, or ``None`` when nothing can be read
    :rtype: tuple[str, str] | None
    """
    digits = _NOT_DIALLED.sub("", text or "")
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits and not digits.startswith("+"):
        digits = f"+{country_code}{digits}"
    if not _BEGINNING.fullmatch(digits):
        return None
    return digits, digits + "9" * (_MAX_DIGITS + 1 - len(digits))


def is_mobile(e164):
    """Tell whether a number in E.164 is a mobile one.

    :param str e164: a valid number, as :func:`to_e164` returns it
    :rtype: bool
    """
    if e164.startswith("+39"):
        return e164[3] == "3"
    number = phonenumbers.parse(e164)
    return phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE


def format_international(e164):
    """Write a number in E.164 the way people read it: ``+39 030 920 0669``.

    :param str e164: a valid number, as :func:`to_e164` returns it
    :rtype: str
    """
    if len(e164) == 13 and e164.startswith("+393"):
        return f"+39 {e164[3:6]} {e164[6:9]} {e164[9:]}"
    if e164.startswith("+390"):
        # What phonenumbers does with them, thirty times quicker.
        national = e164[3:]
        for leading, pattern in _ITALIAN_FORMATS:
            if leading.match(national) and (found := pattern.fullmatch(national)):
                return f"+39 {' '.join(found.groups())}"
    number = phonenumbers.parse(e164)
    return phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )


def split_phone_cell(text, country="IT", area_codes=()):
    """Split a cell that may hold several numbers into the numbers written in it.

    :param str text: the cell, for instance ``030/1234567 - 333 1234567``
    :param str country: ISO code of the country assumed when no prefix is written
    :param area_codes: as for :func:`to_e164`
    :return: the parts that read as a number, in their order, each as
        ``(written, e164)``; without doubles; empty when none can be read
    :rtype: list[tuple[str, str]]
    """
    return read_phone_cell(text, country, area_codes)[0]


def read_phone_cell(text, country="IT", area_codes=()):
    """Split a cell into the numbers written in it and what can't be read.

    :return: the numbers as :func:`split_phone_cell` returns them, and the parts
        with a digit or a letter in them that are no number
    :rtype: tuple[list[tuple[str, str]], list[str]]
    """
    text = (text or "").strip()
    if not text:
        return [], []
    whole = to_e164(text, country, area_codes)
    if whole:
        return [(text, whole)], []
    text = _BLANKS.sub(" ", text)
    numbers, unread = {}, []
    for part in _SEPARATORS.split(text):
        number = to_e164(part, country, area_codes)
        if number:
            numbers.setdefault(number, part.strip())
        elif "/" in part and not _DATE.fullmatch(part):
            _read_slashed(part, country, area_codes, numbers, unread)
        elif not _read_glued(part, country, area_codes, numbers, unread):
            unread.append(part.strip())
    if not numbers:
        unread = [text]
    found = [(written, number) for number, written in numbers.items()]
    return found, [part for part in unread if re.search(r"[^\W_]", part)]


def _read_glued(text, country, area_codes, numbers, unread):
    """Read numbers with no more than a blank, a dash, a label or a name between them.

    :return: whether any was read; what is left over is added to ``unread``
    :rtype: bool
    """
    if len(text) > 120 or _DATE.fullmatch(text):
        return False
    found = []
    for match in _NUMBER.finditer(text):
        split = _split_glued(match[0], country, area_codes)
        if not split:
            return False
        found += split
    if not found:
        return False
    for written, number in found:
        numbers.setdefault(number, written.strip())
    left = _LABEL.sub(" ", _NUMBER.sub(" ", text)).strip(" ()-.:,")
    if _WORDS.search(left):
        unread.append(left)
    return True


def _split_glued(text, country, area_codes):
    """Return one number, or two that only one cut between them makes valid."""
    number = to_e164(text, country, area_codes)
    if number:
        return [(text, number)]
    cuts = []
    for cut in re.finditer(r"[\s.-]+", text):
        parts = text[: cut.start()], text[cut.end() :]
        if all(len(_NOT_DIALLED.sub("", part)) >= _LEAST_GLUED for part in parts):
            read = [(part, to_e164(part, country, area_codes)) for part in parts]
            if all(number for _part, number in read):
                cuts.append(read)
    return cuts[0] if len(cuts) == 1 else []


def _read_slashed(part, country, area_codes, numbers, unread):
    """Read numbers parted by slashes, which also part an area code from its number."""
    pieces = part.split("/")
    at = 0
    while at < len(pieces):
        for width in (2, 1):
            written = "/".join(pieces[at : at + width])
            number = to_e164(written, country, area_codes)
            if number:
                numbers.setdefault(number, written.strip())
                at += width
                break
        else:
            unread.append(pieces[at].strip())
            at += 1
