"""Whether the first rows of something look like a list."""

from itertools import islice

#: Rows looked at.
SAMPLE_ROWS = 200


def is_table(records):
    """Tell whether rows have columns: a letter, or a page of help, has none.

    :param records: yields ``(row number, cells)``
    :rtype: bool
    """
    filled = [sum(map(bool, cells)) for _number, cells in islice(records, SAMPLE_ROWS)]
    columns = sum(count > 1 for count in filled)
    return columns > 0 and columns * 2 >= sum(map(bool, filled))
