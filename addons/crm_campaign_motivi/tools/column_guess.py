"""Guess what the columns of a list mean, from their headers and their content."""

import re
from collections import Counter

from odoo.addons.crm_callcenter.tools.phone import is_mobile, split_phone_cell
from odoo.addons.crm_dedup.tools.italy import (
    AREA_CODES,
    COMPANY_WORDS,
    GIVEN_NAMES,
    PROVINCE_NAMES,
)
from odoo.addons.crm_dedup.tools.plain_text import normalise

#: Words by which a number or a code is one that every name has.
_COMMON = r".*\b(?:tel\w*|cell\w*|mobile|fisso|phone|postale)\b"
#: Header words and what they mean, tried in this order on the normalised header.
_HEADERS = [
    (re.compile(pattern), target)
    for pattern, target in (
        (r"\bfax\b", "ignore"),
        (r"^(?:nr?|num|numero)$", "number_or_ignore"),
        (
            r"^(?:id|prog\w*|riga|row|codice|cod|key|record"
            r"|reason|motivo dello scarto)$",
            "ignore",
        ),
        (r"\b(?:e ?mail|posta elettronica|pec|mail)\b", "email"),
        (r"\bconsenso\b.*\b(?:fonte|origine|provenienza)\b", "consent_source"),
        (r"\b(?:fonte|origine|provenienza)\b.*\bconsenso\b", "consent_source"),
        (r"\b(?:data|date)\b.*\b(?:consenso|optin|opt in|consent)\b", "consent_date"),
        (r"\b(?:consenso|consent|optin)\b.*\b(?:data|date)\b", "consent_date"),
        (
            r"\b(?:data di nascita|data nascita|nato il|birth ?date|birthday)\b",
            "birth_date",
        ),
        (r"\bnascita\b|\bnat[oa] a\b|\bbirth ?place\b|\bof birth\b", "note"),
        (r"\b(?:p ?iva|partita iva|vat|tax)\b", "vat"),
        (r"\b(?:c ?f|codice fiscale|cod fisc\w*)\b", "fiscal_code"),
        (r"\bcivic\w*\b|\bhouse number\b", "street"),
        # What is known about a customer is no customer.
        (
            rf"^(?:id|cod\w*|tipo\w*|stato|data|anno|numero|num|nr?|rif\w*)\b(?!{_COMMON})"
            r".*\b(?:client[ei]|customer|contratt[oi]|ordin[ei]|polizza|document[oi]"
            r"|pratica|fattur[ae]|pod|pdr)\b",
            "note",
        ),
        (
            r"^(?:id|cod\w*|tipo\w*|stato|data|ora\w*|ultim[oa]|esito|canale|fonte)\b"
            r".*\b(?:contatt[oi]|contact)\b",
            "note",
        ),
        (
            r"\b(?:client[ei]|customer)\b.*\b(?:id|dal|since|code|number|type|status)\b",
            "note",
        ),
        (
            r"\b(?:indirizzo 2|indirizzo2|street ?2|address line 2|interno|scala)\b",
            "street2",
        ),
        (
            r"\b(?:secondo|second|altro|other|alternativo|tel(?:efono)? ?[2-9]"
            r"|cell(?:ulare)? ?[2-9]|phone ?[2-9]|mobile ?[2-9])\b",
            "phone_second",
        ),
        (r"\b(?:cell\w*|cel|mobile|mobil|gsm|smartphone)\b", "mobile"),
        (
            r"\b(?:tel\w*|fisso|phone|recapit\w*|landline"
            r"|numero di telefono|numero telefonico)\b",
            "phone",
        ),
        (
            r"\b(?:cap|c a p|zip|zipcode|post ?code|postal code|codice postale)\b",
            "zip",
        ),
        (r"\b(?:prov|provincia|province|pr|sigla)\b", "province"),
        (r"\b(?:localita|citta|comune|city|town|municipio|paese)\b", "city"),
        (
            r"\b(?:indirizzo|via|address|street|n civ|toponimo|residenza)\b",
            "street",
        ),
        (
            r"\b(?:note?|annotazion\w*|commenti?|osservazion\w*|remarks?|notes"
            r"|comments?|memo)\b",
            "note",
        ),
        (
            r"^(?:venditore|agente|commerciale|salesperson|sales rep\w*)$",
            "salesperson",
        ),
        (
            r"^(?:contatto interno|referente interno|account manager)$",
            "contact_user",
        ),
        (r"^(?:tecnico|technician|installatore)$", "technician"),
        (r"^(?:portafoglio|portfolio)\b", "portfolio"),
        (
            r"\b(?:cognome e? ?nome|nome e? ?cognome|nominativo|intestatario|full name"
            r"|denominazione|contatto|contact|cliente|customer|name and surname)\b",
            "full_name",
        ),
        (r"\b(?:cognome|surname|last name|family name)\b", "last_name"),
        (r"\b(?:ragione sociale|rag soc\w*)\b", "company_or_full"),
        (r"\b(?:azienda|ditta|impresa|societa|company|organi[sz]\w+)\b", "company"),
        (r"\b(?:nome|first name|given name|name|referente)\b", "first_or_full"),
        (r"\b(?:regione|region|stato|nazione|country|paese)\b", "ignore"),
        (r"\bnumero\b", "number_or_note"),
    )
]
#: Titles of the columns behind those of the file in a report, in its languages: who
#: corrects the rejected rows and imports them again keeps them out of the notes.
_REPORT_TITLES = [
    tuple(titles.split(";"))
    for titles in (
        "row;reason",
        "riga;motivo",
        "row;result;number of the name;reason",
        "riga;risultato;numero del nominativo;motivo",
    )
]

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
#: No name is one word with a digit.
_CODE = re.compile(r"\S*\d\S*")
_ZIP = re.compile(r"\d{4,5}")
_VAT = re.compile(r"(?:IT)?\d{11}|[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]", re.IGNORECASE)
_STREET = re.compile(
    r"(?:via|viale|v\.? ?le|v\.|corso|c\.so|piazza|p\.? ?zza|piazzale|largo|vicolo"
    r"|strada|loc\.?|localita|contrada|c\.da|frazione|borgo|salita)\b",
    re.IGNORECASE,
)
#: Targets whose content tells them apart; the share of cells that must look like it.
_TYPED = {
    "email": 0.6,
    "vat": 0.7,
    "zip": 0.8,
    "province": 0.8,
    "phone": 0.6,
    "street": 0.5,
}
#: Below this share a header is believed to lie about a typed column.
_LIES_BELOW = 0.2
_ENOUGH_CELLS = 5
#: Characters of a cell that are looked at.
_LONGEST = 200


