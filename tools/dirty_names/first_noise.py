"""The first way to spoil a row: haste at the keyboard, and what people leave out."""

import string

_STREET_SHORT = {
    "Via": ("V.", "Via", "via"),
    "Viale": ("V.le", "Vle"),
    "Piazza": ("P.zza", "P.za", "Pza"),
    "Corso": ("C.so",),
    "Vicolo": ("V.lo", "Vic."),
}
_NICKS = {
    "Giuseppe": ("Beppe", "Pino", "Peppe"),
    "Giovanni": ("Gianni", "Nanni"),
    "Francesco": ("Franco",),
    "Antonio": ("Tonino", "Toni"),
    "Luigi": ("Gigi", "Gino"),
    "Salvatore": ("Salvo",),
    "Domenico": ("Mimmo",),
    "Vincenzo": ("Enzo",),
    "Alessandro": ("Sandro", "Alex"),
    "Lorenzo": ("Renzo",),
    "Giuseppina": ("Pina", "Giusy"),
    "Giovanna": ("Gianna",),
    "Maria": ("Mariuccia",),
    "Caterina": ("Rina",),
    "Margherita": ("Rita",),
    "Luigia": ("Gina",),
    "Francesca": ("Franca",),
    "Massimiliano": ("Max", "Massi"),
    "Federico": ("Fede",),
    "Elisabetta": ("Betta", "Lisa"),
}
_FORMS = {
    "S.r.l.": ("SRL", "S.R.L.", "srl", "S.r.l", ""),
    "S.n.c.": ("SNC", "snc", "S.N.C.", ""),
    "S.a.s.": ("SAS", "sas", ""),
    "S.p.A.": ("SPA", "spa", "S.P.A."),
    "S.r.l.s.": ("SRLS", "srls", "S.R.L."),
}


class FirstNoise:
    """Spoils values; ``strength`` 1 is a bought list of middling care.

    :param people: where new addresses and numbers come from
    """

    def __init__(self, rng, people, strength=1.0):
        self.rng, self.people, self.strength = rng, people, strength

    def chance(self, odds):
        return self.rng.random() < odds * self.strength

    def row(self, entity):
        """Return a row of an entity as somebody wrote it."""
        rng, entity = self.rng, dict(entity)
        self._life(entity)
        row = {
            "person": self._person(entity),
            "company": self._company(entity) if entity["kind"] == "company" else "",
            "phones": self._phones(entity),
            "email": self._email(entity),
            "fiscal_code": "",
            "vat_number": "",
            "birth_date": None,
        }
        if entity["fiscal_code"] and rng.random() < 0.12:
            row["fiscal_code"] = self.typo(entity["fiscal_code"], 0.05)
        if entity.get("vat_number") and rng.random() < 0.5:
            row["vat_number"] = self.typo(entity["vat_number"], 0.03, string.digits)
        if entity["born"] and rng.random() < 0.12:
            row["birth_date"] = entity["born"]
            if self.chance(0.03):
                row["birth_date"] = entity["born"].replace(day=rng.randrange(1, 28))
        row |= self._address(entity)
        return self._case(row)

    def _life(self, entity):
        """What changes in a life: people move house and change their number."""
        if self.chance(0.02):
            entity |= self.people.address()
            if self.chance(0.5):
                entity["landline"] = ""
        if self.chance(0.05):
            entity["mobile"] = self.people.mobile()
        if entity["email"] and self.chance(0.06):
            entity["email"] = ""

    def _person(self, entity):
        if entity["kind"] == "company" and (
            not entity["given"] or self.rng.random() < 0.6
        ):
            return ""
        given, surname = entity["given"], entity["surname"]
        if given in _NICKS and self.chance(0.06):
            given = self.rng.choice(_NICKS[given])
        elif " " in given and self.chance(0.3):
            given = self.rng.choice((given.split()[0], given.replace(" ", "")))
        elif self.chance(0.02):
            given = given[0] + "."
        given, surname = self.typo(given, 0.05), self.typo(surname, 0.06)
        words = [given, surname] if self.rng.random() < 0.6 else [surname, given]
        if self.chance(0.02):
            words.insert(0, self.rng.choice(("Sig.", "Sig.ra", "Dott.", "Geom.")))
        return " ".join(words)

    def _company(self, entity):
        name, form = entity["name"], entity["form"]
        if form:
            form = self.rng.choice(_FORMS[form]) if self.chance(0.6) else form
        words = name.split()
        if " di " in name and self.chance(0.35):
            words = name.split(" di ")[0].split()
        elif len(words) > 2 and self.chance(0.05):
            words.pop(self.rng.randrange(len(words)))
        if words[0] == "Fratelli" and self.chance(0.6):
            words[0] = self.rng.choice(("F.lli", "Flli"))
        words = [self.typo(word, 0.03) for word in words]
        return " ".join([*words, form]).strip()

    def _phones(self, entity):
        found = []
        for name, keep in (("mobile", 0.8), ("landline", 0.7)):
            if entity[name] and self.rng.random() < keep:
                found.append(self.typo(entity[name], 0.015, string.digits, start=6))
        if self.chance(0.006):
            found = ["+393333333333"]
        return tuple(found)

    def _email(self, entity):
        if self.chance(0.006):
            return self.rng.choice(("info@libero.it", "noreply@gmail.com", "nd@nd.it"))
        if not entity["email"] or self.rng.random() > 0.65:
            return ""
        return self.typo(entity["email"], 0.03)

    def _address(self, entity):
        rng = self.rng
        kind, _space, street = entity["street"].partition(" ")
        if self.chance(0.3):
            kind = rng.choice(_STREET_SHORT[kind])
        words = street.split()
        if len(words) > 1 and self.chance(0.25):
            words[0] = words[0][0] + "." if rng.random() < 0.5 else ""
        street = " ".join([kind, *(self.typo(word, 0.04) for word in words if word)])
        civic = entity["civic"]
        if self.chance(0.05):
            civic = ""
        elif self.chance(0.06):
            civic += rng.choice(("/A", " bis", "/B", " int. 3"))
        elif self.chance(0.02):
            civic = self.typo(civic, 1.0, string.digits)
        street += rng.choice((" ", ", ", " n. ", ", n.")) + civic if civic else ""
        if rng.random() < 0.1:
            street = ""
        return {
            "street": street,
            "zip": self.typo(entity["zip"], 0.02, string.digits)
            if rng.random() < 0.88
            else "",
            "city": self.typo(entity["city"], 0.03) if rng.random() < 0.94 else "",
            "province": entity["province"] if rng.random() < 0.85 else "",
        }

    def _case(self, row):
        kind = self.rng.random()
        if kind < 0.35:
            change = str.upper
        elif kind < 0.42:
            change = str.lower
        else:
            return row
        for name in ("person", "company", "street", "city"):
            row[name] = change(row[name])
        return row

    def typo(self, text, odds, letters=string.ascii_lowercase, start=0):
        """Misspell a text once, now and then twice."""
        while len(text) > start + 1 and self.chance(odds):
            at = self.rng.randrange(start, len(text) - 1)
            kind = self.rng.randrange(4)
            if kind == 0:
                text = text[:at] + text[at + 1 :]
            elif kind == 1:
                text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
            elif kind == 2:
                text = text[:at] + self.rng.choice(letters) + text[at + 1 :]
            else:
                text = text[:at] + self.rng.choice(letters) + text[at:]
            odds = 0.1
        return text
