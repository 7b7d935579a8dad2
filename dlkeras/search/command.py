"""What the search command does: runs the search, or reads one, and has the page written."""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlkeras import data, lab

lab.start_tensorflow()  # quietly, before anything else imports it

import numpy as np  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from dlkeras.base.files import write  # noqa: E402
from dlkeras.search import page  # noqa: E402
from dlkeras.search.live import LiveTable, best_of  # noqa: E402
from dlkeras.tuning import (  # noqa: E402
    CoarseToFine,
    CoarseToFineOracle,
    Confirmation,
    TrialRecord,
    edges,
    load_trials,
)
from dlkeras.tuning.failures import FatalError, TakenUpError, TooManyFailuresError  # noqa: E402

SETTINGS = "settings.json"
HELD_OUT = 0.2  # of the training samples, where no others are given to validate on
SEE = "With --debug, the same command shows where."
WHERE = "Give a folder that can be written with --out DIR, and files that can be read."
MUST_AGREE = ("model", "data", "objective", "epochs", "seed")


class RefusedError(Exception):
    """What the command was asked for cannot be done; the message says why and what can."""


def run(flags: argparse.Namespace) -> Path:
    """Searches, or reads the trials that exist, and writes the page, whose path it gives."""
    folder = flags.out / f"search-{flags.name}"
    settings, stopped, confirmed = {"name": flags.name, "trials_from": flags.trials_from}, None, None
    if flags.trials_from is None:
        settings, stopped, confirmed = search(flags, folder)
    trials = load_trials(flags.trials_from or folder / "trials")
    if best_of(trials) is None:
        raise RefusedError(_why_no_score(trials, stopped))
    _print_best(trials)
    if confirmed:
        print(confirmed)
    written = page.write_page(folder, flags, trials, settings, confirmed)
    if stopped:
        raise RefusedError(f"{stopped}. The page of the trials that there are: {written.resolve()}")
    return written


def search(flags: argparse.Namespace, folder: Path) -> tuple[dict[str, Any], str | None, Confirmation | None]:
    """Runs the search, or goes on with it, and confirms its best settings where that is asked for.

    Gives its settings, why it stopped before its end, if it did, and the confirmation, if there is one.

    The settings are in its settings.json too.
    """
    build = load_model(flags.model)
    split = load_data(flags.data, flags.seed)
    objective = flags.objective or ("val_accuracy" if split.has_classes else "val_loss")
    settings = {name: getattr(flags, name) for name in ("name", "model", "data", "epochs", "seed", "trials")}
    settings["objective"] = objective
    _check_same(folder, settings, flags.overwrite)
    _check_objective(objective)
    write(folder / SETTINGS, json.dumps(settings, indent=2) + "\n")
    options = {"max_trials": flags.trials, "seed": flags.seed, "overwrite": flags.overwrite}
    try:
        tuner = CoarseToFine(build, objective, directory=folder, project_name="trials", **options)
    except (OSError, FatalError):
        raise
    except Exception as error:
        raise RefusedError(f"{flags.model} could not build a model: {_named(error)}. {SEE}") from error
    call = {} if flags.workers is None else {"workers": flags.workers}
    call |= {"validation_data": (split.x_val, split.y_val), "epochs": flags.epochs, "verbose": 0}
    console = Console(stderr=True, highlight=False)
    try:
        with LiveTable(folder / "trials", flags.trials, console):
            tuner.search(split.x_train, split.y_train, **call)
        if not flags.confirm:
            return settings, None, None
        with LiveTable(folder / "trials" / "confirmation", flags.confirm, console):
            found = tuner.confirm(split.x_train, split.y_train, top=flags.confirm, **call)
        return settings, None, found
    except TooManyFailuresError as error:
        return settings, error.sentence, None
    except TakenUpError as error:
        raise RefusedError(f"{error} Give one of them a --name of its own.") from error


def sentence_of(error: Exception) -> str:
    """Says what went wrong, and what to do, without a traceback."""
    text = str(error).strip()
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename} could not be read or written: {error.strerror}. {WHERE}"
    if isinstance(error, RefusedError | ValueError | OSError | FatalError):
        return text.splitlines()[0] if text else _named(error)
    return f"{_named(error)}. {SEE}"


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {(str(error).strip() or 'no reason given').splitlines()[0]}".rstrip(".")


def _check_objective(objective: str) -> None:
    try:
        CoarseToFineOracle(objective)
    except ValueError as error:
        raise RefusedError(
            "--objective must be a metric of which it is known whether more is better, such as val_loss, "
            f"val_accuracy or val_auc. Received: {objective}"
        ) from error


def _check_same(folder: Path, settings: Mapping[str, Any], overwrite: bool) -> None:
    """Refuses to go on with a search whose scores could not be compared with the new ones."""
    if overwrite or not (folder / SETTINGS).exists():
        return
    try:
        known = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return  # damaged: the trials say themselves what they are
    for name in MUST_AGREE:
        if isinstance(known, dict) and name in known and known[name] != settings[name]:
            raise ValueError(
                f"{folder} holds a search with {name} {known[name]}. Received: {name} {settings[name]}. "
                "Give this one a --name of its own, or start anew with --overwrite."
            )


