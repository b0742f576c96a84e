"""Keys by which names that may be one find each other, without comparing all.

The last bit of a key says how telling it is: those of a telephone end in 0, those of
a name without its place in 1. Keys that many have are not looked at, weak ones much
sooner than telling ones, so that what says little in a big archive says something in
a small one.
"""

from hashlib import blake2b

from ..italy import COMPANY_WORDS, GIVEN_NAMES, PROVINCES_BY_CAP
from .prepare import Prepared, prepare, skeleton

#: The first digits of the postcodes of a province.
_ZIPS = {
    province: start
    for start, provinces in reversed(PROVINCES_BY_CAP.items())
    for province in provinces
}
#: Keys of these kinds are weak.
_WEAK = frozenset("nNTCbdmtqz")


def hashed(text):
    """Return the key of a text, the same in every process: signed, of 64 bits.

    :param str text: its first letter is the kind of the key
    """
    digest = blake2b(text.encode(), digest_size=8).digest()
    key = int.from_bytes(digest, "big", signed=True)
    return key | 1 if text[0] in _WEAK else key & ~1


def is_weak(key):
    """Tell whether a key says little."""
    return bool(key & 1)


def keys_of(record):
    """Return the keys of a record. Two records with one in common are compared.

    :param record: a ``MatchRecord`` or one that ``prepare`` made of it
    :return: signed 64-bit numbers without doubles
    :rtype: list[int]
    """
    if not isinstance(record, Prepared):
        record = prepare(record)
    return [hashed(text) for text in dict.fromkeys(key_texts(record))]


def key_texts(record):
    """Yield the keys of a prepared record before they are hashed."""
    for phone in record.phones:
        yield "p" + phone
    if record.email:
        yield "e" + record.email
        if len(record.mailbox) > 7:
            yield "m" + record.mailbox
    if record.fiscal_code:
        yield "f" + record.fiscal_code
    if record.vat_number:
        yield "v" + record.vat_number
    house = ""
    if record.street and record.civic:
        street = skeleton(max(record.street, key=len))
        house = f"{street}{record.civic}/{area(record)}"
    if record.place:
        yield f"q{skeleton(record.place)}/{record.zip}"
    if record.person:
        yield from _person_keys(record, house)
    if record.company:
        yield from _company_keys(record, house)


def area(record):
    """Return roughly where a record is: the first digits of the postcodes there."""
    if record.zip:
        return record.zip[:2]
    return _ZIPS.get(record.province) or record.city[:3]


def _person_keys(record, house):
    words = sorted({skeleton(word) for word in record.person})
    yield "n" + " ".join(sorted(record.person))
    if record.city:
        yield f"c{' '.join(words)}/{skeleton(record.city)}"
    if record.zip:
        yield f"z{' '.join(words)}/{record.zip[:3]}"
        for word in record.person:
            if word not in GIVEN_NAMES:
                yield f"t{skeleton(word)}/{record.zip}"
    if record.birth:
        for word in words:
            yield f"b{record.birth}/{word[:1]}"
        yield f"y{' '.join(words)}/{record.birth[:4]}"
        yield from _birth_keys(record, house)
    for word in words:
        if house:
            yield f"a{word}/{house}"


def _birth_keys(record, house):
    """Yield keys of part of the day of birth, for a day or an address misspelt."""
    year, day = record.birth[:4], record.birth[4:]
    if house:
        yield f"g{house}/{year}"
        yield f"i{house}/{day}"
    if record.zip:
        yield f"j{record.zip}/{record.birth[:6]}"
        yield f"k{record.zip}/{day}"
    if record.city:
        yield f"l{skeleton(record.city)}/{day}"


def _company_keys(record, house):
    telling = [word for word in record.company if word not in COMPANY_WORDS]
    telling = telling or record.company
    words = sorted({skeleton(word) for word in telling})
    yield "N" + "".join(sorted(record.company))
    yield f"C{' '.join(words)}/{skeleton(record.city)}"
    if record.domain:
        yield "d" + record.domain
    longest = sorted(
        (word for word in telling if word not in GIVEN_NAMES), key=len, reverse=True
    )
    for word in longest[:2]:
        yield f"T{skeleton(word)}/{record.city[:4] or record.zip[:3]}"
        if house:
            yield f"A{skeleton(word)}/{house}"
