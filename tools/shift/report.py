"""The figures of a shift: for the eye, and for the file."""

import json
import math
from collections import Counter

from ..environment.shell import write_atomically
from . import checks

#: p95 of a call against p95 of the plain form read in the same shift.
GOALS = {"next_name": 4.0, "take_ahead": 4.0, "confirm": 10.0}
BASELINE = "web_read"
#: The two ways in which a desk is given its next name: asked for, or kept ready ahead.
NEXT = ("next_name", "take_ahead")
#: Seconds after the answer to a change in which next may be slower, and how much.
AFTER_CHANGE = 5.0
CHANGE_GOAL = 3.0
SHOWN = (
    "next_name",
    "prefetch",
    "take_ahead",
    "confirm",
    BASELINE,
    "agenda",
    "hold_slot",
    "log_dial",
)
EXAMPLES = 5


def percentile(values, share):
    """Return the value that ``share`` per cent of the values don't exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


def figures(site, options, journal):
    """Return all figures of a shift; durations are milliseconds."""
    durations = {
        method: _durations(journal.timings[method]) for method in journal.timings
    }
    served = journal.measured()
    hours = journal.measured_seconds / 3600
    zeros = checks.zero_counters(site, journal)
    per_hour = len(served) / hours if hours else 0
    return {
        "database": site.database,
        "operators": options.operators,
        "seconds": round(journal.measured_seconds, 1),
        "talk_seconds": options.talk,
        "seed": options.seed,
        "names_served": len(served),
        "names_served_with_warm_up": len(journal.served),
        "names_per_hour": round(per_hour),
        "names_per_operator_and_hour": round(per_hour / options.operators, 1),
        "outcomes": dict(sorted(Counter(one.kind for one in served).items())),
        "appointments": sum(bool(one.event_id) for one in journal.served),
        "durations_ms": durations,
        "next_ms": _durations(
            [seconds for method in NEXT for seconds in journal.timings.get(method, ())]
            or [0.0]
        ),
        "ratios": _ratios(durations),
        "fields_added": _after_changes(journal),
        "retried_requests": checks.retried_requests(site),
        "refusals": dict(journal.refusals),
        "remarks": dict(journal.remarks),
        "must_be_zero": {name: len(found) for name, found in zeros.items()},
        "examples": {name: found[:EXAMPLES] for name, found in zeros.items() if found},
    }


def is_clean(result):
    """Tell whether all that must be 0 is 0, and work was done at all."""
    return bool(result["names_served"]) and not any(result["must_be_zero"].values())


def write(result, path):
    """Write the figures as JSON."""
    write_atomically(path, json.dumps(result, indent=2, ensure_ascii=False) + "\n")


def text(result):
    """Return the figures as a text for the terminal."""
    lines = [
        "",
        f"{result['operators']} operators, {result['seconds']} s, "
        f"{result['talk_seconds']:g} s of talk per name, on {result['database']}",
        f"names served        {result['names_served']}  "
        f"({result['names_per_operator_and_hour']} per operator and hour on average, "
        f"{result['names_per_hour']} per hour)",
        "outcomes            "
        + "  ".join(f"{kind} {count}" for kind, count in result["outcomes"].items())
        + "   (X: STOP and CLOSE)",
        f"appointments made   {result['appointments']}",
        "",
        *_duration_lines(result),
        *_change_lines(result["fields_added"]),
        "",
        *(f"{name:32} {count}" for name, count in result["must_be_zero"].items()),
        *_word_lines(result),
    ]
    return "\n".join(lines)


def _durations(seconds):
    found = {"count": len(seconds)}
    for share in (50, 95, 99):
        found[f"p{share}"] = round(percentile(seconds, share) * 1000, 1)
    return found


def _after_changes(journal):
    """Return how quick next was beside the adding of fields, and at other times.

    :rtype: dict
    """
    if not journal.changes:
        return {}
    beside, idle = [], []
    moments = [moment for method in NEXT for moment in journal.moments[method]]
    for started, seconds in moments:
        is_beside = any(
            change.started - seconds <= started <= change.answered + AFTER_CHANGE
            for change in journal.changes
        )
        (beside if is_beside else idle).append(seconds)
    found = {
        "count": len(journal.changes),
        "slowest_s": round(
            max(change.answered - change.started for change in journal.changes), 2
        ),
        "beside_ms": _durations(beside) if beside else {},
        "idle_ms": _durations(idle) if idle else {},
    }
    if beside and idle:
        ratio = found["beside_ms"]["p95"] / found["idle_ms"]["p95"]
        found.update(ratio=round(ratio, 2), goal=CHANGE_GOAL, ok=ratio <= CHANGE_GOAL)
    return found


def _ratios(durations):
    if BASELINE not in durations:
        return {}
    baseline = durations[BASELINE]["p95"]
    return {
        method: {
            "value": round(durations[method]["p95"] / baseline, 2),
            "goal": goal,
            "ok": durations[method]["p95"] <= goal * baseline,
        }
        for method, goal in GOALS.items()
        if method in durations
    }


def _duration_lines(result):
    titles = f"{'ms':12}{'count':>8}{'p50':>9}{'p95':>9}{'p99':>9}"
    yield f"{titles}   p95 against {BASELINE}"
    for method in SHOWN:
        row = result["durations_ms"].get(method)
        if row:
            numbers = f"{row['count']:8}{row['p50']:9}{row['p95']:9}{row['p99']:9}"
            yield f"{method:12}{numbers}   {_ratio_text(result['ratios'].get(method))}"


def _change_lines(found):
    if not found:
        return
    yield ""
    yield f"fields added        {found['count']}, the slowest in {found['slowest_s']} s"
    for title, name in (("beside it", "beside_ms"), ("otherwise", "idle_ms")):
        row = found[name]
        if row:
            numbers = "".join(f"{row[key]:9}" for key in ("p50", "p95", "p99"))
            yield f"  next {title:9}{row['count']:6}{numbers}"
    if "ratio" in found:
        ratio = {**found, "value": found["ratio"]}
        yield f"  p95 of next         {_ratio_text(ratio)}"


def _ratio_text(ratio):
    if not ratio:
        return ""
    verdict = "ok" if ratio["ok"] else "MISSED"
    return f"{ratio['value']} x (goal: at most {ratio['goal']:g} x, {verdict})"


def _word_lines(result):
    if result["retried_requests"] is not None:
        yield f"{'requests that Odoo ran again':32} {result['retried_requests']}"
    for title, words in (("refused", result["refusals"]), ("note", result["remarks"])):
        for sentence, count in words.items():
            yield f"{title}, {count} x: {sentence}"
    for name, found in result["examples"].items():
        for example in found:
            yield f"{name}: {example}"
