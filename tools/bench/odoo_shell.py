"""Runs a Python file of ours inside Odoo, where the models are."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ..environment import settings
from ..environment.shell import EnvironmentProblem

ENDING = """
import json as _json
import os as _os
with open(_os.environ["BENCH_FOLDER"] + "/arguments.json") as _file:
    _arguments = _json.load(_file)
_answer = answer(env, **_arguments)
with open(_os.environ["BENCH_FOLDER"] + "/answer.json", "w") as _file:
    _json.dump(_answer, _file)
"""


def run(database, script, **arguments):
    """Call the function ``answer(env, **arguments)`` of a file inside Odoo's shell.

    :param Path script: the file; it commits itself what is to stay
    :param arguments: anything that JSON can carry
    :return: what the function returns, through JSON
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "arguments.json").write_text(json.dumps(arguments))
        odoo = settings.ROOT / "tools" / "odoo.py"
        done = subprocess.run(
            [sys.executable, odoo, "shell", "-d", database, "--log-level=error"],
            input=script.read_text() + ENDING,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "BENCH_FOLDER": folder},
        )
        answer = Path(folder) / "answer.json"
        if not answer.exists():
            raise EnvironmentProblem(
                f"{script.name} failed in {database}:\n{done.stderr[-2000:]}"
            )
        return json.loads(answer.read_text())
