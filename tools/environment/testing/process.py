"""Running the commands of the tests so that a kill leaves nothing behind.

Each process carries a mark of this clone in its environment. What an earlier run
left behind when it was killed (Odoo, its browser) is found by that mark.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from .. import settings

MARK = "CALL_CENTRE_TEST_OF"
_running = set()
_lock = threading.Lock()


def run(command, log, timeout, environment=None, cwd=None):
    """Run a command with its output in a file; return its exit code.

    :return: the exit code, or None when it took longer than ``timeout`` seconds
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    marked = {**(environment or os.environ), MARK: settings.clone_id()}
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=marked,
            cwd=cwd or settings.ROOT,
            start_new_session=True,
        )
    with _lock:
        _running.add(process)
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end_group(process.pid)
        with _lock:
            _running.discard(process)


def end_all():
    """End what runs now; for a test run that is interrupted."""
    with _lock:
        for process in _running:
            _end_group(process.pid)


def end_leftovers():
    """End processes of an earlier test run of this clone that was killed."""
    mark = f"{MARK}={settings.clone_id()}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        with contextlib.suppress(OSError):
            variables = (folder / "environ").read_bytes().split(b"\0")
            if mark in variables and pid != os.getpid():
                os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)


def _end_group(pid):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
