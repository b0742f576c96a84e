"""The room in which the operators sit: a shift from its first login to its end."""

import threading
import time

from ..environment.shell import EnvironmentProblem, say
from .journal import Journal
from .manager import Manager
from .operator import Operator
from .script import MIX_TEXT, Script

SECONDS_TO_LOG_IN = 180
SECONDS_TO_FINISH = 90


def work(site, options):
    """Run a shift; return its journal."""
    logins = _logins(site, options.operators)
    journal, stop = Journal(), threading.Event()
    ready = threading.Barrier(len(logins) + 1, timeout=SECONDS_TO_LOG_IN)
    crew = [
        Operator(site, login, Script(options, number), journal, ready, stop)
        for number, login in enumerate(logins, 1)
    ]
    manager = Manager(site, options, journal, stop) if options.fields else None
    say(f"{len(crew)} operators log in")
    if manager:
        manager.sit_down()
    for operator in crew:
        operator.start()
    try:
        ready.wait()
    except threading.BrokenBarrierError:
        problem = journal.errors[0] if journal.errors else "the logins take too long"
        raise EnvironmentProblem(f"the shift can't start: {problem}") from None
    say(f"They work: {MIX_TEXT}; {options.talk:g} s of talk per name")
    if manager:
        manager.start()
    _keep_time(options, journal)
    stop.set()
    deadline = time.monotonic() + SECONDS_TO_FINISH
    for operator in crew:
        operator.join(max(0, deadline - time.monotonic()))
        if operator.is_alive():
            journal.errors.append(f"{operator.login}: does not finish")
    if manager:
        manager.join(SECONDS_TO_FINISH)
        manager.tidy_up()
    return journal


def _keep_time(options, journal):
    time.sleep(options.warm_up)
    journal.start_measuring()
    time.sleep(options.duration)
    journal.stop_measuring()


def _logins(site, wanted):
    """Return the operators who work on lists of a running campaign."""
    rows = site.query(
        """SELECT u.login FROM res_users u
            WHERE u.active AND u.login ~ '^operatore[0-9]+$'
              AND EXISTS (SELECT 1 FROM crm_call_list_operator_rel r
                            JOIN crm_call_list l ON l.id = r.list_id AND l.active
                            JOIN utm_campaign c ON c.id = l.campaign_id
                           WHERE r.user_id = u.id AND c.call_state = 'running')
         ORDER BY length(u.login), u.login"""
    )
    logins = [login for (login,) in rows]
    if len(logins) < wanted:
        raise EnvironmentProblem(
            f"{site.database} has {len(logins)} operators with a running campaign, "
            f"not {wanted}: choose OPERATORS={len(logins)} or fewer."
        )
    return logins[:wanted]
