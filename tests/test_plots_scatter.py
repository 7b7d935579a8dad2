"""Points of several kinds."""

import numpy as np
from plot_samples import line
from refusals import refuses

from dlkeras import plots

AXES = {"xlabel": "cost", "ylabel": "share"}
SADDLES = [[0.9, 0.1], [2.2, 0.37]]


def test_points_are_drawn_where_they_are_and_counted():
    groups = {"saddle": SADDLES, "none": np.empty((0, 2)), "minimum": [[0.8, 0.0]]}
    (ax,) = plots.scatter(groups, **AXES, levels={"at the origin": 0.4}).axes
    drawn = line(ax, "saddle (2)")
    np.testing.assert_array_equal(drawn.get_xydata(), SADDLES)
    assert drawn.get_linestyle() == "None"
    assert line(ax, "minimum (1)").get_marker() != drawn.get_marker()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["saddle (2)", "minimum (1)"]
    assert ax.get_ylim()[1] > 0.4
    assert "at the" in ax.texts[0].get_text()


def test_levels_are_where_they_are_said_to_be():
    (ax,) = plots.scatter({"saddle": SADDLES}, **AXES, levels={"a": 0.2, "b": 0.3}).axes
    dashed = [found.get_ydata().tolist() for found in ax.get_lines() if found.get_linestyle() == "--"]
    assert dashed == [[0.2, 0.2], [0.3, 0.3]]


def test_what_is_no_point_is_refused():
    with refuses("`groups` must hold one to 5 kinds of points. Received: {}."):
        plots.scatter({"saddle": []}, **AXES)
    with refuses("`groups` must be finite arrays of shape (n, 2). Received: {'saddle': (2, 3)}."):
        plots.scatter({"saddle": np.ones((2, 3))}, **AXES)
    with refuses("`groups` must be finite arrays of shape (n, 2). Received: {'saddle': (1, 2)}."):
        plots.scatter({"saddle": [[0.0, np.nan]]}, **AXES)
