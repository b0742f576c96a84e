"""One measured figure, beside its baseline and its goal."""

import dataclasses


@dataclasses.dataclass
class Row:
    """A line of the report.

    :param float ratio: value / baseline, None without a baseline
    :param str goal: in words, None when the figure is only watched
    :param bool ok: False when the goal is missed; True also without a goal
    """

    name: str
    value: float
    unit: str
    baseline: float = None
    ratio: float = None
    goal: str = None
    ok: bool = True


def watched(name, value, unit, baseline=None):
    """Return a figure without a goal."""
    return Row(name, value, unit, baseline, _ratio(value, baseline))


def at_most(name, value, unit, limit):
    """Return a figure that must not exceed a limit, in its own unit."""
    return Row(name, value, unit, goal=f"<= {limit:g} {unit}", ok=value <= limit)


def at_least(name, value, unit, limit):
    """Return a figure that must reach a limit, in its own unit."""
    return Row(name, value, unit, goal=f">= {limit:g} {unit}", ok=value >= limit)


def at_most_times(name, value, unit, baseline, times):
    """Return a figure that must not exceed its baseline so many times."""
    ratio = _ratio(value, baseline)
    ok = ratio is not None and ratio <= times
    return Row(name, value, unit, baseline, ratio, f"<= {times:g} x baseline", ok)


def at_least_times(name, value, unit, baseline, times):
    """Return a figure that must reach its baseline so many times."""
    ratio = _ratio(value, baseline)
    ok = ratio is not None and ratio >= times
    return Row(name, value, unit, baseline, ratio, f">= {times:g} x baseline", ok)


def _ratio(value, baseline):
    return value / baseline if baseline else None
