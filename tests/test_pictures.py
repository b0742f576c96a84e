"""The pictures of the desk that the documentation shows."""

import re
import struct

import pytest

from tools.environment import settings
from tools.pictures.__main__ import FOLDER, LARGE, SMALL

SIZES = {
    **{
        f"desk-{what}-{scheme}.png": SMALL
        for what in ("recall", "appointment")
        for scheme in ("light", "dark")
    },
    "desk-appointment-1920.png": LARGE,
}


def size(path):
    """Return width and height of a PNG file, from its header."""
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", head[16:24])


@pytest.mark.parametrize("name", sorted(SIZES))
def test_each_picture_has_the_size_of_its_screen(name):
    assert size(FOLDER / name) == SIZES[name]


def test_all_pictures_that_the_readme_shows_are_there():
    readme = (settings.ROOT / "README.md").read_text()
    shown = set(re.findall(r"docs/img/([\w.-]+\.png)", readme))
    assert set(SIZES) <= shown
    assert all((FOLDER / name).exists() for name in shown)
