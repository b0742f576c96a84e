"""What makes two names surely one that the sum of single findings doesn't tell.

Points add up as if findings didn't know of each other. These do: a mobile is one
person's, so that with the name it stands above any address; a company's name in its own
house is that company; and in a house of people of one surname, given names are handed
on among men, since women keep the surname of another house.
"""

from .words import MEN_IN_A, WOMEN_NOT_IN_A

#: What may speak against a mobile that belongs to the very name: people move.
_MOVED = frozenset(
    ("other_town", "other_street", "other_civic", "other_phone", "extra_name")
)
_SAME_PERSON = ("same_name", "alike_name")
_HERE = ("same_address", "same_street", "same_town", "same_phone", "same_email")


def certainties(first, second, reasons, frequencies):
    """Return what two records have in common beyond their single findings.

    :param Prepared first: a record
    :param Prepared second: another one
    :param reasons: what was found so far
    :param Frequencies frequencies: knows given names
    :return: codes of further reasons
    :rtype: list[str]
    """
    codes = {reason.code for reason in reasons}
    against = {reason.code for reason in reasons if reason.points < 0}
    if "same_company" in codes:
        return [] if against else _of_company(codes)
    if first.company or second.company:
        return []
    if "same_mobile" in codes and not against - _MOVED and codes & {*_SAME_PERSON}:
        return ["mobile_of_name"]
    if not against and "same_name" in codes and _one_house(codes):
        words = set(first.person) & set(second.person)
        if is_woman(words, frequencies):
            return ["woman_of_house"]
    return []


def initial_is_enough(reasons):
    """Tell whether a mobile makes up for a given name that is only an initial.

    :param reasons: all that was found
    :rtype: bool
    """
    codes = {reason.code for reason in reasons}
    return (
        "same_mobile" in codes
        and not codes.isdisjoint(_HERE)
        and all(reason.points >= 0 for reason in reasons)
    )


def is_woman(words, frequencies):
    """Tell whether all given names among some words are women's.

    :param words: of a person's name
    :param Frequencies frequencies: knows given names
    :rtype: bool
    """
    given = [word for word in words if frequencies.is_given(word)]
    return bool(given) and all(
        word in WOMEN_NOT_IN_A or (word[-1] == "a" and word not in MEN_IN_A)
        for word in given
    )


def _of_company(codes):
    if "same_address" in codes:
        return ["company_at_home"]
    if "same_phone" in codes and codes & {"same_town", "same_street"}:
        return ["company_at_home"]
    return []


def _one_house(codes):
    if "same_address" in codes:
        return True
    near = codes & {"same_zip", "same_town"}
    return bool(near) and bool(codes & {"same_street", "same_phone"})
