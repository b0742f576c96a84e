"""Records in the form in which they are compared, and by which they are found."""

import re
from functools import lru_cache
from typing import NamedTuple

from ..italy import COMPANY_WORDS, GIVEN_NAMES, LEGAL_FORMS
from ..name_text import is_company
from ..plain_text import normalise
from .words import (
    INSIDE_HOUSE,
    MAIL_SERVICES,
    MONTHS,
    NOBODYS_MAIL,
    NUMBER_WORDS,
    NUMERALS,
    PARTICLES,
    STREET_TYPES,
    TITLES,
)

_CACHE = 100_000
_DOTS = re.compile(r"(?<=\b\w)\.\s?(?=\w\b)")
_SPACED_FORM = re.compile(
    r"\b(s)\s(r)\s(l)\s?(s)?\b|\b(s)\s(p)\s(a)\b|\b(s)\s(n)\s(c)\b|\b(s)\s(a)\s(s)\b"
)
_PLACEHOLDER_PHONE = re.compile(r"\+?\d{0,4}?(\d)\1{6,}$|.*(?:1234567|7654321)\d?$")
_NO_DIGIT = re.compile(r"\D+")
_NO_CODE = re.compile(r"[^A-Z0-9]+")
_NO_MAILBOX = re.compile(r"[^a-z0-9]+")
_MONTH_LETTERS = "ABCDEHLMPRST"
_OMOCODIA = str.maketrans("LMNPQRSTUV", "0123456789")
_FISCAL = re.compile(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}")


class Prepared(NamedTuple):
    """A record as the comparison reads it; millions are made, so it is a tuple.

    :param tuple person: words of the person, particles joined to what follows
    :param tuple company: words of the company without its legal form
    :param str form: its legal form, ``srl``
    :param str email: the whole address; ``mailbox`` and ``domain`` are its parts, the
        domain only when it says something about who writes
    :param str birth: ``YYYYMMDD``
    :param tuple street: words of the street without its type
    :param str civic: digits of the civic number
    """

    id: int
    person: tuple = ()
    company: tuple = ()
    form: str = ""
    phones: tuple = ()
    email: str = ""
    mailbox: str = ""
    domain: str = ""
    fiscal_code: str = ""
    vat_number: str = ""
    birth: str = ""
    street: tuple = ()
    civic: str = ""
    zip: str = ""
    city: str = ""
    province: str = ""
    place: str = ""


def prepare(record):
    """Bring a record into the form in which it is compared.

    :param MatchRecord record: as the archive has it
    :rtype: Prepared
    """
    person, company, form = _names(record.person, record.company)
    fiscal_code, vat_number = _codes(record.fiscal_code, record.vat_number)
    street, civic = street_parts(record.street) if record.street else ((), "")
    email, mailbox, domain = _email(record.email) if record.email else ("", "", "")
    return Prepared(
        record.id,
        person,
        company,
        form,
        tuple(
            sorted({n for n in record.phones if n and not _PLACEHOLDER_PHONE.match(n)})
        ),
        email,
        mailbox,
        domain,
        fiscal_code,
        vat_number,
        _birth(record.birth_date, fiscal_code),
        street,
        civic,
        record.zip if record.zip.isdecimal() else _NO_DIGIT.sub("", record.zip),
        town(record.city) if record.city else "",
        record.province.upper() if record.province else "",
        normalise(record.street2) if record.street2 else "",
    )


def _names(person, company):
    """Return the words of person and company; a company may stand as a person."""
    if person and not company and is_company(person):
        person, company = "", person
    elif person and company and normalise(person) == normalise(company):
        if is_company(person):
            person = ""
        else:
            company = ""
    elif company and not person and _is_person(company):
        person, company = company, ""
    words, form = company_words(company) if company else ((), "")
    return (person_words(person) if person else ()), words, form


@lru_cache(_CACHE)
def _is_person(text):
    """Tell whether what stands as a company is only somebody's name."""
    words = normalise(text).split()
    return (
        2 <= len(words) <= 3
        and not is_company(text)
        and any(word in GIVEN_NAMES for word in (words[0], words[-1]))
    )


@lru_cache(_CACHE)
def person_words(text):
    """Return the words of a person's name, particles joined to what follows them."""
    text = text.replace("'", "").replace("’", "").replace("`", "")
    text = normalise(text.replace("ß", "ss"))
    words = [word for word in text.split() if word not in TITLES and word != "e"]
    done, prefix = [], ""
    for word in words:
        if word in PARTICLES and len(words) > 2:
            prefix += word
            continue
        done.append(prefix + word)
        prefix = ""
    if prefix:
        done.append(prefix)
    return tuple(word for word in done if not word.isdigit())


@lru_cache(_CACHE)
def company_words(text):
    """Return the words of a company's name and its legal form."""
    text = text.replace("'", " ").replace("’", " ")
    text = normalise(_DOTS.sub("", text.replace("&", " e ")))
    for written, form in _LONG_FORMS:
        text = text.replace(written, form)
    text = _SPACED_FORM.sub(lambda found: found[0].replace(" ", ""), text)
    words, form = [], ""
    for word in text.split():
        if word in LEGAL_FORMS and word not in ("ss", "sc"):
            form = word
        elif word in ("flli", "f", "lli"):
            if word != "lli":
                words.append("fratelli")
        elif word not in PARTICLES and word not in (
            "e",
            "in",
            "con",
            "il",
            "i",
            "unipersonale",
            "c",
        ):
            words.append(_COMPANY_SHORT.get(word, word))
    return tuple(words) or ((form,) if form else ()), form


