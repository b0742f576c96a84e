"""The first fill of the keys: beside the table in which people look keys up.

Millions of keys go into a table without an index, which is indexed once they are all
there and then takes the place of ``crm_dedup_key``. That one stays as it is meanwhile:
nobody's look-up crawls over a table without an index, and nobody waits while indexes
are built. What people write until then stands in it and is taken along; who is new
finds only others who are new, and waits in ``crm_dedup_stale`` to be compared again.

Plain Python over a cursor: processes of ``matching.pool`` do it, too.
"""

from psycopg2.errors import LockNotAvailable

from .matching import archive

#: Keys that there may be already: those of a few thousand names.
ALMOST_EMPTY = 100_000
#: Names from which on indexes are rather built at the end.
MANY_NAMES = 50_000

#: Each is built by a process of its own.
INDEXES = (
    """CREATE INDEX IF NOT EXISTS crm_dedup_key_first_key_index
           ON crm_dedup_key_first (key, holder)""",
    """CREATE INDEX IF NOT EXISTS crm_dedup_key_first_holder_index
           ON crm_dedup_key_first (holder)""",
)


def is_wanted(cursor):
    """Tell whether the keys are almost all missing, for many names.

    :rtype: bool
    """
    cursor.execute(
        """SELECT NOT EXISTS (SELECT FROM crm_dedup_key OFFSET %s)
                  AND EXISTS (SELECT FROM crm_lead OFFSET %s)""",
        (ALMOST_EMPTY, MANY_NAMES),
    )
    return cursor.fetchone()[0]


def begin(cursor):
    """Begin with an empty table; the few keys that there are go.

    An earlier table has been dropped. Nobody knows any more which of the keys are out
    of date, and whoever had some is met by the run as all others are.
    """
    cursor.execute(
        """CREATE TABLE crm_dedup_key_first (
               key bigint NOT NULL, holder integer NOT NULL
           ) WITH (autovacuum_enabled = false);
           CREATE TABLE crm_dedup_key_range (
               first integer NOT NULL, last integer NOT NULL);
           DELETE FROM crm_dedup_key"""
    )


def is_under_way(cursor):
    """Tell whether a first fill has begun and waits for its end.

    :rtype: bool
    """
    cursor.execute("SELECT to_regclass('crm_dedup_key_first') IS NOT NULL")
    return cursor.fetchone()[0]


def write(cursor, wanted, first, last):
    """Write the keys of a range of holders; one that was done before is done anew.

    :param wanted: of ``(key, holder)``, without doubles
    :param int first: holder
    :param int last: holder, included
    """
    cursor.execute(
        """SELECT EXISTS (SELECT FROM crm_dedup_key_range AS done
                           WHERE done.last >= %s AND done.first <= %s)""",
        (first, last),
    )
    if cursor.fetchone()[0]:
        # Only after a kill: nothing but a look at the whole table finds them.
        cursor.execute(
            "DELETE FROM crm_dedup_key_first WHERE holder BETWEEN %s AND %s",
            (first, last),
        )
    archive.copy(
        cursor,
        "crm_dedup_key_first (key, holder)",
        [f"{key}\t{holder}\n" for key, holder in wanted],
    )
    cursor.execute("INSERT INTO crm_dedup_key_range VALUES (%s, %s)", (first, last))


def missing_indexes(cursor):
    """Return which of :data:`INDEXES` are still to be built.

    :rtype: list[int]
    """
    cursor.execute(
        """SELECT number FROM unnest(
                  '{crm_dedup_key_first_key_index,crm_dedup_key_first_holder_index}'
                  ::text[]) WITH ORDINALITY AS wanted(name, number)
            WHERE to_regclass(name) IS NULL ORDER BY number"""
    )
    return [number - 1 for (number,) in cursor.fetchall()]


def index(cursor, first, last):
    """Build some of :data:`INDEXES`.

    :param int first: number of the first one
    :param int last: number of the last one, included
    """
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for statement in INDEXES[first : last + 1]:
        cursor.execute(statement)
    if not first:
        cursor.execute("ANALYZE crm_dedup_key_first")


def take_over(cursor):
    """Put the new table into the place of the old one, in one short transaction.

    The cursor has begun no transaction: what is committed until the lock is held has to
    be seen. Whoever reads or writes keys holds it up; then it is tried again.

    :param cursor: one of Odoo's
    :return: whether it is done; if not, the transaction is worth nothing
    :rtype: bool
    """
    # So long somebody may have to wait for this try.
    cursor.execute("SET LOCAL lock_timeout = '300ms'")
    try:
        cursor.execute(
            "LOCK TABLE crm_dedup_key IN ACCESS EXCLUSIVE MODE", log_exceptions=False
        )
    except LockNotAvailable:
        return False
    follow(cursor)
    cursor.execute(
        """DROP TABLE crm_dedup_key, crm_dedup_key_range;
           ALTER TABLE crm_dedup_key_first RESET (autovacuum_enabled);
           ALTER TABLE crm_dedup_key_first RENAME TO crm_dedup_key;
           ALTER INDEX crm_dedup_key_first_key_index RENAME TO crm_dedup_key_key_index;
           ALTER INDEX crm_dedup_key_first_holder_index
               RENAME TO crm_dedup_key_holder_index"""
    )
    return True


def follow(cursor):
    """Let the new table follow what people wrote into the old one meanwhile.

    Only differences are written: names that came by a list are in both.
    """
    cursor.execute(
        """DELETE FROM crm_dedup_key_first AS filled
            USING (SELECT DISTINCT holder FROM crm_dedup_key) AS changed
            WHERE filled.holder = changed.holder
              AND NOT EXISTS (SELECT FROM crm_dedup_key AS known
                               WHERE known.key = filled.key
                                 AND known.holder = filled.holder);
           INSERT INTO crm_dedup_key_first (key, holder)
           SELECT key, holder FROM crm_dedup_key AS known
            WHERE NOT EXISTS (SELECT FROM crm_dedup_key_first AS filled
                               WHERE filled.key = known.key
                                 AND filled.holder = known.holder)"""
    )


def drop(cursor):
    """Drop what an earlier fill left."""
    cursor.execute("DROP TABLE IF EXISTS crm_dedup_key_first, crm_dedup_key_range")
