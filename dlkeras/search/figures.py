"""The figures of a search's page, with the words that belong to them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from dlkeras.plots import search as plots
from dlkeras.plots.search.side_by_side import MOST_AXES
from dlkeras.report import Exhibit
from dlkeras.search.live import best_of
from dlkeras.tuning import TrialRecord
from dlkeras.tuning.analysis import LEAST_TRIALS

MOST_SLICES = 12


def exhibits(
    trials: Sequence[TrialRecord], shares: Mapping[str, float], doubtful: Collection[str]
) -> dict[str, Exhibit]:
    """Draws all figures that the trials have what is needed for, by file name, in the order of the page."""
    known = sorted((name for name in shares if not math.isnan(shares[name])), key=lambda name: -shares[name])
    order = [*known, *(name for name in shares if name not in known)]
    score = best_of(trials).objective or "score"
    found = {"history": _history(trials, score)}
    if known:
        found["importance"] = _importance(trials, shares, known, doubtful)
    if order:
        found["slices"] = _slices(trials, order, score)
    if len(known) > 1:
        found["contour"] = _contour(trials, *known[:2], score)
    if order:
        found["parallel-coordinates"] = _parallel(trials, order, score)
    if any(trial.epochs for trial in trials):
        found["intermediate-values"] = _intermediate(trials, score)
    if any(trial.started is not None and trial.ended is not None for trial in trials):
        found["timeline"] = _timeline(trials)
    return found


def _history(trials: Sequence[TrialRecord], score: str) -> Exhibit:
    best = best_of(trials)
    caption = "A dot for each trial, in the order of their start."
    if any(trial.stage for trial in trials):
        caption += " Shades: the stages. Dots of an earlier stage’s colour looked at the whole space again."
    alt = f"{score} of {len(trials)} trials; the best, {best.score:.4g}, is reached in trial {best.number}."
    return Exhibit(plots.history(trials), "Did the search still get better?", caption, alt)


def _importance(
    trials: Sequence[TrialRecord],
    shares: Mapping[str, float],
    known: Sequence[str],
    doubtful: Collection[str],
) -> Exhibit:
    caption = (
        "How much the best tenth of the trials differs from all trials in each hyperparameter, as a share of "
        f"the whole. A hyperparameter has to be in at least {LEAST_TRIALS} trials. Trials near the best are "
        "alike, so a search that has zoomed in tells what matters there, not in the whole space."
    )
    alt = "Bars of importance: " + ", ".join(f"{name} {100 * shares[name]:.0f} %" for name in known) + "."
    return Exhibit(plots.importance(shares, doubtful), "Which hyperparameters mattered?", caption, alt)


def _slices(trials: Sequence[TrialRecord], order: Sequence[str], score: str) -> Exhibit:
    caption = "Each hyperparameter on its own scale, the most important ones first."
    if any(trial.box for trial in trials):
        caption += " The bars at the top get shorter where the search zoomed in."
    if len(order) > MOST_SLICES:
        caption += f" Left out: {', '.join(order[MOST_SLICES:])}."
    alt = f"{score} over each of: {', '.join(order[:MOST_SLICES])}."
    return Exhibit(plots.slices(trials, order[:MOST_SLICES]), "Where are the good values?", caption, alt)


def _contour(trials: Sequence[TrialRecord], x: str, y: str, score: str) -> Exhibit:
    caption = "A dot for each trial in which both are active, in the colour of its score."
    alt = f"{score} in colour over {x} and {y}, with the trials as dots."
    return Exhibit(plots.contour(trials, x, y), "The two most important ones together", caption, alt)


def _parallel(trials: Sequence[TrialRecord], order: Sequence[str], score: str) -> Exhibit:
    caption = "A line for each trial, through its values to its score. Good trials that run together agree."
    alt = f"Lines of {len(trials)} trials through {', '.join(order[:MOST_AXES])} to {score}."
    shown = plots.parallel_coordinates(trials, order[:MOST_AXES])
    return Exhibit(shown, "All trials with all their values", caption, alt)


def _intermediate(trials: Sequence[TrialRecord], score: str) -> Exhibit:
    caption = "Lines that still rise or fall at the end ask for more epochs."
    if any(len(trial.epochs) > 1 for trial in trials):
        caption += " Mean over the executions of a trial."
    alt = f"{score} by epoch, a line for each trial, the best ones in colour."
    return Exhibit(plots.intermediate_values(trials), "Did the trials train long enough?", caption, alt)


def _timeline(trials: Sequence[TrialRecord]) -> Exhibit:
    workers = len({trial.worker for trial in trials if trial.ended is not None})
    caption = (
        "A bar for each trial, a row for each worker. Gaps are time in which a worker had nothing to do."
    )
    alt = f"Bars of the trials over time, in {workers} rows."
    return Exhibit(plots.timeline(trials), "Who did what when?", caption, alt)
