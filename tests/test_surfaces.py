"""Surfaces, against functions that are linear on their scales and against variances by hand."""

import doctest

import numpy as np
import pytest
from refusals import refuses

from dlkeras import surfaces
from dlkeras.surfaces import Surface

AXES = {"rate": [1e-3, 1e-2, 1.0], "beta": [0.9, 0.99], "units": [4, 8, 16]}
SCALES = {"rate": "log", "beta": "one_minus_log"}
ROUNDING = 1e-12


def linear(rate, beta, units):
    return 2 * np.log10(rate) - 3 * np.log10(1 - beta) + 0.5 * units


def surface():
    return Surface(AXES, linear(*np.meshgrid(*AXES.values(), indexing="ij")), SCALES)


def test_the_examples_run():
    assert doctest.testmod(surfaces).failed == 0


def test_what_is_linear_on_its_scale_is_read_off_exactly():
    rng = np.random.default_rng(0)
    rates, betas, units = (
        10 ** rng.uniform(-3, 0, 20),
        1 - 10 ** rng.uniform(-2, -1, 20),
        rng.uniform(4, 16, 20),
    )
    settings = [dict(zip(AXES, own, strict=True)) for own in zip(rates, betas, units, strict=True)]
    np.testing.assert_allclose(surface()(settings), linear(rates, betas, units), rtol=ROUNDING)


def test_another_scale_gives_other_values():
    plain = Surface(AXES, surface().results)
    between = [{"rate": 0.1, "beta": 0.95, "units": 6}]
    assert abs(plain(between) - surface()(between)) > 0.1


def test_beyond_the_ends_the_ends_count():
    inside, outside = {"rate": 1e-3, "beta": 0.99, "units": 16}, {"rate": 1e-9, "beta": 0.9999, "units": 99}
    assert surface()([inside]) == surface()([outside])


def test_further_axes_are_kept():
    several = Surface({"x": [0, 1]}, [[[0.0, 1.0]], [[2.0, 3.0]]])
    np.testing.assert_array_equal(several([{"x": 0.5}, {"x": 1}]), [[[1, 2]], [[2, 3]]])


def test_shares_of_variance():
    shares = surface().explained()
    by_hand = {
        "rate": np.var(2 * np.log10(AXES["rate"])),
        "beta": np.var([3.0, 6.0]),
        "units": np.var([2.0, 4.0, 8.0]),
    }
    for name, variance in by_hand.items():  # a sum of functions has no more to explain
        assert shares[name] == pytest.approx(variance / sum(by_hand.values()), rel=ROUNDING)


def test_shares_leave_what_only_shows_together():
    product = Surface({"x": [-1, 1], "y": [-1, 1]}, [[1.0, -1.0], [-1.0, 1.0]])
    assert product.explained() == {"x": 0, "y": 0}


def test_shares_within_a_part():
    part = surface().explained(rate=(1e-3, 1e-2), units=(4, 4))
    assert part["units"] == 0
    assert part["rate"] == pytest.approx(np.var([2, 4]) / (np.var([2, 4]) + np.var([3, 6])), rel=ROUNDING)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({"x": [1, 1]}, [1, 2]), "`axes['x']` must be two or more rising values. Received: [1.0, 1.0]"),
        (({"x": [1]}, [1]), "`axes['x']` must be two or more rising values. Received: [1.0]"),
        (
            ({"x": [1, 2]}, [1, 2, 3]),
            "`results` must have the shape (2,) of `axes`, and any further axes. Received: shape=(3,)",
        ),
        (
            ({"x": [1, 2]}, [1, 2], {"x": "root"}),
            "`scales['x']` must be one of linear, log, one_minus_log. Received: 'root'",
        ),
    ],
)
def test_arguments(arguments, message):
    with refuses(message):
        Surface(*arguments)
