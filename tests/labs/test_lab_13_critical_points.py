"""The cost whose critical points lab 13 seeks, against NumPy and differences."""

import numpy as np
import pytest
from lab_module import lab_module

POINTS = lab_module("lab_13_local_optima", "critical_points")
INPUTS, UNITS, CLASSES, PENALTY = 3, 2, 4, 0.1
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(10, INPUTS)), RNG.integers(0, CLASSES, 10)


@pytest.fixture
def cost():
    return POINTS.Cost(X, Y, CLASSES, UNITS, PENALTY)


def in_numpy(w):
    """The same cost, written out."""
    cuts = np.cumsum([INPUTS * UNITS, UNITS, UNITS * CLASSES])
    first, bias, second, last = np.split(w, cuts)
    hidden = np.tanh(X @ first.reshape(INPUTS, UNITS) + bias)
    logits = hidden @ second.reshape(UNITS, CLASSES) + last
    log_shares = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -log_shares[np.arange(len(Y)), Y].mean() + PENALTY / 2 * w @ w


def test_cost_gradient_and_hessian_are_those_of_numpy(cost):
    w, step = RNG.normal(0, 0.5, cost.num_weights), 1e-6 * np.eye(cost.num_weights)
    assert cost(w) == pytest.approx(in_numpy(w), rel=1e-12)
    slopes = [(in_numpy(w + s) - in_numpy(w - s)) / 2e-6 for s in step]
    np.testing.assert_allclose(cost.gradient(w), slopes, atol=1e-8)  # rounding over 2e-6
    rows = [(cost.gradient(w + s) - cost.gradient(w - s)) / 2e-6 for s in step]
    np.testing.assert_allclose(cost.hessian(w), rows, atol=1e-8)


def test_a_unit_whose_weights_are_zero_has_no_gradient(cost):
    unit = cost.unit_of_weights()
    assert np.bincount(unit + 1).tolist() == [CLASSES, *[INPUTS + 1 + CLASSES] * UNITS]
    w = np.where(unit == 1, 0, RNG.normal(0, 0.5, len(unit)))
    assert np.all(cost.gradient(w)[unit == 1] == 0)
    assert np.all(cost.gradient(w)[unit == 0] != 0)


def test_critical_points_have_no_gradient_and_are_told_apart(cost):
    found = [POINTS.critical_point(cost, *origin) for origin in POINTS.origins(cost, 0, [2, 5])]
    assert len(found) == 2 + UNITS + 1
    assert {point["kind"] for point in found} <= {*POINTS.KINDS, "none"}
    for point in found:
        assert (point["kind"] == POINTS.MINIMUM) == (point["down"] == 0 and point["kind"] != "none")


def test_a_high_penalty_leaves_one_minimum(cost):
    steep = POINTS.Cost(X, Y, CLASSES, UNITS, penalty=10.0)
    found = [POINTS.critical_point(steep, *origin) for origin in POINTS.origins(steep, 0, [1])]
    assert {point["kind"] for point in found} == {POINTS.MINIMUM}
    assert np.ptp([point["cost"] for point in found]) < 1e-9
