"""The matching engine of crm_dedup, without Odoo around it."""

import importlib.util
import sys

from ..environment import settings

_NAME = "crm_dedup_tools"
_FOLDER = settings.ROOT / "addons" / "crm_dedup" / "tools"


def load(module):
    """Return a module of the engine: ``load("matching.matcher")``.

    The addon itself can't be imported without Odoo; its tools can.
    """
    if _NAME not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            _NAME, _FOLDER / "__init__.py", submodule_search_locations=[str(_FOLDER)]
        )
        package = importlib.util.module_from_spec(spec)
        sys.modules[_NAME] = package
        spec.loader.exec_module(package)
    return importlib.import_module(f"{_NAME}.{module}")
