"""Mean-field theory against closed forms, known limits and a wide random network."""

import math

import numpy as np
import pytest
from refusals import refuses

from dlkeras.signal_propagation import depth_limit, factor_per_layer, mean_field


@pytest.mark.parametrize(("activation", "share"), [("relu", 0.5), ("linear", 1.0)])
@pytest.mark.parametrize("scale", [0.35, 2**0.5, 32.0])
def test_relu_and_linear_have_a_closed_form(activation, share, scale):
    # E[φ(z)²] = share · variance and E[φ′(z)²] = share, whatever the variance.
    found = mean_field(activation, scale, 20, mean_square=3.0)
    factors = (share * scale**2) ** np.arange(1, 21)
    np.testing.assert_allclose(found["forward"], 3.0 * factors, rtol=1e-9)
    np.testing.assert_allclose(found["backward"], factors / factors[0], rtol=1e-9)


def test_small_signals_see_the_slope_at_zero():
    # tanh z ≈ z, and sigmoid z ≈ 1/2 + z/4.
    tanh = mean_field("tanh", 0.5, 5, mean_square=1e-6)
    np.testing.assert_allclose(tanh["forward"], 1e-6 * 0.25 ** np.arange(1, 6), rtol=1e-5)
    np.testing.assert_allclose(tanh["backward"], 0.25 ** np.arange(5), rtol=1e-5)
    sigmoid = mean_field("sigmoid", 0.01, 5)
    np.testing.assert_allclose(sigmoid["forward"], 0.25, rtol=1e-4)
    np.testing.assert_allclose(sigmoid["backward"], (0.01**2 / 16) ** np.arange(5), rtol=1e-3)


def test_narrow_slopes_are_resolved():
    # For large z, E[sech⁴ z] is the integral of sech⁴, 4/3, times the density at zero.
    found = mean_field("tanh", 32.0, 2, mean_square=1.0)
    density = 1 / (math.sqrt(2 * math.pi) * 32 * math.sqrt(found["forward"][0]))
    np.testing.assert_allclose(found["backward"][1], 32**2 * 4 / 3 * density, rtol=0.01)


@pytest.mark.parametrize("scale", [0.7, 1.0, 3.0])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_a_wide_random_network_does_as_predicted(activation, scale):
    rng, width, depth = np.random.default_rng(0), 1000, 6
    function = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "relu": lambda z: z * (z > 0)}
    slope = {
        "sigmoid": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
        "tanh": lambda z: np.cosh(z) ** -2.0,
        "relu": lambda z: z > 0,
    }
    weights = [rng.normal(0, scale / math.sqrt(width), (width, width)) for _ in range(depth)]
    h, sums, squares = rng.normal(0, 1, (20, width)), [], []
    for w in weights:
        sums.append(h @ w)
        h = function[activation](sums[-1])
        squares.append(np.mean(h**2))
    gradient, back = rng.normal(0, 1, (20, width)), []
    for w, z in zip(weights[:0:-1], sums[:0:-1], strict=True):
        gradient = (gradient * slope[activation](z)) @ w.T
        back.append(np.mean(gradient**2))
    found = mean_field(activation, scale, depth)
    by_chance = 0.05  # the standard error of a layer's factor is about √(5 / 1000) for ReLU, less for others
    for measured, theory in ((squares, found["forward"]), (back, found["backward"][1:])):
        np.testing.assert_allclose(factor_per_layer(measured), factor_per_layer(theory), rtol=by_chance)


def test_at_its_critical_scale_a_signal_is_kept():
    assert mean_field("relu", 2**0.5, 50)["forward"][-1] == pytest.approx(1)
    assert mean_field("relu", 2**0.5, 50)["backward"][-1] == pytest.approx(1)
    tanh = mean_field("tanh", 1.0, 400)["forward"]
    assert tanh[-1] * 2 * 400 == pytest.approx(1, rel=0.05)  # 1 / (2 layer), from tanh²z ≈ z² - 2z⁴/3


def test_depth_limit_counts_layers_until_the_norm_has_changed():
    assert depth_limit("relu", 1.0, 2.0**5) == pytest.approx(10)  # the norm halves every second layer
    assert depth_limit("relu", 2.0, 2.0**5) == pytest.approx(10)  # and doubles
    assert depth_limit("linear", 1.0) == math.inf
    assert depth_limit("tanh", 1.2) > depth_limit("tanh", 2.0)


def test_factor_per_layer_is_the_slope_of_the_logarithm():
    rng = np.random.default_rng(0)
    values = rng.lognormal(0, 1, (3, 4, 7))
    slopes = np.polyfit(np.arange(7), np.log(values).reshape(12, 7).T, 1)[0]
    np.testing.assert_allclose(factor_per_layer(values), np.exp(slopes).reshape(3, 4))
    assert factor_per_layer([1.0, 0.25, 0.0625]) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("swish", 1.0, 3),
            "`activation` must be one of sigmoid, tanh, relu, linear. Received: activation='swish'",
        ),
        (("tanh", 0.0, 3), "`scale` must be above 0. Received: scale=0.0"),
        (("tanh", 1.0, 0), "`num_layers` must be above 0. Received: num_layers=0"),
        (("tanh", 1.0, 3, math.nan), "`mean_square` must be above 0. Received: mean_square=nan"),
    ],
)
def test_theory_refuses(arguments, message):
    with refuses(message):
        mean_field(*arguments)


def test_factor_refuses():
    with refuses("`values` must have two layers or more. Received: values of shape (3, 1)"):
        factor_per_layer(np.ones((3, 1)))
    with refuses("`values` must be positive and finite. Received: minimum=0.0, maximum=2.0"):
        factor_per_layer([2.0, 0.0])
