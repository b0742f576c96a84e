"""The short cursor of the hot path."""

from contextlib import contextmanager

from odoo.sql_db import Cursor


@contextmanager
def read_committed_cursor(registry):
    """Open a cursor of its own at READ COMMITTED, committed when the block ends well.

    Odoo works at REPEATABLE READ, where a row that somebody else claimed after
    the snapshot raises a serialisation failure instead of being skipped, and
    Odoo then sleeps up to seconds before it tries again. Claims of a name and
    holds of a slot are therefore taken here, and committed before the request
    reads what it got.

    :param odoo.modules.registry.Registry registry: of the database at hand
    """
    with registry.cursor() as cr:
        # A test's cursor shares the transaction of the test, which has begun.
        if isinstance(cr, Cursor):
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield cr
