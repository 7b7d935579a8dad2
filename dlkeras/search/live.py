"""A table on the terminal that shows the trials of a search while it runs."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from dlkeras.tuning import TrialRecord, load_trials

SECONDS = 1.0  # between two looks at the trials
SHARE = 0.1  # of the time that looking may take
FAILED = ("FAILED", "INVALID")
_MARGIN = 6  # lines of the terminal that the table leaves


class LiveTable:
    """Shows the last trials of a search, their values and scores, and the best so far; in a log, a line each.

    It reads the files of the search, so it does not matter which process runs a trial.
    """

    def __init__(self, folder: str | Path, max_trials: int, console: Console):
        self._folder = Path(folder)
        self._max_trials = max_trials
        self._console = console
        self._began = time.time()
        self._told = {record.trial_id for record in self._read() if _has_ended(record)}
        self._live = (
            Live(console=console, transient=True, auto_refresh=False) if console.is_terminal else None
        )
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self):
        if self._live is not None:
            self._live.start()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        self._thread.join()
        self._show(self._read())
        if self._live is not None:
            self._live.stop()

    def _follow(self) -> None:
        took = 0.0
        while not self._is_over.wait(max(SECONDS, took / SHARE)):
            began = time.perf_counter()
            self._show(self._read())
            took = time.perf_counter() - began

    def _read(self) -> list[TrialRecord]:
        try:
            return load_trials(self._folder)
        except FileNotFoundError:
            return []

    def _show(self, records: Sequence[TrialRecord]) -> None:
        if self._live is not None:
            height = max(1, self._console.height - _MARGIN)
            table = table_of(records, self._max_trials, time.time(), self._began, height)
            self._live.update(table, refresh=True)
            return
        for record in records:
            if _has_ended(record) and record.trial_id not in self._told:
                self._told.add(record.trial_id)
                best = best_of([r for r in records if r.trial_id in self._told])
                so_far = f", best {_score(best)} (trial {best.number})" if best is not None else ""
                words = [f"trial {record.number}", record.stage, _state(record, 0.0), _values(record)]
                self._console.print("  ".join(filter(None, words)) + so_far, markup=False, soft_wrap=True)


def table_of(
    records: Sequence[TrialRecord], max_trials: int, now: float, began: float, num_rows: int
) -> Table:
    """Makes the table: the last trials, and above them how far the search, which began at a time, is."""
    best = best_of(records)
    table = Table(title=_title(records, best, max_trials, now - began), title_justify="left", show_edge=False)
    table.title_style, table.header_style = "", "bold"
    table.add_column("Trial", justify="right", no_wrap=True, min_width=5)
    table.add_column("Stage", no_wrap=True, min_width=6)
    table.add_column(best.objective if best is not None else "Score", no_wrap=True, min_width=12)
    table.add_column("Values")  # the only column that may be cut
    for record in records[-num_rows:]:
        is_failed = record.status in FAILED
        style = "bold green" if record is best else "red" if is_failed else ""
        words = ("failed", record.reason) if is_failed else (_state(record, now), _values(record))
        values = Text(words[1], no_wrap=True, overflow="ellipsis")
        table.add_row(str(record.number), record.stage, words[0], values, style=style)
    return table


def has_score(record: TrialRecord) -> bool:
    """Whether a trial was completed with a finite score."""
    return record.status == "COMPLETED" and record.score is not None and math.isfinite(record.score)


def best_of(records: Sequence[TrialRecord]) -> TrialRecord | None:
    """Gives the trial with the best score, the first of equal ones; None where there is no score."""
    done = [record for record in records if has_score(record)]
    if not done:
        return None
    return (max if done[0].direction == "max" else min)(done, key=lambda record: record.score)


def _title(records: Sequence[TrialRecord], best: TrialRecord | None, max_trials: int, seconds: float) -> str:
    parts = [f"{sum(map(_has_ended, records))} of {max_trials} trials"]
    parts += [f"{sum(record.status == 'RUNNING' for record in records)} running"]
    if failed := sum(record.status in FAILED for record in records):
        parts.append(f"[red]{failed} failed[/]")
    if best is not None:
        parts.append(f"[bold green]best {_score(best)}[/] in trial {best.number}")
    return ", ".join(parts) + f"  [dim]{_clock(seconds)}[/]"


def _state(record: TrialRecord, now: float) -> str:
    if record.status == "RUNNING":
        return f"running {_clock(now - (record.started or now))}"
    return _score(record) if record.score is not None else f"failed: {record.reason}"


def _score(record: TrialRecord) -> str:
    return f"{record.score:.4g}"


def _values(record: TrialRecord) -> str:
    names = [config["name"] for config in record.space] or list(record.values)
    found = {name: record.values[name] for name in names if name in record.values}
    return " ".join(f"{n}={v:.3g}" if isinstance(v, float) else f"{n}={v}" for n, v in found.items())


def _has_ended(record: TrialRecord) -> bool:
    return record.status == "COMPLETED" or record.status in FAILED


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
