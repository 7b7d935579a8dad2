"""A search without trainings: an oracle is asked and told as tuners do it, with scores that are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras_tuner
import numpy as np

from dlkeras.base.checks import checked_integer
from dlkeras.tuning.keras_tuner_private import change_generator, write_no_files


def simulate(
    oracle: keras_tuner.Oracle,
    score: Callable[[dict[str, Any], str, int], float],
    *,
    epochs: int = 1,
    at_once: int = 1,
    bayesian_starts: int | None = None,
) -> Iterator[tuple[dict[str, Any], float, int]]:
    """Has an oracle search where scores can be looked up, so that ways of searching can be compared.

    Args:
        oracle: Any oracle of keras-tuner, new; it writes no files.
        score: From the values of a trial, the id of the trial, and the number of its last epoch to its score.
            A trial that Hyperband goes on with has the id of the one that began it.
        epochs: Of a trial, where the oracle does not say.
        at_once: Trials that run at the same time: so many are asked for before the first one is told.
        bayesian_starts: From how many random points a Bayesian oracle looks for the best next trial; None for
            its own 50. A trial takes it time in proportion, most of a search without trainings.

    Yields:
        The values of a trial, its score, and the epochs it took, in the order of their ends.

    Raises:
        ValueError: If `bayesian_starts` is below 1, or given for another oracle.

    Example:
        >>> hp = keras_tuner.HyperParameters()
        >>> x = hp.Float("x", -1, 1)
        >>> least = keras_tuner.Objective("loss", "min")
        >>> oracle = keras_tuner.oracles.RandomSearchOracle(least, 30, seed=1, hyperparameters=hp)
        >>> trials = list(simulate(oracle, lambda values, trial_id, epoch: values["x"] ** 2))
        >>> len(trials), min(score for _, score, _ in trials) < 0.1
        (30, True)
    """
    write_no_files(oracle)
    oracle.verbose = 0
    if bayesian_starts is not None:
        _look_from(bayesian_starts, oracle)
    workers, first = [f"worker {i}" for i in range(at_once)], {}
    running = {worker: oracle.create_trial(worker) for worker in workers}
    while any(trial.status == "RUNNING" for trial in running.values()):
        for worker in workers:
            trial = running[worker]
            if trial.status == "RUNNING":
                values = trial.hyperparameters.values
                last = values.get("tuner/epochs", epochs)
                begun_by = values.get("tuner/trial_id")
                first[trial.trial_id] = first.get(begun_by, trial.trial_id)
                seen = float(score(values, first[trial.trial_id], last))
                oracle.update_trial(trial.trial_id, {oracle.objective.name: seen})
                trial.status = "COMPLETED"
                oracle.end_trial(trial)
                yield values, seen, last - values.get("tuner/initial_epoch", 0)
            running[worker] = oracle.create_trial(worker)


class _FewerStarts:
    """Stands in for the generator of a Bayesian oracle, which draws nothing else from it."""

    def __init__(self, generator: np.random.RandomState, num_starts: int):
        self.generator, self.num_starts = generator, num_starts

    def uniform(self, low: np.ndarray, high: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        return self.generator.uniform(low, high, (self.num_starts, size[1]))


def _look_from(num_starts: int, oracle: keras_tuner.Oracle) -> None:
    if not isinstance(oracle, keras_tuner.oracles.BayesianOptimizationOracle):
        raise ValueError(
            "`bayesian_starts` must be None for an oracle that is not Bayesian. "
            f"Received: bayesian_starts={num_starts} for {type(oracle).__name__}"
        )
    checked_integer("bayesian_starts", num_starts)
    change_generator(oracle, lambda generator: _FewerStarts(generator, num_starts))
