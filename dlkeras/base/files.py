"""Files that are whole at any moment: written beside their place, flushed to the disk, then renamed."""

from __future__ import annotations

import contextlib
import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TEMPORARY = ".tmp-"


@contextlib.contextmanager
def replacing(path: str | os.PathLike) -> Iterator[Path]:
    """Gives the name of a temporary file that takes the place of `path` when the block ends well.

    A process killed at any moment leaves either the old file or the new one. The temporary file keeps the
    ending of the name, by which Keras knows what to write.

    Args:
        path: The file to write or replace; its folder is made if it is not there.

    Raises:
        OSError: If the file cannot be written, for example on a full disk. The old one stays.

    Example:
        ```python
        with replacing("best.weights.h5") as temporary:
            model.save_weights(temporary)
        ```
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    try:
        yield temporary
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _flush_folder(path.parent)


def write(path: str | os.PathLike, content: str | bytes) -> None:
    """Writes text, as UTF-8, or bytes as a whole file; where that fails (OSError), the old one stays."""
    with replacing(path) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)


def read_json(path: str | os.PathLike, then: str) -> Any:
    """Reads a JSON file; None if it is missing, or damaged: a warning names it and says what happens then."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        warnings.warn(f"{path} is damaged ({error}); {then}.", RuntimeWarning, stacklevel=2)
        return None


def remove_temporary(folder: str | os.PathLike) -> None:
    """Removes what processes that were killed while writing left in a folder and the folders in it."""
    for path in Path(folder).rglob(f"{TEMPORARY}*"):
        process = path.name.removeprefix(TEMPORARY).split("-")[0]
        if not (process.isdigit() and _is_alive(int(process))):
            path.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process != os.getpid()  # an earlier process that had the number of this one


def _flush_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # not every file system can
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
