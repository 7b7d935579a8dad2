"""What the search command does: runs the search, or reads one, and has the page written."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dlkeras import lab

lab.start_tensorflow()  # quietly, before anything else imports it

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from dlkeras.base.files import write  # noqa: E402
from dlkeras.search import inputs, page  # noqa: E402
from dlkeras.search.live import LiveTable, best_of  # noqa: E402
from dlkeras.tuning import CoarseToFine, TrialRecord, load_trials  # noqa: E402
from dlkeras.tuning.analysis import edges  # noqa: E402

SETTINGS = "settings.json"
MUST_AGREE = ("model", "data", "objective", "epochs", "seed")


class RefusedError(Exception):
    """What the command was asked for cannot be done; the message says why and what can."""


def run(flags: argparse.Namespace) -> Path:
    """Searches, or reads the trials that exist, and writes the page.

    Args:
        flags: What `read_flags` gave.

    Returns:
        Path of the page.

    Raises:
        RefusedError: If model or data are not what the command takes, the folder holds another search, or no
            trial has a score.
    """
    folder = flags.out / f"search-{flags.name}"
    settings = {"name": flags.name, "trials_from": flags.trials_from}
    try:
        if flags.trials_from is None:
            settings = search(flags, folder)
        trials = load_trials(flags.trials_from or folder / "trials")
    except (ValueError, FileNotFoundError, ConnectionError) as error:
        raise RefusedError(str(error)) from error
    if best_of(trials) is None:
        raise RefusedError(_why_no_score(trials, settings.get("objective")))
    _print_best(trials)
    return page.write_page(folder, flags, trials, settings)


def search(flags: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Runs the search, or goes on with it.

    Args:
        flags: What `read_flags` gave.
        folder: Folder of the search; its trials are in `trials`.

    Returns:
        The settings of the search, which are in its settings.json too.

    Raises:
        ValueError: If model or data are not what the command takes, or the folder holds another search.
    """
    build = inputs.load_model(flags.model)
    split = inputs.load_data(flags.data, flags.seed)
    objective = flags.objective or ("val_accuracy" if split.has_classes else "val_loss")
    settings = {name: getattr(flags, name) for name in ("name", "model", "data", "epochs", "seed", "trials")}
    settings["objective"] = objective
    _check_same(folder, settings, flags.overwrite)
    tuner = CoarseToFine(
        build,
        objective,
        max_trials=flags.trials,
        seed=flags.seed,
        directory=folder,
        project_name="trials",
        overwrite=flags.overwrite,
    )
    write(folder / SETTINGS, json.dumps(settings, indent=2) + "\n")
    workers = {} if flags.workers is None else {"workers": flags.workers}
    with LiveTable(folder / "trials", flags.trials, Console(stderr=True, highlight=False)):
        tuner.search(
            split.x_train,
            split.y_train,
            validation_data=(split.x_val, split.y_val),
            epochs=flags.epochs,
            verbose=0,
            **workers,
        )
    return settings


def _check_same(folder: Path, settings: Mapping[str, Any], overwrite: bool) -> None:
    """Refuses to go on with a search whose scores could not be compared with the new ones."""
    if overwrite or not (folder / SETTINGS).exists():
        return
    try:
        known = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    except ValueError:
        return  # damaged: the trials say themselves what they are
    for name in MUST_AGREE:
        if name in known and known[name] != settings[name]:
            raise ValueError(
                f"{folder} holds a search with {name} {known[name]}. Received: {name} {settings[name]}. "
                "Give this one a --name of its own, or start anew with --overwrite."
            )


def _why_no_score(trials: list[TrialRecord], objective: str | None) -> str:
    reasons = [trial.reason for trial in trials if trial.reason]
    why = f", the last one failed for: {reasons[-1]}" if reasons else ""
    if reasons and reasons[-1] == f"KeyError: '{objective}'":
        why = f" of models without {objective}. Compile them with that metric, or give an --objective"
    return f"No trial has a score, so there is no page. Received: {len(trials)} trials{why}"


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
