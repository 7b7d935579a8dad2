"""Lines that end where a target is reached."""

import numpy as np
import pytest
from lab_module import lab_module
from matplotlib.text import Text
from plot_samples import figure_notes, line
from refusals import refuses

until_target = lab_module("lab_09_mini_batches", "until_target").until_target

X = np.arange(1.0, 41)
SLOW = 0.9 ** (X - 1) * np.array([[0.9], [1.0], [1.1]])  # at or below 0.05 from x = 30 on
FAST = 0.5 ** (X[:8] - 1) * np.array([[0.9], [1.0], [1.1]])  # from x = 6 on
WORDS = {"target": (0.05, "target"), "ylabel": "cost"}


def draw(**lines):
    lines = lines or {"slow": (X, SLOW), "fast": (X[:8], FAST)}
    return until_target({"By epoch": lines}, xlabels=["epoch"], **WORDS)


def test_a_line_is_the_median_up_to_the_target():
    (ax,) = draw().axes
    for name, values, last in (("slow", SLOW, 30), ("fast", FAST, 6)):
        drawn = line(ax, name).get_xydata()
        np.testing.assert_array_equal(drawn[:, 0], X[:last])
        np.testing.assert_allclose(drawn[:, 1], values[1, :last], rtol=1e-12)  # medians on a log axis
        assert drawn[-1, 1] <= 0.05 < drawn[-2, 1]
    (ax,) = draw(slow=(X[:20], SLOW[:, :20])).axes
    assert line(ax, "slow").get_xdata()[-1] == 20  # does not reach the target


def test_names_stand_below_their_ends_and_do_not_overlap():
    figure = draw(a=(X[:8], FAST), b=(X[:8], FAST), slow=(X, SLOW))
    (ax,) = figure.axes
    renderer = figure.canvas.get_renderer()
    names = [text for text in ax.texts if text.get_text() != "target"]
    boxes = {t.get_text(): Text.get_window_extent(t, renderer) for t in names}  # without the leader
    assert list(boxes) == ["a", "b", "slow"]
    assert boxes["a"].x1 < boxes["b"].x0
    assert abs((boxes["slow"].x0 + boxes["slow"].x1) / 2 - ax.transData.transform((30, 1))[0]) < 2
    lowest = ax.transData.transform((1, FAST[:, 5].min()))[1]
    assert all(box.y1 < lowest for box in boxes.values())


def test_panels_have_x_labels_of_their_own_and_say_what_they_leave_out():
    broken = FAST.copy()
    broken[0, 2] = np.inf
    lines = {"fast": (X[:8], broken)}
    figure = until_target({"a": lines, "b": lines}, xlabels=["epoch", "seconds"], **WORDS)
    assert [ax.get_xlabel() for ax in figure.axes] == ["epoch", "seconds"]
    assert [ax.get_xscale() for ax in figure.axes] == ["log", "log"]
    assert figure_notes(figure) == "Left out where not finite: fast (2 of 6 runs)."


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (X[:8] - 1, "`panels['By epoch']['fast']` must have positive x on a log axis. Received: minimum=0."),
        (
            X,
            "`x` must have one entry for each point of `panels['By epoch']['fast']`. "
            "Received: x of shape (40,), values of shape (3, 8).",
        ),
    ],
)
def test_x_that_does_not_fit_is_refused(x, message):
    with refuses(message):
        draw(fast=(x, FAST))
