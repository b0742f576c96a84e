"""Our import of a list against Odoo's own ``load()`` of the same rows."""

from pathlib import Path

from ...environment import demo, settings
from ...shift.site import copy_name, own_copy
from .. import odoo_shell
from ..registry import group
from ..rows import watched

FILE = settings.ROOT / "tests" / "data" / "names_fotovoltaico.csv"
#: Rows that ``load()`` gets: enough for a steady figure, few enough to wait for.
SAMPLE = 500
SCRIPT = Path(__file__).parents[1] / "scripts" / "import_names.py"


@group("import")
def measure(_bench):
    """Rows per second of a list's import against Odoo's own load()"""
    demo.prepare()
    copy = copy_name(settings.DEMO_DATABASE, "bench")
    with own_copy(settings.DEMO_DATABASE, copy):
        found = odoo_shell.run(copy, SCRIPT, file=str(FILE), sample=SAMPLE)
    ours = found["rows"] / found["import_seconds"]
    load = SAMPLE / found["load_seconds"]
    yield watched("import.rows_per_s", ours, "rows/s", load)
