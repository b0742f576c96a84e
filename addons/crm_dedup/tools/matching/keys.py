"""Keys by which names that may be one find each other, without comparing all."""

from hashlib import blake2b

from ..italy import COMPANY_WORDS, GIVEN_NAMES
from .prepare import Prepared, prepare, skeleton


def hashed(text):
    """Return the key of a text, the same in every process: signed, of 64 bits."""
    digest = blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def keys_of(record):
    """Return the keys of a record. Two records with one in common are compared.

    Keys that too many records have are not used (``MatchSettings.block_limit``), so
    those that tell little in a big archive tell something in a small one.

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
        house = skeleton(max(record.street, key=len)) + record.civic
        yield f"h{house}{_area(record)}"
    if record.person:
        yield from _person_keys(record, house)
    if record.company:
        yield from _company_keys(record, house)


def _area(record):
    return record.city[:4] or record.zip[:3]


def _person_keys(record, house):
    words = sorted({skeleton(word) for word in record.person})
    whole = " ".join(sorted(record.person))
    yield "n" + whole
    if record.city:
        yield f"c{' '.join(words)}/{skeleton(record.city)}"
    if record.zip:
        yield f"z{' '.join(words)}/{record.zip[:3]}"
    if record.birth:
        yield "b" + record.birth
        yield f"y{' '.join(words)}/{record.birth[:4]}"
    for word in words:
        if house:
            yield f"a{word}/{house}"


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
