#!/usr/bin/env python3
"""Keep the addons' translations in step with their code.

    python3 tools/translations.py update    write i18n/<addon>.pot and i18n/it.po anew
    python3 tools/translations.py check     exit 1 and say what i18n/it.po lacks

``update`` installs the addons on a new database and exports their terms from it.
Translations of terms that are still there stay, the others go; new terms are empty
until somebody translates them, and are listed. ``check`` needs no database. A term
that reads the same in Italian is written out: an empty one is a forgotten one.
"""

import argparse
import contextlib
import os
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV_PYTHON = ROOT / ".local" / "venv" / "bin" / "python"
sys.path.insert(0, str(ROOT))

from tools.environment import cluster, databases, odoo_config, settings  # noqa: E402
from tools.environment.shell import lock, main, run, say  # noqa: E402
from tools.environment.testing import addon_tests, lint, odoo_run  # noqa: E402

try:
    import polib
except ImportError:
    if Path(sys.executable) == VENV_PYTHON or not VENV_PYTHON.exists():
        raise
    os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])

LANGUAGE = "it"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdifr]|\{\w*\}")
TAG = re.compile(r"</?\w+")
#: No dates: the files change only when a term or a translation does.
HEADER = {
    "Project-Id-Version": f"Odoo Server {settings.ODOO_SERIES}",
    "Report-Msgid-Bugs-To": "",
    "Last-Translator": "",
    "Language-Team": "",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
TRANSLATED_HEADER = {
    "Language": LANGUAGE,
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def template_path(addon):
    """Return the file of an addon's terms."""
    return settings.ADDONS / addon / "i18n" / f"{addon}.pot"


def translation_path(addon):
    """Return the file of an addon's translations."""
    return settings.ADDONS / addon / "i18n" / f"{LANGUAGE}.po"


@contextlib.contextmanager
def database_of_addons(addons):
    """Make a database with all addons installed, and drop it afterwards."""
    name = odoo_run.database_name("translations")
    others = {other for addon in addons for other in addon_tests.dependencies(addon)[0]}
    databases.clone(addon_tests.template(others), name)
    args = ["-d", name, "-i", ",".join(addons), "--stop-after-init"]
    log = settings.LOCAL / "log" / f"create-{name}.log"
    try:
        databases.run_odoo(odoo_config.command(*odoo_config.with_free_port(args)), log)
        yield name
    finally:
        databases.drop(name)


def export(database, addon):
    """Return the terms of an addon that a database knows, with our header."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{addon}.pot"
        args = ["i18n", "export", "-d", database, "-l", "pot", "-o", path, addon]
        run(odoo_config.command(*args), env=odoo_config.environment())
        terms = polib.pofile(str(path))
    return with_header(terms, addon, HEADER)


def export_all(addons):
    """Return the terms of each addon as its code has them now."""
    cluster.start()
    with lock("translations"), database_of_addons(addons) as database:
        return {addon: export(database, addon) for addon in addons}


def with_header(entries, addon, metadata):
    """Return a file of these entries, in order, that two runs write alike."""
    result = polib.POFile(wrapwidth=78)
    result.header = (
        "Translation of Odoo Server.\n"
        "This file contains the translation of the following modules:\n"
        f"\t* {addon}\n"
    )
    result.metadata = dict(metadata)
    result.extend(sorted(entries, key=lambda entry: entry.msgid))
    return result


def merge(terms, addon, old):
    """Return the translations of these terms as far as ``old`` has them."""
    known = {entry.msgid: entry for entry in old if not entry.obsolete}
    entries = []
    for term in terms:
        entry = polib.POEntry(
            msgid=term.msgid, comment=term.comment, occurrences=term.occurrences
        )
        if before := known.get(term.msgid):
            entry.msgstr = before.msgstr
            entry.flags = [flag for flag in before.flags if flag == "fuzzy"]
        entries.append(entry)
    return with_header(entries, addon, {**HEADER, **TRANSLATED_HEADER})


def update():
    """Write the terms of all addons and what is translated of them."""
    addons = lint.addon_names()
    say(f"Exporting the terms of {', '.join(addons)}")
    for addon, terms in export_all(addons).items():
        path = translation_path(addon)
        path.parent.mkdir(exist_ok=True)
        old = polib.pofile(str(path)) if path.exists() else []
        terms.save(str(template_path(addon)))
        merge(terms, addon, old).save(str(path))
    return check()


def check():
    """Print what is wrong with the translations; return 1 if something is."""
    problems = [text for addon in lint.addon_names() for text in problems_of(addon)]
    for text in problems:
        print(text)
    say(f"{len(problems)} problems in the translations")
    return 1 if problems else 0


def problems_of(addon):
    """Return what is wrong with the translations of an addon, as texts."""
    for path in (template_path(addon), translation_path(addon)):
        if not path.exists():
            return [f"{addon}: {path.name} is missing"]
    terms = polib.pofile(str(template_path(addon)))
    translations = polib.pofile(str(translation_path(addon)))
    problems = [
        *header_problems(translations),
        *difference(terms, translations),
        *(text for entry in translations for text in entry_problems(entry)),
    ]
    return [f"{addon}: {text}" for text in problems]


def header_problems(translations):
    """Return what is wrong with the header of a translated file."""
    wanted = {**HEADER, **TRANSLATED_HEADER}
    return [
        f"the header says {name}: {translations.metadata.get(name)}"
        for name, value in wanted.items()
        if value and translations.metadata.get(name) != value
    ]


def difference(wanted, found):
    """Return which terms, or places of terms, one file has and the other hasn't."""
    wanted, found = places(wanted), places(found)
    return [
        *(f"missing: {text!r} ({place})" for text, place in sorted(wanted - found)),
        *(f"obsolete: {text!r} ({place})" for text, place in sorted(found - wanted)),
    ]


def places(entries):
    """Return the pairs of a term and a place where it stands."""
    return {(entry.msgid, place) for entry in entries for place, _ in entry.occurrences}


def entry_problems(entry):
    """Return what is wrong with one translation."""
    if not entry.msgstr:
        return [f"empty: {entry.msgid!r}"]
    problems = ["fuzzy"] if entry.fuzzy else []
    for name, pattern in (("placeholders", PLACEHOLDER), ("tags", TAG)):
        if count(pattern, entry.msgid) != count(pattern, entry.msgstr):
            problems.append(f"{name} differ")
    if entry.msgid[:1].isspace() != entry.msgstr[:1].isspace():
        problems.append("blanks at the start differ")
    if entry.msgid[-1:].isspace() != entry.msgstr[-1:].isspace():
        problems.append("blanks at the end differ")
    return [f"{text}: {entry.msgid!r} -> {entry.msgstr!r}" for text in problems]


def count(pattern, text):
    """Return what a pattern finds in a text, and how often."""
    return Counter(pattern.findall(text))


def command_line():
    """Do what the command line asks for."""
    summary, _, description = __doc__.partition("\n")
    parser = argparse.ArgumentParser(
        description=f"{summary}\n{description}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", choices=["update", "check"])
    return {"update": update, "check": check}[parser.parse_args().action]()


if __name__ == "__main__":
    main(command_line)
