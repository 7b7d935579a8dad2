"""Medians and bands over seeds, against NumPy; and an axis that a run which explodes does not set."""

import numpy as np
import pytest
from plot_samples import figure_notes, line

from dlkeras import plots
from dlkeras.plots.medians import frame, spread_over_seeds


@pytest.mark.parametrize("num_seeds", [1, 2, 3, 5, 9, 10, 20, 21])
def test_spread_is_numpys_percentile(num_seeds):
    samples = np.random.default_rng(0).standard_normal((num_seeds, 6))
    expected = np.percentile(samples, [10, 50, 90], axis=0, method="averaged_inverted_cdf")
    np.testing.assert_allclose(spread_over_seeds(samples), expected, rtol=1e-12)


def test_spread_leaves_out_what_is_not_finite():
    samples = np.array([[1.0, np.nan], [2.0, np.inf], [np.nan, np.nan], [6.0, -np.inf]])
    np.testing.assert_array_equal(spread_over_seeds(samples), [[1, np.nan], [2, np.nan], [6, np.nan]])


@pytest.mark.parametrize(
    ("low", "high", "midway"),
    [(1e-13, 1e-3, 1e-8), (1e-220, 1e-200, 1e-210)],  # the product of the second pair underflows
)
def test_spread_on_a_log_axis_is_midway_in_decades(low, high, midway):
    samples = np.array([[high], [low]])
    np.testing.assert_allclose(spread_over_seeds(samples, log=True)[1], midway)
    np.testing.assert_allclose(spread_over_seeds(samples)[1], high / 2)


@pytest.mark.parametrize(
    ("samples", "floor", "spread"),
    [
        ([0, 0.1], 1e-5, [1e-5, 0.05, 0.1]),  # midway to a zero
        ([0, 0.1], 1e-14, [1e-14, 0.05, 0.1]),  # does not hang on the floor
        ([0, 0, 1], 1e-5, [1e-5, 1e-5, 1]),
    ],
)
def test_spread_counts_zeros_as_the_floor(samples, floor, spread):
    found = spread_over_seeds(np.array(samples, float)[:, None], log=True, floor=floor)
    np.testing.assert_allclose(found[:, 0], spread)


# --- a run that explodes


def test_a_band_that_explodes_is_cut_a_decade_above_the_highest_median():
    explodes = np.array([[1e-3, 0.2], [0.3, 2.0], [4.0, 1e27]])
    tame = np.array([[0.5, 0.5], [5.0, 0.6], [6.0, 0.7]])
    held, cut = frame([explodes, tame], log_y=True)
    assert cut
    np.testing.assert_allclose(held, [1e-3, 0.2, 0.3, 2, 4, 50, 0.5, 0.5, 5, 0.6, 6, 0.7])


@pytest.mark.parametrize(
    ("lines", "log_y"),
    [
        ([[[1], [2], [1e27]]], False),
        ([[[1], [2], [20]]], True),  # a decade above and no further
        ([[[1], [2], [1e5]], [[1e5], [1e5], [1e5]]], True),  # another line is up there
        ([[[1, np.nan], [2, np.nan], [3, np.nan]]], True),
        ([[[np.nan], [np.nan], [np.nan]]], True),
    ],
)
def test_all_other_bands_are_held_whole(lines, log_y):
    held, cut = frame([np.array(found, float) for found in lines], log_y=log_y)
    assert not cut
    np.testing.assert_array_equal(held, np.concatenate([np.ravel(found) for found in lines]))


LEAVES = "A band leaves the frame."
WORDS = {"xlabel": "training step", "ylabel": "loss"}


def exploding():
    """Five runs near 1, of which one goes to 1e27."""
    values = np.linspace(0.5, 1.5, 5)[:, None] * np.ones(4)
    values[0, 2:] = 1e12, 1e27
    return values


@pytest.mark.parametrize(("log_y", "note"), [(True, LEAVES), (False, "")])
@pytest.mark.parametrize(
    "draw",
    [
        lambda panels, log_y: plots.curves(range(1, 5), panels, **WORDS, log_y=log_y),
        lambda panels, log_y: plots.by_layer(panels, ylabel="gradient norm (L2)", log_y=log_y),
    ],
    ids=["curves", "by_layer"],
)
def test_the_figure_says_that_a_band_leaves_it(draw, log_y, note):
    values = exploding()
    figure = draw({"p": {"relu": values}, "q": {"tanh": np.full((5, 4), 2.0)}}, log_y)
    assert figure_notes(figure) == note
    for ax in figure.axes:  # which share their scale
        low, high = ax.get_ylim()
        assert low < 0.5
        assert (20 < high < 30) if log_y else high > 1e27
    first, second = figure.axes
    np.testing.assert_allclose(line(first, "ReLU").get_ydata(), np.median(values, axis=0))
    np.testing.assert_allclose(line(second, "tanh").get_ydata(), 2)
    (corners,) = [path.vertices for path in first.collections[0].get_paths()]
    assert corners[:, 1].max() == 1e27  # the band is drawn as it is; only the frame ends


def test_a_reference_above_the_bands_stays_in_the_frame():
    panels = {"p": {"relu": exploding()}}
    figure = plots.curves(range(1, 5), panels, **WORDS, log_y=True, reference=(1e6, "bound"))
    assert 1e6 < figure.axes[0].get_ylim()[1] < 1e8
    assert figure_notes(figure) == LEAVES


def test_a_band_that_leaves_is_told_after_what_is_left_out():
    values = exploding()
    values[1, 0] = np.nan
    figure = plots.curves(range(1, 5), {"p": {"relu": values}}, **WORDS, log_y=True)
    assert figure_notes(figure) == f"Left out where not finite: ReLU (1 of 5 runs). {LEAVES}"
