"""A mark that a process leaves when memory runs out, since the system then kills it without a word."""

from __future__ import annotations

import threading
from pathlib import Path

LEAST_FREE = 0.05  # of all memory: with less, the next step may be the last
SECONDS = 0.1  # between two looks
MARK = "short_of_memory"


def free_share() -> float:
    """Returns the share of memory that can still be had, in [0, 1]; 1 where the system does not say."""
    shares = [1.0]
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
        shares.append(sizes["MemAvailable"] / sizes["MemTotal"])
    except (OSError, KeyError, ValueError):
        pass
    try:  # a container's own limit, of which cached files take what nothing else needs
        group = Path("/sys/fs/cgroup")
        limit, used = (int((group / f"memory.{name}").read_text()) for name in ("max", "current"))
        stat = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        shares.append(1 - (used - int(stat["inactive_file"])) / limit)
    except (OSError, KeyError, ValueError):
        pass
    return max(min(shares), 0.0)


class MemoryWatch:
    """Looks at the memory while a trial runs, and leaves a mark in its folder when it is nearly used up.

    If the trial ends, the mark goes. If the process is killed, it stays and tells the next process why.

    Args:
        folder: Folder of the trial.
    """

    def __init__(self, folder: Path):
        self._mark = Path(folder) / MARK
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        self._mark.unlink(missing_ok=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        self._thread.join()
        self._mark.unlink(missing_ok=True)

    def _look(self) -> None:
        while not self._is_over.wait(SECONDS):
            share = free_share()
            if share < LEAST_FREE and not self._mark.exists():
                self._mark.write_text(f"{share:.3f}")


def read_mark(folder: Path) -> str | None:
    """Says why the process that ran the trial in this folder died, if it was for want of memory."""
    try:
        share = float((Path(folder) / MARK).read_text() or 0)
    except (OSError, ValueError):
        return None
    return f"The process was killed when {share:.1%} of the memory was free"