def guess_columns(headers, rows):
    """Guess the meaning of the columns of a list.

    :param list[str] headers: one for each column, maybe empty
    :param list[list[str]] rows: the first rows of the list
    :return: for each column its target and what it was guessed from
        (``header``, ``content`` or ``nothing``)
    :rtype: list[tuple[str, str]]
    """
    cells = [
        [row[at][:_LONGEST] for row in rows if at < len(row) and row[at]]
        for at in range(len(headers))
    ]
    guesses = []
    of_report = _columns_of_report(headers)
    for at, (header, column) in enumerate(zip(headers, cells, strict=True)):
        target = "ignore" if at in of_report else _from_header(header)
        if target in _NUMBERS:
            guesses.append(_number(target, column))
        elif target and not _contradicts(target, column):
            guesses.append((target, "header"))
        else:
            target = _from_content(column)
            guesses.append((target, "content") if target else (None, "nothing"))
    _settle_names(guesses)
    if not any(target in _NAME_TARGETS for target, _why in guesses):
        _find_names(cells, guesses)
    if not any(target == "city" for target, _why in guesses):
        _find_city(cells, guesses)
    return [
        (target, why) if target else ("note" if column else "ignore", "nothing")
        for (target, why), column in zip(guesses, cells, strict=True)
    ]


_NAME_TARGETS = ("full_name", "first_name", "last_name", "company")
#: Headers that say "number": what they are when the content is none to be dialled.
_NUMBERS = {"number_or_ignore": "ignore", "number_or_note": "note"}


def _number(target, column):
    """Return what a column is whose header says that it holds numbers of some sort."""
    found = _from_content(column)
    if found in ("phone", "mobile"):
        return found, "content"
    return _NUMBERS[target], "header"


