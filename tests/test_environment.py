"""The tools that set up, serve and test: quick checks without a database."""

import os
import re
import socket
import subprocess
import sys
import time

import pytest

from tools.environment import cluster, settings, shell, system
from tools.environment.testing import addon_tests, odoo_log, process, report

LOG = """\
2026-01-01 10:00:00,000 7 INFO db odoo.addons.crm_x.tests.test_a: Starting A.test_ok ...
2026-01-01 10:00:00,000 7 INFO db odoo.addons.crm_x.tests.test_a: Starting A.test_sub ...
2026-01-01 10:00:00,000 7 ERROR db odoo.addons.crm_x.tests.test_a: FAIL: Subtest A.test_sub (i=0)
Traceback (most recent call last):
AssertionError: 0 != 1
2026-01-01 10:00:00,000 7 INFO db odoo.addons.crm_x.tests.test_a: Starting A.test_err ...
2026-01-01 10:00:00,000 7 ERROR db odoo.addons.crm_x.tests.test_a: ERROR: A.test_err
2026-01-01 10:00:00,000 7 INFO db odoo.addons.crm_x.tests.test_a: Starting A.test_skip ...
2026-01-01 10:00:00,000 7 INFO db odoo.addons.crm_x.tests.test_a: skipped A.test_skip : no fax
2026-01-01 10:00:00,000 7 INFO db odoo.addons.crm_x.tests.test_a: Starting A.test_tour ...
2026-01-01 10:00:00,000 7 INFO db odoo.addons.crm_x.tests.test_a: skipped A.test_tour : Chrome executable not found
2026-01-01 10:00:00,000 7 ERROR db odoo.tests.suite: ERROR: setUpClass (odoo.addons.crm_x.tests.test_a.B)
2026-01-01 10:00:00,000 7 WARNING db odoo.addons.crm_x.models.lead: odd thing
2026-01-01 10:00:00,000 7 WARNING db py.warnings: /a/odoo/addons/mail/x.py:1: DeprecationWarning: 'werkzeug.urls.url_join' is deprecated
2026-01-01 10:00:00,000 7 ERROR db odoo.tests.result: 1 failed, 2 error(s) of 5 tests when loading database 'db'
"""  # noqa: E501


@pytest.fixture
def parsed(tmp_path):
    path = tmp_path / "odoo.log"
    path.write_text(LOG)
    return odoo_log.OdooLog(path)


def test_log_tells_each_result(parsed):
    module = "crm_x.tests.test_a"
    assert parsed.passed() == [f"{module}:A.test_ok"]
    assert list(parsed.skipped) == [f"{module}:A.test_skip"]
    assert list(parsed.failed) == [
        f"{module}:A.test_sub (i=0)",
        f"{module}:A.test_err",
        f"{module}:A.test_tour",
        "odoo.tests.suite:setUpClass (odoo.addons.crm_x.tests.test_a.B)",
    ]
    assert "AssertionError" in parsed.failed[f"{module}:A.test_sub (i=0)"]


def test_log_complains_of_our_warnings_only(parsed):
    assert parsed.complaints == ["WARNING odoo.addons.crm_x.models.lead: odd thing"]


def test_allow_list_names_no_addon_of_ours():
    text = odoo_log.ALLOW_LIST.read_text()
    assert not [
        path.name for path in settings.ADDONS.glob("crm_*") if path.name in text
    ]


@pytest.mark.parametrize(
    ("results", "last_line", "code"),
    [
        ([], "0 passed, 1 failed", 1),
        (["passed", "passed"], "2 passed, 0 failed", 0),
        (["passed", "failed"], "1 passed, 1 failed", 1),
    ],
)
def test_last_line_counts(results, last_line, code, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "RESULTS_DIR", tmp_path)
    collected = report.Report()
    for number, status in enumerate(results):
        getattr(collected, status)("stage", f"test {number}")
    assert collected.finish() == code
    assert capsys.readouterr().out.splitlines()[-1] == last_line
    assert (tmp_path / "results.json").exists()


