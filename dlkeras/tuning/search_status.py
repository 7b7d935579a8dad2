"""What a search on workers says while it runs: trials done and running, and the best so far."""

from __future__ import annotations

from rich.console import Console

from dlkeras.tuning.saved_oracle import SavedOracle


class SearchStatus:
    """A line on the terminal that stays up to date; in a log, a line for each trial that ends.

    What keras-tuner says of each trial is off meanwhile: several at once would overwrite each other.

    Args:
        oracle: The oracle of the search.
        verbose: Whether anything is written.

    Example:
        ```python
        with SearchStatus(oracle, verbose=True) as status:
            status.update()
        ```
    """

    def __init__(self, oracle: SavedOracle, verbose: bool):
        self._oracle = oracle
        self._console = Console(stderr=True, quiet=not verbose, highlight=False)
        self._line = self._console.status("") if self._console.is_terminal and verbose else None
        self._num_told = -1
        self._verbose = oracle.verbose

    def __enter__(self):
        self._oracle.verbose = 0
        if self._line is not None:
            self._line.start()
        return self

    def __exit__(self, *_):
        self._oracle.verbose = self._verbose
        if self._line is not None:
            self._line.stop()
            self._console.print(status_of(self._oracle), markup=False)

    def update(self) -> None:
        """Says where the search is, if that has changed."""
        if self._line is not None:
            self._line.update(status_of(self._oracle))
        elif len(self._oracle.end_order) != self._num_told:
            self._num_told = len(self._oracle.end_order)
            self._console.print(status_of(self._oracle), markup=False, soft_wrap=True)


def status_of(oracle: SavedOracle) -> str:
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