def _why_no_score(trials: list[TrialRecord], stopped: str | None) -> str:
    reasons = [trial.reason for trial in trials if trial.reason]
    why = f", the last one failed for: {reasons[-1]}" if reasons else ""
    start = f"{stopped}. " if stopped else ""
    why = "" if stopped else why
    return f"{start}No trial has a score, so there is no page. Received: {len(trials)} trials{why}"


def _print_best(trials: list[TrialRecord]) -> None:
    best, console = best_of(trials), Console(highlight=False)
    table = Table(show_header=False, show_edge=False, pad_edge=False, box=None)
    for name, value in page.values_of(best).items():
        table.add_row(name, f"{value:.6g}" if isinstance(value, float) else str(value))
    console.print(
        f"Best {best.objective or 'score'}: [bold]{best.score:.4g}[/], trial {best.number} of {len(trials)}"
    )
    console.print(table)
    for edge in edges(trials):
        console.print(f"At the end of a range: {edge.text}.", markup=False, soft_wrap=True)


# What the command is given


@dataclass(frozen=True, eq=False)
class Split:
    """Samples to train on, (n, ...), and to validate on, (m, ...)."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_val: np.ndarray
    y_val: np.ndarray

    @property
    def has_classes(self) -> bool:
        """Whether the targets are labels: whole numbers."""
        return np.issubdtype(self.y_train.dtype, np.integer)


def load_model(model: str) -> Callable:
    """Takes a hypermodel out of "path/to/file.py:build_model"; a class is called, for its object.

    The file's folder can be imported from, as if the file was run.
    """
    file, _, name = model.rpartition(":")
    path = Path(file)
    if not file or not name.isidentifier():
        raise ValueError(f"MODEL must have the form path/to/file.py:build_model. Received: {model}")
    if path.suffix != ".py" or not path.is_file():
        raise ValueError(f"MODEL must name a Python file that is there. Received: {model}")
    found = getattr(_module(path), name, None)
    if isinstance(found, type):
        found = found()
    if found is None or not callable(getattr(found, "build", found)):
        raise ValueError(f"MODEL must name a function, or a HyperModel, that is in {path}. Received: {name}")
    return found


def load_data(source: str, seed: int) -> Split:
    """Loads a data set by its name, without the test samples, or an .npz file."""
    if source.endswith(".npz"):
        arrays = _read(Path(source))
    elif source in data.NAMES:
        loaded = data.load(source)
        arrays = {"x_train": loaded.x_train, "y_train": loaded.y_train}
    else:
        raise ValueError(f"DATA must be an .npz file or one of: {', '.join(data.NAMES)}. Received: {source}")
    if "x_val" not in arrays:
        arrays = _held_out(arrays["x_train"], arrays["y_train"], seed)
    return Split(**arrays)


def _module(path: Path) -> Any:
    name = path.stem
    if name in sys.modules and getattr(sys.modules[name], "__file__", None) != str(path.resolve()):
        raise ValueError(f"MODEL must be in a file whose name no other module has. Received: {path.name}")
    if str(path.resolve().parent) not in sys.path:
        sys.path.insert(0, str(path.resolve().parent))
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # before it runs, as an import does
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise RefusedError(f"{path} could not be imported: {_named(error)}. {SEE}") from error
    return module


def _read(path: Path) -> dict[str, np.ndarray]:
    if not path.is_file():
        raise ValueError(f"DATA must be a file that is there. Received: {path}")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"DATA must be an .npz file of arrays of numbers. Received: {path} ({error})"
        ) from error
    allowed = ({"x_train", "y_train"}, {"x_train", "y_train", "x_val", "y_val"})
    if set(arrays) not in allowed:
        found = ", ".join(sorted(arrays)) or "no arrays"
        raise ValueError(
            f"DATA must hold x_train and y_train, and x_val and y_val or neither. Received: {found}"
        )
    for part in ("train", "val"):
        lengths = [len(arrays[name]) for name in (f"x_{part}", f"y_{part}") if name in arrays]
        if len(set(lengths)) > 1:
            raise ValueError(
                f"DATA must have as many x_{part} as y_{part}. Received: {lengths[0]} and {lengths[1]}"
            )
    return arrays


def _held_out(x: np.ndarray, y: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Holds out a part at random: a file may be sorted by class."""
    order = np.random.default_rng(seed).permutation(len(x))
    num_val = round(HELD_OUT * len(x))
    if not 0 < num_val < len(x):
        raise ValueError(f"DATA must have samples to train on and to hold out. Received: {len(x)} samples")
    val, train = order[:num_val], order[num_val:]
    return {"x_train": x[train], "y_train": y[train], "x_val": x[val], "y_val": y[val]}