def test_leftovers_of_a_killed_run_are_ended(monkeypatch):
    monkeypatch.setattr(settings, "clone_id", lambda: f"test-{os.getpid()}")
    marked = {**os.environ, process.MARK: settings.clone_id()}
    with subprocess.Popen(["sleep", "60"], env=marked) as left:
        while b"sleep" not in _command_line(left.pid):
            time.sleep(0.01)
        process.end_leftovers()
        assert left.wait(5) < 0


def _command_line(pid):
    with open(f"/proc/{pid}/cmdline", "rb") as handle:
        return handle.read()


def test_timeout_ends_the_whole_group(tmp_path):
    started = time.monotonic()
    code = process.run(["sh", "-c", "sleep 60 & wait"], tmp_path / "log", 0.5)
    assert code is None
    assert time.monotonic() - started < 10


def test_dependencies_of_an_addon(monkeypatch, tmp_path):
    manifests = {"a": ["crm", "b"], "b": ["utm", "c"], "c": ["b", "phone_validation"]}
    for name, depends in manifests.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__manifest__.py").write_text(str({"depends": depends}))
    monkeypatch.setattr(settings, "ADDONS", tmp_path)
    assert addon_tests.dependencies("a") == (
        ["crm", "phone_validation", "utm"],
        ["b", "c"],
    )


def test_busy_port_is_one_clear_line(root):
    with socket.socket() as busy:
        busy.bind((settings.HTTP_HOST, 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = _script(root, "run.py", PORT=str(port))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"port {port} is in use" in done.stderr
    assert "make run PORT=" in done.stderr


def test_wrong_port_is_one_clear_line(root):
    done = _script(root, "run.py", PORT="abc")
    assert done.returncode == 1
    assert done.stderr == "error: PORT=abc is not a port number.\n"


def test_unsupported_system_is_one_clear_line(root, tmp_path):
    done = _script(root, "setup.py", PATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Debian 12" in done.stderr


def _script(root, name, **environment):
    return subprocess.run(
        [sys.executable, root / "tools" / name],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_wrong_python_is_refused(monkeypatch):
    monkeypatch.setattr(settings, "PYTHON_VERSION", (3, 99))
    with pytest.raises(shell.EnvironmentProblem, match=r"PYTHON=python3\.99"):
        system.check_platform()


def test_missing_packages_are_one_command_for_a_user(monkeypatch):
    monkeypatch.setattr(system, "missing_packages", lambda: ["postgresql", "gcc"])
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(shell.EnvironmentProblem) as problem:
        system.install_missing_packages()
    line = str(problem.value).splitlines()[-1]
    assert line == "sudo apt-get install --no-install-recommends postgresql gcc"


def test_database_url_names_an_existing_server(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:p%40ss@db.internal:5433/x")
    assert cluster.connection() == {
        "host": "db.internal",
        "port": "5433",
        "user": "me",
        "password": "p@ss",
    }
    assert cluster.client_environment()["PGPASSWORD"] == "p@ss"


def test_database_url_of_another_kind_is_refused(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://db.internal/x")
    with pytest.raises(shell.EnvironmentProblem, match="postgresql://"):
        cluster.connection()


def test_all_requirements_are_pinned_exactly(root):
    for path in (root / "requirements").glob("*.txt"):
        for line in path.read_text().splitlines():
            if line and not line.startswith("#"):
                assert re.fullmatch(r"[\w.-]+==[\w.+]+", line), f"{path.name}: {line}"


def test_ci_runs_make_test_and_nothing_else(root):
    lines = (root / ".ci" / "run").read_text().split("\n")
    commands = [line for line in lines if "make" in line]
    assert commands == ["exec make test"]


def test_no_file_names_this_machine(root):
    """Paths of a machine and hosts of mirrors do not belong into the repository."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=root, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git clone")
    forbidden = re.compile(rb"deb\.debian\.org|files\.pythonhosted|registry\.npmjs")
    for name in filter(None, done.stdout.decode().split("\0")):
        path = root / name
        if path.is_file() and name != "tests/test_environment.py":
            content = path.read_bytes()
            assert not forbidden.search(content), name
