"""What happened in a shift, as its operators saw it."""

import dataclasses
import time
from collections import Counter, defaultdict


@dataclasses.dataclass
class Served:
    """A name in an operator's hands: from the answer of next to the end of the work.

    Times are seconds of one clock. ``until`` is when the operator sent the request
    that gave the name back: the server still held it for the operator then.
    """

    operator: str
    user_id: int
    lead_id: int
    line_id: int
    claim_token: str
    since: float
    until: float = None
    kind: str = ""
    token: str = ""
    confirmed: bool = False
    interaction_id: int = None
    event_id: int = None
    slot: dict = None
    private_recall: bool = False


@dataclasses.dataclass
class Change:
    """A custom field that was added in mid-shift.

    Times are seconds of one clock: of the request, and of its answer.
    """

    field_id: int
    name: str
    choice_ids: list
    started: float
    answered: float


class Journal:
    """Collects from all operators; a list's append is safe between threads."""

    def __init__(self):
        self.timings = defaultdict(list)
        #: When each of these calls began: the same order as in ``timings``.
        self.moments = defaultdict(list)
        self.changes = []
        #: Names and screens that did not know a field that was there already.
        self.stale = []
        self.served = []
        self.errors = []
        self.refusals = Counter()
        self.remarks = Counter()
        self.measuring = False
        self.measured_seconds = 0.0
        self._measured_since = None

    def start_measuring(self):
        """Count durations from now on: the warm-up is over."""
        self._measured_since = time.perf_counter()
        self.measuring = True

    def stop_measuring(self):
        """Count no durations any more."""
        self.measuring = False
        self.measured_seconds = time.perf_counter() - self._measured_since

    def record(self, method, seconds, problem):
        """Keep how long a call took; a call with a problem is no measurement."""
        if self.measuring and not problem:
            self.timings[method].append(seconds)
            self.moments[method].append((time.perf_counter() - seconds, seconds))

    def measured(self):
        """Return the names that were served while durations were counted."""
        first = self._measured_since
        last = first + self.measured_seconds
        return [served for served in self.served if first <= served.since < last]
