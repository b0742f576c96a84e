"""Collecting test results: failures are shown at once and again at the end."""

import json
import threading
import time

from .. import settings
from ..shell import write_atomically

#: How many lines of a failure's details are shown on the terminal.
SHOWN_LINES = 40


class Report:
    """All results of a run; safe to use from several threads."""

    def __init__(self):
        self.results = []
        self.started = time.time()
        self._lock = threading.Lock()

    def passed(self, stage, name):
        """Record a test that passed."""
        self._add(stage, name, "passed", "")

    def failed(self, stage, name, details=""):
        """Record a test that failed, and show it now."""
        self._add(stage, name, "failed", details)
        lines = details.strip().splitlines()[-SHOWN_LINES:]
        text = "".join(f"\n    {line}" for line in lines)
        self.say(f"FAILED {stage}: {name}{text}")

    def skipped(self, stage, name, reason):
        """Record a test that did not run; it counts as neither."""
        self._add(stage, name, "skipped", reason)

    def say(self, message):
        """Print a line with the time since the start."""
        seconds = int(time.time() - self.started)
        with self._lock:
            print(f"[{seconds // 60:02}:{seconds % 60:02}] {message}", flush=True)

    def count(self, status, stage=None):
        """Return the number of results with a status."""
        return len(
            [
                result
                for result in self.results
                if result["status"] == status and stage in (None, result["stage"])
            ]
        )

    def finish(self):
        """Save the results, print the summary and return the exit code."""
        self._save()
        failures = [r for r in self.results if r["status"] == "failed"]
        for result in self.results:
            if result["status"] == "skipped":
                print(f"skipped {result['stage']}: {result['name']}")
        if failures:
            print(f"\nFailures (details: {settings.RESULTS_DIR.name}/results.json):")
        for result in failures:
            print(f"  {result['stage']}: {result['name']}")
        passed, failed = self.count("passed"), len(failures)
        # A run without a single test has proved nothing.
        failed = failed or (0 if passed else 1)
        print(f"\n{passed} passed, {failed} failed", flush=True)
        return 1 if failed else 0

    def _add(self, stage, name, status, details):
        result = {"stage": stage, "name": name, "status": status, "details": details}
        with self._lock:
            self.results.append(result)

    def _save(self):
        text = json.dumps(self.results, indent=1, ensure_ascii=False)
        write_atomically(settings.RESULTS_DIR / "results.json", text)
