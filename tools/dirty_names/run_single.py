"""One name against an archive, timed: keys, candidates by their index, comparison."""

import time

from . import engine, run_archive

archive = engine.load("matching.archive")
keys = engine.load("matching.keys")
prepare = engine.load("matching.prepare")

_HOLDERS = """
    SELECT wanted.key, found.holder
      FROM unnest(%(keys)s::bigint[]) AS wanted(key)
CROSS JOIN LATERAL (SELECT holder FROM crm_dedup_key
                     WHERE crm_dedup_key.key = wanted.key LIMIT %(limit)s) AS found"""


def find(cursor, judge, record):
    """Return the names that may be a record, likeliest first.

    :rtype: list[tuple[int, Comparison]]
    """
    settings, wanted = judge.settings, prepare.prepare(record)
    cursor.execute(
        _HOLDERS,
        {"keys": keys.keys_of(wanted), "limit": settings.block_limit + 1},
    )
    by_key = {}
    for key, holder in cursor:
        by_key.setdefault(key, []).append(holder)
    near = {
        holder
        for key, holders in by_key.items()
        if len(holders) <= settings.limit(key)
        for holder in holders
    }
    cursor.execute(
        run_archive.SOURCE.split("WHERE")[0] + " WHERE id = ANY(%s)", [list(near)]
    )
    found = []
    for row in cursor.fetchall():
        if row[0] != record.id:
            comparison = judge.compare(wanted, archive.record_of(row))
            if comparison.verdict != "different":
                found.append((row[0], comparison))
    return sorted(found, key=lambda match: (-match[1].score, match[0]))


def milliseconds(cursor, judge, records):
    """Return how long each record took."""
    took = []
    for record in records:
        started = time.perf_counter()
        find(cursor, judge, record)
        took.append((time.perf_counter() - started) * 1000)
    return took
