"""Fetching ``.deb`` files with apt's own signature checks.

The machine's apt configuration is only read: lists, cache and sources of the
suites that we need live in the clone. Files are kept in the user's cache folder
with their checksum, so that a second clone downloads nothing.
"""

import hashlib
import os
import shutil

from . import settings
from .shell import EnvironmentProblem, run, say


def fetch(suites, pinned):
    """Return the ``.deb`` files of ``{suite: [package]}``, from cache or mirror.

    :param pinned: ``{package: version}`` to prefer over the suite's newest.
    """
    cache = settings.cache_dir() / "debs"
    wanted = {(suite, name) for suite in suites for name in suites[suite]}
    cached = {key: _cached(cache, *key) for key in wanted}
    missing = sorted(key for key, path in cached.items() if path is None)
    if missing:
        options = _private_options(sorted(suites))
        say("Reading Debian's package lists")
        run(["apt-get", *options, "update", "-q"])
        for suite, name in missing:
            cached[suite, name] = _download(options, cache, suite, name, pinned)
    return sorted(cached.values())


def unpack(debs, folder, complete=lambda draft: None):
    """Unpack packages so that ``folder`` is replaced at once or not at all.

    :param complete: called with the unpacked draft before it takes the place
    """
    for old in folder.parent.glob(f"{folder.name}.draft.*"):
        shutil.rmtree(old)
    draft = folder.with_name(f"{folder.name}.draft.{os.getpid()}")
    replaced = draft.with_name(f"{draft.name}.old")
    for deb in debs:
        run(["dpkg", "-x", deb, draft])
    complete(draft)
    if folder.exists():
        folder.rename(replaced)
    draft.rename(folder)
    shutil.rmtree(replaced, ignore_errors=True)


def _download(options, cache, suite, name, pinned):
    version = pinned.get(name)
    known = run(["apt-cache", *options, "madison", name])
    if version and version not in known:
        say(f"{name} {version} is gone from the mirror: taking its newest version")
        version = None
    say(f"Downloading {name} from {suite}")
    folder = settings.APT_DIR / "download" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    target = f"{name}={version}" if version else f"{name}/{suite}"
    run(["apt-get", *options, "download", "-q", target], cwd=folder)
    (deb,) = folder.glob("*.deb")
    return _keep(cache, suite, deb)


def _keep(cache, suite, deb):
    """Move a checked download to the cache, checksum last."""
    folder = cache / suite
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / deb.name
    draft = folder / f".{deb.name}.{os.getpid()}"
    shutil.move(deb, draft)
    checksum = _sha256(draft)
    draft.replace(kept)
    kept.with_suffix(".sha256").write_text(checksum)
    return kept


def _cached(cache, suite, name):
    for deb in sorted((cache / suite).glob(f"{name}_*.deb"), reverse=True):
        checksum = deb.with_suffix(".sha256")
        if checksum.exists() and checksum.read_text() == _sha256(deb):
            return deb
    return None


def _sha256(path):
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _private_options(suites):
    """Return apt's options for lists, cache and sources of our own."""
    base = settings.APT_DIR
    for folder in ("lists/partial", "cache/archives/partial"):
        (base / folder).mkdir(parents=True, exist_ok=True)
    mirror = _mirror()
    keyring = settings.DEBIAN_KEYRING
    lines = [f"deb [signed-by={keyring}] {mirror} {suite} main\n" for suite in suites]
    (base / "sources.list").write_text("".join(lines))
    values = {
        "Dir::Etc::SourceList": base / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::Etc::Preferences": "/dev/null",
        "Dir::Etc::PreferencesParts": "/dev/null",
        "Dir::State::Lists": base / "lists",
        "Dir::Cache": base / "cache",
        # The download user of apt may not be able to enter this clone.
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    return [f"-o{name}={value}" for name, value in values.items()]


def _mirror():
    """Return the mirror that this machine already uses for Debian itself."""
    fields = "$(REPO_URI)|$(SUITE)|$(CODENAME)|$(COMPONENT)|$(ORIGIN)"
    targets = run(
        ["apt-get", "indextargets", "--format", fields, "Created-By: Packages"]
    )
    for line in targets.splitlines():
        uri, _suite, codename, component, origin = line.split("|")
        special = any(mark in codename for mark in ("security", "updates", "backports"))
        if origin == "Debian" and component == "main" and not special:
            return uri
    raise EnvironmentProblem(
        "apt knows no Debian mirror: run 'sudo apt-get update' on a Debian system, "
        "or set ODOO_HOME to an Odoo 19 checkout."
    )
