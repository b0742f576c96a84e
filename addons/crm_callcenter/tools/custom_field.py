"""Types, roles and names of the custom fields of a name."""

import re
import unicodedata

#: Start of the technical name of every custom field.
PREFIX = "x_cc_"
#: Models that carry every custom field as a column.
MODELS = ("crm.lead", "res.partner")
#: Longest name behind the prefix: a relation table adds its own ending to it.
SLUG_LENGTH = 40

#: Type of a custom field, its label and the type of Odoo's own field.
TYPES = [
    ("text", "Text", "char"),
    ("long_text", "Long Text", "text"),
    ("integer", "Whole Number", "integer"),
    ("decimal", "Decimal Number", "float"),
    ("amount", "Amount", "monetary"),
    ("date", "Date", "date"),
    ("datetime", "Date and Time", "datetime"),
    ("yes_no", "Yes / No", "boolean"),
    ("choice", "Choice", "many2one"),
    ("choices", "Several Choices", "many2many"),
    ("contact", "Link to a Contact", "many2one"),
]
NUMBER_TYPES = frozenset(("integer", "decimal", "amount"))
CHOICE_TYPES = frozenset(("choice", "choices"))

#: Roles of the call centre whose access to a field is set, by their group.
ROLES = [
    ("operator", "crm_callcenter.group_operator"),
    ("coordinator", "crm_callcenter.group_coordinator"),
    ("agent", "crm_callcenter.group_agent"),
    ("back_office", "crm_callcenter.group_back_office"),
    ("campaign_manager", "crm_callcenter.group_campaign_manager"),
]
#: What a role may do with a field, the widest first.
MODES = [
    ("edit", "May change it"),
    ("required", "Has to fill it"),
    ("readonly", "Sees it only"),
    ("hidden", "Doesn't see it"),
]

#: Fields of every name and customer that expressions may use besides custom ones.
COMMON_FIELDS = (
    "name",
    "street",
    "zip",
    "city",
    "state_id",
    "country_id",
    "phone",
    "mobile",
    "phone_second",
)


def slug_of(label):
    """Make a technical name of a label: letters, digits and underscores.

    :param str label: as people read it
    :rtype: str
    """
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:SLUG_LENGTH]
    return slug if slug[:1].isalpha() else f"f_{slug}"[:SLUG_LENGTH].rstrip("_")


def is_slug(slug):
    """Tell whether a technical name, without the prefix, can be a column's.

    :rtype: bool
    """
    return bool(re.fullmatch(rf"[a-z][a-z0-9_]{{0,{SLUG_LENGTH - 1}}}", slug or ""))
