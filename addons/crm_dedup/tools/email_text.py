"""E-mail addresses as people dictate and type them."""

import re
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

#: Providers whose names are often misspelt in Italy.
PROVIDERS = frozenset(
    "gmail.com libero.it hotmail.it hotmail.com yahoo.it yahoo.com virgilio.it alice.it"
    " tiscali.it tin.it outlook.it outlook.com live.it live.com icloud.com me.com"
    " fastwebnet.it email.it inwind.it iol.it tim.it teletu.it vodafone.it poste.it"
    " pec.it legalmail.it arubapec.it msn.com aol.com ymail.com googlemail.com"
    " interfree.it supereva.it katamail.com blu.it aruba.it gmx.com gmx.net"
    " protonmail.com proton.me".split()
)
#: Names that belong to somebody else, however alike they are.
_OTHERS = frozenset(
    "mail.com email.com gmx.it live.fr yahoo.fr time.it team.it".split()
)
_ADDRESS = re.compile(r"[^\s@,;<>()\"']+@[^\s@,;<>()\"']+\.[a-z]{2,}", re.IGNORECASE)
_EXACT = re.compile(r"[a-z0-9!#$%&*+/=?^_{|}~.-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_NOISE = re.compile(r"^\s*(?:mailto:|e-?mail\s*:|mail\s*:|pec\s*:)\s*", re.IGNORECASE)
_AT = re.compile(
    r"\s*(?:\(\s*(?:at|chiocciola)\s*\)|\[\s*at\s*\]|\bchiocciola\b|@)\s*", re.I
)
_DOT = re.compile(r"\s*(?:\(\s*(?:dot|punto)\s*\)|\[\s*dot\s*\])\s*", re.IGNORECASE)
_COMMA = re.compile(r",(?=(?:it|com|net|org|eu)$)")
#: What parts two addresses in one cell.
_SEVERAL = re.compile(r"\s*[;,/|]\s*|\s+(?:[-–]|e|o|oppure)\s+|\s+", re.IGNORECASE)
#: Boxes that nobody reads: typed to fill the field.
_NOBODY = re.compile(
    r"(?:no|non|senza|nessuna?|n)[._-]?(?:e?-?mail|posta|ha|fornita|presente|disponibile"
    r"|reply)?|x+|a+|test|prova|asd|qwerty|null|none|na|nd"
)
_NOWHERE = frozenset(
    "no.it no.com nomail.it nomail.com noemail.it noemail.com example.com example.it"
    " test.it test.com prova.it x.it x.com xx.it xxx.it xxx.com a.it nessuna.it"
    " mail.mail email.email".split()
)


@lru_cache(maxsize=5_000)
def clean_email(text):
    """Write an address clean and in small letters.

    :param str text: for instance ``mailto: Mario.Rossi @ GMAIL,COM.``
    :return: the address; the text as it was when there is none in it, or several
    :rtype: str
    """
    if _EXACT.fullmatch(text):
        return text
    clean = _NOISE.sub("", text.strip())
    clean = _DOT.sub(".", _AT.sub("@", clean))
    clean = clean.strip(" <>\"'.,;:()[]")
    if clean.count("@") != 1:
        return text
    box, _at, domain = clean.partition("@")
    domain = re.sub(r"\s*([.,])\s*", r"\1", domain.lower())
    domain = _COMMA.sub(".", domain).strip(".")
    clean = f"{box.strip('.').lower()}@{domain}"
    return clean if _ADDRESS.fullmatch(clean) and ".." not in clean else text


def split_emails(text):
    """Return the addresses of a cell that holds several and nothing else.

    :param str text: for instance ``a@libero.it; b@gmail.com``
    :return: clean ones in their order, without doubles; nothing when there is anything
        else in it
    :rtype: list[str]
    """
    found = [clean_email(part) for part in _SEVERAL.split(text) if part.strip()]
    return list(dict.fromkeys(found)) if all(map(is_address, found)) else []


def is_address(text):
    """Tell whether a text is one address and nothing else.

    :rtype: bool
    """
    return bool(_ADDRESS.fullmatch(text)) and text.count("@") == 1


def is_placeholder(email):
    """Tell whether an address was typed to fill the field: ``no@no.it``.

    :param str email: a clean one
    :rtype: bool
    """
    box, _at, domain = email.partition("@")
    if domain in _NOWHERE:
        return True
    first = domain.split(".")[0]
    return (
        bool(_NOBODY.fullmatch(box))
        and (domain not in PROVIDERS or box.startswith(("no", "nes", "senza")))
        and (
            first == box
            or bool(_NOBODY.fullmatch(first))
            or box.startswith(("noe", "nom"))
        )
    )


@lru_cache(maxsize=20_000)
def likely_domain(domain):
    """Return which provider a misspelt domain means, or nothing.

    A suggestion only: the misspelt domain may be somebody's own.

    :param str domain: for instance ``gmial.com``
    :rtype: str
    """
    if domain in PROVIDERS or domain in _OTHERS:
        return ""
    name, _dot, ending = domain.rpartition(".")
    # libero.com, gmail.it: the right name with another ending.
    endings = [known for known in PROVIDERS if known.rpartition(".")[0] == name]
    if len(endings) == 1 and len(name) > 4:
        return endings[0]
    best = [
        (DamerauLevenshtein.distance(domain, known, score_cutoff=2), known)
        for known in PROVIDERS
    ]
    distance, known = min(best)
    if distance == 1 and len(known) > 6:
        return known
    if distance == 2 and len(known) > 9 and ending == known.rpartition(".")[2]:
        return known
    return ""


def suggest_email(email):
    """Return the address that a misspelt one means, or nothing.

    :param str email: a clean one
    :rtype: str
    """
    box, _at, domain = email.rpartition("@")
    likely = likely_domain(domain) if box and domain else ""
    return f"{box}@{likely}" if likely else ""
