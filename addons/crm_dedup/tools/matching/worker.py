"""A process that does batches of a search for duplicates, outside Odoo.

Started by ``pool.Pool``; it says and hears one line of JSON at a time: first where the
database is and what to compare with, then one batch after the other.
"""

import gc
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

PACKAGE = "crm_dedup_tools"
#: Times that a batch is tried when somebody else changed the same rows.
TRIES = 5


def add_addon(name, folder):
    """Let the plain tools of another addon be imported, its models left out.

    :param str name: technical name
    :param str folder: where it is
    """
    for parent, path in (
        ("odoo", ""),
        ("odoo.addons", ""),
        (f"odoo.addons.{name}", folder),
    ):
        if parent not in sys.modules:
            module = sys.modules[parent] = ModuleType(parent)
            module.__path__ = [path] if path else []


def load(module):
    """Return a module of the engine without Odoo, which the addon itself would need."""
    folder = Path(__file__).resolve().parent.parent
    if PACKAGE not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        package = importlib.util.module_from_spec(spec)
        sys.modules[PACKAGE] = package
        spec.loader.exec_module(package)
    return importlib.import_module(f"{PACKAGE}.{module}")


class Worker:
    """Does batches on a connection of its own, with a commit after each."""

    def __init__(self, connection, source, matcher, search=None):
        import psycopg2

        self.archive = load("matching.archive")
        self.connection = psycopg2.connect(**connection)
        # As Odoo's own transactions: who changes keys that somebody else changed
        # meanwhile is told, and reads the name anew.
        self.connection.set_session("REPEATABLE READ")
        self.again = psycopg2.extensions.TransactionRollbackError
        self.source, self.settings = source, matcher.settings
        self.matcher, self.search = matcher, None
        if search:
            add_addon("crm_callcenter", search.pop("crm_callcenter"))
            self.search = load("archive_search").ArchiveSearch(
                source, matcher=matcher, **search
            )

    def do(self, step, first, last, again):
        """Do one batch of a step and commit; return what came of it."""
        if step == "hello":
            return True
        if step == "vacuum":
            return self.archive.vacuum_keys(self.connection)
        for attempt in range(1, TRIES + 1):
            try:
                with self.connection, self.connection.cursor() as cursor:
                    return self._batch(cursor, step, first, last, again)
            except self.again:
                if attempt == TRIES:
                    raise
        return None

    def _batch(self, cursor, step, first, last, again):
        if self.search and step in ("keys", "forms", "fill", "index", "scores"):
            return self.search.do(cursor, step, first, last)
        if step in ("keys", "forms"):
            return self.archive.make_keys(
                cursor, self.source, first, last, again, keys=step == "keys"
            )
        if step == "indexes":
            return self.archive.index_keys(cursor, first, last)
        if step == "candidates":
            return self.archive.find_candidates(cursor, self.settings, first, last)
        return self.archive.score_candidates(cursor, self.matcher, first, last, again)


def main():
    """Do what the lines say until there are no more."""
    start = json.loads(sys.stdin.readline())
    settings = load("matching.settings").MatchSettings(**start["settings"])
    counted = load("matching.frequencies").Frequencies(**start["frequencies"])
    counted.given = frozenset(counted.given)
    matcher = load("matching.matcher").Matcher(settings, counted)
    # Millions of tuples and nothing in a circle: looking for some is for nothing.
    gc.disable()
    worker = Worker(start["connection"], start["source"], matcher, start.get("search"))
    for line in sys.stdin:
        try:
            answer = {"done": worker.do(**json.loads(line))}
        except Exception as problem:  # noqa: BLE001 - whoever started it must know
            answer = {"problem": f"{type(problem).__name__}: {problem}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
