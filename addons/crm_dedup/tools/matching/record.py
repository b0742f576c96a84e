"""What is compared when two names are compared."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


@dataclass(slots=True, frozen=True)
class MatchRecord:
    """A name or a customer as the comparison sees it; whatever is unknown is empty.

    Texts are as they stand in the archive: the comparison normalises them. The same
    record is made of a ``crm.lead`` and of a ``res.partner``, so a name is compared
    with a customer as two names are.

    :param str person: the person, in any order of given name and surname
    :param str company: the company, with its legal form
    :param tuple phones: numbers in E.164
    :param birth_date: a day, or what is known of it as ``YYYYMMDD``
    :param str province: code of the Italian province, ``BS``
    :param str street2: the second line of the address: a hamlet, a building
    """

    id: int
    person: str = ""
    company: str = ""
    phones: tuple[str, ...] = ()
    email: str = ""
    fiscal_code: str = ""
    vat_number: str = ""
    birth_date: date | str | None = None
    street: str = ""
    zip: str = ""
    city: str = ""
    province: str = ""
    street2: str = ""


class Reason(NamedTuple):
    """One thing that speaks for (points above 0) or against two names being one."""

    code: str
    points: float


class Comparison(NamedTuple):
    """What a comparison found.

    :param str verdict: ``same``, ``review`` or ``different``
    """

    score: float
    verdict: str
    reasons: tuple[Reason, ...] = ()
