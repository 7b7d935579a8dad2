"""Looks at the memory while a trial runs, so that the next process can say why this one was killed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

LEAST_FREE = 0.05  # of all memory: with less, the next step may be the last
SECONDS = 0.1  # between two looks at the memory
MARK = "short_of_memory"  # since the system then kills a process without a word


def free_share() -> float:
    """Gives the share of memory that can still be had, in [0, 1]; 1 where the system does not say."""
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


@contextlib.contextmanager
def watched_memory(folder: Path) -> Iterator[None]:
    """Looks at the memory while a trial runs, and leaves a mark in its folder when it is nearly used up.

    If the trial ends, the mark goes. If the process is killed, it stays and tells the next process why.
    """
    mark, is_over = Path(folder) / MARK, threading.Event()

    def look() -> None:
        while not is_over.wait(SECONDS):
            share = free_share()
            if share < LEAST_FREE and not mark.exists():
                mark.write_text(f"{share:.3f}")

    mark.unlink(missing_ok=True)
    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        mark.unlink(missing_ok=True)


def read_mark(folder: Path) -> str | None:
    """Says why the process that ran the trial in this folder died, if it was for want of memory."""
    try:
        share = float((Path(folder) / MARK).read_text() or 0)
    except (OSError, ValueError):
        return None
    return f"The process was killed when {share:.1%} of the memory was free"
