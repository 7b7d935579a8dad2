"""Dots for single runs and things: by setting, in rows, and two quantities against each other."""

import numpy as np
import pytest
from plot_samples import ACTIVATIONS, figure_notes, line, tick_texts
from refusals import refuses

from dlkeras import plots

SADDLES = [[0.9, 0.1], [2.2, 0.37]]
SHORT = {"constant": [0.0, 0.0, 0.0], "cosine": [-5.0, -4.0, -6.0]}
LONG = {"constant": [0.0, 0.0, 0.0], "cosine": [2.0, 100.0, 3.0]}


def test_every_seed_is_a_dot_at_its_setting():
    rng, depths = np.random.default_rng(0), [2, 5, 10, 20]
    values = {a: rng.random((7, 4)) for a in ACTIVATIONS}
    words = {"xlabel": "depth (layers)", "ylabel": "test accuracy"}
    (ax,) = plots.by_setting(depths, {"SGD": values}, **words, reference=(0.1, "chance")).axes
    assert dict(zip(ax.xaxis.get_majorticklocs(), tick_texts(ax.xaxis), strict=True)) == {
        i: str(depth) for i, depth in enumerate(depths)
    }
    dots = [found for found in ax.get_lines() if found.get_linestyle() == "None"]
    for found, (label, results) in zip(dots, values.items(), strict=True):
        np.testing.assert_array_equal(found.get_ydata(), results.ravel())
        np.testing.assert_array_equal(np.round(found.get_xdata()), np.tile(np.arange(4), 7))
        median = line(ax, plots.display_name(label))
        np.testing.assert_allclose(median.get_ydata(), np.median(results, axis=0))
    np.testing.assert_array_equal(line(ax, "chance").get_ydata(), [0.1, 0.1])


def test_medians_stand_in_their_row_and_are_written_out():
    panels = {"short": SHORT, "long": LONG}
    figure = plots.rows(panels, xlabel="gain (%)", reference=(0, "constant’s cost"), number_format="{:+.1f}")
    short, long = figure.axes
    assert tick_texts(short.yaxis) == ["constant", "cosine"]
    assert line(short, "cosine").get_xydata().tolist() == [[-5.0, 1.0]]
    assert line(long, "cosine").get_xydata().tolist() == [[3.0, 1.0]]
    assert [text.get_text() for text in long.texts] == ["+0.0", "+3.0"]
    assert figure_notes(figure) == "Dashed: constant’s cost."
    assert short.get_xlim()[1] < 10 < long.get_xlim()[1]  # an axis of its own
    dots = [found for found in short.get_lines() if len(found.get_xdata()) == 3]
    np.testing.assert_array_equal(dots[1].get_xdata(), [-5, -4, -6])  # every seed has one
    assert np.all(np.abs(dots[1].get_ydata() - 1) < 0.5)


def test_what_is_not_finite_is_left_out_and_said():
    figure = plots.rows({"short": {"constant": [1.0, np.nan], "cosine": [2.0, 3.0]}}, xlabel="gain (%)")
    assert line(figure.axes[0], "constant").get_xdata() == [1.0]
    assert figure_notes(figure) == "Left out where not finite: constant (1 of 2 runs)."


def scatter(groups, **options):
    return plots.scatter(groups, xlabel="cost", ylabel="share", **options)


def test_points_are_drawn_where_they_are_and_counted():
    groups = {"saddle": SADDLES, "none": np.empty((0, 2)), "minimum": [[0.8, 0.0]]}
    (ax,) = scatter(groups, levels={"at the origin": 0.4, "b": 0.3}).axes
    drawn = line(ax, "saddle (2)")
    np.testing.assert_array_equal(drawn.get_xydata(), SADDLES)
    assert drawn.get_linestyle() == "None"
    assert line(ax, "minimum (1)").get_marker() != drawn.get_marker()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["saddle (2)", "minimum (1)"]
    dashed = [found.get_ydata().tolist() for found in ax.get_lines() if found.get_linestyle() == "--"]
    assert dashed == [[0.4, 0.4], [0.3, 0.3]]
    assert ax.get_ylim()[1] > 0.4
    assert "at the" in ax.texts[0].get_text()


REFUSALS = {
    "`x` must have one entry for each point of `panels['SGD']['tanh']`. "
    "Received: x of shape (2,), values of shape (5, 3).": lambda: plots.by_setting(
        [2, 5], {"SGD": {"tanh": np.ones((5, 3))}}, xlabel="depth", ylabel="y"
    ),
    "`panels['b']` must have the rows ['x']. Received: ['y'].": lambda: plots.rows(
        {"a": {"x": [1.0]}, "b": {"y": [1.0]}}, xlabel="gain"
    ),
    "`groups` must hold one to 5 kinds of points. Received: {}.": lambda: scatter({"saddle": []}),
    "`groups` must be finite arrays of shape (n, 2). Received: {'saddle': (2, 3)}.": lambda: scatter(
        {"saddle": np.ones((2, 3))}
    ),
    "`groups` must be finite arrays of shape (n, 2). Received: {'saddle': (1, 2)}.": lambda: scatter(
        {"saddle": [[0.0, np.nan]]}
    ),
}


@pytest.mark.parametrize("message", REFUSALS)
def test_refusals(message):
    with refuses(message):
        REFUSALS[message]()
