"""Paths over contour lines, and vertical marks in a finished figure."""

import numpy as np
from plot_samples import figure_notes, line
from refusals import refuses

from dlkeras import plots

X, Y = np.linspace(-8, 8, 33), np.linspace(-2, 2, 17)
HEIGHTS = (X**2 + 20 * Y[:, None] ** 2) / 2


def path(factor):
    return np.array([[7 * 0.9**t, 1.5 * factor**t] for t in range(12)])


def test_a_path_is_drawn_as_it_is():
    figure = plots.descent_paths({"one": path(-0.8)}, (X, Y, HEIGHTS), xlabel="w1", ylabel="w2")
    drawn = line(figure.axes[0], "one")
    np.testing.assert_array_equal(drawn.get_xydata(), path(-0.8))
    assert drawn.get_marker() == "o"
    assert figure_notes(figure) == "Ring: start; dot: one step; cross: the minimum."


def test_a_path_that_leaves_is_admitted():
    panels = {"one": path(-0.8), "two": path(-1.2)}
    figure = plots.descent_paths(panels, (X, Y, HEIGHTS), xlabel="w1", ylabel="w2")
    assert figure_notes(figure).endswith("A path leaves the frame.")
    assert [ax.get_ylim() for ax in figure.axes] == [(-2, 2), (-2, 2)]


def test_contours_are_a_factor_of_three_apart():
    figure = plots.descent_paths({"one": path(0.5)}, (X, Y, HEIGHTS), xlabel="w1", ylabel="w2")
    lines = [found for found in figure.axes[0].collections if not found.filled]
    np.testing.assert_allclose(lines[0].levels[1:] / lines[0].levels[:-1], 3)


def test_paths_of_the_wrong_shape_are_refused():
    with refuses("`panels['one']` must have shape (n, 2). Received: shape=(12,)."):
        plots.descent_paths({"one": path(0.5)[:, 0]}, (X, Y, HEIGHTS), xlabel="w1", ylabel="w2")
    with refuses("`panels` must map at least one title to a path. Received: panels={}."):
        plots.descent_paths({}, (X, Y, HEIGHTS), xlabel="w1", ylabel="w2")
    message = "`surface` must have heights of shape (rows, columns) = (17, 33). Received: shape=(33, 17)."
    with refuses(message):
        plots.descent_paths({"one": path(0.5)}, (X, Y, HEIGHTS.T), xlabel="w1", ylabel="w2")


def test_marks_stand_in_their_panel():
    lines = {"relu": np.ones((3, 4))}
    figure = plots.curves(np.arange(1, 5), {"a": lines, "b": lines}, xlabel="rate", ylabel="error")
    assert plots.mark_x(figure, {"b": {"2 / L": 2.5}}) is figure
    a, b = figure.axes
    assert len(b.get_lines()) == len(a.get_lines()) + 1
    np.testing.assert_array_equal(b.get_lines()[-1].get_xdata(), [2.5, 2.5])
    assert "2 / L" in [text.get_text() for text in b.texts]
    with refuses("`marks` must name panels of the figure: a, b. Received: 'c'."):
        plots.mark_x(figure, {"c": {"2 / L": 2.5}})
