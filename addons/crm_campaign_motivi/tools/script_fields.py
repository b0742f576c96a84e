"""Fields that a script page merges in, written {{name}}: a closed list of words."""

import re
from urllib.parse import unquote

from lxml import html

#: Words that a page may merge in. The desk fills them in, see ``desk_merge.js``.
SCRIPT_FIELDS = (
    "name",
    "customer_company",
    "city",
    "operator",
    "company",
    "agent",
    "product",
)

_FIELD = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def fields_of(text):
    """Return what a page writes between double braces, in its order.

    :param str text: HTML
    :rtype: list[str]
    """
    return [found.strip() for found in _FIELD.findall(text or "")]


def unknown_fields(text):
    """Return what can't be merged in: no known word, or not in the text.

    In an attribute, such as the target of a link, a customer's name could become
    something else than text; there nothing is filled in.

    :param str text: HTML
    :rtype: list[str]
    """
    unknown = [found for found in fields_of(text) if found not in SCRIPT_FIELDS]
    if text and "{{" in unquote(text):
        for element in html.fragment_fromstring(text, create_parent="div").iter():
            unknown += [
                text
                for value in element.attrib.values()
                if _FIELD.search(text := unquote(value))
            ]
    return unknown
