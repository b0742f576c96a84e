"""SQL that is too long for a command line."""

import tempfile

from ...environment import databases


def run(database, text):
    """Run statements, one after the other; stop at the first that fails."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(text)
        file.flush()
        options = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", file.name]
        return databases.client("psql", *options)
