"""Modules of a lab's folder, loaded by their path: it is no package, and each lab has a `figures`."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

LABS = Path(__file__).parents[2] / "labs"


def lab_module(lab: str, name: str) -> ModuleType:
    """Loads `labs/<lab>/<name>.py` under a name of its own."""
    path = LABS / lab / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"{lab}.{name}", path)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module
