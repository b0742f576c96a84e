"""A small comparison in place of the engine, until that is there."""

from dataclasses import dataclass, field
from hashlib import blake2b

from .matching.record import Comparison, Reason
from .name_text import name_key, same_name

WEIGHTS = {
    "fiscal_code": 12.0,
    "vat_number": 8.0,
    "phone": 6.0,
    "email": 5.0,
    "name": 6.0,
    "street": 3.0,
    "fiscal_code_other": -12.0,
    "name_other": -8.0,
    "street_other": -2.0,
}


@dataclass(slots=True)
class Settings:
    weights: dict = field(default_factory=lambda: dict(WEIGHTS))
    sure: float = 12.0
    review: float = 7.0


def keys_of(record):
    found = []
    for kind, values in (
        ("phone", record.phones),
        ("email", [record.email]),
        ("fc", [record.fiscal_code]),
        ("vat", [record.vat_number]),
    ):
        for value in values:
            if value:
                digest = blake2b(f"{kind}|{value}".encode(), digest_size=8).digest()
                found.append(int.from_bytes(digest, "big", signed=True))
    return found


class Matcher:
    def __init__(self, settings=None, frequencies=None):
        self.settings = settings or Settings()

    def compare(self, a, b):
        codes = []
        for code, one, other in (
            ("fiscal_code", a.fiscal_code, b.fiscal_code),
            ("vat_number", a.vat_number, b.vat_number),
            ("email", a.email, b.email),
            ("street", a.street.lower(), b.street.lower()),
        ):
            if one and other:
                if one == other:
                    codes.append(code)
                elif f"{code}_other" in WEIGHTS:
                    codes.append(f"{code}_other")
        if set(a.phones) & set(b.phones):
            codes.append("phone")
        names = [
            (name_key(one), name_key(other))
            for one in (a.person, a.company)
            for other in (b.person, b.company)
            if one and other
        ]
        if names:
            alike = any(same_name(*pair) for pair in names)
            codes.append("name" if alike else "name_other")
        weights = self.settings.weights
        reasons = tuple(Reason(code, weights[code]) for code in codes)
        score = sum(reason.points for reason in reasons)
        verdict = "different"
        if score >= self.settings.sure:
            verdict = "same"
        elif score >= self.settings.review:
            verdict = "review"
        return Comparison(score, verdict, reasons)
