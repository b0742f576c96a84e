"""The archive as it truly is: households, namesakes, companies and who is near them.

Each entity becomes one or more rows later on. Entities that look alike and are not one
are made on purpose: families on one telephone, father and son of one name, branches,
franchises, sister companies, the condominiums of one administrator.
"""

import random
import re
from datetime import date, timedelta

from . import engine, tables

normalise = engine.load("plain_text").normalise
_MONTHS = "ABCDEHLMPRST"


class People:
    """Makes entities, each a dictionary of values.

    :param int seed: the same seed makes the same entities
    """

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.men, self.women = tables.given_names()
        self.surnames = tables.surnames()
        self.streets = tables.streets()
        self.places = tables.places()
        self.known_vat = set()

    def entities(self, count):
        """Yield so many entities."""
        made = 0
        while made < count:
            for entity in self._group():
                made += 1
                yield entity

    def _group(self):
        kind = self.rng.random()
        if kind < 0.74:
            return self._household()
        if kind < 0.95:
            return [self._company()]
        if kind < 0.962:
            return self._branches()
        if kind < 0.974:
            return self._franchise()
        if kind < 0.99:
            return self._sisters()
        return self._condominiums()

    # ------------------------------------------------------------
    # People
    # ------------------------------------------------------------

    def _household(self):
        rng, place = self.rng, self.address()
        size = rng.choices((1, 2, 3, 4), (52, 28, 12, 8))[0]
        surname = self.surnames(rng)
        landline = self.landline(place) if rng.random() < 0.65 else ""
        parents = [self._person(surname, "m", (1935, 1985), place, landline)]
        if size > 1:
            own = surname if rng.random() < 0.15 else self.surnames(rng)
            parents.append(self._person(own, "f", (1935, 1985), place, landline))
            self._share(*parents)
        elif rng.random() < 0.45:
            parents = [self._person(surname, "f", (1935, 1998), place, landline)]
        children = [
            self._person(surname, rng.choice("mf"), (1970, 2004), place, landline)
            for _each in range(size - 2)
        ]
        if children and rng.random() < 0.025:
            # The grandson, or the son, carries the same name.
            children[0]["given"] = parents[0]["given"]
            children[0]["sex"] = "m"
            self._person_codes(children[0])
        return parents + children

    def _share(self, first, second):
        for name, chance in (("email", 0.18), ("mobile", 0.1)):
            if self.rng.random() < chance:
                second[name] = first[name]

    def _person(self, surname, sex, years, place, landline):
        rng = self.rng
        given = (self.men if sex == "m" else self.women)(rng)
        start, end = date(years[0], 1, 1), date(years[1], 12, 31)
        born = start + timedelta(days=rng.randrange((end - start).days))
        person = {
            "kind": "person",
            "given": given,
            "surname": surname,
            "sex": sex,
            "born": born,
            "mobile": self.mobile() if rng.random() < 0.8 else "",
            "landline": landline,
            **place,
        }
        person["email"] = self._mail(given, surname, born) if rng.random() < 0.6 else ""
        self._person_codes(person)
        return person

    def _person_codes(self, person):
        """Give a codice fiscale; its last four characters are drawn, not looked up."""
        rng, born = self.rng, person["born"]
        day = born.day + (40 if person["sex"] == "f" else 0)
        person["fiscal_code"] = (
            _three(person["surname"])
            + _three(person["given"], given=True)
            + f"{born:%y}{_MONTHS[born.month - 1]}{day:02}"
            + rng.choice("ABCDEFGHIL")
            + f"{rng.randrange(100, 999)}"
            + rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        )

    def _mail(self, given, surname, born):
        rng = self.rng
        first, last = (normalise(text).replace(" ", "") for text in (given, surname))
        mailbox = rng.choice(
            (
                f"{first}.{last}",
                f"{first[0]}.{last}",
                f"{last}.{first}",
                f"{first}{last}{born:%y}",
                f"{first[0]}{last}{rng.randrange(1, 99)}",
                f"{last}{rng.randrange(100)}",
                f"{first}{born:%Y}",
                f"{first}_{last}{rng.randrange(10)}",
            )
        )
        services, weights = zip(*tables.MAIL_SERVICES, strict=True)
        return f"{mailbox}@{rng.choices(services, weights)[0]}"

    # ------------------------------------------------------------
    # Companies
    # ------------------------------------------------------------

    def _company(self, name=None, place=None, **values):
        rng = self.rng
        place = place or self.address()
        name = name or self._company_name()
        words = normalise(name[0]).split()
        common = engine.load("italy").COMPANY_WORDS
        word = max(words, key=lambda word: (word not in common, len(word)))
        domain = (
            f"{word}{rng.choice(('', '', 'srl', 'online', str(rng.randrange(99))))}.it"
        )
        mailbox = rng.choice(
            ("info", "info", "amministrazione", "ufficio", "commerciale")
        )
        mail = (
            f"{mailbox}@{domain}"
            if rng.random() < 0.7
            else self._mail(word, word, date(1990, 1, 1))
        )
        company = {
            "kind": "company",
            "name": name[0],
            "form": name[1],
            "given": self.men(rng) if rng.random() < 0.5 else "",
            "surname": self.surnames(rng),
            "mobile": self.mobile() if rng.random() < 0.35 else "",
            "landline": self.landline(place),
            "email": mail if rng.random() < 0.7 else "",
            "vat_number": self.vat(),
            "fiscal_code": "",
            "born": None,
            **place,
        }
        return {**company, **values}

    def _company_name(self):
        rng, forms = self.rng, tables.FORMS
        form = rng.choices([f for f, _w in forms], [w for _f, w in forms])[0]
        trade = rng.choice(tables.TRADES)
        surname, given = self.surnames(rng), self.men(rng)
        kind = rng.random()
        if kind < 0.25:
            return f"{trade} {surname}", form
        if kind < 0.45:
            return f"{trade} {surname} di {surname} {given}", rng.choice(
                ("", "", "S.n.c.")
            )
        if kind < 0.55:
            return f"Fratelli {surname}", rng.choice(("S.n.c.", "S.r.l."))
        if kind < 0.65:
            return f"{surname} {trade}", form
        fancy = rng.choice(tables.FANCY) + rng.choice(tables.FANCY_TAILS)
        if kind < 0.85:
            return (fancy.capitalize(), form)
        return f"{fancy.capitalize()} {trade}", form

    def _branches(self):
        """One company with one partita IVA in several places: each site is a name."""
        head = self._company()
        sites = [head]
        for _each in range(self.rng.randrange(1, 4)):
            place = self.address()
            sites.append(
                {
                    **head,
                    **place,
                    "landline": self.landline(place),
                    "mobile": "",
                    "email": head["email"] if self.rng.random() < 0.4 else "",
                }
            )
        return sites

    def _franchise(self):
        """One brand, many owners."""
        brand = self.rng.choice(tables.BRANDS)
        form = self.rng.choice(("S.r.l.", "", "S.a.s."))
        return [
            self._company((brand, form)) for _each in range(self.rng.randrange(2, 5))
        ]

    def _sisters(self):
        """Companies of one owner in one house, on one telephone."""
        rng, place, surname = self.rng, self.address(), self.surnames(self.rng)
        landline = self.landline(place)
        trades = rng.sample(sorted(set(tables.TRADES)), 2)
        shared = {"landline": landline, "surname": surname, "given": self.men(rng)}
        first = self._company((f"{surname} {trades[0]}", "S.r.l."), place, **shared)
        second = self._company((f"{surname} {trades[1]}", "S.r.l."), place, **shared)
        if rng.random() < 0.5:
            second["email"] = first["email"]
        return [first, second]

    def _condominiums(self):
        """Houses of one administrator, on his telephone and e-mail."""
        rng, place = self.rng, self.address()
        office = self._company(
            (f"Studio {self.surnames(rng)} Amministrazioni", ""), place
        )
        houses = [office]
        for _each in range(rng.randrange(4, 16)):
            house = {
                **place,
                "civic": str(rng.randrange(1, 90)),
                "street": self.street(),
            }
            called = f"{house['street'].split(' ', 1)[-1]} {house['civic']}"
            if rng.random() < 0.3:
                called = f"Residenza {self.surnames(rng)}"
            houses.append(
                self._company(
                    (f"Condominio {called}", ""),
                    house,
                    landline=office["landline"],
                    mobile="",
                    email=office["email"],
                    given="",
                    vat_number="",
                )
            )
            houses[-1]["fiscal_code"] = self.vat()
        return houses

    # ------------------------------------------------------------
    # Places and numbers
    # ------------------------------------------------------------

    def street(self):
        """Return a street with its type."""
        types, weights = zip(*tables.STREET_TYPES, strict=True)
        return f"{self.rng.choices(types, weights)[0]} {self.streets(self.rng)}"

    def address(self):
        """Return the values of an address."""
        town, code, province, area = self.places(self.rng)
        return {
            "street": self.street(),
            "civic": str(int(self.rng.expovariate(1 / 35)) + 1),
            "zip": code,
            "city": town,
            "province": province,
            "area": area,
        }

    def mobile(self):
        """Return a mobile number in E.164."""
        prefix = self.rng.choice(
            "320 328 329 333 334 335 338 339 340 347 348 349 366 380 389 392".split()
        )
        return f"+39{prefix}{self.rng.randrange(10**6, 10**7)}"

    def landline(self, place):
        """Return a fixed line of a place in E.164."""
        digits = 10 - len(place["area"])
        number = self.rng.randrange(2 * 10 ** (digits - 1), 10**digits)
        return f"+39{place['area']}{number}"

    def vat(self):
        """Return a partita IVA that passes its check."""
        while True:
            digits = [self.rng.randrange(10) for _each in range(10)]
            total = 0
            for at, digit in enumerate(digits):
                digit = digit * 2 if at % 2 else digit
                total += digit - 9 if digit > 9 else digit
            number = "".join(map(str, digits)) + str(-total % 10)
            if number not in self.known_vat:
                self.known_vat.add(number)
                return number


def _three(name, given=False):
    """Return the three letters by which a codice fiscale knows a name."""
    letters = re.sub("[^A-Z]", "", normalise(name).upper())
    consonants = re.sub("[AEIOU]", "", letters)
    if given and len(consonants) > 3:
        consonants = consonants[0] + consonants[2:]
    vowels = re.sub("[^AEIOU]", "", letters)
    return (consonants + vowels + "XXX")[:3]
