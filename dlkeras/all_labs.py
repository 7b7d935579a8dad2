"""Runs all labs that are missing or out of date, one after the other: `python -m dlkeras.all_labs [--quick]`.

What is done stays done: after an interruption the same command goes on with the rest. It takes a lab’s flags.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import rich.progress
from rich.console import Console

from dlkeras.base.freshness import is_current
from dlkeras.page import find_labs
from dlkeras.site import LABS, write_site

FULL, QUICK = 130, 20  # seconds that a lab takes about, where none is known
RESULTS = Path("results")


def main(flags: Sequence[str], labs: Path = LABS, results: Path = RESULTS) -> int:
    """Runs what is missing or out of date, and then writes the site.

    Args:
        flags: As a lab takes them, such as ["--quick"].
        labs: Folder of the labs.
        results: Folder of their pages.

    Returns:
        The exit status: how many labs failed; 130 after an interruption.
    """
    console = Console(stderr=True)
    scripts = find_labs(labs)
    kept = {number: _last_run(number, results) for number in scripts}
    due = [n for n, script in scripts.items() if not is_current(kept[n], flags, script.parent)]
    seconds = {number: _expected(kept[number], flags) for number in due}
    console.print(_plan(len(scripts), seconds))
    failed = []
    columns = ("{task.description}", rich.progress.BarColumn(), rich.progress.TimeElapsedColumn())
    with rich.progress.Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=sum(seconds.values()))
        for number in due:
            bar.update(task, description=f"Lab {number}")
            command = [sys.executable, scripts[number], *flags, "--out", results]
            try:
                run = subprocess.run(command, capture_output=True, text=True)
            except KeyboardInterrupt:
                console.print("Interrupted. The same command goes on with the rest.")
                return 130
            if run.returncode:
                failed.append(number)
                console.print(f"Lab {number} failed:\n{(run.stderr or run.stdout)[-2000:]}")
            bar.advance(task, seconds[number])
    if failed:
        console.print(f"Failed: {', '.join(f'lab {number}' for number in failed)}.")
    print(f"Site: {write_site(results, labs).resolve()}")
    return len(failed)


def _plan(count: int, seconds: dict[int, float]) -> str:
    if not seconds:
        return f"All {count} labs are up to date."
    minutes = max(1, round(sum(seconds.values()) / 60))
    names = ", ".join(map(str, seconds))
    return f"{len(seconds)} of {count} labs to run ({names}): about {minutes} minutes."


def _last_run(number: int, results: Path) -> dict[str, Any]:
    path = results / f"lab-{number:02d}" / "settings.json"
    return json.loads(path.read_text(encoding="utf-8")).get("run", {}) if path.exists() else {}


def _expected(run: dict[str, Any], flags: Sequence[str]) -> float:
    """How long the last run with these flags took, or a lab does in general."""
    if run.get("flags") == list(flags):
        return run["seconds"]
    return QUICK if "--quick" in flags else FULL


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
