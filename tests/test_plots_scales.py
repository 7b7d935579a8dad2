"""Limits and ticks: readable, and set by the lines rather than by a run that explodes."""

import numpy as np
import pytest
from plot_samples import figure_notes, line

from dlkeras import plots
from dlkeras.plots import scales


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (1e-13, 1e-1, [f"$10^{{{k}}}$" for k in (-13, -11, -9, -7, -5, -3, -1)]),
        (0.05, 2.5, ["0.05", "0.1", "0.2", "0.5", "1", "2"]),
        (1, 1000, ["1", "10", "100", "1,000"]),
        (0.31, 0.42, ["0.35", "0.4"]),
        (2e-7, 2e-6, ["$2×10^{-7}$", "$5×10^{-7}$", "$10^{-6}$", "$2×10^{-6}$"]),
        (3.0, 3.0, ["3"]),
    ],
)
def test_log_ticks_are_readable(low, high, texts):
    ticks, found = scales.log_ticks(low, high)
    assert found == texts
    assert all(low * (1 - 1e-9) <= tick <= high * (1 + 1e-9) for tick in ticks)


@pytest.mark.parametrize(
    ("depth", "ticks"),
    [
        (1, [1]),
        (8, list(range(1, 9))),
        (10, [1, 5, 10]),
        (20, [1, 5, 10, 15, 20]),
        (50, [1, 10, 20, 30, 40, 50]),
    ],
)
def test_layer_ticks(depth, ticks):
    assert scales.layer_ticks(depth) == ticks


# --- a run that explodes


def spread(*rows):
    """Low end, median and high end of a line."""
    return np.array(rows, float)


def test_a_band_that_explodes_is_cut_a_decade_above_the_highest_median():
    explodes = spread([1e-3, 0.2], [0.3, 2.0], [4.0, 1e27])
    tame = spread([0.5, 0.5], [5.0, 0.6], [6.0, 0.7])
    held, cut = scales.frame([explodes, tame], log_y=True)
    assert cut
    np.testing.assert_allclose(held, [1e-3, 0.2, 0.3, 2, 4, 50, 0.5, 0.5, 5, 0.6, 6, 0.7])


@pytest.mark.parametrize(
    ("lines", "log_y"),
    [
        ([spread([1], [2], [1e27])], False),
        ([spread([1], [2], [20])], True),  # a decade above and no further
        ([spread([1], [2], [1e5]), spread([1e5], [1e5], [1e5])], True),  # another line is up there
        ([spread([1, np.nan], [2, np.nan], [3, np.nan])], True),
        ([spread([np.nan], [np.nan], [np.nan])], True),
    ],
)
def test_all_other_bands_are_held_whole(lines, log_y):
    held, cut = scales.frame(lines, log_y=log_y)
    assert not cut
    np.testing.assert_array_equal(held, np.concatenate([found.ravel() for found in lines]))


def exploding():
    """Five runs near 1, of which one goes to 1e27."""
    values = np.linspace(0.5, 1.5, 5)[:, None] * np.ones(4)
    values[0, 2:] = 1e12, 1e27
    return values


LEAVES = "A band leaves the frame."


@pytest.mark.parametrize(("log_y", "note"), [(True, LEAVES), (False, "")])
@pytest.mark.parametrize(
    "draw",
    [
        lambda panels, log_y: plots.curves(
            range(1, 5), panels, xlabel="training step", ylabel="loss", log_y=log_y
        ),
        lambda panels, log_y: plots.by_layer(panels, ylabel="gradient norm (L2)", log_y=log_y),
    ],
    ids=["curves", "by_layer"],
)
def test_the_figure_says_that_a_band_leaves_it(draw, log_y, note):
    values = exploding()
    tame = np.full((5, 4), 2.0)
    figure = draw({"p": {"relu": values}, "q": {"tanh": tame}}, log_y)
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
    figure = plots.curves(
        range(1, 5),
        {"p": {"relu": exploding()}},
        xlabel="training step",
        ylabel="loss",
        log_y=True,
        reference=(1e6, "bound"),
    )
    assert 1e6 < figure.axes[0].get_ylim()[1] < 1e8
    assert figure_notes(figure) == LEAVES


def test_a_band_that_leaves_is_told_after_what_is_left_out():
    values = exploding()
    values[1, 0] = np.nan
    figure = plots.curves(
        range(1, 5), {"p": {"relu": values}}, xlabel="training step", ylabel="loss", log_y=True
    )
    assert figure_notes(figure) == f"Left out where not finite: ReLU (1 of 5 runs). {LEAVES}"
