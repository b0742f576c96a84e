"""An archive of names with duplicates, households, companies and customers."""

import random

_GIVEN = "Mario Maria Giuseppe Anna Luigi Luca Paola Sara Franco Elena Ugo Ivo".split()
_SURNAMES = (
    "Rossi Russo Ferrari Bianchi Romano Gallo Conti Zanardelli Bertoglio Pasolini"
    " Ghidini Archetti Lancini Turla Quaresmini Bonomelli Sgarbossa Peli Gnutti"
).split()
_STREETS = "Garibaldi Mazzini Verdi Zanardelli Trieste Milano Crispi Foppa".split()
_TOWNS = (("Brescia", "25121"), ("Chiari", "25032"), ("Iseo", "25049"))
#: Columns of a row of ``rows``.
COLUMNS = (
    "name contact_name partner_name lead_kind mobile_e164 phone_e164 email_normalized"
    " fiscal_code vat_number street zip city"
).split()


def rows(count, mark, seed=1):
    """Yield names: of most people one, of some several that are spelt otherwise.

    :param int count: how many names
    :param str mark: part of each e-mail, so that archives of two tests differ
    """
    rng, made = random.Random(seed), 0  # noqa: S311 - no secret
    while made < count:
        house = _house(rng, made)
        for _person in range(rng.choice((1, 1, 1, 2))):
            person = _person_of(rng, house, made, mark)
            for copy in range(rng.choice((1, 1, 1, 2, 3))):
                if made < count:
                    made += 1
                    yield _spoilt(rng, person) if copy else person


def _house(rng, number):
    town, code = rng.choice(_TOWNS)
    return {
        "phone_e164": f"+39030{2000000 + number * 37 % 900000}",
        "street": f"Via {rng.choice(_STREETS)} {rng.randrange(1, 90)}",
        "zip": code,
        "city": town,
    }


def _person_of(rng, house, number, mark):
    surname = rng.choice(_SURNAMES)
    given = rng.choice(_GIVEN)
    values = dict.fromkeys(COLUMNS)
    values.update(house, lead_kind="person")
    values["contact_name"] = f"{surname} {given}"
    if rng.random() < 0.15:
        values["partner_name"] = f"{rng.choice(_SURNAMES)} Impianti {number} Srl"
        values["lead_kind"] = "company"
    if rng.random() < 0.8:
        values["mobile_e164"] = f"+39347{2000000 + number * 7919 % 7000000}"
    if rng.random() < 0.4:
        values["email_normalized"] = f"{given}.{number}.{mark}@example.com".lower()
    if rng.random() < 0.3:
        letters = "".join(rng.choices("ABCDEFGHILMNPQRST", k=6))
        values["fiscal_code"] = f"{letters}70A01B157{rng.choice('ABCXYZ')}"
    values["name"] = values["contact_name"]
    return values


def _spoilt(rng, person):
    """Return a name as the next list has it."""
    values = dict(person)
    words = person["contact_name"].split()
    if rng.random() < 0.5:
        words.reverse()
    if rng.random() < 0.3:
        at = rng.randrange(1, len(words[0]) - 1)
        words[0] = words[0][:at] + words[0][at + 1 :]
    values["contact_name"] = values["name"] = " ".join(words)
    for name in ("mobile_e164", "email_normalized", "fiscal_code", "street"):
        if rng.random() < 0.3:
            values[name] = None
    return values
