"""Builds the missing indexes of a first load, two at a time.

CREATE INDEX keeps one core busy, and two of them on one table don't wait for each
other. Each index is built on a connection of its own and struck off the list in the
same transaction, so that whatever ends the process, what is listed is what is missing.
"""

from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

import psycopg2

from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

#: Indexes that are built at a time.
BUILDERS = 2
#: How long a work waits for them before it looks whether it is cancelled, in seconds.
PATIENCE = 2.0
#: What one of them may take; PostgreSQL takes as much once more while it sorts.
MEMORY = "256MB"
#: Ones of words take ten times as long as others: they begin, the others fill the gaps.
_NEXT = """
    SELECT id, definition FROM crm_list_import_index
  ORDER BY definition LIKE '%%USING gin%%' DESC, length(definition) DESC, id
     LIMIT 1 FOR UPDATE {}"""
#: First what nobody builds; then whoever builds the last ones is waited for.
_FREE, _ANY = SQL(_NEXT.format("SKIP LOCKED")), SQL(_NEXT.format(""))


def build(cr, definition):
    """Build an index that was there before.

    :param cr: cursor of the transaction
    :param str definition: as PostgreSQL itself wrote it down
    """
    cr.execute(SQL("SET LOCAL maintenance_work_mem = %s", MEMORY))
    # Whoever builds it says so if it fails; that it is stopped is no error.
    statement = definition.replace("INDEX ", "INDEX IF NOT EXISTS ", 1)
    cr.execute(statement, log_exceptions=False)


class IndexBuilders:
    """Some connections that build indexes until none is missing.

    :param odoo.modules.registry.Registry registry: of the database
    :param int count: of connections
    """

    def __init__(self, registry, count=BUILDERS):
        self._registry = registry
        self._closed = False
        self._connections = {}
        self._threads = ThreadPoolExecutor(count, "list_import_index")
        self._work = [self._threads.submit(self._build_all, at) for at in range(count)]

    def wait(self, seconds=PATIENCE):
        """Wait for them, but not for long.

        :param float seconds: how long at most; ``None``: until the end
        :return: whether they are still at work
        :rtype: bool
        :raise psycopg2.Error: an index can't be built
        """
        done, waiting = wait(self._work, seconds, FIRST_EXCEPTION)
        for work in done:
            work.result()
        return bool(waiting)

    def close(self):
        """End them; an index that is half built stays on the list."""
        self._closed = True
        while wait(self._work, 0.1).not_done:
            for connection in list(self._connections.values()):
                connection.cancel()
        self._threads.shutdown()

    def _build_all(self, at):
        while not self._closed:
            with read_committed_cursor(self._registry) as cr:
                self._connections[at] = cr._cnx
                try:
                    if not self._build_next(cr):
                        return
                except psycopg2.errors.QueryCanceled:
                    cr.rollback()
                    if not self._closed:
                        raise
                finally:
                    del self._connections[at]

    def _build_next(self, cr):
        """Build one index.

        :return: whether there was one
        :rtype: bool
        """
        for statement in (_FREE, _ANY):
            cr.execute(statement)
            found = cr.fetchone()
            if found:
                break
        else:
            return False
        cr.execute("SET LOCAL max_parallel_maintenance_workers = 0")
        number, definition = found
        build(cr, definition)
        cr.execute("DELETE FROM crm_list_import_index WHERE id = %s", [number])
        return True
