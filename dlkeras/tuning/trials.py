"""The state of a trial: its files, which each are whole at any moment, and the plain record made of them."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import os
import re
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlkeras.base import files

# In the folder of a search, and in that of a trial
SUMMARY, TABLE, TRIALS = "oracle.json", "trials.csv", "trial_*/trial.json"
TRIAL, EPOCHS = "trial.json", "epochs.json"

NOTES = "dlkeras"  # what trial.json has beyond the state that keras-tuner writes
COPIES = "dlkeras_trials"  # in the summary: the state of each trial without its space
FAILED = ("FAILED", "INVALID")
LONGEST_REASON = 300  # characters
_STYLES = re.compile(r"\x1b\[[0-9;]*m")  # bold in the messages of Keras


@dataclass(frozen=True)
class TrialRecord:
    """One trial of a search.

    Args:
        trial_id: Name of the trial.
        number: Place in the order in which the trials were started, from 0.
        status: "COMPLETED", "FAILED", "RUNNING" or "INVALID", as keras-tuner has it.
        values: Value of each active hyperparameter by name.
        score: Mean of the scores; None where there is none.
        scores: The score of each execution, one number for trials that were made without dlkeras.
        objective: Name of the metric that the score is; "" where there is no score.
        direction: "max" or "min".
        best_epoch: Epoch of the best score, from 0, the mean over executions; None where there is none.
        stage: "coarse", "fine 1" and so on, "given" for values from outside; "" without dlkeras.
        box: Of a fine trial, what it was drawn from: name -> (least, greatest value) of a range, or all the
            values of a choice.
        started: Seconds since 1970; None without dlkeras.
        ended: Seconds since 1970; None while it runs and without dlkeras.
        worker: Name of the worker that had it.
        reason: Why it failed, on one line, the error without its traceback; "" where it did not.
        epochs: Of each execution, metric -> its value after each epoch, NaN where it has none.
        space: Of each hyperparameter that the trial knew, what made it: its `kind`, `name`, `min_value`,
            `max_value`, `sampling`, `values`, whatever it has.
    """

    trial_id: str
    number: int
    status: str
    values: dict[str, Any]
    score: float | None = None
    scores: tuple[float, ...] = ()
    objective: str = ""
    direction: str = "max"
    best_epoch: int | None = None
    stage: str = ""
    box: dict[str, list] = field(default_factory=dict)
    started: float | None = None
    ended: float | None = None
    worker: str = ""
    reason: str = ""
    epochs: tuple[dict[str, list[float]], ...] = ()
    space: tuple[dict[str, Any], ...] = ()


def record_of(state: Mapping[str, Any], number: int = 0, epochs: Iterable[dict] = ()) -> TrialRecord:
    """Makes the record of a trial from what `trial.json` holds; the number is for states that have none."""
    notes = state.get(NOTES) or {}
    metrics = state["metrics"]["metrics"]
    name = notes.get("objective") or _objective_of(metrics, state["score"])
    metric = metrics.get(name, {"direction": "max", "observations": []})
    scores = [score for seen in metric["observations"] for score in seen["value"]]
    return TrialRecord(
        trial_id=state["trial_id"],
        number=notes.get("number", number),
        status=state["status"],
        values=dict(state["hyperparameters"]["values"]),
        score=state["score"],
        scores=tuple(scores),
        objective=name,
        direction=metric["direction"],
        best_epoch=state["best_step"] if state["score"] is not None else None,
        stage=notes.get("stage", ""),
        box=notes.get("box") or {},
        started=notes.get("started"),
        ended=notes.get("ended"),
        worker=notes.get("worker", ""),
        reason=_reason(state["message"] or ""),
        epochs=tuple(epochs),
        space=tuple(
            {"kind": hp["class_name"].split(">")[-1], **hp["config"]}
            for hp in state["hyperparameters"]["space"]
        ),
    )


def load_trials(directory: str | os.PathLike) -> list[TrialRecord]:
    """Reads the trials of a search, by dlkeras or by any oracle of keras-tuner.

    Args:
        directory: Folder of the search, `directory/project_name` of its tuner. Nothing is written there, so
            a search that is running can be read.

    Returns:
        One record for each trial, in the order of their start. Files that are damaged are left out, each
        with a warning.

    Raises:
        FileNotFoundError: If there are no trials.

    Example:
        ```python
        trials = load_trials("searches/digits")
        best = max((t for t in trials if t.score is not None), key=lambda t: t.score)
        print(best.values, best.scores)
        ```
    """
    directory = Path(directory)
    summary = files.read_json(directory / SUMMARY, "trials are in the order of their names") or {}
    order = summary.get("start_order", [])
    records = []
    for path in sorted(directory.glob(TRIALS)):
        state = files.read_json(path, "the trial is left out")
        if state is not None:
            known = order.index(state["trial_id"]) if state["trial_id"] in order else len(records)
            epochs = files.read_json(path.with_name(EPOCHS), "the epochs are left out") or ()
            records.append(record_of(state, known, map(_with_nan, epochs)))
    if not records:
        raise FileNotFoundError(
            "`directory` must hold the trials of a search, in folders trial_*. "
            f"Received: directory={str(directory)!r}"
        )
    return sorted(records, key=lambda record: (record.number, record.trial_id))


def _with_nan(epochs: Mapping[str, list]) -> dict[str, list[float]]:
    return {name: [math.nan if v is None else v for v in values] for name, values in epochs.items()}


def write_table(
    path: str | os.PathLike, records: Iterable[TrialRecord], confirmed: Mapping[str, Mapping] | None = None
) -> None:
    """Writes the trials as a CSV file: one row for each, one column for each hyperparameter.

    Args:
        path: The file, replaced as a whole.
        records: The trials.
        confirmed: Further columns of trials that were trained anew, name -> number by the trial's id.

    Raises:
        OSError: If the file cannot be written.

    Example:
        ```python
        write_table("trials.csv", load_trials("searches/digits"))
        ```
    """
    files.write(path, _table_of(list(records), confirmed))


def _table_of(records: Sequence[TrialRecord], confirmed: Mapping[str, Mapping] | None = None) -> str:
    names = list(dict.fromkeys(name for record in records for name in record.values))
    most = max((len(record.scores) for record in records), default=0)
    columns = ["trial", "status", "stage", "score", *(f"score {i + 1}" for i in range(most)), "best epoch"]
    columns += ["started", "ended", "seconds", "worker", "reason", "box", *names]
    rows = [_row(record, most, names) for record in records]  # None is an empty cell
    for name in dict.fromkeys(name for more in (confirmed or {}).values() for name in more):
        columns.append(name)
        for record, row in zip(records, rows, strict=True):
            row.append(confirmed.get(record.trial_id, {}).get(name))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue()


def _row(record: TrialRecord, most: int, names: list[str]) -> list:
    ran = record.started is not None and record.ended is not None
    return [
        record.number,
        record.status,
        record.stage,
        record.score,
        *record.scores,
        *[None] * (most - len(record.scores)),
        record.best_epoch,
        record.started,
        record.ended,
        round(record.ended - record.started, 3) if ran else None,
        record.worker,
        record.reason,
        json.dumps(record.box) if record.box else None,
        *(record.values.get(name) for name in names),
    ]


def _reason(message: str) -> str:
    """Takes the error out of a traceback, without the arguments that Keras lists below it."""
    lines = [line.strip() for line in _STYLES.sub("", message).strip().splitlines()]
    errors = [i for i, line in enumerate(lines) if re.match(r"[\w.]*(Error|Exception)(:|$)", line)]
    if not errors:
        return lines[-1] if lines else ""
    arguments = "Arguments received by"
    error = itertools.takewhile(lambda line: not line.startswith(arguments), lines[errors[-1] :])
    return " ".join(line for line in error if line)[:LONGEST_REASON]


def _objective_of(metrics: Mapping[str, Any], score: float | None) -> str:
    """Finds the metric that the score was taken from; the files of keras-tuner do not say."""
    for name, metric in metrics.items():
        for seen in metric["observations"]:
            mean = sum(seen["value"]) / len(seen["value"])
            if score is not None and math.isclose(mean, score, rel_tol=1e-9):
                return name
    return ""


# The files of a search that runs. One of them can be damaged, by a disk for example, and nothing is lost.


def trial_folder(folder: Path, trial_id: str) -> Path:
    return folder / f"trial_{trial_id}"


def write_search(
    folder: Path, summary: Mapping[str, Any], trials: Sequence[Mapping[str, Any]], changed: Collection[str]
) -> None:
    """Writes the files of trials that have changed, the summary with a copy of every trial, and the table."""
    copies = {}
    for trial in trials:
        trial_id = trial["trial_id"]
        copies[trial_id] = {**trial, "hyperparameters": trial["hyperparameters"]["values"]}
        if trial_id in changed:
            _write(trial_folder(folder, trial_id) / TRIAL, json.dumps(trial))
    _write(folder / SUMMARY, json.dumps({**summary, COPIES: copies}))
    _write(folder / TABLE, _table_of([record_of(trial) for trial in trials]))


def read_search(folder: Path) -> tuple[dict[str, Any] | None, dict[str, dict[str, Any]]]:
    """Reads the last good state: the summary, None without one, and the state of each trial by its id."""
    files.remove_temporary(folder)
    summary = files.read_json(folder / SUMMARY, "the search goes on from the files of its trials")
    copies = (summary or {}).get(COPIES, {})
    trials = {}
    for path in sorted(folder.glob(TRIALS)):
        trial_id = path.parent.name.removeprefix("trial_")
        then = f"its copy in {SUMMARY} is used" if trial_id in copies else "the trial is run again"
        state = files.read_json(path, then)
        if state is not None:
            trials[state["trial_id"]] = state
    for trial_id, copy in copies.items():
        space = {"space": summary["hyperparameters"]["space"], "values": copy["hyperparameters"]}
        trials.setdefault(trial_id, {**copy, "hyperparameters": space})
    for trial_id, state in trials.items():
        number = int(trial_id) if trial_id.isdigit() else 0  # of trials of other oracles
        state[NOTES] = {"number": number, **(state.get(NOTES) or {})}
    return summary, trials


def _write(path: Path, text: str) -> None:
    try:
        files.write(path, text)
    except OSError as error:
        then = "the search goes on, and tries again after the next trial"
        warnings.warn(f"{path} could not be written ({error}); {then}.", RuntimeWarning, stacklevel=4)
