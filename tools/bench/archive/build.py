"""Builds the big database: set-based, seeded, in minutes."""

import concurrent.futures
import json
import os
import time
from pathlib import Path

from ...environment import databases, demo, settings
from ...environment.shell import EnvironmentProblem, fingerprint, lock, say
from .. import odoo_shell
from . import indexes, sql_file, tables

DATABASE = "callcenter_bench"
SIZE = 3_000_000
#: Fewer names would leave some of the 25 lists empty.
SMALLEST = 5000
SEED = 19
#: Two connections load at a time: more than two cores would help little.
CONNECTIONS = 2
CHUNK = 100_000
HERE = Path(__file__).parent
#: The generated columns, in the order of load_leads.sql.
COLUMNS = (
    "id name lead_kind contact_name partner_name street zip city state_id "
    "phone mobile phone_second phone_e164 mobile_e164 phone_second_e164 "
    "phone_sanitized phone_state email_from email_normalized email_domain_criterion "
    "email_state commercial_state_id zone_id create_date write_date "
    "date_last_stage_update"
).split()
#: One name in so many is in each list: 500,000 in one list, and in 25 lists.
LIST_MODULI = (6, 6 * 25)
LOADED = ("crm_lead", "crm_call_list_line", "crm_interaction")
#: Bytes of disk per name, indexes and history included, and as much again to build.
BYTES_PER_NAME = 2 * 1200


def name(size):
    """Return the name of the database of a size; the full one has the plain name."""
    return DATABASE if size == SIZE else f"{DATABASE}_{size}"


def ensure(database=DATABASE, size=SIZE):
    """Build the big database unless it is there; bring its addons up to date.

    :param int size: number of names
    :return: seconds that building took, 0 if it was there
    :rtype: float
    """
    with lock(f"bench-{database}"):
        found = stamp(database)
        if found.get("made_of") == _made_of(size):
            if found.get("code") != demo.addons_fingerprint():
                demo.upgrade(database)
                _write_stamp(database, size, found["seconds"])
            return 0.0
        _check_disk(size)
        started = time.monotonic()
        _build(database, size, started)
        return time.monotonic() - started


def stamp(database=DATABASE):
    """Return what the database says about how it was built, empty if it isn't there."""
    rows = databases.query(
        "postgres",
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        f" WHERE datname = '{database}'",
    )
    try:
        return json.loads(rows[0][0]) if rows else {}
    except ValueError:
        return {}


def _made_of(size):
    sources = [*sorted(HERE.glob("*.sql")), HERE / "tables.py", HERE / "prepare.py"]
    names = settings.ROOT / "tests" / "data" / "name_tables.py"
    return f"{size}/{SEED}/{fingerprint(*sources, names)}"


def _write_stamp(database, size, seconds):
    """Write the stamp; it is the last step, so a database with one is complete."""
    value = {
        "size": size,
        "seconds": round(seconds),
        "made_of": _made_of(size),
        "code": demo.addons_fingerprint(),
    }
    text = json.dumps(value).replace("'", "''")
    databases.query("postgres", f"COMMENT ON DATABASE {database} IS '{text}'")


def _check_disk(size):
    if settings.database_url():
        return
    place = os.statvfs(settings.PG_DIR)
    free, wanted = place.f_bavail * place.f_frsize, size * BYTES_PER_NAME
    if free < wanted:
        raise EnvironmentProblem(
            f"{size} names need {wanted / 1e9:.0f} GB of disk, {free / 1e9:.0f} GB "
            "are free: make room, or choose a smaller SIZE."
        )


def _build(database, size, started):
    say(f"Building {database} with {size} names (this happens once)")
    options = demo.OPTIONS
    databases.create(database, settings.DEMO_MODULES, *options)
    try:
        builder = Builder(database, size, started)
        builder.run()
    except (EnvironmentProblem, KeyboardInterrupt):
        databases.drop(database)
        raise
    _write_stamp(database, size, time.monotonic() - started)


