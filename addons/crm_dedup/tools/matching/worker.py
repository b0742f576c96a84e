"""A process that does batches of a search for duplicates, outside Odoo.

Started by ``pool.Pool``; it says and hears one line of JSON at a time: first where the
database is and what to compare with, then one batch after the other.
"""

import importlib.util
import json
import sys
from pathlib import Path

PACKAGE = "crm_dedup_tools"


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

    def __init__(self, connection, source, settings, frequencies):
        import psycopg2

        self.archive = load("matching.archive")
        self.connection = psycopg2.connect(**connection)
        self.source, self.settings = source, settings
        self.matcher = load("matching.matcher").Matcher(settings, frequencies)

    def do(self, step, first, last, again):
        """Do one batch of a step and commit; return what came of it."""
        if step == "vacuum":
            return self.archive.vacuum_keys(self.connection)
        with self.connection, self.connection.cursor() as cursor:
            if step == "keys":
                return self.archive.make_keys(cursor, self.source, first, last, again)
            if step == "forms":
                return self.archive.make_keys(
                    cursor, self.source, first, last, again, keys=False
                )
            if step == "indexes":
                return self.archive.index_keys(cursor, first, last)
            if step == "candidates":
                return self.archive.find_candidates(cursor, self.settings, first, last)
            return self.archive.score_candidates(
                cursor, self.matcher, first, last, again
            )


def main():
    """Do what the lines say until there are no more."""
    start = json.loads(sys.stdin.readline())
    settings = load("matching.settings").MatchSettings(**start["settings"])
    counted = load("matching.frequencies").Frequencies(**start["frequencies"])
    counted.given = frozenset(counted.given)
    worker = Worker(start["connection"], start["source"], settings, counted)
    for line in sys.stdin:
        try:
            answer = {"done": worker.do(**json.loads(line))}
        except Exception as problem:  # noqa: BLE001 - whoever started it must know
            answer = {"problem": f"{type(problem).__name__}: {problem}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
