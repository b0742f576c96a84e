"""Names of places, written in many ways, made comparable in Python and in SQL alike."""

from odoo.tools import SQL

_LETTERS = "àáâäèéêëìíîïòóôöùúûü"
_PLAIN = "aaaaeeeeiiiioooouuuu"
_NOISE = "'’`´.,-/ \t"
_TABLE = str.maketrans(_LETTERS, _PLAIN, _NOISE)


def city_key(name):
    """Return what the ways of writing a municipality have in common.

    ``Forlì``, ``FORLI'`` and ``forli`` are the same.

    :param str name: as somebody wrote it; may be falsy
    :rtype: str
    """
    return (name or "").lower().translate(_TABLE)


def city_key_sql(expression):
    """Return the same in SQL.

    :param SQL expression: the name; NULL gives an empty key
    :rtype: SQL
    """
    return SQL(
        "translate(lower(coalesce(%s, '')), %s, %s)",
        expression,
        _LETTERS + _NOISE,
        _PLAIN,
    )
