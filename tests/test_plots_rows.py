"""A row of dots for each of several ways."""

import numpy as np
from plot_samples import figure_notes, line, tick_texts
from refusals import refuses

from dlkeras import plots

PANELS = {
    "short": {"constant": [0.0, 0.0, 0.0], "cosine": [-5.0, -4.0, -6.0]},
    "long": {"constant": [0.0, 0.0, 0.0], "cosine": [2.0, 100.0, 3.0]},
}


def test_medians_stand_in_their_row_and_are_written_out():
    figure = plots.rows(PANELS, xlabel="gain (%)", reference=(0, "constant’s cost"), number_format="{:+.1f}")
    short, long = figure.axes
    assert tick_texts(short.yaxis) == ["constant", "cosine"]
    assert line(short, "cosine").get_xydata().tolist() == [[-5.0, 1.0]]
    assert line(long, "cosine").get_xydata().tolist() == [[3.0, 1.0]]
    assert [text.get_text() for text in long.texts] == ["+0.0", "+3.0"]
    assert figure_notes(figure) == "Dashed: constant’s cost."
    assert short.get_xlim()[1] < 10 < long.get_xlim()[1]  # an axis of its own


def test_every_seed_has_a_dot():
    (ax,) = plots.rows({"short": PANELS["short"]}, xlabel="gain (%)").axes
    drawn = [found for found in ax.get_lines() if len(found.get_xdata()) == 3]
    np.testing.assert_array_equal(drawn[1].get_xdata(), [-5, -4, -6])
    assert np.all(np.abs(drawn[1].get_ydata() - 1) < 0.5)


def test_what_is_not_finite_is_left_out_and_said():
    figure = plots.rows({"short": {"constant": [1.0, np.nan], "cosine": [2.0, 3.0]}}, xlabel="gain (%)")
    assert line(figure.axes[0], "constant").get_xdata() == [1.0]
    assert figure_notes(figure) == "Left out where not finite: constant (1 of 2 runs)."


def test_panels_with_other_rows_are_refused():
    with refuses("`panels['b']` must have the rows ['x']. Received: ['y']."):
        plots.rows({"a": {"x": [1.0]}, "b": {"y": [1.0]}}, xlabel="gain")
