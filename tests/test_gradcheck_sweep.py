"""The U-curve: orders of the error read off the slope, rounding on the other side, for both dtypes."""

import keras
import numpy as np
import pytest

from dlkeras.gradcheck import sweep_gradients, sweep_model

X = np.linspace(0.2, 1.5, 6)


def f(x):
    return np.sum(np.sin(x))


def slope(epsilons, errors, low, high):
    inside = (low <= epsilons) & (epsilons <= high)
    return np.polyfit(np.log(epsilons[inside]), np.log(errors[inside]), 1)[0]


def test_orders_are_one_and_two_and_rounding_is_minus_one():
    sweep = sweep_gradients(f, X, np.cos(X))
    assert sweep.epsilons[[0, -1]] == pytest.approx([0.1, 1e-12])
    assert sweep.dtype == "float64"
    assert sweep.num_entries == 6
    assert slope(sweep.epsilons, sweep.one_sided, 1e-6, 1e-1) == pytest.approx(1, abs=0.02)
    assert slope(sweep.epsilons, sweep.two_sided, 1e-3, 1e-1) == pytest.approx(2, abs=0.02)
    assert slope(sweep.epsilons, sweep.two_sided, 1e-12, 1e-7) == pytest.approx(-1, abs=0.2)


def test_errors_are_those_of_the_formulas():
    sweep = sweep_gradients(f, X, np.cos(X), epsilons=[1e-2, 1e-3])
    for epsilon, one, two in zip(sweep.epsilons, sweep.one_sided, sweep.two_sided, strict=True):
        g, norm = np.cos(X), 2 * np.linalg.norm(np.cos(X))
        one_sided, two_sided = (np.sin(X + epsilon) - np.sin(X)) / epsilon, g * np.sin(epsilon) / epsilon
        np.testing.assert_allclose(one, np.linalg.norm(g - one_sided) / norm, rtol=0.01)
        np.testing.assert_allclose(two, np.linalg.norm(g - two_sided) / norm, rtol=0.01)


def test_the_best_step_is_near_the_root_of_the_rounding_unit():
    for dtype, unit in (("float64", 2.2e-16), ("float32", 1.2e-7)):
        sweep = sweep_gradients(lambda x: np.sin(x).sum(), X.astype(dtype), np.cos(X), dtype=dtype)
        assert 0.1 < sweep.epsilons[sweep.one_sided.argmin()] / unit ** (1 / 2) < 10
        assert 0.1 < sweep.epsilons[sweep.two_sided.argmin()] / unit ** (1 / 3) < 10
        assert sweep.two_sided.min() < sweep.one_sided.min()


def network():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(30, "tanh"), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    rng = np.random.default_rng(0)
    return model, rng.normal(size=(5, 4)), rng.normal(size=(5, 1))


def test_a_model_in_both_dtypes():
    model, x, y = network()
    fine, coarse = (sweep_model(model, x, y, dtype=dtype, num_entries=40) for dtype in ("float64", "float32"))
    assert (fine.num_entries, coarse.num_entries) == (40, 40)
    assert fine.two_sided.min() < 1e-8 < 1e-5 < coarse.two_sided.min() < 1e-2
    assert slope(fine.epsilons, fine.two_sided, 1e-3, 1e-1) == pytest.approx(2, abs=0.1)
    assert coarse.two_sided[-1] == 1  # a step far below the rounding unit changes nothing


def test_entries_are_drawn_by_seed():
    model, x, y = network()
    same, again, other = (
        sweep_model(model, x, y, epsilons=[1e-2], num_entries=3, seed=seed).two_sided for seed in (0, 0, 1)
    )
    assert same == again
    assert same != other


def test_weights_of_samples_count_in_the_loss():
    model, x, y = network()
    some = {"epsilons": [1e-2, 1e-3], "num_entries": 20}
    repeated = sweep_model(model, np.repeat(x, [2, 1, 1, 1, 1], 0), np.repeat(y, [2, 1, 1, 1, 1], 0), **some)
    weighted = sweep_model(model, x, y, sample_weight=np.array([2.0, 1, 1, 1, 1]), **some)
    plain = sweep_model(model, x, y, **some)
    np.testing.assert_allclose(weighted.one_sided, repeated.one_sided, rtol=1e-6)  # a loss is its mean
    assert np.all(np.abs(plain.one_sided / weighted.one_sided - 1) > 1e-3)
