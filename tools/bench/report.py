"""The rows as a table and as a file."""

import dataclasses
import json

from ..environment.shell import write_atomically

TITLES = ("name", "value", "unit", "baseline", "ratio", "goal", "")
#: Columns that are aligned to the right.
NUMBERS = {1, 3, 4}


def write(rows, path):
    """Write the rows as a JSON list."""
    values = [dataclasses.asdict(row) for row in rows]
    write_atomically(path, json.dumps(values, indent=2, ensure_ascii=False) + "\n")


def table(rows):
    """Return the rows as a text for the terminal."""
    lines = [TITLES, *(_cells(row) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(TITLES))]
    return "\n".join(_line(line, widths) for line in lines)


def summary(rows):
    """Return the last line: how many goals are met."""
    goals = [row for row in rows if row.goal]
    missed = [row.name for row in goals if not row.ok]
    text = f"{len(goals) - len(missed)} of {len(goals)} goals met"
    return f"{text}; missed: {', '.join(missed)}" if missed else text


def _cells(row):
    return (
        row.name,
        _number(row.value),
        row.unit,
        _number(row.baseline),
        f"{_number(row.ratio)} x" if row.ratio is not None else "",
        row.goal or "",
        ("ok" if row.ok else "MISSED") if row.goal else "",
    )


def _number(value):
    """Write a number with three figures that count, never as a power of ten."""
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"


def _line(cells, widths):
    padded = [
        cell.rjust(width) if place in NUMBERS else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()
