"""A search over a whole archive in several processes, stopped and killed on its way."""

import io
import uuid

import psycopg2
import pytest

from tools.dirty_names import accuracy, engine, generate, run_archive
from tools.environment import cluster, databases

archive = engine.load("matching.archive")
pool = engine.load("matching.pool")
frequencies = engine.load("matching.frequencies")
MatchSettings = engine.load("matching.settings").MatchSettings

ROWS = 6000
WIDTH = 500


@pytest.fixture(scope="module")
def arguments():
    """Return how to connect to a database with a table of dirty names."""
    cluster.start()
    name = f"test_dedup_{uuid.uuid4().hex[:8]}"
    databases.client("createdb", name)
    there = {key: value for key, value in cluster.connection().items() if value}
    try:
        lines = "".join(
            run_archive.as_line(number, label, values)
            for number, (label, values) in enumerate(generate.rows(ROWS, seed=4), 1)
        )
        connection = psycopg2.connect(dbname=name, **there)
        run_archive.load_table(connection, io.StringIO(lines))
        connection.close()
        yield {"dbname": name, **there}
    finally:
        databases.drop(name)


@pytest.fixture(scope="module")
def straight(arguments):
    """Return what a search finds that nothing disturbs."""
    _seconds, answers = run_archive.run(arguments, ROWS, say=lambda text: None)
    return answers, found_pairs(arguments)


def found_pairs(arguments):
    connection = psycopg2.connect(**arguments)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT first, second, score, verdict FROM crm_dedup_found")
        rows = sorted(cursor.fetchall())
    connection.close()
    return rows


def test_archive_finds_what_memory_finds(arguments, straight):
    answers, rows = straight
    records, _truth = generate.records(ROWS, seed=4)
    counted = frequencies.Frequencies.of_records(map(accuracy.prepare.prepare, records))
    assert counted.rows == ROWS
    outcome = accuracy.run(records)
    assert answers["compared"] == len(outcome.candidates)
    assert {row[:2] for row in rows} == outcome.pairs()
    assert {(a, b) for a, b, _score, verdict in rows if verdict == "same"} == (
        outcome.pairs(("same",))
    )
    assert answers["groups"]
    members = [number for group in answers["groups"] for number in group]
    assert len(members) == len(set(members)), "nobody stands in two groups"


def test_stopped_and_killed_it_goes_on(arguments, straight):
    """What a killed batch left is neither lost nor there twice."""
    settings = MatchSettings()
    ranges = pool.ranges_of(1, ROWS, WIDTH)
    done, killed = [], []

    def stop():
        return len(done) >= 4

    connection = psycopg2.connect(**arguments)
    with connection, connection.cursor() as cursor:
        archive.create_tables(cursor)
        counted = run_archive.count_words(cursor, ROWS)
    start = (arguments, run_archive.SOURCE, settings, counted)
    with pool.Pool(*start) as workers:
        left = workers.do("keys", ranges, lambda *what: done.append(what), stop)
        assert left and len(done) + len(left) == len(ranges)
        workers.do("keys", left)
    with connection, connection.cursor() as cursor:
        archive.index_keys(cursor)
    with pool.Pool(*start) as workers:
        workers.do("candidates", [(part, 3) for part in range(3)])
    with connection, connection.cursor() as cursor:
        archive.index_candidates(cursor)

    def kill(batch, _answer):
        done.append(batch)
        if not killed and len(done) >= 3:
            killed.append(batch)
            for process in workers.processes:
                process.kill()

    done.clear()
    with pytest.raises(pool.PoolProblem), pool.Pool(*start) as workers:
        workers.do("scores", ranges, kill)
    assert killed
    rest = [batch for batch in ranges if batch not in done]
    with pool.Pool(*start) as workers:
        assert workers.do("scores", rest, again=True) == []
    connection.close()
    assert found_pairs(arguments) == straight[1]


def test_a_failing_batch_is_told(arguments):
    broken = (arguments, "SELECT nothing", MatchSettings(), frequencies.Frequencies())
    with pool.Pool(*broken) as workers:
        with pytest.raises(pool.PoolProblem, match="nothing"):
            workers.do("keys", [(1, 10)])


def test_no_password_in_the_list_of_processes(arguments):
    start = ({**arguments, "password": "geheim"}, run_archive.SOURCE)
    with pool.Pool(*start, MatchSettings(), frequencies.Frequencies(), 1) as workers:
        [process] = workers.processes
        with open(f"/proc/{process.pid}/cmdline") as file:
            assert "geheim" not in file.read()
