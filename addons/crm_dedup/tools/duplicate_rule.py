"""Rules by which two names are one: exact equality of chosen fields.

Plain Python without a database connection. The keys stand beside those of the fuzzy
comparison, so that one look-up in an index serves both.
"""

from dataclasses import dataclass
from hashlib import blake2b
from itertools import product

from odoo.addons.crm_callcenter.tools.phone import is_mobile

from .codes import check_fiscal_code
from .matching.record import Comparison, Reason
from .name_text import name_key, same_name
from .plain_text import normalise

#: A reason that begins so is a rule; its number follows.
RULE = "rule:"
#: Values of one field that are taken: nobody has more telephones than that.
_MOST_VALUES = 8


def _names_of(record, extras):
    return [
        " ".join(sorted(name_key(name)))
        for name in (record.person, record.company)
        if name
    ]


def _personal_codes_of(record, extras):
    # Eleven digits are those of a company, which its branches have in common.
    code = record.fiscal_code.strip().upper()
    return [] if code.isdecimal() else [code]


def _vat_numbers_of(record, extras):
    """Return a partita IVA, also one that stands as a company's codice fiscale."""
    code = record.fiscal_code.strip()
    return [record.vat_number.strip().upper(), code if code.isdecimal() else ""]


#: What a field of names gives to a rule, from the record as it is compared.
READERS = {
    "contact_name": _names_of,
    "phone": lambda record, extras: record.phones,
    "mobile": lambda record, extras: [
        phone for phone in record.phones if is_mobile(phone)
    ],
    "email_from": lambda record, extras: [record.email.strip().lower()],
    "fiscal_code": _personal_codes_of,
    "vat_number": _vat_numbers_of,
    "birth_date": lambda record, extras: [
        record.birth_date.isoformat() if record.birth_date else ""
    ],
    "street": lambda record, extras: [normalise(record.street)],
    "zip": lambda record, extras: [normalise(record.zip)],
    "city": lambda record, extras: [normalise(record.city)],
    "state_id": lambda record, extras: [normalise(record.province)],
}


@dataclass(slots=True, frozen=True)
class DuplicateRule:
    """One rule: fields that must be equal, and what it says of such a pair.

    :param int id: of the record that the rule comes from
    :param tuple fields: names of fields, those of :data:`READERS` or custom ones
    :param str verdict: ``same`` or ``review``
    :param bool name_must_agree: the names must be alike as well
    :param str kind: ``lead``, ``partner`` or ``all``: what it is about
    """

    id: int
    fields: tuple[str, ...]
    verdict: str = "review"
    name_must_agree: bool = False
    kind: str = "all"

    def values(self, record, extras=None):
        """Return what must be equal, each way in which it may be.

        :param MatchRecord record: a name or customer
        :param dict extras: values of custom fields, by name
        :return: nothing, when one of the fields is empty
        :rtype: set[tuple[str, ...]]
        """
        extras = extras or {}
        choices = []
        for name in self.fields:
            reader = READERS.get(name)
            found = (
                reader(record, extras)
                if reader
                else [normalise(str(extras.get(name) or ""))]
            )
            found = list(dict.fromkeys(value for value in found if value))
            if not found:
                return set()
            choices.append(found[:_MOST_VALUES])
        return set(product(*choices))

    def keys(self, record, extras=None):
        """Return the keys that two records share when this rule holds for them.

        :return: signed numbers of 64 bits
        :rtype: set[int]
        """
        head = "\x1f".join(self.fields)
        return {
            _hashed(f"rule\x1e{head}\x1e" + "\x1f".join(value))
            for value in self.values(record, extras)
        }

    def hits(self, first, second, first_extras=None, second_extras=None):
        """Tell whether this rule holds for two records.

        :rtype: bool
        """
        values = self.values(first, first_extras)
        return not values.isdisjoint(
            self.values(second, second_extras)
        ) and self.allows(first, second)

    def allows(self, first, second):
        """Tell whether this rule holds for two records whose fields are equal.

        :rtype: bool
        """
        if self.kind != "all" and not self._is_about(first, second):
            return False
        if "fiscal_code" not in self.fields and are_told_apart(first, second):
            return False
        return not self.name_must_agree or names_agree(first, second)

    def verdict_of(self, first, second):
        """Return what this rule says of two records for which it holds.

        A whole household is sometimes listed with the codice fiscale of one of them:
        then the letters of the code contradict the others' names.

        :return: ``same`` or ``review``
        :rtype: str
        """
        if (
            "fiscal_code" in self.fields
            and first.person
            and second.person
            and not names_agree(first, second)
            and any(
                check_fiscal_code(one.fiscal_code, one.person).name is False
                for one in (first, second)
            )
        ):
            return "review"
        return self.verdict

    def _is_about(self, first, second):
        are_leads = first.id >= 0 and second.id >= 0
        are_partners = first.id <= 0 and second.id <= 0
        return are_leads if self.kind == "lead" else are_partners


def decided(rules, first, second, comparison):
    """Let the first rule that holds for two records decide, else their score.

    :param rules: of ``DuplicateRule``, in their order
    :param KnownRecord first: one
    :param KnownRecord second: the other
    :param Comparison comparison: of the two, by their score
    :rtype: Comparison
    """
    for rule in rules:
        if rule.name_must_agree and comparison.score < 0:
            # Shops of one brand and sister companies share an e-mail and much of
            # their name: what tells them apart weighs more.
            continue
        equal = first.values_of(rule) & second.values_of(rule)
        if equal and rule.allows(first.record, second.record):
            return Comparison(
                comparison.score,
                rule.verdict_of(first.record, second.record),
                (Reason(f"{RULE}{rule.id}", 0.0), *comparison.reasons),
            )
    return comparison


def are_told_apart(first, second):
    """Tell whether two people are surely two: father and son of one name.

    :rtype: bool
    """
    return any(
        one and other and one != other
        for one, other in (
            (first.fiscal_code, second.fiscal_code),
            (first.birth_date, second.birth_date),
        )
    )


def names_agree(first, second):
    """Tell whether the person or the company of two records is named alike.

    :rtype: bool
    """
    return any(
        same_name(name_key(one), name_key(other))
        for one in (first.person, first.company)
        for other in (second.person, second.company)
        if one and other
    )


def _hashed(text):
    digest = blake2b(text.encode(), digest_size=8).digest()
    # Telling, as the last bit of a key says: see ``matching.keys``.
    return int.from_bytes(digest, "big", signed=True) & ~1
