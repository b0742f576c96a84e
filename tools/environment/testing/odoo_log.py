"""Reading an Odoo log: the result of each test, and lines that must not be there.

Odoo logs the start of every test and, for those that do not pass, a line with
their name. Tests that provoke an error on purpose silence it (``mute_logger``),
so any other warning or error in the log is a defect.
"""

import re
from pathlib import Path

ALLOW_LIST = Path(__file__).with_name("known_warnings.txt")
LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ "
    r"(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) \S+ (?P<logger>\S+): (?P<text>.*)$"
)
STARTED = re.compile(r"^Starting (?P<test>\S+) \.\.\.")
SKIPPED = re.compile(r"^skipped (?P<test>\S+) : (?P<reason>.*)")
FAILED = re.compile(r"^(?P<kind>FAIL|ERROR): (?:Subtest )?(?P<test>.+?)\s*$")
#: Lines that only repeat what the tests' own lines have said.
SUMMARIES = (
    ("odoo.tests.result", re.compile(r"\d+ failed, \d+ error\(s\) of [1-9]")),
    ("odoo.modules.loading", re.compile(r"At least one test failed")),
    ("odoo.modules.loading", re.compile(r"Module \S+: \d+ failures, \d+ errors")),
)
#: A test that a missing browser skips has not been run: that is a failure.
BROWSER = re.compile(r"chrom|websocket", re.IGNORECASE)


class OdooLog:
    """What a log says: tests started, failed and skipped, and bad lines."""

    def __init__(self, path):
        self.started = []
        self.failed = {}
        self.skipped = {}
        self.complaints = []
        self._allowed = _read_allow_list()
        for entry in _entries(path):
            self._read(*entry)

    def passed(self):
        """Return the names of the tests that passed."""
        broken = {_test_of(name) for name in self.failed}
        return [
            name
            for name in dict.fromkeys(self.started)
            if name not in self.skipped and name not in broken
        ]

    def _read(self, level, logger, text):
        first = text.split("\n", 1)[0]
        module = logger.removeprefix("odoo.addons.")
        if match := STARTED.match(first):
            self.started.append(f"{module}:{match['test']}")
        elif match := SKIPPED.match(first):
            self._read_skip(f"{module}:{match['test']}", match["reason"])
        elif level == "ERROR" and (match := FAILED.match(first)):
            self.failed[f"{module}:{match['test']}"] = text
        elif level in ("WARNING", "ERROR", "CRITICAL"):
            self._complain(level, logger, text)

    def _read_skip(self, name, reason):
        if BROWSER.search(reason):
            self.failed[name] = reason
        else:
            self.skipped[name] = reason

    def _complain(self, level, logger, text):
        for name, pattern in SUMMARIES:
            if logger == name and pattern.search(text):
                return
        line = f"{level} {logger}: {text}"
        if not any(pattern.search(line) for pattern in self._allowed):
            self.complaints.append(line)


def _test_of(name):
    """Return the name of the test that a failed subtest belongs to."""
    return name.split(" ", 1)[0]


def _entries(path):
    """Yield level, logger and text of each entry; tracebacks belong to it."""
    entry = None
    for line in path.read_text(errors="replace").splitlines():
        match = LINE.match(line)
        if match:
            if entry:
                yield entry
            entry = (match["level"], match["logger"], match["text"])
        elif entry:
            entry = (*entry[:2], f"{entry[2]}\n{line}")
    if entry:
        yield entry


def _read_allow_list():
    lines = ALLOW_LIST.read_text().splitlines()
    return [re.compile(line) for line in lines if line and not line.startswith("#")]
