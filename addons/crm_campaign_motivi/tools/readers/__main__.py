"""Reads a file in a process whose memory and time are bounded.

Gets a path and JSON settings as arguments; writes a line of JSON with what the file
is, then blocks of rows, one block to a line, and at last how it ended.
"""

import json
import os
import resource
import sys

from .cell_text import shorten
from .problem import TableProblem
from .source import open_source

#: Rows of a block, and characters from which on it has no more of them.
BLOCK = 500
BLOCK_LENGTH = 1_000_000
#: Cells of a row that are handed on: a list has fewer columns, see MAX_COLUMNS.
MOST_CELLS = 600


def main():
    """Read the file of the command line."""
    settings = json.loads(sys.argv[2])
    _limit(resource.RLIMIT_AS, settings.pop("memory"))
    _limit(resource.RLIMIT_CPU, settings.pop("cpu"))
    limit = settings.pop("rows")
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Libraries must not write between the rows.
    os.dup2(2, 1)
    try:
        source = open_source(sys.argv[1], **settings)
        head = ("kind", "encoding", "separator", "sheet", "sheets")
        _say(out, {name: getattr(source, name) for name in head})
        _say_rows(out, source, limit)
        _say(out, {"end": True})
    except TableProblem as problem:
        _say(out, {"problem": problem.code, "details": problem.details})
    except MemoryError:
        _say(out, {"problem": "too_large", "details": {}})
    except BrokenPipeError:
        # Whoever asked has gone: nobody is left to tell.
        os._exit(1)
    except (RecursionError, OverflowError):
        _say(out, {"problem": "corrupt", "details": {}})
    os._exit(0)


def _say_rows(out, source, limit):
    """Write rows in blocks that fill no memory, whatever stands in them.

    :param int limit: number of the last row; 0: all
    """
    block, length = [], 0
    for number, cells in source.records():
        cells = shorten(cells[:MOST_CELLS])
        block.append((number, cells))
        length += sum(map(len, cells))
        if len(block) >= BLOCK or length >= BLOCK_LENGTH:
            _say(out, block)
            block, length = [], 0
        if limit and number >= limit:
            break
    _say(out, block)


def _limit(which, value):
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, hard))


def _say(out, message):
    out.write(json.dumps(message) + "\n")
    out.flush()


main()
