"""A user's program, for the type checker: `make lint` checks that each result has the type that it says.

It is not run: what the functions do is tested elsewhere.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from typing_extensions import assert_type

from dlkeras.callbacks import ActivationStats, GradientNorms, StopAtError
from dlkeras.data import Dataset, load
from dlkeras.findings import Finding, best_by_others, judge, judge_ratio, judge_share
from dlkeras.gradcheck import EpsilonSweep, GradientCheck, check_model, sweep_model
from dlkeras.optimizers import Adam
from dlkeras.population import EarlyStopping, Population
from dlkeras.runs import Runs, by_replica, product
from dlkeras.surfaces import Surface
from dlkeras.tuning import CoarseToFine, TrialRecord, edges, load_trials


def record(model, x, y) -> None:
    """What callbacks give."""
    norms, stats = GradientNorms(every=2, histograms=50), ActivationStats(x)
    model.fit(x, y, callbacks=[norms, stats, StopAtError(0.1)])
    assert_type(norms.norms, NDArray[np.float32])
    assert_type(norms.steps, NDArray[np.int64])
    assert_type(norms.layer_names, list[str])
    assert_type(norms.plot(), Figure)
    assert_type(stats.plot("dead_rate"), Figure)
    if norms.first_nonfinite is not None:
        assert_type(norms.first_nonfinite.step, int)
        assert_type(norms.first_nonfinite.layer, str)


def judged(samples: NDArray[np.float64]) -> None:
    """What verdicts are."""
    assert_type(judge("It is above 0.", "the number", samples, "points", above=0), Finding)
    assert_type(judge_ratio("It is larger.", "ratio", samples, samples, above=1), Finding)
    assert_type(judge_share("Most do.", "share", samples > 0, above=0.5), Finding)
    assert_type(judge("It is above 0.", "the number", samples, "points", above=0).verdict, str)
    assert_type(best_by_others(samples[None]), tuple[np.ndarray, np.ndarray])


def trained(build, x, y) -> None:
    """What populations and their records are."""
    population = Population(build, seeds=range(5))
    population.compile(Adam(0.01), "mse")
    population.fit(x, y, epochs=2, callbacks=[EarlyStopping(patience=1)])
    assert_type(population.num_replicas, int)
    runs = Runs(by_replica(product(seed=range(5)), {"part": "all"}, loss=np.zeros(5)))
    assert_type(runs.stack("loss", "seed"), np.ndarray)
    assert_type(load("digits"), Dataset)
    assert_type(load("digits").x_train, np.ndarray)


def checked(model, x, y) -> None:
    """What gradient checks give."""
    assert_type(check_model(model, x, y), GradientCheck)
    assert_type(check_model(model, x, y).passed, bool)
    assert_type(sweep_model(model, x, y), EpsilonSweep)


def searched(build_model, x, y, surface: Surface) -> None:
    """What a search gives."""
    tuner = CoarseToFine(build_model, "val_loss", max_trials=9)
    tuner.search(x, y, validation_split=0.2)
    records = load_trials("untitled_project")
    assert_type(records, list[TrialRecord])
    assert_type(records[0].score, float | None)
    for edge in edges(records):
        assert_type(edge.name, str)
