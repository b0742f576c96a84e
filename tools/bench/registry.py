"""The groups of measurements, by name: each is one small module of ``groups``."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable

from ..environment.shell import EnvironmentProblem


@dataclasses.dataclass
class Group:
    """A function that measures and yields rows.

    :param str title: what it measures, in a few words
    :param bool asked: only measured when somebody names it
    """

    name: str
    title: str
    measure: Callable
    asked: bool = False


@dataclasses.dataclass
class Bench:
    """What a group may need.

    :param int size: names of the big database; a small one makes tests quick
    """

    size: int


GROUPS = {}


def group(name, asked=False):
    """Register a function ``measure(bench)`` that yields rows, as a group.

    Several functions may make one group, each in a module of its own.

    :param str name: of the group
    :param bool asked: it takes so long that it is only measured when it is named
    """

    def register(measure):
        title = measure.__doc__.strip().splitlines()[0]
        known = GROUPS.get(name)
        if known:
            GROUPS[name] = Group(
                name, f"{known.title}; {title}", _one_after_another(known, measure)
            )
        else:
            GROUPS[name] = Group(name, title, measure, asked)
        return measure

    return register


def _one_after_another(known, measure):
    def both(bench):
        yield from known.measure(bench)
        yield from measure(bench)

    return both


def load():
    """Import every module of ``groups``, which registers what it measures."""
    from . import groups

    for module in pkgutil.iter_modules(groups.__path__):
        importlib.import_module(f"{groups.__name__}.{module.name}")
    return GROUPS


def chosen(only, known):
    """Return the groups that ``only`` names, in the order of the register.

    :param str only: names with commas between them; empty: all but those that want to
        be asked for
    """
    wanted = [name.strip() for name in (only or "").split(",") if name.strip()]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise EnvironmentProblem(
            f"there is no group {', '.join(unknown)}; "
            f"ONLY= takes some of: {', '.join(sorted(known))}."
        )
    return [
        found
        for name, found in known.items()
        if (name in wanted if wanted else not found.asked)
    ]