_LONG_FORMS = (
    ("societa a responsabilita limitata semplificata", "srls"),
    ("societa a responsabilita limitata", "srl"),
    ("societa per azioni", "spa"),
    ("societa in nome collettivo", "snc"),
    ("societa in accomandita semplice", "sas"),
    ("srl semplificata", "srls"),
    ("s rl", "srl"),
)
_COMPANY_SHORT = {
    "ditta": "ditta",
    "imp": "impresa",
    "az": "azienda",
    "agr": "agricola",
    "autoff": "autofficina",
    "off": "officina",
    "costr": "costruzioni",
    "imm": "immobiliare",
    "immob": "immobiliare",
    "cond": "condominio",
    "soc": "societa",
    "coop": "cooperativa",
    "rist": "ristorante",
    "ass": "associazione",
    "st": "studio",
    "elettr": "elettrica",
    "impr": "impresa",
    "serv": "servizi",
    "trasp": "trasporti",
    "edil": "edil",
    "ind": "industria",
    "mecc": "meccanica",
    "off.na": "officina",
}


def _codes(fiscal_code, vat_number):
    """Return codice fiscale and partita IVA, each where it belongs."""
    fiscal_code = _NO_CODE.sub("", fiscal_code.upper()) if fiscal_code else ""
    vat_number = _NO_CODE.sub("", vat_number.upper()) if vat_number else ""
    vat_number = vat_number.removeprefix("IT")
    if len(vat_number) == 16 and not fiscal_code:
        fiscal_code, vat_number = vat_number, ""
    elif len(fiscal_code) == 11 and fiscal_code.isdigit():
        # The codice fiscale of a company is nearly always its partita IVA.
        fiscal_code, vat_number = "", vat_number or fiscal_code
    if vat_number.isdigit() and 8 < len(vat_number) < 11:
        vat_number = vat_number.zfill(11)
    if vat_number and len(set(vat_number)) == 1:
        vat_number = ""
    return fiscal_code, vat_number


def _birth(birth_date, fiscal_code):
    """Return the day of birth, also from a codice fiscale; the century may be wrong."""
    if birth_date:
        if isinstance(birth_date, str):
            return re.sub(r"\D", "", birth_date)
        return birth_date.strftime("%Y%m%d")
    if len(fiscal_code) != 16 or not _FISCAL.match(fiscal_code):
        return ""
    year = fiscal_code[6:8].translate(_OMOCODIA)
    day = int(fiscal_code[9:11].translate(_OMOCODIA)) % 40
    month = _MONTH_LETTERS.index(fiscal_code[8]) + 1
    return f"{19 if int(year) > 10 else 20}{year}{month:02}{day:02}"


@lru_cache(_CACHE)
def street_parts(text):
    """Split a street into its words without the type, and the civic number.

    :rtype: tuple[tuple[str, ...], str]
    """
    words = normalise(text.replace("'", " ").replace("’", " ")).split()
    street, civic = [], ""
    for at, word in enumerate(words):
        if word in INSIDE_HOUSE and street:
            break
        if word in NUMBER_WORDS:
            continue
        if word[0].isdigit():
            follows = words[at + 1] if at + 1 < len(words) else ""
            if follows in MONTHS or (not street and follows and len(word) < 3):
                street.append(word)
            elif not civic:
                civic = re.match(r"\d+", word)[0].lstrip("0")
            continue
        if civic:
            continue
        if word in STREET_TYPES and (not street or len(word) < 3):
            continue
        street.append(NUMERALS.get(word, word))
    return tuple(street), civic


_TOWN_SHORT = {
    **dict.fromkeys(("s", "sant", "santa", "santo"), "san"),
    **dict.fromkeys(("mte", "m"), "monte"),
    "ss": "santi",
    "st": "saint",
    "reg": "reggio",
}
_TOWN_SMALL = frozenset("di de del della dei degli in sul sulla nell nel al d".split())


@lru_cache(_CACHE)
def town(text):
    """Return a town for comparison: ``S. Donato M.se (MI)`` as ``san donato mse``."""
    text = re.sub(r"\([^)]*\)", " ", text).replace("'", " ").replace("’", " ")
    words = normalise(text).split()
    return " ".join(
        _TOWN_SHORT.get(word, word) for word in words if word not in _TOWN_SMALL
    )


def _email(text):
    """Return an e-mail, its mailbox and its domain; of nobody's mailbox nothing."""
    text = text.strip().lower()
    mailbox, at, domain = text.partition("@")
    if not at or not domain or mailbox in NOBODYS_MAIL:
        return "", "", ""
    own = "" if domain.split(".")[0] in MAIL_SERVICES or "pec" in domain else domain
    return text, _NO_MAILBOX.sub("", mailbox), own


@lru_cache(_CACHE)
def skeleton(word):
    """Return how a word sounds, roughly: its first letter and its consonants.

    Doubled letters, h, vowels and letters that Italians confuse make no difference.
    """
    text = word.translate(_SOUNDS)
    for written, spoken in _GROUPS:
        text = text.replace(written, spoken)
    done = text[:1]
    for char in text[1:]:
        if char not in "aeiouh" and char != done[-1:]:
            done += char
    return done


_SOUNDS = str.maketrans("kjywxz", "ciivss")
_GROUPS = (
    ("ph", "f"),
    ("gh", "g"),
    ("gn", "n"),
    ("qu", "cu"),
    ("sch", "sc"),
    ("ch", "c"),
)

#: Words of a company that don't tell it apart.
COMMON_COMPANY_WORDS = COMPANY_WORDS | GIVEN_NAMES
