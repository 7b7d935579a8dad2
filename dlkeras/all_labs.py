"""Runs all labs that are missing or out of date, in their order: `python -m dlkeras.all_labs [--quick]`.

What is done stays done: after an interruption the same command goes on with the rest. It takes a lab’s flags.
A full run uses all cores; of quick ones, which mostly compile on one core, two go at a time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import rich.progress
from rich.console import Console

from dlkeras.base.freshness import is_current
from dlkeras.page import find_labs
from dlkeras.site import LABS, write_site

FULL, QUICK = 130, 20  # seconds that a lab takes about, where none is known
QUICK_AT_ONCE = 2
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
    console.print(_plan(len(scripts), seconds, _at_once(flags)))
    failed = []
    columns = ("{task.description}", rich.progress.BarColumn(), rich.progress.TimeElapsedColumn())
    with rich.progress.Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"0 of {len(due)} labs", total=sum(seconds.values()))
        commands = {n: [sys.executable, scripts[n], *flags, "--out", results] for n in due}
        try:
            for done, (number, run) in enumerate(_runs(commands, _at_once(flags)), start=1):
                if run.returncode:
                    failed.append(number)
                    console.print(f"Lab {number} failed:\n{(run.stderr or run.stdout)[-2000:]}")
                bar.update(task, advance=seconds[number], description=f"{done} of {len(due)} labs")
        except KeyboardInterrupt:
            console.print("Interrupted. The same command goes on with the rest.")
            return 130
    if failed:
        console.print(f"Failed: {', '.join(f'lab {number}' for number in failed)}.")
    print(f"Site: {write_site(results, labs).resolve()}")
    return len(failed)


def _at_once(flags: Sequence[str]) -> int:
    return QUICK_AT_ONCE if "--quick" in flags else 1


def _runs(commands: dict[int, list], at_once: int) -> Iterator[tuple[int, subprocess.CompletedProcess]]:
    """Runs the commands of labs, so many at a time; yields each that has ended."""
    with ThreadPoolExecutor(at_once) as pool:
        options = {"capture_output": True, "text": True}
        runs = {pool.submit(subprocess.run, commands[n], **options): n for n in commands}
        try:
            for run in as_completed(runs):
                yield runs[run], run.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # Ctrl-C ends those that run, too


def _plan(count: int, seconds: dict[int, float], at_once: int) -> str:
    if not seconds:
        return f"All {count} labs are up to date."
    minutes = max(1, round(sum(seconds.values()) / 60 / at_once))
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
