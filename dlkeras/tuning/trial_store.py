"""The files of a search: one for each trial, which is the truth, and a summary that can stand in for any."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from dlkeras.base import files
from dlkeras.tuning.records import NOTES, TABLE, TrialRecord, write_table

SUMMARY = "oracle.json"
COPIES = "dlkeras_trials"  # in the summary: the state of each trial without its space


class TrialStore:
    """Reads and writes the files of one search; each is replaced as a whole.

    `trial_0000/trial.json` holds a trial, `oracle.json` the space, the order and a copy of every trial. So
    one of them can be damaged, by a disk for example, and nothing is lost.

    Args:
        folder: Folder of the search.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def trial_file(self, trial_id: str) -> Path:
        """Returns the file of a trial."""
        return self.folder / f"trial_{trial_id}" / "trial.json"

    def write_trial(self, state: Mapping[str, Any]) -> None:
        """Writes the file of one trial; a disk that does not let it is named in a warning."""
        path = self.trial_file(state["trial_id"])
        self._attempt(path, lambda: files.write(path, json.dumps(state)))

    def write_summary(self, state: Mapping[str, Any], trials: list[Mapping[str, Any]]) -> None:
        """Writes the summary; a disk that does not let it is named in a warning."""
        copies = {
            trial["trial_id"]: {**trial, "hyperparameters": trial["hyperparameters"]["values"]}
            for trial in trials
        }
        path = self.folder / SUMMARY
        self._attempt(path, lambda: files.write(path, json.dumps({**state, COPIES: copies})))

    def write_table(self, records: Iterable[TrialRecord]) -> None:
        """Writes the table of all trials; a disk that does not let it is named in a warning."""
        path = self.folder / TABLE
        self._attempt(path, lambda: write_table(path, records))

    def read(self) -> tuple[dict[str, Any] | None, dict[str, dict[str, Any]]]:
        """Reads the last good state of all.

        Returns:
            The summary, None if there is none that can be read, and the state of each trial by its id.
        """
        files.remove_temporary(self.folder)
        summary = files.read_json(self.folder / SUMMARY, "the search goes on from the files of its trials")
        copies = (summary or {}).get(COPIES, {})
        trials = {}
        for path in sorted(self.folder.glob("trial_*/trial.json")):
            trial_id = path.parent.name.removeprefix("trial_")
            then = f"its copy in {SUMMARY} is used" if trial_id in copies else "the trial is run again"
            state = files.read_json(path, then)
            if state is not None:
                trials[state["trial_id"]] = state
        for trial_id, copy in copies.items():
            if trial_id not in trials:
                space = summary["hyperparameters"]["space"]
                trials[trial_id] = {
                    **copy,
                    "hyperparameters": {"space": space, "values": copy["hyperparameters"]},
                }
        return summary, trials

    def _attempt(self, path: Path, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            warnings.warn(
                f"{path} could not be written ({error}); the search goes on, and tries again after the next "
                "trial.",
                RuntimeWarning,
                stacklevel=4,
            )


def number_of(state: Mapping[str, Any]) -> int:
    """Returns the place of a trial in the order of start; trials of other oracles have it in their name."""
    notes = state.get(NOTES) or {}
    return notes.get("number", int(state["trial_id"]) if state["trial_id"].isdigit() else 0)
