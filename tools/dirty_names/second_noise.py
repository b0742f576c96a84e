"""The second way to spoil a row: scanned forms, dictation, old registers, exports.

Written apart from the first one, with other causes: what is tuned on one is tested on
the other.
"""

import re
import unicodedata
from datetime import date

_NEIGHBOURS = {
    "a": "sqz",
    "b": "vgn",
    "c": "xvd",
    "d": "sfe",
    "e": "wrd",
    "f": "dgr",
    "g": "fht",
    "h": "gjy",
    "i": "uok",
    "l": "kop",
    "m": "nk",
    "n": "bmh",
    "o": "ipl",
    "p": "ol",
    "q": "wa",
    "r": "etf",
    "s": "adw",
    "t": "ryg",
    "u": "yij",
    "v": "cbf",
    "z": "xa",
    "1": "2",
    "2": "13",
    "3": "24",
    "4": "35",
    "5": "46",
    "6": "57",
    "7": "68",
    "8": "79",
    "9": "80",
    "0": "9",
}
_SCANNED = (
    ("rn", "m"),
    ("m", "rn"),
    ("l", "i"),
    ("i", "l"),
    ("o", "0"),
    ("cl", "d"),
    ("u", "v"),
    ("s", "5"),
    ("nn", "m"),
    ("e", "c"),
)
_HEARD = (
    ("ch", "k"),
    ("gn", "ni"),
    ("gl", "li"),
    ("cqu", "qu"),
    ("zz", "z"),
    ("tt", "t"),
    ("ll", "l"),
    ("ss", "s"),
    ("nn", "n"),
    ("rr", "r"),
    ("cc", "c"),
    ("z", "zz"),
    ("t", "tt"),
    ("i", "y"),
    ("x", "cs"),
    ("v", "w"),
    ("f", "ff"),
)
_FOND = (
    ("Giuseppe", "Pino"),
    ("Giuseppe", "Peppino"),
    ("Antonio", "Tonino"),
    ("Antonio", "Nino"),
    ("Luigi", "Gino"),
    ("Francesco", "Ciccio"),
    ("Salvatore", "Turi"),
    ("Pasquale", "Lino"),
    ("Raffaele", "Lello"),
    ("Nicola", "Nico"),
    ("Roberto", "Roby"),
    ("Stefano", "Ste"),
    ("Federica", "Fede"),
    ("Valentina", "Vale"),
    ("Simona", "Simo"),
    ("Antonella", "Lella"),
    ("Antonietta", "Etta"),
    ("Concetta", "Tina"),
    ("Carmela", "Melina"),
    ("Rosaria", "Sara"),
    ("Massimo", "Max"),
    ("Enrico", "Rico"),
    ("Ferdinando", "Nando"),
    ("Sebastiano", "Seba"),
    ("Leonardo", "Leo"),
    ("Riccardo", "Ricky"),
    ("Daniela", "Dani"),
    ("Patrizia", "Patty"),
)
_TRADE_SHORT = {
    "Impresa": "Imp.",
    "Azienda": "Az.",
    "Agricola": "Agr.",
    "Costruzioni": "Costr.",
    "Immobiliare": "Imm.re",
    "Condominio": "Cond.",
    "Studio": "St.",
    "Officine": "Off.",
    "Meccaniche": "Mecc.",
    "Servizi": "Serv.",
    "Ristorante": "Rist.",
    "Trasporti": "Trasp.",
}
_LONG_FORMS = {
    "S.r.l.": (
        "Societa a responsabilita limitata",
        "S R L",
        "s.r.l. unipersonale",
        "S.RL.",
    ),
    "S.n.c.": ("s n c", "S.N.C. di", "snc"),
    "S.a.s.": ("S A S", "s.a.s. & C."),
    "S.p.A.": ("S P A", "Societa per azioni"),
    "S.r.l.s.": ("Srl semplificata", "S.R.L.S."),
}


