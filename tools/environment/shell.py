"""Running commands, and the one-line errors that the user sees."""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys

from . import settings


class EnvironmentProblem(Exception):
    """Something that the user has to put right; its text says how."""


def say(message):
    """Print one progress line."""
    print(f"==> {message}", flush=True)


def run(command, **options):
    """Run a command and return its standard output; raise if it fails."""
    command = [str(part) for part in command]
    options.setdefault("text", True)
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            **options,
        )
    except FileNotFoundError:
        raise EnvironmentProblem(f"The program {command[0]} is missing.") from None
    if done.returncode:
        output = (done.stderr or "") + (done.stdout or "")
        tail = "\n".join(output.strip().splitlines()[-15:])
        raise EnvironmentProblem(f"'{' '.join(command)}' failed:\n{tail}")
    return done.stdout


def main(function, *args):
    """Run an entry point; turn a known problem into one line and exit 1."""
    try:
        sys.exit(function(*args))
    except EnvironmentProblem as problem:
        print(f"error: {problem}", file=sys.stderr)
        sys.exit(1)
    except PermissionError as problem:
        print(
            f"error: no permission for {problem.filename}: "
            "run as the owner of this clone, or 'make clean' as root.",
            file=sys.stderr,
        )
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@contextlib.contextmanager
def lock(name):
    """Hold a lock of this clone; it is released when the process ends."""
    settings.LOCAL.mkdir(exist_ok=True)
    with open(settings.LOCAL / f"{name}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fingerprint(*parts):
    """Return a hash of texts and of the contents of files."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, os.PathLike) else part.encode()
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def is_stamped(name, value):
    """Tell whether the step ``name`` was finished with these inputs."""
    stamp = settings.STAMPS_DIR / name
    return stamp.exists() and stamp.read_text() == value


def write_stamp(name, value):
    """Remember that the step ``name`` is finished with these inputs."""
    write_atomically(settings.STAMPS_DIR / name, value)


def write_atomically(path, text):
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text)
    draft.replace(path)
