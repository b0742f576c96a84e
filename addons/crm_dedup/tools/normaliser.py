"""Values of names in the one way in which the archive keeps them."""

from dataclasses import dataclass, field

from .name_text import proper_case


@dataclass(slots=True)
class Normalised:
    """What became of the values of one name.

    :param dict values: every value that was given, normalised
    :param dict originals: what was written, of the values that changed
    :param list remarks: ``(code, field, what was written)`` of what can't be right;
        the suggestions for it, if any, are in ``suggestions`` by field
    """

    values: dict
    originals: dict = field(default_factory=dict)
    remarks: list = field(default_factory=list)
    suggestions: dict = field(default_factory=dict)


class Normaliser:
    """Write values of names in one way. Holds no database connection."""

    def normalise(self, values):
        """Return values of a name in their normalised form.

        :param dict values: texts by field of ``crm.lead``; ``province`` is the code or
            name of a province
        :rtype: Normalised
        """
        kinds = {"contact_name": "person", "partner_name": "company", "street": "place"}
        done = {
            name: proper_case(value, kinds[name]) if value and name in kinds else value
            for name, value in values.items()
        }
        changed = {name: values[name] for name in done if done[name] != values[name]}
        return Normalised(done, changed)
