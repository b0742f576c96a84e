"""Reads a file in a process whose memory and time are bounded.

Gets a path and JSON settings as arguments; writes a line of JSON with what the file
is, then blocks of rows, one block to a line, and at last how it ended.
"""

import json
import os
import resource
import sys

from .problem import TableProblem
from .source import open_source

BLOCK = 500


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
        block = []
        for row in source.records():
            block.append(row)
            if len(block) >= BLOCK:
                _say(out, block)
                block = []
            if limit and row[0] >= limit:
                break
        _say(out, block)
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


def _limit(which, value):
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, hard))


def _say(out, message):
    out.write(json.dumps(message) + "\n")
    out.flush()


main()
