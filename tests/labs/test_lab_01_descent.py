"""Lab 1's theory of gradient descent and its four steps, against NumPy in float64."""

import keras
import numpy as np
import pytest
from lab_module import lab_module

DESCENT = lab_module("lab_01_gradient_descent", "descent")
FINDINGS = lab_module("lab_01_gradient_descent", "findings")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 3)).astype(np.float32)
Y = (X @ [[1.0], [-2.0], [0.5]] + RNG.normal(size=(30, 1)) + 3).astype(np.float32)
ONES = np.column_stack([X, np.ones(30)]).astype(np.float64)
HESSIAN = 2 / 30 * ONES.T @ ONES  # of the mean squared error of linear regression


def linear():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])


def network():
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, "tanh"), keras.layers.Dense(1)])


def error_of(flat):
    """The network's error, written out."""
    first, bias, second, last = np.split(flat, [6, 8, 10])
    hidden = np.tanh(X.astype(np.float64) @ first.reshape(3, 2) + bias)
    return np.mean((hidden @ second.reshape(2, 1) + last - Y) ** 2)


def steps_in_numpy(w, rate, epochs):
    """Weights and errors of linear regression by gradient descent; the errors are those before each step."""
    errors = []
    for _ in range(epochs):
        residuals = ONES @ w - Y
        errors.append(np.mean(residuals**2))
        w = w - rate * 2 / 30 * ONES.T @ residuals
    return w, errors


def test_limit_and_threshold_are_those_of_the_normal_equations():
    limit, threshold = DESCENT.limit_and_threshold(X, Y, margin=0.1)
    assert limit == pytest.approx(2 / np.linalg.svd(HESSIAN, compute_uv=False)[0], rel=1e-9)
    best = np.linalg.solve(ONES.T @ ONES, ONES.T @ Y)
    assert threshold == pytest.approx(1.1 * np.mean((ONES @ best - Y) ** 2), rel=1e-6)


@pytest.mark.parametrize(("factor", "falls"), [(0.98, True), (1.02, False)])
def test_the_limit_parts_rates_that_go_down_from_those_that_do_not(factor, falls):
    limit, _ = DESCENT.limit_and_threshold(X, Y, margin=0.1)
    _, errors = steps_in_numpy(np.zeros((4, 1)), factor * limit, 500)
    assert (errors[-1] < errors[0]) == falls


def test_the_curvature_of_linear_regression_is_the_same_at_all_weights():
    population = [RNG.normal(size=(5, 3, 1)).astype(np.float32), np.zeros((5, 1), np.float32)]
    found = DESCENT.curvature_of(linear(), X, Y)(population)
    np.testing.assert_allclose(found, np.linalg.eigvalsh(HESSIAN)[-1], rtol=1e-5)  # float32


def test_the_curvature_of_a_network_is_that_of_differences():
    model = network()
    flat = np.concatenate([w.ravel() for w in model.get_weights()]).astype(np.float64)
    steps = 1e-4 * np.eye(len(flat))
    second = [
        [
            error_of(flat + a + b) - error_of(flat + a - b) - error_of(flat - a + b) + error_of(flat - a - b)
            for b in steps
        ]
        for a in steps
    ]
    expected = np.linalg.eigvalsh(np.array(second) / 4e-8)[-1]
    found = DESCENT.curvature_of(model, X, Y)([w[None] for w in model.get_weights()])
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_weights_that_are_not_finite_have_no_curvature():
    population = [np.full((1, 3, 1), np.inf, np.float32), np.zeros((1, 1), np.float32)]
    assert np.isnan(DESCENT.curvature_of(linear(), X, Y)(population)).all()


@pytest.mark.parametrize(("threshold", "used"), [(0.0, 40), (2.0, None)])
def test_the_four_steps_are_those_of_numpy_and_stop_below_the_threshold(threshold, used):
    model, start = linear(), RNG.normal(size=(4, 1))
    model.set_weights([start[:3], start[3]])
    start = start.astype(np.float32).astype(np.float64)
    _, errors = steps_in_numpy(start, 0.05, 40)
    if used is None:
        used = next(i for i, error in enumerate(errors, start=1) if error < threshold)
        assert used < 40
    assert DESCENT.four_steps(model, X, Y, 0.05, 40, threshold) == used
    expected, _ = steps_in_numpy(start, 0.05, used)
    np.testing.assert_allclose(
        np.concatenate([w.ravel() for w in model.get_weights()]), expected[:, 0], atol=1e-5
    )


def test_the_ravine_is_that_of_powers():
    for run in DESCENT.ravine():
        factors = 1 - run["learning_rate"] * np.array([1, 20])
        expected = np.array([8.2, 1.25]) * factors ** np.arange(40)[:, None]
        np.testing.assert_allclose(run["path"], expected, rtol=1e-4, atol=1e-6)


def test_a_run_that_does_not_arrive_is_at_least_so_slow_or_not_judged():
    slow, quick = np.array([80, np.inf, np.inf, np.inf]), np.array([10, 10, 40, np.inf])
    ratios = FINDINGS.times_slower(slow, quick, epochs=100, above=5)
    np.testing.assert_array_equal(ratios, [8, 10, np.nan, np.nan])  # 100 / 40 tells nothing of 5