class SecondNoise:
    """Spoils values in another manner than :class:`FirstNoise`."""

    def __init__(self, rng, people, strength=1.0):
        self.rng, self.people, self.strength = rng, people, strength

    def now(self, odds):
        return self.rng.random() < odds * self.strength

    def row(self, entity):
        """Return a row of an entity out of some register."""
        entity = dict(entity)
        moved = self.now(0.025)
        if moved:
            entity |= self.people.address()
        company = entity["kind"] == "company"
        row = {
            "person": self._who(entity, company),
            "company": self._firm(entity) if company else "",
            "phones": self._numbers(entity, moved),
            "email": self._mail(entity["email"]),
            "fiscal_code": self._code(entity["fiscal_code"], 0.15),
            "vat_number": self._code(entity.get("vat_number", ""), 0.45),
            "birth_date": self._born(entity["born"]),
            **self._place(entity),
        }
        if company and row["person"] == "" and self.now(0.03):
            # The column of the contact holds the company.
            row["person"], row["company"] = row["company"], ""
        return self._export(row)

    def _who(self, entity, company):
        rng = self.rng
        if company and (not entity["given"] or rng.random() < 0.55):
            return ""
        given, surname = entity["given"], entity["surname"]
        fond = [short for name, short in _FOND if name == given]
        if fond and self.now(0.08):
            given = rng.choice(fond)
        if entity.get("sex") == "f" and self.now(0.02):
            other = self.people.surnames(rng)
            surname = rng.choice((other, f"{surname} {other}", f"{other} in {surname}"))
        if not company and self.now(0.02):
            # A second name that only the register office uses.
            draw = self.people.men if entity["sex"] == "m" else self.people.women
            given += " " + draw(rng)
        if self.now(0.015):
            given = given[0]
        given, surname = self._misspell(given, 0.05), self._misspell(surname, 0.07)
        text = f"{surname} {given}" if rng.random() < 0.55 else f"{given} {surname}"
        if " " in surname and self.now(0.3):
            text = text.replace(surname, surname.replace(" ", "").replace("'", ""))
        if self.now(0.01):
            text = surname
        return text

    def _firm(self, entity):
        rng, words = self.rng, entity["name"].split()
        if len(words) > 1:
            words = [
                _TRADE_SHORT[word] if word in _TRADE_SHORT and self.now(0.3) else word
                for word in words
            ]
        if " di " in entity["name"] and self.now(0.3):
            words = words[: words.index("di")]
        if len(words) == 2 and self.now(0.12):
            words.reverse()
        name = " ".join(self._misspell(word, 0.04) for word in words)
        form = entity["form"]
        if form and self.now(0.25):
            form = rng.choice(_LONG_FORMS[form])
        elif form and self.now(0.2):
            form = ""
        return (
            f"{form} {name}"
            if form and rng.random() < 0.03
            else f"{name} {form}".strip()
        )

    def _numbers(self, entity, moved):
        rng, found = self.rng, []
        if entity["mobile"] and rng.random() < 0.72:
            found.append(self.people.mobile() if self.now(0.05) else entity["mobile"])
        if (
            entity["landline"]
            and rng.random() < 0.6
            and not (moved and rng.random() < 0.7)
        ):
            found.append(entity["landline"])
        found = [self._digits(number, 0.02) for number in found]
        if self.now(0.03):
            found.append(self.people.mobile())
        if self.now(0.005):
            found.append(
                rng.choice(("+393331234567", "+390000000000", "+393400000000"))
            )
        rng.shuffle(found)
        return tuple(found)

    def _digits(self, number, odds):
        """Hit the next key, or dial two digits the wrong way round."""
        if not self.now(odds):
            return number
        at = self.rng.randrange(4, len(number) - 1)
        if self.rng.random() < 0.5:
            return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        return number[:at] + self.rng.choice(_NEIGHBOURS[number[at]]) + number[at + 1 :]

    def _mail(self, mail):
        rng = self.rng
        if self.now(0.006):
            return rng.choice(
                ("info@gmail.com", "nomail@nomail.it", "cliente@libero.it")
            )
        if not mail or rng.random() > 0.6:
            return ""
        mailbox, _at, domain = mail.partition("@")
        if self.now(0.03):
            domain = rng.choice(
                (
                    domain.replace(".it", ".com"),
                    domain.replace("gmail", "gmial"),
                    domain[:-1],
                )
            )
        if self.now(0.04):
            mailbox = self._misspell(mailbox, 1.0)
        if self.now(0.05):
            return ""
        return f"{mailbox}@{domain}"

    def _code(self, code, share):
        if not code or self.rng.random() > share:
            return ""
        if self.now(0.04):
            return (
                self._digits("0000" + code, 99)[4:]
                if code.isdigit()
                else self._swap(code)
            )
        return code

    def _swap(self, text):
        at = self.rng.randrange(len(text) - 1)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    def _born(self, born):
        if not born or self.rng.random() > 0.15:
            return None
        if self.now(0.03) and born.day < 13:
            return date(born.year, born.day, born.month)
        if self.now(0.02):
            return date(born.year, 1, 1)
        return born

    def _place(self, entity):
        rng = self.rng
        street = entity["street"]
        if self.now(0.2):
            street = re.sub(
                r"^(Via|Viale|Piazza|Corso|Vicolo)",
                lambda m: {
                    "Via": "V.",
                    "Viale": "V.LE",
                    "Piazza": "PZZA",
                    "Corso": "CSO",
                    "Vicolo": "VLO",
                }[m[0]],
                street,
            )
        elif self.now(0.08):
            street = street.split(" ", 1)[-1]
        if self.now(0.15) and len(street.split()) > 2:
            kind, *_first, last = street.split()
            street = f"{kind} {last}"
        street = self._misspell(street, 0.06, start=4)
        civic = entity["civic"]
        if self.now(0.07):
            civic = rng.choice(
                (
                    "",
                    "snc",
                    f"{civic}/{rng.randrange(1, 5)}",
                    f"{civic} A",
                    self._digits("00000" + civic + "0", 99)[5:-1],
                )
            )
        town, code = entity["city"], entity["zip"]
        if self.now(0.04):
            town = self._short_town(town)
        elif self.now(0.03):
            # A hamlet stands where the town should.
            town = self.people.surnames(rng) + " di Sopra"
        if self.now(0.05):
            code = code[:2] + "100" if rng.random() < 0.6 else code[:3] + "00"
        if rng.random() < 0.12:
            street, civic = "", ""
        return {
            "street": f"{street}{rng.choice((' ', ', ', ' N. '))}{civic}".strip(" ,N.")
            if civic
            else street,
            "zip": code if rng.random() < 0.8 else "",
            "city": self._misspell(town, 0.03) if rng.random() < 0.92 else "",
            "province": entity["province"] if rng.random() < 0.7 else "",
        }

    def _short_town(self, town):
        return re.sub(r"\b(San|Santa|Sant')\s?", "S. ", town).replace("Monte", "M.te")[
            :22
        ]

    def _export(self, row):
        """Do what programs do: capitals, no accents, columns that are too narrow."""
        if self.rng.random() < 0.45:
            for name in ("person", "company", "street", "city"):
                row[name] = row[name].upper()
        if self.now(0.3):
            for name in ("person", "company", "street", "city"):
                plain = unicodedata.normalize("NFD", row[name])
                row[name] = "".join(c for c in plain if not unicodedata.combining(c))
        if self.now(0.04):
            row["company"] = row["company"][:20].strip()
            row["person"] = row["person"][:16].strip()
            row["street"] = row["street"][:18].strip()
        return row

    def _misspell(self, text, odds, start=0):
        """Spoil a text by the scanner, by ear or by the next key."""
        if len(text) < start + 3 or not self.now(odds):
            return text
        head, body = text[:start], text[start:]
        kind = self.rng.random()
        if kind < 0.65:
            table = _SCANNED if kind < 0.25 else _HEARD
            fits = [pair for pair in table if pair[0] in body.lower()[1:]]
            if fits:
                old, new = self.rng.choice(fits)
                at = body.lower().index(old, 1)
                return head + body[:at] + new + body[at + len(old) :]
        at = self.rng.randrange(1, len(body))
        key = _NEIGHBOURS.get(body[at].lower())
        if key and self.rng.random() < 0.6:
            return head + body[:at] + self.rng.choice(key) + body[at + 1 :]
        return head + body[:at] + body[at + 1 :]
