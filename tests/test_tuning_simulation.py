"""Searches without trainings: oracles of keras-tuner, the epochs of Hyperband, several trials at once."""

import keras_tuner
import numpy as np
import pytest
from refusals import refuses

from dlkeras.tuning import CoarseToFineOracle, simulate

O = keras_tuner.oracles  # noqa: E741
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # keras-tuner asks for the thread so


def space():
    hp = keras_tuner.HyperParameters()
    hp.Float("x", -1.0, 1.0)
    return hp


def oracle(kind, **options):
    return kind(keras_tuner.Objective("loss", "min"), hyperparameters=space(), seed=1, **options)


def square(values, trial_id, epoch):
    return (values["x"] - 0.3) ** 2


@pytest.mark.parametrize("kind", [CoarseToFineOracle, O.RandomSearchOracle, O.GridSearchOracle])
@pytest.mark.parametrize("at_once", [1, 4])
def test_all_trials_are_told(kind, at_once):
    searcher = oracle(kind, max_trials=9)
    found = list(simulate(searcher, square, at_once=at_once, epochs=5))
    assert [score for _, score, _ in found] == [square(values, "", 0) for values, _, _ in found]
    assert {epochs for _, _, epochs in found} == {5}
    assert sorted(trial.score for trial in searcher.trials.values()) == sorted(s for _, s, _ in found)
    assert len(found) == 9


def test_four_at_once_are_asked_for_before_the_first_is_told():
    told = []
    searcher = oracle(CoarseToFineOracle, max_trials=9)
    suggest = searcher.populate_space

    def noted(trial_id):
        told.append(len(searcher.end_order))
        return suggest(trial_id)

    searcher.populate_space = noted
    list(simulate(searcher, square, at_once=4))
    assert told[:5] == [0, 0, 0, 0, 1]


def test_hyperband_goes_on_with_its_trials():
    calls = []

    def noted(values, trial_id, epoch):
        calls.append((trial_id, values["x"], epoch))
        return square(values, trial_id, epoch)

    searcher = oracle(O.HyperbandOracle, max_epochs=9, hyperband_iterations=1)
    found = list(simulate(searcher, noted))
    assert sum(epochs for _, _, epochs in found) == 9 * 1 + 3 * 2 + 1 * 6 + 5 * 3 + 2 * 6 + 3 * 9
    by_first = {}
    for first, x, _ in calls:
        assert by_first.setdefault(first, x) == x  # who began it had the same values
    assert len(by_first) == 9 + 5 + 3


def test_a_bayesian_oracle_looks_from_fewer_starts(monkeypatch):
    looked = []
    minimize = keras_tuner.src.tuners.bayesian.scipy.optimize.minimize

    def noted(function, x0, **options):
        if function.__name__ == "_upper_confidence_bound":  # the others fit the oracle's model
            looked.append(x0)
        return minimize(function, x0=x0, **options)

    monkeypatch.setattr(keras_tuner.src.tuners.bayesian.scipy.optimize, "minimize", noted)
    kind = O.BayesianOptimizationOracle
    found = list(simulate(oracle(kind, max_trials=6, num_initial_points=4), square, bayesian_starts=3))
    assert len(found) == 6
    np.testing.assert_array_equal(looked, np.random.RandomState(1).rand(6, 1))  # two trials from three starts
    looked.clear()
    list(simulate(oracle(kind, max_trials=5, num_initial_points=4), square))
    assert len(looked) == 50


def test_starts_are_refused():
    for kind in (CoarseToFineOracle, O.RandomSearchOracle):
        with refuses(
            "`bayesian_starts` must be None for an oracle that is not Bayesian. "
            f"Received: bayesian_starts=3 for {kind.__name__}"
        ):
            next(simulate(oracle(kind, max_trials=3), square, bayesian_starts=3))
    with refuses("`bayesian_starts` must be at least 1. Received: bayesian_starts=0"):
        next(simulate(oracle(O.BayesianOptimizationOracle, max_trials=3), square, bayesian_starts=0))
