"""Measurements and theory stand in one panel, each where it belongs."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from plot_samples import figure_notes, line
from refusals import refuses

from dlkeras import plots

X = np.arange(1, 6)
HALVED = 0.5 ** np.arange(5.0)
WORDS = {"xlabel": "layer", "ylabel": "mean square", "theory_name": "mean-field theory"}


def drawn(panels, theory, x=X, **options):
    return plots.against_theory(x, panels, theory, **WORDS, **options)


def theory_line(ax):
    (found,) = [found for found in ax.get_lines() if found.get_color() == "black"]
    return found


def test_median_and_theory_of_each_line():
    samples = HALVED * np.array([[0.5], [0.9], [2.0]])
    figure = drawn(
        {"forward": {"relu": samples}, "backward": {"tanh": 1 / samples}},
        {"forward": {"relu": HALVED}, "backward": {"tanh": 1 / HALVED}},
        reference=(1.0, "kept"),
    )
    first, second = figure.axes
    np.testing.assert_allclose(line(first, "ReLU").get_ydata(), 0.9 * HALVED)
    np.testing.assert_allclose(theory_line(first).get_ydata(), HALVED)
    np.testing.assert_allclose(theory_line(second).get_ydata(), 1 / HALVED)
    np.testing.assert_array_equal(theory_line(second).get_xdata(), X)
    np.testing.assert_array_equal(line(first, "kept").get_ydata(), np.ones(5))
    assert {text.get_text() for text in first.texts} == {"ReLU", "kept"}
    assert figure_notes(figure) == "Dotted: mean-field theory."
    assert first.get_yscale() == "log"


def test_theory_may_say_nothing_of_some_points():
    partial = np.where(X < 3, HALVED, np.nan)
    figure = drawn({"p": {"relu": HALVED[None]}}, {"p": {"relu": partial}})
    np.testing.assert_array_equal(theory_line(figure.axes[0]).get_ydata(), partial)


def test_theory_far_from_the_measurement_is_not_cut_off():
    figure = drawn({"p": {"relu": HALVED[None]}}, {"p": {"relu": 1e6 * HALVED}})
    low, high = figure.axes[0].get_ylim()
    assert low < HALVED.min()
    assert high > 1e6


def test_scales_may_be_logarithmic_and_colours_chosen():
    x, pink = 2.0 ** np.arange(5), {"Glorot": "#CC79A7"}
    figure = drawn({"p": {"Glorot": HALVED[None]}}, {"p": {"Glorot": HALVED}}, x, log_x=True, colors=pink)
    assert figure.axes[0].get_xscale() == "log"
    assert to_rgb(line(figure.axes[0], "Glorot").get_color()) == to_rgb("#CC79A7")


def test_zeros_and_missing_values_are_told():
    samples = np.stack([HALVED, HALVED, HALVED])
    samples[0, 4], samples[1, 4] = 0, np.nan
    figure = drawn({"p": {"relu": samples}}, {"p": {"relu": HALVED}})
    assert figure_notes(figure) == (
        "Dotted: mean-field theory. Left out where not finite: ReLU (1 of 3 runs). Zeros stand at the line\n"
        "marked 0."
    )


@pytest.mark.parametrize(
    ("theory", "message"),
    [
        (
            {"q": {"relu": HALVED}},
            "`theory['p']['relu']` must be given, as for every line of `panels`. Received: none.",
        ),
        (
            {"p": {"relu": HALVED[:3]}},
            "`theory['p']['relu']` must be positive and of shape (5,), as `x`. "
            "Received: shape=(3,), minimum=0.25.",
        ),
        (
            {"p": {"relu": HALVED - 0.5}},
            "`theory['p']['relu']` must be positive and of shape (5,), as `x`. "
            "Received: shape=(5,), minimum=-0.4375.",
        ),
    ],
)
def test_theory_must_fit(theory, message):
    with refuses(message):
        drawn({"p": {"relu": HALVED[None]}}, theory)
