"""What is told on the terminal of a search on workers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console

from dlkeras.tuning.oracle import CoarseToFineOracle


@contextlib.contextmanager
def told(oracle: CoarseToFineOracle, verbose: bool) -> Iterator[Callable[[], None]]:
    """Gives what keeps a line on the terminal up to date; in a log, it writes one for each trial that ends.

    What keras-tuner says of each trial is off meanwhile: several at once would overwrite each other.
    """
    console = Console(stderr=True, quiet=not verbose, highlight=False)
    line = console.status("") if console.is_terminal and verbose else contextlib.nullcontext()
    last, oracle_verbose = None, oracle.verbose

    def tell() -> None:
        nonlocal last
        if console.is_terminal and verbose:
            line.update(status_of(oracle))
        elif len(oracle.end_order) != last:
            last = len(oracle.end_order)
            console.print(status_of(oracle), markup=False, soft_wrap=True)

    oracle.verbose = 0
    try:
        with line:
            yield tell
    finally:
        oracle.verbose = oracle_verbose
        if console.is_terminal:
            console.print(status_of(oracle), markup=False)


def status_of(oracle: CoarseToFineOracle) -> str:
    """Says in a line how many trials of a search are done, failed and running, and which is the best."""
    ended = [oracle.trials[trial_id] for trial_id in oracle.end_order]
    failed = sum(trial.score is None for trial in ended)
    limit = "" if oracle.max_trials is None else f" of {oracle.max_trials}"
    parts = [f"{len(ended)}{limit} trials done", f"{len(oracle.ongoing_trials)} running"]
    if failed:
        parts.insert(1, f"{failed} failed")
    if best := oracle.get_best_trials():
        parts.append(f"best {oracle.objective.name} {best[0].score:.5g} in trial {int(best[0].trial_id)}")
    return ", ".join(parts)
