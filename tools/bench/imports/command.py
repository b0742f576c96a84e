"""Runs the import from the command line, and looks at its memory meanwhile."""

import dataclasses
import subprocess
import time
from pathlib import Path

from ...environment import odoo_config, settings
from ...environment.shell import EnvironmentProblem

LOG = settings.LOCAL / "log" / "import-bench.log"
#: Seconds between two looks at the memory.
INTERVAL = 0.5


@dataclasses.dataclass
class Run:
    """How an import went.

    :param float seconds: from its start to its end, that of Odoo included
    :param float peak_mb: most memory that all its processes held at a time, shared
        pages counted once (PSS)
    :param dict said_after: after how many seconds it said each of its lines
    """

    seconds: float
    peak_mb: float
    text: str
    said_after: dict

    def seconds_of(self, words):
        """Return after how many seconds it said something for the first time.

        :param str words: part of a line
        :rtype: float
        """
        found = (after for line, after in self.said_after.items() if words in line)
        return min(found, default=self.seconds)


def run(database, file, *options):
    """Import a file.

    :param str database: its name
    :param Path file: the list
    :param options: of ``odoo import_names``
    :rtype: Run
    :raise EnvironmentProblem: it failed
    """
    command = odoo_config.command("import_names", "-d", database, file, *options)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    started, peak, said_after = time.perf_counter(), 0.0, {}
    with LOG.open("w") as log:
        process = subprocess.Popen(
            command,
            env=odoo_config.environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        while process.poll() is None:
            peak = max(peak, memory_mb(process.pid))
            for line in LOG.read_text().splitlines():
                said_after.setdefault(line, time.perf_counter() - started)
            time.sleep(INTERVAL)
    text = LOG.read_text()
    if process.returncode:
        raise EnvironmentProblem(f"the import failed, see {LOG}:\n{text[-2000:]}")
    return Run(time.perf_counter() - started, peak, text, said_after)


def memory_mb(pid):
    """Return the memory of a process and of all that it started, in MB.

    :rtype: float
    """
    return sum(_pss_kb(one) for one in _family(pid)) / 1024


def _family(pid):
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text().split())
            except OSError:
                continue
    return found


def _pss_kb(pid):
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
