"""A name or customer of the archive, with what the comparison itself doesn't see."""

from dataclasses import dataclass, field, replace

from .matching.keys import keys_of
from .matching.prepare import Prepared, prepare
from .matching.record import MatchRecord
from .name_text import name_key
from .plain_text import normalise


@dataclass(slots=True, eq=False)
class KnownRecord:
    """A record to compare, and whom it belongs to.

    :param MatchRecord record: what is compared; its id is the holder of the keys: that
        of a name, or that of a customer with a minus sign, 0 for what isn't saved
    :param dict extras: values of the custom fields that rules ask for
    :param int company_id: of the database's companies, 0 for all of them
    :param int customer_id: the customer as a whole (commercial partner), 0 for none
    :param bool is_contact: a person below a company
    :param bool has_rows: a name with contacts, household or sites
    :param bool is_fresh: a name that came within a week
    :param int end_id: what it has become by merges, a holder as well, 0 for itself
    """

    record: MatchRecord
    extras: dict = field(default_factory=dict)
    company_id: int = 0
    customer_id: int = 0
    is_contact: bool = False
    has_rows: bool = False
    active: bool = True
    is_fresh: bool = False
    end_id: int = 0
    prepared: Prepared | None = None
    values: dict = field(default_factory=dict)
    keys: frozenset | None = None

    def ready(self):
        """Return the record in the form in which it is compared, made once.

        :rtype: Prepared
        """
        if self.prepared is None:
            self.prepared = prepare(self.record)
        return self.prepared

    def keys_with(self, rules):
        """Return the keys of the comparison and those of the rules, made once.

        :param rules: of ``DuplicateRule``, the same ones each time
        :rtype: frozenset[int]
        """
        if self.keys is None:
            found = set(keys_of(self.ready()))
            for rule in rules:
                found.update(rule.keys(self.record, self.extras))
            self.keys = frozenset(found)
        return self.keys

    def values_of(self, rule):
        """Return what a rule compares of this record, made once.

        :param DuplicateRule rule: one of those that are switched on
        :rtype: set
        """
        found = self.values.get(rule.id)
        if found is None:
            found = self.values[rule.id] = rule.values(self.record, self.extras)
        return found

    def spelling_of(self, end):
        """Return what this record, which was merged, still says of what it became.

        :param KnownRecord end: the record that it has become
        :return: this one's values, as those of the other one
        :rtype: KnownRecord
        """
        return replace(
            end,
            record=replace(self.record, id=end.record.id),
            extras=self.extras,
            prepared=None,
            values={},
            keys=None,
        )

    @property
    def model(self):
        return "res.partner" if self.record.id < 0 else "crm.lead"


def may_pair(first, second):
    """Tell whether two records may be one at all, whatever their values are.

    :param first: a ``KnownRecord``, or what has its companies and customer
    :rtype: bool
    """
    if first.company_id and second.company_id:
        if first.company_id != second.company_id:
            return False
    if not first.customer_id or first.customer_id != second.customer_id:
        return True
    # One customer: its names, company, contacts and sites are known to belong
    # together. Only a contact that is there twice is one too many.
    return first.is_contact and second.is_contact


#: What is read of either, by parameter of the record.
SAME = ("street", "street2", "zip", "city", "province")


def known_of_lead(row):
    """Return the record of a row of ``crm_lead``.

    :param dict row: by column; custom fields of rules are in ``extras``
    :rtype: KnownRecord
    """
    person, company = row["contact_name"], row["partner_name"]
    if not person and not company and row["type"] == "lead":
        # The title of an opportunity is no name.
        if row["lead_kind"] == "company":
            company = row["name"]
        else:
            person = row["name"]
    phones = (row["phone_e164"], row["mobile_e164"], row["phone_second_e164"])
    record = MatchRecord(
        id=row["id"],
        person=person or "",
        company=company or "",
        phones=tuple(dict.fromkeys(filter(None, phones))),
        email=row["email_normalized"] or "",
        fiscal_code=row["fiscal_code"] or "",
        vat_number=row["vat_number"] or "",
        birth_date=row["birth_date"],
        **{name: row[name] or "" for name in SAME},
    )
    return KnownRecord(
        record,
        row["extras"],
        row["company_id"] or 0,
        row["customer_id"] or 0,
        has_rows=bool(row["has_rows"]),
        is_fresh=bool(row["is_fresh"]),
        end_id=row["end_id"] or 0,
        active=bool(row["active"]),
    )


@dataclass(slots=True)
class Kin:
    """Who and what stands below one record: people, and places."""

    people: set = field(default_factory=set)
    places: set = field(default_factory=set)


def person_key(name):
    """Return the words of a person's name whatever their order.

    :rtype: tuple[str, ...]
    """
    return tuple(sorted(name_key(name))) if name else ()


def place_key(street, city):
    """Return street and town in the way in which they are compared, empty for neither.

    :rtype: str
    """
    return normalise(f"{street or ''} {city or ''}") if street else ""


def stands_below(kin, owner, other):
    """Tell whether a record is a person or place known below another one.

    :param Kin kin: what stands below ``owner``
    :param MatchRecord owner: whose household, contacts or sites those are
    :param MatchRecord other: the record that may be one of them
    :rtype: bool
    """
    person = person_key(other.person)
    if person and person in kin.people and person != person_key(owner.person):
        return True
    place = place_key(other.street, other.city)
    return bool(
        place and place in kin.places and place != place_key(owner.street, owner.city)
    )
