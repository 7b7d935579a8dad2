"""What a learner has done, in a small file beside the results that belongs to the learner."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from dlkeras.base.files import write
from dlkeras.base.writing import json_text
from dlkeras.learn.catalogue import Entry
from dlkeras.learn.grade import PASSED, Result

FILE = "learn.json"


class Progress:
    """Attempts and passes by exercise.

    Args:
        folder: The folder of the results; the file is made with the first attempt. A damaged file is put
            aside under another name, and never lost.
    """

    def __init__(self, folder: str | Path) -> None:
        self.path = Path(folder) / FILE
        self._done: dict[str, dict] = {}
        if self.path.exists():
            try:
                self._done = json.loads(self.path.read_text(encoding="utf-8"))
            except ValueError:
                self.path.replace(free_name(self.path))

    def add(self, entry: Entry, result: Result) -> None:
        """Counts an attempt; a file that has not changed since the last one counts no more."""
        before = self._done.get(_key(entry), {})
        text = entry.path.read_bytes()
        if not before and text == entry.stub.encode():  # nothing was tried yet
            return
        digest = hashlib.sha256(text).hexdigest()[:16]
        new = digest != before.get("file")
        self._done[_key(entry)] = {
            "attempts": before.get("attempts", 0) + new,
            "passed": result.state == PASSED,
            "failing": result.property,
            "file": digest,
        }
        write(self.path, json_text(self._done))

    def passed(self, entry: Entry) -> bool:
        """Whether the last attempt passed."""
        return self._done.get(_key(entry), {}).get("passed", False)

    def attempts(self, entry: Entry) -> int:
        """How often the file was tried after a change."""
        return self._done.get(_key(entry), {}).get("attempts", 0)


def reset(entry: Entry) -> Path | None:
    """Writes a learner's file as it was at first; returns the copy that was kept of what was in it."""
    copy = None
    if entry.path.exists() and entry.path.read_text(encoding="utf-8") != entry.stub:
        copy = free_name(entry.path)
        shutil.copy2(entry.path, copy)
    write(entry.path, entry.stub)
    return copy


def free_name(path: Path) -> Path:
    """Returns a name beside a file that no file has yet."""
    number = 1
    while (copy := path.with_name(f"{path.stem}.kept-{number}{path.suffix}")).exists():
        number += 1
    return copy


def _key(entry: Entry) -> str:
    return f"{entry.folder.name}/{entry.path.stem}"
