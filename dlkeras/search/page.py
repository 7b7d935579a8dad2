"""The page of a search: its figures with their words, its best trials, and what to do next."""

from __future__ import annotations

import argparse
import base64
import json
import math
import os
import shlex
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from dlkeras import report
from dlkeras.base.files import write
from dlkeras.base.versions import versions
from dlkeras.search import figures
from dlkeras.search.live import FAILED, best_of, has_score
from dlkeras.tuning import Confirmation, TrialRecord, chances, edges, importance, write_table

NUM_BEST, NUM_FAILURES = 10, 10
DOUBT = 0.05  # chance from which an importance is doubtful
_SCALES = {
    "log": ", log scale",
    "reverse_log": ", reversed log scale",
    "OneMinusLog": ", 1 − value on a log scale",
}


def write_page(
    folder: Path,
    flags: argparse.Namespace,
    trials: Sequence[TrialRecord],
    settings: Mapping[str, Any],
    confirmed: Confirmation | None = None,
) -> Path:
    """Writes index.html, which holds all that it shows, and beside it trials.csv and the figures.

    Each file is replaced as a whole, the page at last. One trial has a score at least.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shares = importance(trials)
    doubtful = [name for name, chance in chances(trials).items() if chance >= DOUBT]
    exhibits = figures.exhibits(trials, shares, doubtful)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        images = report.save_exhibits(Path(temporary), exhibits)
        for path in Path(temporary).iterdir():
            os.replace(path, folder / path.name)
    write_table(folder / "trials.csv", trials, confirmed.columns if confirmed else None)
    about = {**settings, "versions": versions("keras-tuner")}
    html = report.render(
        "search.html",
        page=text_of(flags, trials, shares, doubtful),
        confirmed=confirmed,
        exhibits=exhibits,
        images=images,
        csv=base64.b64encode((folder / "trials.csv").read_bytes()).decode(),
        settings=json.dumps(about, indent=2, default=str),
    )
    write(folder / "index.html", html)
    return folder / "index.html"


def text_of(
    flags: argparse.Namespace,
    trials: Sequence[TrialRecord],
    shares: Mapping[str, float],
    doubtful: Collection[str],
) -> dict[str, Any]:
    """Gives the words of the page; what is doubtful may be important by chance."""
    best = best_of(trials)
    failed = [trial for trial in trials if trial.status in FAILED]
    sign = 1 if best.direction == "min" else -1
    done = sorted(filter(has_score, trials), key=lambda trial: sign * trial.score)[:NUM_BEST]
    names = list(dict.fromkeys(name for trial in done for name in values_of(trial)))
    has_stages = any(trial.stage for trial in trials)
    score = best.objective or "score"
    summary = f"{len(trials)} trials, {len(failed)} of which failed." if failed else f"{len(trials)} trials."
    return {
        "title": _title(flags),
        "summary": f"{summary} The best {score} is {best.score:.4g}, of trial {best.number}.",
        "best": [
            {"name": n, "value": v, "space": _space(trials, n), "importance": _percent(n, shares, doubtful)}
            for n, v in values_of(best).items()
        ],
        "advice": [edge.text for edge in edges(trials)],
        "columns": ["Trial", *(["Stage"] if has_stages else []), score, *names],
        "rows": [_row(trial, names, has_stages) for trial in done],
        "failures": [
            f"Trial {trial.number}: {trial.reason or 'no reason given'}" for trial in failed[:NUM_FAILURES]
        ],
        "questions": _questions(flags),
    }


def values_of(trial: TrialRecord) -> dict[str, Any]:
    """Gives the values of the hyperparameters of a trial, without what a tuner notes among them."""
    names = dict.fromkeys(config["name"] for config in trial.space)
    return {name: trial.values[name] for name in names if name in trial.values}


def _row(trial: TrialRecord, names: Sequence[str], has_stages: bool) -> list:
    first = [trial.number, *([trial.stage] if has_stages else []), f"{trial.score:.4g}"]
    return first + [trial.values.get(name) for name in names]


def _title(flags: argparse.Namespace) -> str:
    if flags.trials_from is not None:
        return f"The trials of {flags.name}"
    file, _, name = flags.model.rpartition(":")
    return f"{name} of {Path(file).name} on {Path(flags.data).name}"


def _space(trials: Sequence[TrialRecord], name: str) -> str:
    """Says what a hyperparameter was chosen from, as the last trial knew it."""
    config = next(c for trial in reversed(trials) for c in trial.space if c["name"] == name)
    if "min_value" in config:
        scale = _SCALES.get(config["kind"]) or _SCALES.get(config.get("sampling"), "")
        return f"{config['min_value']:g} to {config['max_value']:g}{scale}"
    values = [False, True] if config["kind"] == "Boolean" else config.get("values", [config.get("value")])
    return ", ".join(map(str, values))


def _percent(name: str, shares: Mapping[str, float], doubtful: Collection[str]) -> str:
    share = shares.get(name)
    if share is None:
        return "–"
    if math.isnan(share):
        return "too few trials"
    return f"{100 * share:.0f} %" + (", may be chance" if name in doubtful else "")


def _questions(flags: argparse.Namespace) -> list[tuple[str, str]]:
    if flags.trials_from is not None:
        return []

    def command(name: str, seed: int, trials: int) -> str:
        words = [flags.model, flags.data, "--name", name, "--trials", trials, "--epochs", flags.epochs]
        words += ["--seed", seed, *(["--objective", flags.objective] if flags.objective else [])]
        words += ["--out", flags.out] if flags.out != Path("results") else []
        return shlex.join(["python", "-m", "dlkeras.search", *map(str, words)])

    more = command(flags.name, flags.seed, 2 * flags.trials)
    other = command(f"{flags.name}-seed-{flags.seed + 1}", flags.seed + 1, flags.trials)
    return [
        ("Do more trials find a better one? The search goes on where it ended.", more),
        ("Does another seed come to the same values?", other),
    ]