class Builder:
    """One build, from the empty demo database to the last VACUUM."""

    def __init__(self, database, size, started):
        self.database, self.size, self.started = database, size, started
        self.base = 0
        self.prepared = {}

    def run(self):
        """Do all steps, each with the time that it took."""
        self._step("models", self._prepare)
        self._step("tables to draw from", self._create_draws)
        definitions = indexes.drop(self.database, LOADED)
        self._step(f"{self.size} names", self._load_leads)
        self._step("history", self._load_history)
        self._step("lists", self._load_lists)
        self._step(
            f"{len(definitions)} indexes",
            lambda: indexes.create(self.database, definitions, CONNECTIONS),
        )
        self._step("vacuum and analyze", self._finish)

    def _step(self, title, function):
        started = time.monotonic()
        function()
        now = time.monotonic()
        say(f"{title}: {now - started:.0f} s ({now - self.started:.0f} s in all)")

    def _sql(self, text, **values):
        return databases.query(self.database, text.format(**values))

    def _file(self, name, **values):
        # Checks of foreign keys would take longer than the insert: the generator
        # uses ids that it has read from this database.
        text = (HERE / name).read_text().format(**values)
        sql_file.run(self.database, f"SET session_replication_role = replica;\n{text}")

    def _parallel(self, name, total, **values):
        """Run a file for each chunk of rows, on several connections."""
        with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
            jobs = [
                pool.submit(
                    self._file,
                    name,
                    first=first,
                    last=min(first + CHUNK - 1, total),
                    **values,
                )
                for first in range(1, total + 1, CHUNK)
            ]
            for job in concurrent.futures.as_completed(jobs):
                job.result()

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def _prepare(self):
        """Let the models make what a new name gets, the campaigns and their lists."""
        script = HERE / "prepare.py"
        places = tables.places()
        self.prepared = odoo_shell.run(self.database, script, places=places)

    def _create_draws(self):
        self._file("draws.sql", seed=SEED, template_id=self.prepared["template_id"])
        for name, rows in tables.all_tables().items():
            self._draw_table(name, rows)
        pick = tables.expanded_places(list(enumerate(tables.places())))
        self._draw_table("place_pick", pick)
        places = [
            {"place_id": number, **place}
            for number, place in enumerate(self.prepared["places"])
        ]
        sql_file.run(
            self.database,
            "INSERT INTO bench.place SELECT * FROM jsonb_populate_recordset("
            f"NULL::bench.place, {_quoted(json.dumps(places))}); ANALYZE",
        )
        self.base = int(self._sql("SELECT coalesce(max(id), 0) FROM crm_lead")[0][0])

    def _draw_table(self, name, rows):
        values = ", ".join(
            f"({number}, {_quoted(row[0])})" for number, row in enumerate(rows)
        )
        sql_file.run(
            self.database,
            f"CREATE TABLE bench.{name} AS SELECT n, value, bench.plain(value) AS plain"
            f" FROM (VALUES {values}) AS rows(n, value)",
        )

    def _load_leads(self):
        known = self._sql(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'bench' AND table_name = 'template'"
        )
        rest = [name for (name,) in known if name not in COLUMNS]
        self._sql("ALTER TABLE crm_lead SET (fillfactor = 70)")
        self._parallel(
            "load_leads.sql",
            self.size,
            base=self.base,
            entries=tables.ENTRIES,
            columns=", ".join(COLUMNS),
            template_columns=", ".join(rest),
            template_values=", ".join(f"template.{name}" for name in rest),
        )
        self._sql("SELECT setval('crm_lead_id_seq', (SELECT max(id) FROM crm_lead))")

    def _load_history(self):
        # Names are looked up by id; the other indexes are still away.
        self._sql("ANALYZE crm_lead")
        self._parallel(
            "load_history.sql",
            self.size // 3,
            base=self.base,
            size=self.size,
            campaign=self.prepared["campaigns"][0],
        )

    def _load_lists(self):
        for campaign, modulus in zip(
            self.prepared["campaigns"], LIST_MODULI, strict=True
        ):
            self._file(
                "load_lists.sql", base=self.base, campaign=campaign, modulus=modulus
            )

    def _finish(self):
        self._sql("DROP SCHEMA bench CASCADE")
        for table in LOADED:
            self._sql("VACUUM (ANALYZE) {table}", table=table)
        self._sql("ANALYZE")


def _quoted(text):
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