def _columns_of_report(headers):
    """Return the positions of the columns that a report has put behind the file's."""
    words = [normalise(header) for header in headers]
    for titles in _REPORT_TITLES:
        if len(words) > len(titles) and tuple(words[-len(titles) :]) == titles:
            return range(len(words) - len(titles), len(words))
    return range(0)


def _from_header(header):
    text = normalise(header)
    words = set(text.split())
    # "Ragione Sociale / Cognome Nome": one column for companies and people.
    if {"cognome", "nome"} <= words:
        return "full_name"
    for pattern, target in _HEADERS:
        if text and pattern.search(text):
            return target
    return None


def _share(column, target):
    """Return the share of cells that look like a target."""
    if not column:
        return 0
    return sum(map(_LOOKS_LIKE[target], column)) / len(column)


def _is_province(cell):
    text = normalise(cell)
    return text.upper() in AREA_CODES or text in PROVINCE_NAMES


_LOOKS_LIKE = {
    "email": lambda cell: bool(_EMAIL.search(cell)),
    "vat": lambda cell: bool(_VAT.fullmatch(cell.replace(" ", ""))),
    "zip": lambda cell: bool(_ZIP.fullmatch(cell)),
    "province": _is_province,
    "phone": lambda cell: bool(split_phone_cell(cell)),
    "street": lambda cell: bool(_STREET.match(cell)),
}


def _contradicts(target, column):
    """Tell whether a column holds nothing of what its header announces."""
    typed = "phone" if target in ("mobile", "phone_second") else target
    if len(column) < _ENOUGH_CELLS:
        return False
    if target in (*_NAME_TARGETS, "first_or_full", "company_or_full"):
        codes = sum(bool(_CODE.fullmatch(cell)) for cell in column)
        return codes > (1 - _LIES_BELOW) * len(column)
    if typed not in ("email", "zip", "phone"):
        return False
    return _share(column, typed) < _LIES_BELOW and _from_content(column) is not None


def _from_content(column):
    """Return the target that most cells look like, ``None`` when it is no clear one."""
    for target, needed in _TYPED.items():
        if column and _share(column, target) >= needed:
            if target == "phone":
                numbers = [
                    e164 for cell in column for _written, e164 in split_phone_cell(cell)
                ]
                mobiles = sum(map(is_mobile, numbers))
                return "mobile" if mobiles * 2 > len(numbers) else "phone"
            return target
    return None


def _settle_names(guesses):
    """Decide what "Nome" and "Ragione sociale" mean beside the other columns."""
    targets = Counter(target for target, _why in guesses)
    has_person = targets["last_name"] or targets["full_name"]
    for at, (target, why) in enumerate(guesses):
        if target == "first_or_full":
            if targets["last_name"]:
                target = "first_name"
            elif targets["full_name"]:
                target = "note"
            else:
                target = "full_name"
        elif target == "company_or_full":
            target = "company" if has_person else "full_name"
        guesses[at] = (target, why)


def _find_names(cells, guesses):
    """Take the unknown column that reads most like names for the name."""
    best = (0.3, None)
    for at, column in enumerate(cells):
        if guesses[at][0] is None and column:
            score = sum(_reads_like_name(cell) for cell in column) / len(column)
            if score > best[0]:
                best = (score, at)
    if best[1] is not None:
        guesses[best[1]] = ("full_name", "content")


def _reads_like_name(cell):
    words = normalise(cell).split()
    if len(words) < 2 or any(char.isdigit() for char in cell):
        return 0
    return 1 if set(words) & (GIVEN_NAMES | COMPANY_WORDS) else 0.5


def _find_city(cells, guesses):
    """Take the unknown column of repeated words without digits for the town."""
    for at, column in enumerate(cells):
        if guesses[at][0] is not None or len(column) < _ENOUGH_CELLS:
            continue
        beside = {
            guesses[near][0] for near in (at - 1, at + 1) if 0 <= near < len(cells)
        }
        words = [cell for cell in column if not any(char.isdigit() for char in cell)]
        if beside & {"zip", "province", "street"} and len(words) > 0.9 * len(column):
            guesses[at] = ("city", "content")
            return
