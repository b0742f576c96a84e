"""Streets in their one form, and the civic number beside them."""

import re
from dataclasses import dataclass
from functools import lru_cache

from .name_text import proper_case
from .settled import settled

#: How the type of a street is shortened, without its dots, and written out.
_TYPES = {
    short: full
    for full, shorts in {
        "Via": "v via",
        "Viale": "vle viale",
        "Vicolo": "vlo vic vicolo",
        "Piazza": "pza pzza pz piazza",
        "Piazzale": "ple pzle pzzle ple piazzale",
        "Piazzetta": "pta pztta pzetta piazzetta",
        "Corso": "cso corso",
        "Largo": "lgo largo",
        "Lungomare": "lmare lungomare",
        "Contrada": "cda ctr contr contrada",
        "Località": "loc localita località",
        "Frazione": "fraz fr frazione",
        "Borgo": "bgo borgo",
        "Regione": "reg regione",
        "Strada": "str strada",
        "Salita": "sal salita",
        "Traversa": "trav traversa",
        "Vicinale": "vicin",
        "Rione": "rione",
        "Galleria": "gall galleria",
        "Quartiere": "qre quart quartiere",
        "Villaggio": "vill villaggio",
        "Zona Industriale": "zi",
        "Cascina": "casc cna cascina",
        "Calle": "calle",
        "Campo": "campo",
        "Circonvallazione": "circ circonv circonvallazione",
    }.items()
    for short in shorts.split()
}
#: Shortened only where a dot says so: "str" or "reg" may be something else.
_WITH_DOT = frozenset(
    "v str sal trav vill gall reg circ fr casc vic campo pz quart".split()
)
_SECOND = (
    (
        re.compile(r"(?<=^Strada )(?:prov|prov\.le|p\.le)\b\.?(?=\s|$)", re.I),
        "Provinciale",
    ),
    (re.compile(r"(?<=^Strada )(?:stat|st)\b\.?(?=\s|$)", re.I), "Statale"),
    (re.compile(r"(?<=^Strada )(?:com|com\.le)\b\.?(?=\s|$)", re.I), "Comunale"),
    (re.compile(r"(?<=^Strada )vic(?:\.le)?\b\.?(?=\s|$)", re.I), "Vicinale"),
    (re.compile(r"(?<=^Via )prov(?:\.le)?\b\.?(?=\s|$)", re.I), "Provinciale"),
    (re.compile(r"(?<=^Via )naz(?:\.le)?\b\.?(?=\s|$)", re.I), "Nazionale"),
)
_HAS_SECOND = re.compile(r"(?:Strada|Via) (?:prov|p\.le|stat|st|com|vic|naz)\b", re.I)
_STREET_CODE = re.compile(r"^s\.?\s?([ps])\.?(?=\s*\d)\s*", re.IGNORECASE)
_ROAD = re.compile(r"S[PS] \d")
_TYPE = re.compile(r"^([^\W\d_]+(?:\.(?:[^\W\d_]{1,3}))?)([./]*)\s*", re.UNICODE)
_SAINTS_MEN = frozenset(
    "antonio agostino andrea ambrogio angelo anselmo bartolomeo benedetto bernardino"
    " bernardo biagio carlo cesario cristoforo damiano daniele domenico donato"
    " emiliano eusebio faustino felice filippo francesco gaetano gennaro giacomo"
    " giorgio giovanni giuseppe gottardo gregorio leonardo lorenzo luca luigi marco"
    " marino martino massimo matteo maurizio michele nicola nicolo pancrazio paolo"
    " pellegrino pietro quirico rocco salvatore sebastiano severino silvestro siro"
    " tommaso valentino vincenzo vito vittore zeno zenone giovanna".split()
) - {"giovanna"}
_SAINTS_WOMEN = frozenset(
    "agata agnese anna apollonia barbara caterina cecilia chiara croce cristina"
    " elisabetta eufemia francesca giulia giustina lucia margherita maria marta"
    " monica rita rosa rosalia sofia teresa".split()
)
_SAINT = re.compile(r"(?<![\w.'])S(\.\s?|\s)([^\W\d_]+)", re.IGNORECASE)
_TRUNCATED = {
    re.compile(rf"(?<![\w.]){short}\s?(?=[^\W\d_])", re.IGNORECASE): full
    for short, full in {
        "f\\.?lli\\b\\.?": "Fratelli ",
        "m\\.?te\\.": "Monte ",
        "mons\\.": "Monsignor ",
        "gen\\.": "Generale ",
        "cap\\.": "Capitano ",
        "col\\.": "Colonnello ",
        "ss\\.": "Santi ",
        "mad\\.": "Madonna ",
    }.items()
}
_ROMAN = re.compile(r"\b(?=[ivx]{2,}\b)x{0,3}(?:ix|iv|v?i{0,3})\b", re.IGNORECASE)
#: "12", "12/A", "12 bis", "12-14", behind a comma, a blank, "n." or "civ.".
_CIVIC = re.compile(
    r"""(?:\s*,\s*|\s+)(?:(?:n(?:um(?:ero)?)?|n[°ºr]|nr|n\.?c|civ(?:ico)?)[.°º:]*\s*|[#°]\s*)?
        (?P<digits>\d{1,5})
        (?:\s?(?P<slash>[/\\-]\s?\d{1,4}(?!\d))|
           \s?[/\\-]?\s?(?P<letter>[a-z]{1,2}(?![a-z'’])|bis|ter|quater|rosso|nero)(?![\w'’]))?
        (?:\s?/?\s?(?P<second>[a-z](?![a-z'’])))?
        (?P<rest>\s*$|[\s,;/-]+(?:int|interno|sc|scala|pal|palazzina|piano|lotto|edif|edificio
           |ed|c/o|presso|app|appartamento|lett|presso|loc|fraz|km|z\.i)\b.*$|[\s,;/-]+p\.\s?(?:\d|t|r).*$|\s*[(].*$)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_USUAL = re.compile(
    r"(?:Via|Viale|Piazza|Corso|Largo|Vicolo|Piazzale|Contrada|Strada)"
    r"(?: [A-Z][a-zàèéìòù]{3,}){1,3}(?: \d{1,4}(?:/[A-Z])?)?"
)
_NO_CIVIC = re.compile(
    r"[\s,;/-]+(?:s\.?\s?n\.?\s?c\.?|s\.?/?\s?n\.?|senza\s+n(?:umero)?\.?(?:\s+civico)?)\s*$",
    re.IGNORECASE,
)
_KILOMETRE = re.compile(
    r"[\s,]+k(?:m|ilometro)\.?\s*(\d{1,4})(?:\s?[+,.]\s?(\d{1,3}))?\s*$", re.IGNORECASE
)
_DETAILS = tuple(
    (re.compile(rf"(?<!\w){pattern}(?=\s|\d|$)\s*", re.IGNORECASE), full)
    for pattern, full in (
        (r"(?:interno|int\.?)", "int. "),
        (r"(?:scala|sc\.?)", "scala "),
        (r"(?:palazzina|pal\.?)", "palazzina "),
        (r"(?:appartamento|app\.?)", "app. "),
        (r"(?:edificio|edif\.?)", "edificio "),
        (r"(?:presso|c/o)", "c/o "),
    )
)


@dataclass(slots=True, frozen=True)
class Street:
    """A street that was split.

    :param str name: the street with its type written out
    :param str number: the civic number, ``12/A``, ``snc`` or ``km 12+300``; maybe empty
    :param str detail: what follows it: ``int. 3``
    """

    name: str
    number: str = ""
    detail: str = ""

    def __str__(self):
        return " ".join(filter(None, (self.name, self.number, self.detail)))


@lru_cache(maxsize=10_000)
def read_street(text):
    """Split a street and write its parts in their one form.

    :param str text: for instance ``V.LE G. GARIBALDI N.12/a INT 3``
    :rtype: Street
    """
    text = " ".join(text.replace("’", "'").replace("`", "'").split()).rstrip(" ,;")
    name, number, detail = _split_civic(text)
    return Street(_street_name(name), number, detail)


@settled(10_000, _USUAL)
def one_street(text):
    """Write a street with its number in one line and in one form.

    :param str text: as somebody wrote it
    :rtype: str
    """
    return str(read_street(text))


def _split_civic(text):
    found = _NO_CIVIC.search(text)
    if found and found.start() > 2:
        return text[: found.start()], "snc", ""
    found = _KILOMETRE.search(text)
    if found and found.start() > 1:
        metres = f"+{found[2].ljust(3, '0')}" if found[2] else ""
        return text[: found.start()], f"km {found[1]}{metres}", ""
    for found in _CIVIC.finditer(text):
        name = text[: found.start()]
        if _is_part_of_name(name, found):
            continue
        return name, _civic_number(found), _detail(found["rest"])
    return text, "", ""


def _is_part_of_name(name, found):
    """Tell whether digits belong to the name: ``Via 25 Aprile``, ``SP 12``."""
    words = name.split()
    if not words:
        return True
    last = words[-1].casefold().strip(".")
    alone = len(words) == 1 and (last in _TYPES or last in ("sp", "ss"))
    roads = ("sp", "ss", "provinciale", "statale", "prov", "stat", "sr", "s.p", "s.s")
    return alone or last in roads


def _civic_number(found):
    number = (
        str(int(found["digits"])) if found["digits"].strip("0") else found["digits"]
    )
    if found["slash"]:
        number += found["slash"].replace("\\", "/").replace(" ", "")
    elif found["letter"]:
        letter = found["letter"]
        number += f"/{letter.upper()}" if len(letter) < 3 else f" {letter.lower()}"
    if found["second"]:
        number += f"/{found['second'].upper()}"
    return number


@lru_cache(maxsize=20_000)
def _detail(text):
    text = text.strip(" ,;/-")
    if not text:
        return ""
    for pattern, full in _DETAILS:
        text = pattern.sub(full, text)
    return " ".join(text.split())


def _street_name(text):
    text = proper_case(text.strip(" ,;"), "place")
    if not text:
        return ""
    text = _cased(_write_type_out(text))
    if _HAS_SECOND.match(text):
        for pattern, full in _SECOND:
            text = pattern.sub(full, text)
    if "." in text:
        for pattern, full in _TRUNCATED.items():
            text = pattern.sub(full, text)
    if "." in text or " S " in text or " s " in text:
        text = _SAINT.sub(_saint, text)
    return _ROMAN.sub(lambda found: found[0].upper(), text)


def _cased(text):
    """Write a street as people write it, also when only its type was written out."""
    if _ROAD.match(text):
        return text
    kind, blank, rest = text.partition(" ")
    if blank and (rest.isupper() or rest.islower()):
        return proper_case(f"{kind} {rest}".upper(), "place")
    return text


def _write_type_out(text):
    code = _STREET_CODE.match(text)
    if code:
        return f"S{code[1].upper()} {text[code.end() :]}"
    found = _TYPE.match(text)
    if not found:
        return text
    short = found[1].replace(".", "").casefold()
    full = _TYPES.get(short)
    rest = text[found.end() :]
    marked = bool(found[2]) or "." in found[1]
    if full is None or not rest:
        return text
    if short in _WITH_DOT and not marked:
        return text
    if not marked and not found[0][-1:].isspace():
        return text
    return f"{full} {rest}"


def _saint(found):
    name = found[2]
    plain = name.casefold()
    if plain in _SAINTS_WOMEN:
        word = "Santa"
    elif plain in _SAINTS_MEN:
        word = "San"
    else:
        return found[0]
    name = name.capitalize()
    if plain[0] in "aeiou":
        return f"Sant'{name}"
    if word == "San" and plain.startswith(("st", "sp", "z")):
        word = "San" if plain.startswith("z") else "Santo"
    return f"{word} {name}"


@lru_cache(maxsize=20_000)
def join_civic(street, second):
    """Join a street and a second line that is nothing but its civic number.

    :param str street: without a number of its own
    :param str second: for instance ``12/A`` or ``n. 12 int. 3``
    :return: both in one line; ``None`` when the second line says something else
    :rtype: str | None
    """
    if read_street(street).number:
        return None
    line = one_street(f"{street} {second.strip(' ,')}")
    joined = read_street(line)
    if joined.number and joined.name == read_street(street).name:
        return line
    return None
