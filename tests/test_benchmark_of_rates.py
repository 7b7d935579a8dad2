"""The arithmetic of the benchmark of learning rates: what is level with the best, and the range test."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

import learning_rates as benchmark
from peers import range_test as peer
from peers import rate_pairs


def test_rates_within_a_standard_error_of_the_lowest_mean_are_level():
    # Means 0.5, 0.22, 0.2, 0.27, 0.2 + what is infinite; variances around the best 0.01 each, so that the
    # margin is √(0.01 / 4) = 0.05.
    spread = np.array([-1, -1, 1, 1]) * np.sqrt(0.0075)
    errors = np.array([0.5, 0.22, 0.2, 0.27, 0.2])[:, None] + spread
    errors[4, 0] = np.inf
    assert benchmark.level_with_best(errors).tolist() == [False, True, True, False, False]
    errors[1] += 0.04
    assert benchmark.level_with_best(errors).tolist() == [False, False, True, False, False]


def test_a_best_that_always_scores_alike_has_the_spread_of_its_neighbours():
    errors = np.array([[0.1, 0.3], [0.1, 0.1], [0.15, 0.15]])
    # Variances 0.02, 0 and 0 have the mean 0.02 / 3, so that the margin is 0.058.
    assert benchmark.level_with_best(errors).tolist() == [False, True, True]
    assert benchmark.level_with_best(errors[1:]).tolist() == [True, False]


@pytest.mark.parametrize(
    ("pick", "right"), [(0.05, True), (0.049, False), (0.3, True), (0.39, False), (2, True), (2.1, False)]
)
def test_a_pick_is_right_within_a_factor_of_two_of_any_level_rate(pick, right):
    assert benchmark.is_right(pick, np.array([0.1, 0.19, 1.0])) == right


def test_the_moving_average_is_that_of_weights_that_sum_to_one():
    losses = np.array([3.0, 1.0, 2.0])
    weights = np.array([0.81, 0.9, 1.0])
    expected = [3, (0.9 * 3 + 1) / 1.9, weights @ losses / weights.sum()]
    np.testing.assert_allclose(peer.smoothed(losses, 0.9), expected)


def test_rules_of_the_range_test():
    rates = np.geomspace(1e-4, 10, 21)  # four in a decade
    losses = np.array([9, 9, *[2.0] * 8, 1.9, 1.5, 0.7, 0.5, 0.6, 1.0, 9.0, 0.1, *[np.nan] * 3])
    found = peer.read_off(rates, losses, smoothing=0)
    assert found == {peer.STEEPEST: pytest.approx(rates[11]), peer.MINIMUM: pytest.approx(rates[13] / 10)}


def test_the_range_test_takes_a_step_at_each_rate():
    # The loss of a step is (1 - 2 rate)² of the one before, since all inputs are 1: no mean over an epoch.
    x, rates = np.ones((4, 1), "float32"), np.array([0.1, 0.2, 0.3, 0.6])
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, None, False, "zeros")])
    model.compile("sgd", "mse")
    losses = peer.range_test(model, x, x, 2, rates)
    np.testing.assert_allclose(losses, np.cumprod([1, 0.64, 0.36, 0.16]), rtol=1e-5)


def test_a_dense_layer_over_patches_is_a_convolution():
    images = np.random.default_rng(0).normal(size=(5, 8, 8, 1)).astype("float32")
    kernel = np.random.default_rng(1).normal(size=(3, 3, 1, 4)).astype("float32")
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    expected = keras.ops.conv(padded, kernel, strides=2, padding="valid")
    np.testing.assert_allclose(rate_pairs.patches(images) @ kernel.reshape(9, 4), expected, atol=1e-5)


def test_the_noise_of_held_out_samples_counts_where_it_is_asked_for():
    errors = np.array([[0.125, 0.125], [0.0, 0.0], [0.25, 0.25]])
    assert benchmark.level_with_best(errors).tolist() == [False, True, False]
    # Of 6 samples none is wrong: the share is 1/8, its variance 7/64/6, and the margin 0.135.
    assert benchmark.level_with_best(errors, 6).tolist() == [True, True, False]
    assert benchmark.level_with_best(errors, 60).tolist() == [False, True, False]


def test_targets_need_nine_in_ten_and_more_than_both_rules():
    good = {benchmark.OURS: 0.92, benchmark.STEEPEST: 0.5, benchmark.MINIMUM: 0.6, benchmark.DEFAULT: 1.0}
    for worse in ({benchmark.MINIMUM: 0.92}, {benchmark.OURS: 0.88}):
        said = benchmark.verdict({benchmark.BY_ERROR: good | worse, benchmark.WITH_SAMPLES: good})
        first, second = said.split(";")
        assert first.endswith(": not reached")
        assert "50% and 60%: reached (to reach: 90%, and more" in second


def test_seeds_of_the_truth_are_not_those_of_the_picks():
    seeds = {100 * number + seed for number in range(benchmark.ROUNDS) for seed in range(3)}
    assert not seeds & set(benchmark.TRUTH_SEEDS)
    assert len(benchmark.PAIRS) == 10
