"""The Odoo 19 that this clone runs: Debian's package, unpacked, or the user's."""

import shutil

from . import apt_archive, settings
from .shell import EnvironmentProblem, fingerprint, is_stamped, say, write_stamp

#: Left out of Debian's build although a bundle of the web client names it. Only
#: the blurred background of video calls uses it: an empty file is enough.
MISSING_SCRIPT = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
#: Raised when the way of unpacking changes, so that old trees are replaced.
RECIPE = "1"


def python_path():
    """Return the folder that holds the package ``odoo``."""
    home = settings.odoo_home()
    return home or settings.ODOO_DIR / "usr/lib/python3/dist-packages"


def addons_paths():
    """Return the folders with Odoo's own addons."""
    base = python_path()
    # A checkout has two folders, a package has all of them in one.
    own = base / "odoo/addons"
    return [own] if (own / "web").is_dir() else [base / "addons", own]


def prepare():
    """Make the tree available; do nothing when it is there already."""
    if settings.odoo_home():
        _check_checkout(settings.odoo_home())
        return
    inputs = _inputs()
    if is_stamped("odoo", inputs) and python_path().is_dir():
        return
    debs = _packages()
    say("Unpacking Odoo")
    apt_archive.unpack(debs, settings.ODOO_DIR, _add_missing_script)
    write_stamp("odoo", inputs)


def identity():
    """Return a text that changes whenever the tree does."""
    return str(settings.odoo_home() or _inputs())


def _inputs():
    deb = settings.odoo_deb()
    source = f"{deb}:{deb.stat().st_size}" if deb and deb.exists() else "mirror"
    suites = repr(settings.DEBIAN_SUITES)
    return fingerprint(RECIPE, source, suites, settings.ODOO_DEB_VERSION)


def _packages():
    deb = settings.odoo_deb()
    suites = {suite: list(names) for suite, names in settings.DEBIAN_SUITES.items()}
    if deb:
        if not deb.is_file():
            raise EnvironmentProblem(f"ODOO_DEB names {deb}, which is not a file.")
        suites["sid"].remove("odoo-19")
    pinned = {"odoo-19": settings.ODOO_DEB_VERSION}
    try:
        debs = apt_archive.fetch(suites, pinned)
    except EnvironmentProblem as problem:
        if not deb:
            raise
        say(f"Fonts are left out, no mirror can be reached: {problem}")
        debs = []
    return [*debs, *([deb] if deb else [])]


def _add_missing_script(draft):
    script = draft / "usr/lib/python3/dist-packages/odoo" / MISSING_SCRIPT
    if not script.parent.parent.is_dir():
        shutil.rmtree(draft)
        raise EnvironmentProblem(
            f"the unpacked package does not hold Odoo {settings.ODOO_SERIES}."
        )
    script.parent.mkdir(exist_ok=True)
    script.touch()


def _check_checkout(home):
    release = home / "odoo/release.py"
    if not release.exists() or "version_info = (19, 0" not in release.read_text():
        raise EnvironmentProblem(f"ODOO_HOME={home} is not an Odoo 19.0 checkout.")
