"""The exercises of the labs: `python -m dlkeras.learn [LAB]`, or `make learn` and `make learn-4`.

On a terminal it runs an exercise again each time its file is saved, with a key for each of hint, solution,
next, list, reset and quit.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from dlkeras.base.files import write
from dlkeras.base.writing import json_text
from dlkeras.learn.catalogue import LABS, Entry, all_entries, entries
from dlkeras.learn.grade import PASSED
from dlkeras.learn.progress import Progress, reset
from dlkeras.learn.telling import listed, told
from dlkeras.learn.watch import Session, watch
from dlkeras.learn.worker import Worker


def main(argv: Sequence[str] | None = None) -> int:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser(
        "python -m dlkeras.learn", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lab", type=int, nargs="?", help="number of a lab (default: all)")
    parser.add_argument("--once", action="store_true", help="run all once and say what is open")
    parser.add_argument("--json", type=Path, metavar="FILE", help="with --once: write the results")
    parser.add_argument("--reset", metavar="NAME", help="write an exercise as it was; a copy is kept")
    parser.add_argument("--out", type=Path, default=Path("results"), metavar="DIR", help="default: results")
    flags = parser.parse_args(argv)
    if not LABS.is_dir():
        parser.error(f"there is no folder {LABS} here: call it in the folder that holds the labs")
    chosen = all_entries() if flags.lab is None else entries(flags.lab)
    if not chosen:
        parser.error(f"lab {flags.lab} has no exercises")
    if flags.json and not flags.once:
        parser.error("--json goes with --once")
    if flags.reset:
        return _reset(parser, flags.reset, chosen)
    progress = Progress(flags.out)
    workers = {keras: Worker(keras) for keras in (False, True)}
    try:
        if flags.once:
            _once(chosen, progress, workers, flags.json)
        elif sys.stdin.isatty():
            _watch(chosen, progress, workers)
        else:
            print(f"{listed(chosen, progress)}\n\nWithout a terminal, --once runs them.")
    finally:
        for worker in workers.values():
            worker.stop()
    return 0


def _once(
    chosen: Sequence[Entry], progress: Progress, workers: dict[bool, Worker], json: Path | None
) -> None:
    rows = []
    for entry in chosen:
        if not entry.path.exists():
            print(f"· {entry.name}: there is no file {entry.path}; --reset {entry.exercise.name} writes it")
            continue
        result, printed = workers[entry.exercise.needs_keras].grade(entry)
        progress.add(entry, result)
        print(told(entry, result, printed))
        rows.append(
            {
                "lab": entry.lab,
                "exercise": entry.path.stem,
                "passed": result.state == PASSED,
                "state": result.state,
                "attempts": progress.attempts(entry),
                "failing_property": result.property or None,
                "mistake": result.mistake or None,
            }
        )
    left = [entry for entry in chosen if not progress.passed(entry)]
    print(f"\n{len(chosen) - len(left)} of {len(chosen)} done." + (f" Next: {left[0].path}" if left else ""))
    if json:
        write(json, json_text(rows))


def _watch(chosen: Sequence[Entry], progress: Progress, workers: dict[bool, Worker]) -> None:
    workers[False].start()
    print(listed(chosen, progress))
    _answer("\nReturn goes on with the next one. ")
    watch(Session(chosen, progress, workers))


def _reset(parser: argparse.ArgumentParser, name: str, chosen: Sequence[Entry]) -> int:
    found = [e for e in chosen if name in (e.exercise.name, e.path.stem, e.path.name, str(e.path))]
    if not found:
        known = ", ".join(entry.exercise.name for entry in chosen)
        parser.error(f"no exercise is called {name!r}. There are: {known}")
    entry = found[0]
    question = f"Write {entry.path} as it was at first? A copy of yours is kept. y for yes: "
    if _answer(question) != "y":
        print("Nothing was changed.")
        return 1
    copy = reset(entry)
    print(f"{entry.path} is as it was at first." + (f" Yours is kept in {copy}." if copy else ""))
    return 0


def _answer(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
