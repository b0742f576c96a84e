"""The server that ``make run`` keeps in the foreground, and how to stop it.

The process that serves holds a lock on its pid file, so a file left behind by a
crash is never mistaken for a running server.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
import urllib.request

from . import odoo_config, settings
from .shell import EnvironmentProblem, say

PID_FILE = settings.RUN_DIR / "server.pid"
SECONDS_TO_START = 120
SECONDS_TO_STOP = 20


def check_port(port):
    """Stop with a clear line when something listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HTTP_HOST, port))
        except PermissionError:
            raise EnvironmentProblem(
                f"port {port} needs more rights: choose one above 1023, for example "
                "'make run PORT=8070'."
            ) from None
        except OSError:
            raise EnvironmentProblem(
                f"port {port} is in use: stop what listens there ('make stop' if it "
                "is this clone's server) or run 'make run PORT=8070'."
            ) from None


def serve(database, port, greeting):
    """Serve a database until Ctrl-C or ``stop``; greet when it answers."""
    args = ["-d", database, f"--db-filter=^{database}$", "--no-database-list"]
    # Odoo's own deprecation warnings, with a traceback each, would hide the rest.
    args += [f"--http-port={port}", "--log-handler=py.warnings:ERROR"]
    command = odoo_config.command(*args)
    settings.RUN_DIR.mkdir(parents=True, exist_ok=True)
    with PID_FILE.open("a+") as pid_file:
        _take(pid_file)
        process = subprocess.Popen(
            command, env=odoo_config.environment(), pass_fds=[pid_file.fileno()]
        )
        pid_file.truncate(0)
        pid_file.write(str(process.pid))
        pid_file.flush()
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        return _accompany(process, port, greeting)


def stop():
    """Stop the server of this clone; tell whether there was one."""
    pid = _running_pid()
    if not pid:
        return False
    os.kill(pid, signal.SIGTERM)
    for _ in range(SECONDS_TO_STOP * 10):
        if not _running_pid():
            return True
        time.sleep(0.1)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return True


def is_serving():
    """Tell whether the server of this clone runs."""
    return bool(_running_pid())


def wait_until_ready(process, port):
    """Tell whether the server answers before it ends or time is up."""
    url = f"http://{settings.HTTP_HOST}:{port}/web/health"
    for _ in range(SECONDS_TO_START * 5):
        if process.poll() is not None:
            return False
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return True
        time.sleep(0.2)
    return False


def _accompany(process, port, greeting):
    try:
        if wait_until_ready(process, port):
            greeting()
        process.wait()
    except KeyboardInterrupt:
        # The terminal has sent the same signal to Odoo: let it end in peace.
        with contextlib.suppress(KeyboardInterrupt):
            process.wait(SECONDS_TO_STOP)
        process.kill()
        say("Stopped")
        return 0
    return max(process.wait(), 0)


def _take(pid_file):
    try:
        fcntl.flock(pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise EnvironmentProblem(
            "this clone already serves: 'make stop' ends it."
        ) from None


def _running_pid():
    """Return the pid of the process that holds the lock, or None."""
    if not PID_FILE.exists():
        return None
    with PID_FILE.open() as pid_file:
        try:
            fcntl.flock(pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(pid_file.read() or 0) or None
    return None
