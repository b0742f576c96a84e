"""The transfer file of a commercial graph: its sections, and reading it safely."""

import json
from dataclasses import dataclass

FORMAT = "crm_callcenter.graph"
VERSION = 1

#: A configuration of a hundred types is a tenth of this.
LARGEST_FILE = 5 * 1024 * 1024

#: References that lead out of the file: users by login, roles by external id.
USERS = "users"
GROUPS = "groups"


@dataclass(frozen=True)
class Section:
    """One list of the file.

    ``plain`` fields stand in the file as they are. ``references`` map a field to the
    section that it leads to. ``identity`` names the fields that tell items apart;
    without any, an item has a key of its own, made of its name. An *optional* section
    may be missing in a file: it belongs to an addon that is not everywhere.
    """

    model: str
    plain: tuple = ()
    references: tuple = ()
    identity: tuple = ()
    is_optional: bool = False

    @property
    def fields(self):
        """Names of all fields, plain ones first."""
        return (*self.plain, *(name for name, _section in self.references))

    def fields_in(self, item):
        """Return the names of those fields that an item of a file has."""
        return [name for name in self.fields if entry_name(name) in item]

    @property
    def is_keyed(self):
        """Whether items have a name, and others refer to them by it."""
        return not self.identity


class BrokenFile(Exception):
    """A file that is no configuration; ``args[0]`` tells which way."""


def entry_name(field_name):
    """Return what a field is called in the file, where ids have no place.

    :param str field_name: for instance ``next_type_id`` or ``type_ids``
    :rtype: str
    """
    if field_name.endswith("_ids"):
        return f"{field_name.removesuffix('_ids')}s"
    return field_name.removesuffix("_id")


def write_file(content):
    """Return the bytes of a file: readable, and the same for the same content.

    :param dict content: the sections
    :rtype: bytes
    """
    whole = {"format": FORMAT, "version": VERSION, **content}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def read_file(raw):
    """Return the content of a file.

    :param bytes raw: as :func:`write_file` made it, or anything else
    :rtype: dict
    :raise BrokenFile: ``large``, ``json``, ``double`` (with the entry written twice),
        ``format`` or ``version`` (with the version found)
    """
    if len(raw) > LARGEST_FILE:
        raise BrokenFile("large")
    try:
        content = json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_without_doubles,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError) as error:
        raise BrokenFile("json") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BrokenFile("format")
    version = content.get("version")
    if version != VERSION or isinstance(version, bool):
        raise BrokenFile("version", str(version)[:40])
    return content


def _without_doubles(pairs):
    found = {}
    for name, value in pairs:
        if name in found:
            raise BrokenFile("double", name[:100])
        found[name] = value
    return found


def _no_number(text):
    raise ValueError(text)


def find_circle(above):
    """Return a circle of items that each lie above one another, or nothing.

    :param dict above: item -> the item above it, or ``None``
    :rtype: list
    """
    done = set()
    for start in above:
        path, at = [], start
        while at is not None and at not in done:
            if at in path:
                return path[path.index(at) :]
            path.append(at)
            at = above.get(at)
        done.update(path)
    return []
