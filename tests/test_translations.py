"""The Italian translations: complete, and made from what the code has now."""

import polib
import pytest

from tools import translations
from tools.environment.testing import lint

ADDONS = lint.addon_names()


def entry(msgid, msgstr, **attributes):
    return polib.POEntry(msgid=msgid, msgstr=msgstr, **attributes)


def test_a_good_translation_has_no_problem():
    assert not translations.entry_problems(
        entry("%(name)s has <b>no</b> phone.", "<b>Nessun</b> telefono per %(name)s.")
    )


@pytest.mark.parametrize(
    ("msgid", "msgstr", "problem"),
    [
        ("Name", "", "empty"),
        ("Name of %(user)s", "Nome di %(utente)s", "placeholders differ"),
        ("%s of %s", "%s", "placeholders differ"),
        ("Up to {limit}", "Fino a limit", "placeholders differ"),
        ("Press <i>Read</i>", "Prema Leggi", "tags differ"),
        ("Press <i>Read</i>", "Prema <b>Leggi</b>", "tags differ"),
        ("Name: ", "Nome:", "blanks at the end differ"),
    ],
)
def test_a_bad_translation_is_told(msgid, msgstr, problem):
    (text,) = translations.entry_problems(entry(msgid, msgstr))
    assert text.startswith(problem)


def test_a_doubtful_translation_is_told():
    (text,) = translations.entry_problems(entry("Name", "Nome", flags=["fuzzy"]))
    assert text.startswith("fuzzy")


def test_merge_keeps_what_is_translated_and_forgets_what_is_gone():
    terms = [entry("Name", ""), entry("Lead", ""), entry("New", "")]
    old = [
        entry("Name", "Nome"),
        entry("Gone", "Sparito"),
        entry("Lead", "Lead"),
        entry("New", "Vecchio", obsolete=True),
    ]
    merged = translations.merge(terms, "crm_x", old)
    found = {item.msgid: item.msgstr for item in merged}
    assert found == {"Lead": "Lead", "Name": "Nome", "New": ""}
    assert not translations.header_problems(merged)


def test_a_term_in_a_new_place_is_a_difference():
    before = [entry("Name", "", occurrences=[("model:a", None)])]
    after = [entry("Name", "", occurrences=[("model:a", None), ("model:b", None)])]
    assert translations.difference(after, before) == ["missing: 'Name' (model:b)"]
    assert translations.difference(before, after) == ["obsolete: 'Name' (model:b)"]


@pytest.mark.parametrize("addon", ADDONS)
def test_italian_is_complete(addon):
    assert translations.problems_of(addon) == []


@pytest.fixture(scope="module")
def terms_of_the_code():
    return translations.export_all(ADDONS)


@pytest.mark.slow
@pytest.mark.parametrize("addon", ADDONS)
def test_terms_are_those_of_the_code(addon, terms_of_the_code):
    """Run ``python3 tools/translations.py update`` if this fails, and translate."""
    committed = polib.pofile(str(translations.template_path(addon)))
    assert translations.difference(terms_of_the_code[addon], committed) == []
