"""What the names of the big database are drawn from: the tables of tests/data, widened.

The lists of a seller hold a hundred surnames and places; three million names need
more, or every search and every comparison would meet crowds that don't exist.
"""

import importlib.util
from itertools import accumulate, product

from ...environment import settings

#: Entries of an expanded table: what is common fills more of them.
ENTRIES = 16384
#: Shares of the places, in per cent: where the demo's agents work, real, made up.
PLACE_SHARES = (45, 10, 45)
#: Share of the surnames of the lists; the others are built from their stems.
SURNAME_SHARE = 55
SURNAME_ENDINGS = (
    "ini ino etti etto otti otto elli ello oni one ucci uzzi acci azzi ato ati ari "
    "aro esi ese ani ano eri ero"
).split()
TOWN_FIRST = (
    "San|Santa Maria|Castel|Borgo|Villa|Monte|Torre|Rocca|Campo|Ponte|Pieve|Serra"
).split("|")
TOWN_LAST = (
    "Giorgio|Martino|Nuovo|Vecchio|del Colle|al Piano|d'Arno|Franco|Bianco|Lungo|"
    "della Valle|in Selva|Alto|Basso|Reale|Chiaro|di Sopra|di Sotto"
).split("|")
TOWNS_PER_PROVINCE = 24
#: First digits of the CAP of each province.
PROVINCES = dict(
    pair.split("=")
    for pair in (
        "AG=92 AL=15 AN=60 AO=11 AR=52 AP=63 AT=14 AV=83 BA=70 BT=76 BL=32 BN=82 "
        "BG=24 BI=13 BO=40 BZ=39 BS=25 BR=72 CA=09 CL=93 CB=86 CE=81 CT=95 CZ=88 "
        "CH=66 CO=22 CS=87 CR=26 KR=88 CN=12 EN=94 FM=63 FE=44 FI=50 FG=71 FC=47 "
        "FR=03 GE=16 GO=34 GR=58 IM=18 IS=86 SP=19 AQ=67 LT=04 LE=73 LC=23 LI=57 "
        "LO=26 LU=55 MC=62 MN=46 MS=54 MT=75 ME=98 MI=20 MO=41 MB=20 NA=80 NO=28 "
        "NU=08 OR=09 PD=35 PA=90 PR=43 PV=27 PG=06 PU=61 PE=65 PC=29 PI=56 PT=51 "
        "PN=33 PZ=85 PO=59 RG=97 RA=48 RC=89 RE=42 RI=02 RN=47 RM=00 RO=45 SA=84 "
        "SS=07 SV=17 SI=53 SR=96 SO=23 TA=74 TE=64 TR=05 TO=10 TP=91 TN=38 TV=31 "
        "TS=34 UD=33 VA=21 VE=30 VB=28 VC=13 VR=37 VV=89 VI=36 VT=01"
    ).split()
)


def names_module():
    """Return the tables of the list generator."""
    path = settings.ROOT / "tests" / "data" / "name_tables.py"
    spec = importlib.util.spec_from_file_location("name_tables", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def all_tables():
    """Return the rows of each table to draw from, expanded by weight.

    :return: rows by table name; a row is a tuple of texts
    :rtype: dict[str, list[tuple]]
    """
    names = names_module()
    first = [*_zipf(names.MALE_NAMES, 48), *_zipf(names.FEMALE_NAMES, 48)]
    first += [(name, 4 / len(names.COMPOUND_NAMES)) for name in names.COMPOUND_NAMES]
    streets = [(name, 1.0) for name in names.STREET_NAMES]
    streets += [
        (f"{first_name} {surname}", 0.08)
        for first_name, surname in zip(
            names.MALE_NAMES * 6, _built_surnames(names)[::5], strict=False
        )
    ]
    forms = [(spelt[0], weight) for spelt, weight in names.LEGAL_FORMS]
    return {
        "surname": _expand(
            _zipf(names.SURNAMES, SURNAME_SHARE)
            + _zipf(_built_surnames(names), 100 - SURNAME_SHARE)
        ),
        "first_name": _expand(first),
        "street_type": _expand([(row[0], row[-1]) for row in names.STREET_TYPES]),
        "street_name": _expand(streets),
        "trade": _expand([(trade, 1.0) for trade in names.TRADES]),
        "legal_form": _expand(forms),
        "mobile_prefix": _expand([(prefix, 1.0) for prefix in names.MOBILE_PREFIXES]),
    }


def places():
    """Return (cap, town, province, dialling code, weight) of each place."""
    names = names_module()
    real = [_parse(names.LOMBARDIA), _parse(names.ELSEWHERE)]
    areas = sorted({row[3] for rows in real for row in rows})
    made_up = []
    for number, (province, digits) in enumerate(sorted(PROVINCES.items())):
        pairs = list(product(TOWN_FIRST, TOWN_LAST))[number::7][:TOWNS_PER_PROVINCE]
        for town, (first, last) in enumerate(pairs):
            cap = f"{digits}{town * 37 % 1000:03d}"
            area = areas[(number * 5 + town) % len(areas)]
            made_up.append((cap, f"{first} {last}", province, area, 1.0))
    found = []
    for rows, share in zip([*real, made_up], PLACE_SHARES, strict=True):
        total = sum(row[4] for row in rows)
        found += [(*row[:4], row[4] * share / total) for row in rows]
    return found


def expanded_places(numbers):
    """Return the place numbers repeated by weight, as rows of one text."""
    weighted = [(str(number), place[4]) for number, place in numbers]
    return _expand(weighted)


def _parse(text):
    rows = [line.split("|") for line in text.split("\n") if line]
    return [(*row[:4], float(row[4])) for row in rows]


def _built_surnames(names):
    """Return surnames made of the stems of known ones."""
    stems = sorted({name.rstrip("aeiouàèìòù") for name in names.SURNAMES})
    stems = [stem for stem in stems if len(stem) > 3 and " " not in stem]
    built = {f"{stem}{ending}" for stem in stems for ending in SURNAME_ENDINGS}
    return sorted(built - set(names.SURNAMES), key=lambda name: (len(name), name))


def _zipf(values, share):
    """Weigh values by their place; together they get ``share``."""
    weights = [1 / (place + 6) for place in range(len(values))]
    total = sum(weights)
    return [
        (value, weight * share / total)
        for value, weight in zip(values, weights, strict=True)
    ]


def _expand(weighted):
    """Repeat values by weight into ``ENTRIES`` rows; each is there at least once."""
    total = sum(weight for _value, weight in weighted)
    spare = ENTRIES - len(weighted)
    bounds = accumulate(weight * spare / total for _value, weight in weighted)
    rows, filled = [], 0
    for (value, _weight), bound in zip(weighted, bounds, strict=True):
        more = round(bound) - filled
        filled += more
        rows += [(value,)] * (1 + more)
    return rows
