"""Whether what a program wrote is still what its code would write."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[1]


def code_of(folder: str | Path) -> dict[str, Any]:
    """Gives the mark of the code that runs: a lab's folder, the modules of dlkeras in use, the templates.

    Args:
        folder: The lab's.

    Returns:
        `files`, the names of what was read, and `mark`, which changes with any of them.
    """
    folder = Path(folder).resolve()
    modules = [getattr(m, "__file__", None) for n, m in list(sys.modules.items()) if n.startswith("dlkeras.")]
    used = [*map(Path, filter(None, modules)), *(PACKAGE / "templates").iterdir()]
    own = [path for path in folder.iterdir() if path.suffix in (".py", ".md")]
    names = [f"dlkeras/{path.relative_to(PACKAGE).as_posix()}" for path in used]
    names = sorted([*names, *(f"lab/{path.name}" for path in own)])
    return {"files": names, "mark": mark_of(names, folder)}


def mark_of(names: Iterable[str], folder: str | Path) -> str:
    """Computes the mark of files as they are now; a missing one counts as empty.

    Args:
        names: As `code_of` gave them.
        folder: The lab's.

    Returns:
        64 hexadecimal digits.
    """
    found = hashlib.sha256()
    for name in names:
        root, _, rest = name.partition("/")
        path = (PACKAGE if root == "dlkeras" else Path(folder)) / rest
        found.update(f"{name}\n".encode() + (path.read_bytes() if path.exists() else b""))
    return found.hexdigest()


def is_current(run: dict[str, Any], flags: Sequence[str], folder: str | Path) -> bool:
    """Says whether a run had these flags and the code that is there now."""
    code = run.get("code", {"files": (), "mark": ""})
    return run.get("flags") == list(flags) and mark_of(code["files"], folder) == code["mark"]
