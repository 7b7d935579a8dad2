"""What the best settings of a search are worth when they are trained anew, from other seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlkeras.base.finding import MIN_SEEDS
from dlkeras.findings import holm, judge, mean_interval
from dlkeras.tuning.trials import TABLE, TrialRecord, load_trials, write_table

FOLDER = "confirmation"
LEVEL = 0.05  # corrected p-value below which two settings are told apart


@dataclass(frozen=True)
class Confirmed:
    """A setting of the search, and what it is worth.

    Args:
        trial_id: The trial that found it.
        values: Value of each hyperparameter by name.
        searched: Its score in the search.
        scores: A score for each new training.
        expected: Their mean: what to expect of this setting.
        interval: In which the true mean lies, at 95 %.
        flattered: By how much the score of the search was too good, below 0 where it was too bad.
        seconds: Of one training, in the mean; NaN where it is not known.
    """

    trial_id: str
    values: dict[str, Any]
    searched: float
    scores: tuple[float, ...]
    expected: float
    interval: tuple[float, float]
    flattered: float
    seconds: float


@dataclass(frozen=True)
class Confirmation:
    """The best settings of a search, trained anew.

    Args:
        settings: In the order of the search's scores.
        objective: Name of the metric.
        direction: "max" or "min".
        p_values: Of each other setting against the first: two samples, corrected for their number (Holm).
    """

    settings: tuple[Confirmed, ...]
    objective: str
    direction: str
    p_values: tuple[float, ...]

    @property
    def best(self) -> Confirmed:
        """The setting whose new scores are best in the mean."""
        return min(self.settings, key=self._loss)

    @property
    def level(self) -> list[Confirmed]:
        """The settings that are not told apart from the search's winner, and the winner itself."""
        winner, *others = self.settings
        return [winner, *(s for s, p in zip(others, self.p_values, strict=True) if not p < LEVEL)]

    @property
    def cheapest(self) -> Confirmed:
        """Of the settings that are level with the best, the one that trains in the least time."""
        level = self.level if self.best in self.level else [self.best]
        return min(
            level, key=lambda setting: (np.nan_to_num(setting.seconds, nan=np.inf), self._loss(setting))
        )

    @property
    def verdict(self) -> str:
        """What the search's winner is: "confirmed", or from which trials it is not told apart."""
        winner, *others = self.settings
        better = [
            other
            for other, p in zip(others, self.p_values, strict=True)
            if p < LEVEL and self._loss(other) < self._loss(winner)
        ]
        if better:
            return f"beaten by trial {', '.join(_number(other) for other in better)}"
        if len(self.level) > 1:
            return f"not told apart from trial {', '.join(_number(other) for other in self.level[1:])}"
        return "confirmed"

    @property
    def columns(self) -> dict[str, dict[str, float]]:
        """What a table of trials may show of each setting, by the id of its trial."""
        return {
            setting.trial_id: {
                "expected": setting.expected,
                "expected from": setting.interval[0],
                "expected to": setting.interval[1],
                "flattered by": setting.flattered,
            }
            for setting in self.settings
        }

    def __str__(self) -> str:
        winner = self.settings[0]
        low, high = winner.interval
        said = (
            f"Trial {_number(winner)}: {self.verdict}. Expect {self.objective} {winner.expected:.4g} "
            f"({low:.4g} to {high:.4g} over {len(winner.scores)} trainings); the search said "
            f"{winner.searched:.4g}, {abs(winner.flattered):.2g} too "
            f"{'good' if winner.flattered > 0 else 'bad'}."
        )
        if np.isfinite(self.cheapest.seconds):
            said += f" Cheapest that is level: trial {_number(self.cheapest)}, {self.cheapest.seconds:.2g} s."
        return said

    def _loss(self, setting: Confirmed) -> float:
        return setting.expected if self.direction == "min" else -setting.expected


def _number(setting: Confirmed) -> str:
    return str(int(setting.trial_id)) if setting.trial_id.isdecimal() else setting.trial_id


def confirm(
    tuner: Any, top: int, seeds: int, fit_args: Sequence, fit_kwargs: Mapping[str, Any]
) -> Confirmation:
    """Runs the confirmation of a search; arguments are those of `CoarseToFine.confirm`."""
    ids = [trial.trial_id for trial in tuner.oracle.get_best_trials(top)]
    if len(ids) < 2:
        raise ValueError(f"Two trials must have a score before they can be compared. Received: {len(ids)}.")
    folder = Path(tuner.project_dir)
    best = sorted((t for t in load_trials(folder) if t.trial_id in ids), key=lambda t: ids.index(t.trial_id))
    own = tuner.own_oracle
    oracle = type(own)(
        objective=own.objective,
        seed=own.seed + 1,  # the trainings of the search had others
        hyperparameters=own.get_space(),
        allow_new_entries=own.allow_new_entries,
        tune_new_entries=own.tune_new_entries,
    )
    again = tuner.elsewhere(oracle, folder, FOLDER)
    again.executions_per_trial = seeds
    again.take_up()  # what an earlier call has trained
    for trial in best:
        again.enqueue(trial.values)
    oracle.max_trials = len(oracle.trials) + len(oracle.get_state()["given"])
    again.search(*fit_args, **fit_kwargs)
    found = compare(best, load_trials(again.project_dir))
    write_table(folder / TABLE, load_trials(folder), found.columns)
    return found


def compare(searched: Sequence[TrialRecord], anew: Sequence[TrialRecord]) -> Confirmation:
    """Puts the trials of a search beside their confirmation.

    Args:
        searched: Trials with scores, the best first.
        anew: Trials with the same values, each with the scores of all its trainings.

    Returns:
        The settings that were trained anew, in the order of `searched`. Confidence intervals and tests do
        not pair: the trainings of two settings have seeds of their own.

    Raises:
        ValueError: If none of the settings was trained anew, or one has fewer than five scores.
    """
    sign = -1 if searched[0].direction == "min" else 1
    pairs = [(old, new) for old in searched for new in anew if new.values == old.values and new.scores]
    if not pairs:
        raise ValueError(f"No setting was trained anew to its end. Received: {len(anew)} trials.")
    few = min(len(new.scores) for _, new in pairs)
    if few < MIN_SEEDS:
        raise ValueError(
            f"Each setting needs {MIN_SEEDS} scores or more. Received: {few}. A `run_trial` of your own has "
            "to return a list with a result for each of `self.executions_per_trial` trainings."
        )
    settings = []
    for old, new in pairs:
        scores = np.array(new.scores)
        known = new.started is not None and new.ended is not None
        settings.append(
            Confirmed(
                trial_id=old.trial_id,
                values=dict(old.values),
                searched=old.score,
                scores=tuple(new.scores),
                expected=float(scores.mean()),
                interval=tuple(map(float, mean_interval(scores))),
                flattered=sign * (old.score - float(scores.mean())),
                seconds=(new.ended - new.started) / len(scores) if known else float("nan"),
            )
        )
    first, *others = settings
    p_values = (
        tuple(holm([_p_value(first.scores, other.scores) for other in others]).tolist()) if others else ()
    )
    return Confirmation(tuple(settings), searched[0].objective, searched[0].direction, p_values)


def _p_value(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The chance of a difference like this between settings that are equal."""
    found = judge("They differ.", "difference", theirs, "", baseline=ours, paired=False, above=0)
    if np.isfinite(found.p_value):
        return found.p_value
    return float(found.effect == 0)  # each gives the same score in all its trainings
