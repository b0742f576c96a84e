"""A full search over a table of dirty names, timed; used by the bench."""

import resource
import time

import psycopg2

from . import engine

archive = engine.load("matching.archive")
pool = engine.load("matching.pool")
frequencies = engine.load("matching.frequencies")
matcher = engine.load("matching.matcher")
MatchSettings = engine.load("matching.settings").MatchSettings

#: The table that the generator fills, as the archive reads it.
SOURCE = """
    SELECT id, person, company, phones, email, fiscal_code, vat_number, birth_date,
           street, zip, city, province, street2
      FROM dirty_name WHERE id BETWEEN %(first)s AND %(last)s"""
TABLE = """
    CREATE TABLE dirty_name (
        id integer PRIMARY KEY, label integer, person text, company text, phones text,
        email text, fiscal_code text, vat_number text, birth_date date, street text,
        zip text, city text, province text, street2 text)"""
SAMPLE = 200_000
WIDTH = 20_000


def load_table(connection, lines):
    """Fill the table with lines as ``as_line`` writes them."""
    with connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS dirty_name")
        cursor.execute(TABLE)
        cursor.copy_expert("COPY dirty_name FROM STDIN", lines)
        cursor.execute("ANALYZE dirty_name")


def as_line(number, label, values):
    """Return a row as COPY reads it."""
    cells = [number, label, values["person"], values["company"]]
    cells += [" ".join(values["phones"]), values["email"], values["fiscal_code"]]
    cells += [values["vat_number"], values["birth_date"], values["street"]]
    cells += [values["zip"], values["city"], values["province"], ""]
    return "\t".join(map(_cell, cells)) + "\n"


def _cell(value):
    if value is None or value == "":
        return "\\N"
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", " ")


def run(arguments, count, say=print, processes=2, settings=None):
    """Search the whole table; return seconds by step and what was found.

    :param dict arguments: of ``psycopg2.connect``
    :param int count: rows of the table
    """
    settings = settings or MatchSettings()
    seconds, started = {}, time.monotonic()
    connection = psycopg2.connect(**arguments)

    def lap(name):
        nonlocal started
        seconds[name] = time.monotonic() - started
        say(f"{name}: {seconds[name]:.0f} s")
        started = time.monotonic()

    with connection, connection.cursor() as cursor:
        archive.create_tables(cursor)
        counted = count_words(cursor, count)
    lap("words")
    ranges = pool.ranges_of(1, count, WIDTH)
    answers = {"compared": 0, "kept": 0}
    with pool.Pool(arguments, SOURCE, settings, counted, processes) as workers:
        workers.do("keys", ranges)
        lap("keys")
        workers.do("indexes", [(0, 0), (1, 1)])
        workers.do("vacuum", [(0, 0)])
        lap("index")
        workers.do("candidates", [(part, 8) for part in range(8)])
        with connection, connection.cursor() as cursor:
            archive.index_candidates(cursor)
        lap("candidates")

        def add(_range, done):
            answers["compared"] += done[0]
            answers["kept"] += done[1]

        workers.do("scores", ranges, progress=add)
        lap("scores")
    judge = matcher.Matcher(settings, counted)
    with connection, connection.cursor() as cursor:
        answers["groups"] = archive.groups(cursor, judge)
    lap("groups")
    answers["cpu"] = _cpu()
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    answers["mb"] = usage + processes * most
    connection.close()
    return seconds, answers


def _cpu():
    """Return the seconds of processor time that Python took, PostgreSQL apart."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(
            resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
    )


def count_words(cursor, count):
    """Return how common words and values are in the table."""
    share = min(100.0, 100.0 * SAMPLE / count)
    cursor.execute(
        SOURCE.split("WHERE")[0] + " TABLESAMPLE SYSTEM (%s) REPEATABLE (1)", [share]
    )
    prepare = engine.load("matching.prepare").prepare
    found = frequencies.Frequencies.of_records(
        (prepare(archive.record_of(row)) for row in cursor), rows=count
    )
    cursor.execute(
        """SELECT value, count(*) FROM (
               SELECT unnest(string_to_array(phones, ' ')) AS value FROM dirty_name
                UNION ALL SELECT email FROM dirty_name WHERE email > '') AS used
            GROUP BY value HAVING count(*) > 3"""
    )
    found.shared = dict(cursor.fetchall())
    return found
