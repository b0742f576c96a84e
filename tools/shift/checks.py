"""Was a name served twice, a slot booked twice, an outcome lost? Seen from outside."""

from collections import Counter, defaultdict


def zero_counters(site, journal):
    """Return the counters that must be 0, each with a few examples.

    :rtype: dict[str, list[str]]
    """
    return {
        "double-served names": overlapping_hands(journal.served)
        + outcomes_beside_claims(site, journal),
        "private recalls given to others": strangers_recalls(journal.served),
        "lost outcomes": lost_outcomes(site, journal),
        "names left in hand": names_left(site, journal),
        "double-booked slots": double_slots(site) + double_events(site),
        "appointments without their slot": lost_appointments(site, journal),
        "names without a new field": journal.stale,
        "errors": list(journal.errors) + log_errors(site),
    }


# ------------------------------------------------------------
# Names
# ------------------------------------------------------------


def overlapping_hands(served):
    """Return names that were in two pairs of hands at the same time.

    A window lasts from the answer of next until the request that gave the name
    back: the server held the name for this operator all that time.
    """
    by_lead = defaultdict(list)
    for one in served:
        by_lead[one.lead_id].append(one)
    found = []
    for lead_id, windows in by_lead.items():
        windows.sort(key=lambda one: one.since)
        for place, second in enumerate(windows):
            found += [
                f"name {lead_id}: {first.operator}, {second.operator}"
                for first in windows[:place]
                if first.until is None or second.since < first.until
            ]
    return found


def outcomes_beside_claims(site, journal):
    """Return names with more outcomes in the ledger than this shift confirmed."""
    known = Counter(one.lead_id for one in journal.served if one.confirmed)
    users = {one.user_id for one in journal.served}
    if not known:
        return []
    rows = site.query(
        f"""SELECT lead_id, count(*) FROM crm_interaction
             WHERE id >= {_first_interaction(journal)} AND user_id IN ({_ids(users)})
          GROUP BY lead_id"""
    )
    return [
        f"name {lead_id}: {count} outcomes, {known[int(lead_id)]} confirmed"
        for lead_id, count in rows
        if int(count) > known[int(lead_id)]
    ]


def strangers_recalls(served):
    """Return private recalls that came back to somebody else."""
    owners, found = {}, []
    for one in sorted(served, key=lambda one: one.since):
        owner = owners.get(one.lead_id)
        if owner not in (None, one.operator):
            found.append(f"name {one.lead_id}: of {owner}, given to {one.operator}")
        if one.confirmed:
            # Put back without an outcome, it would stay whosever recall it was.
            owners[one.lead_id] = one.operator if one.private_recall else None
    return found


def lost_outcomes(site, journal):
    """Return confirmed outcomes of which the ledger has not exactly one row."""
    confirmed = [one for one in journal.served if one.confirmed]
    if not confirmed:
        return []
    first = _first_interaction(journal)
    rows = site.query(
        f"SELECT token, lead_id, user_id FROM crm_interaction WHERE id >= {first}"
    )
    ledger = {token: (int(lead), int(user)) for token, lead, user in rows}
    return [
        f"name {one.lead_id}: outcome of {one.operator} is not in the ledger"
        for one in confirmed
        if ledger.get(one.token) != (one.lead_id, one.user_id)
    ]


def names_left(site, journal):
    """Return names that the database still has in the operators' hands."""
    users = {one.user_id for one in journal.served}
    if not users:
        return []
    rows = site.query(
        f"""SELECT lead_id, claimed_by_id FROM crm_call_list_line
             WHERE claimed_by_id IN ({_ids(users)})"""
    )
    return [f"name {lead_id} of user {user_id}" for lead_id, user_id in rows]


def _first_interaction(journal):
    return min(one.interaction_id for one in journal.served if one.confirmed)


# ------------------------------------------------------------
# Appointments
# ------------------------------------------------------------


def double_slots(site):
    """Return agents whose slots overlap."""
    rows = site.query(
        """SELECT a.agent_id, a.start FROM crm_agent_slot a
             JOIN crm_agent_slot b ON b.agent_id = a.agent_id AND b.id > a.id
              AND b.start < a.stop AND b.stop > a.start"""
    )
    return [f"slots of agent {agent_id} at {start}" for agent_id, start in rows]


def double_events(site):
    """Return agents whose calendar has two appointments at a time."""
    rows = site.query(
        """SELECT a.user_id, a.start FROM calendar_event a
             JOIN calendar_event b ON b.user_id = a.user_id AND b.id > a.id
              AND b.start < a.stop AND b.stop > a.start
            WHERE a.active AND b.active
              AND a.is_sales_appointment AND b.is_sales_appointment"""
    )
    return [f"events of agent {agent_id} at {start}" for agent_id, start in rows]


def lost_appointments(site, journal):
    """Return confirmed appointments that are not in calendar and slots."""
    wanted = [one for one in journal.served if one.slot and one.confirmed]
    if not wanted:
        return []
    rows = site.query(
        """SELECT e.id, s.agent_id, s.start, s.stop FROM calendar_event e
             JOIN crm_agent_slot s ON s.event_id = e.id AND s.kind = 'appointment'
              AND s.start = e.start AND s.stop = e.stop AND s.agent_id = e.user_id"""
    )
    booked = {int(row[0]): (int(row[1]), row[2], row[3]) for row in rows}
    return [
        f"name {one.lead_id}: {one.slot}"
        for one in wanted
        if booked.get(one.event_id) != tuple(one.slot.values())
    ]


# ------------------------------------------------------------
# The server's own log
# ------------------------------------------------------------


def log_errors(site):
    """Return the errors and warnings that a server of our own has logged.

    Odoo logs each refusal as a warning of ``odoo.http``: those are counted apart.
    """
    return [line for line in site.log_lines() if is_complaint(line[:120])]


def is_complaint(line):
    """Tell whether a line of Odoo's log is one that a shift must not cause."""
    if " ERROR " in line or " CRITICAL " in line:
        return True
    return " WARNING " in line and " odoo.http: " not in line


def retried_requests(site):
    """Return how many requests Odoo had to run again, or None if unknown."""
    if not site.log:
        return None
    return sum("tries left, try again in" in line for line in site.log_lines())


def _ids(numbers):
    return ", ".join(str(number) for number in sorted(numbers))
