"""A second clone, from nothing to a served call centre and back to nothing."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

from tools.environment import odoo_config

SECONDS_FOR_SECOND_RUN = 20

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clone(root, tmp_path_factory):
    """Return a copy of this clone in a folder that only its owner can enter."""
    base = tmp_path_factory.mktemp("closed")
    base.chmod(0o700)
    copy = base / "a clone with spaces"
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=root, capture_output=True, check=True).stdout
    for name in filter(None, names.decode().split("\0")):
        if (root / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy / name)
    yield copy
    _make(copy, "clean")


def _make(clone, target, **environment):
    return subprocess.run(
        ["make", f"PYTHON={sys.executable}", target],
        cwd=clone,
        env=_environment(**environment),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def _environment(**changes):
    inherited = {name: os.environ[name] for name in os.environ if name != "MAKEFLAGS"}
    return {**inherited, **changes}


@contextlib.contextmanager
def _running(clone, port, log):
    """Run ``make run`` until it answers; give the seconds that took."""
    started = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(
            ["make", f"PYTHON={sys.executable}", "run", f"PORT={port}"],
            cwd=clone,
            env=_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while process.poll() is None and time.monotonic() - started < 900:
            with contextlib.suppress(OSError):
                url = f"http://127.0.0.1:{port}/web/login"
                urllib.request.urlopen(url, timeout=30).close()
                break
            time.sleep(0.2)
        assert process.poll() is None, log.read_text()[-3000:]
        yield time.monotonic() - started
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.wait(60)


def test_life_of_a_clone(clone, tmp_path):
    """Set up, run, stop, run again quickly, clean: nothing is left behind."""
    port = odoo_config.free_port()
    first, second = tmp_path / "first.log", tmp_path / "second.log"
    with _running(clone, port, first):
        time.sleep(2)
    assert f"http://127.0.0.1:{port}" in first.read_text()
    assert _make(clone, "stop").returncode == 0
    with _running(clone, port, second) as seconds:
        assert seconds < SECONDS_FOR_SECOND_RUN, second.read_text()[-3000:]
        busy = _make(clone, "run", PORT=str(port))
        assert busy.returncode
        assert f"port {port} is in use" in busy.stderr
        assert _make(clone, "stop").returncode == 0
    assert " ERROR " not in second.read_text()
    assert " WARNING " not in second.read_text()
    data = (clone / ".local/pg").resolve()
    assert _make(clone, "clean").returncode == 0
    assert not (clone / ".local").exists()
    assert not data.exists()
