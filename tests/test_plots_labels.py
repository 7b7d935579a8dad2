"""What can be read on a figure: ticks, and names at line ends, apart and inside."""

import matplotlib
import numpy as np
import pytest
from plot_samples import ACTIVATIONS, norms

from dlkeras import plots
from dlkeras.plots import labels, scales


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


def text_boxes(figure):
    """Boxes of the names in each panel, in pixels."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    return [
        [matplotlib.text.Text.get_window_extent(text, renderer) for text in ax.texts] for ax in figure.axes
    ]


def test_push_apart_moves_as_little_as_possible():
    np.testing.assert_allclose(labels.push_apart([50, 20], [10, 10], 0, 100), [50, 20])
    np.testing.assert_allclose(labels.push_apart([50, 50, 50], [10, 10, 10], 0, 100), [40, 50, 60])
    np.testing.assert_allclose(labels.push_apart([1, 99], [10, 10], 0, 100), [5, 95])
    np.testing.assert_allclose(labels.push_apart([5, 5], [10, 10], 0, 8), [5, 15])
    assert labels.push_apart([], [], 0, 1).shape == (0,)


def test_push_apart_keeps_order_and_room():
    rng = np.random.default_rng(0)
    for _ in range(50):
        centres, heights = rng.uniform(0, 100, 6), rng.uniform(5, 12, 6)
        moved = labels.push_apart(centres, heights, 0, 100)
        order = np.argsort(centres)
        room = (heights[order][1:] + heights[order][:-1]) / 2
        assert np.all(np.diff(moved[order]) >= room - 1e-9)


@pytest.mark.parametrize("num_seeds", [1, 2, 20])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_names_overlap_nothing_and_stay_inside(num_seeds, count):
    values = {f"panel {i}": norms(num_seeds, seed=i) for i in range(count)}
    guides = {"bound from\nσ′ ≤ 1/4": 0.1 * 0.25 ** np.arange(20)[::-1]}
    figure = plots.by_layer(values, ylabel="gradient norm (L2)", guides=guides)
    for ax, boxes in zip(figure.axes, text_boxes(figure), strict=True):
        frame = ax.get_window_extent()
        assert len(boxes) == 4
        for i, box in enumerate(boxes):
            assert frame.x0 <= box.x0
            assert box.x1 <= frame.x1
            assert not any(box.overlaps(other) for other in boxes[:i])


def test_names_of_equal_lines_would_overlap_without_moving():
    values = {label: np.ones((3, 5)) for label in ACTIVATIONS}
    figure = plots.curves(range(5), {"p": values}, xlabel="epoch", ylabel="accuracy")
    (boxes,) = text_boxes(figure)
    assert not boxes[0].overlaps(boxes[1])
    for text in figure.axes[0].texts:
        text.set_position((text.get_position()[0], 0))
    (boxes,) = text_boxes(figure)
    assert boxes[0].overlaps(boxes[1])


def test_nothing_is_clipped_at_the_edge_of_the_figure():
    figure = plots.by_layer(
        {"a": norms(), "b": norms(seed=1)}, ylabel="gradient norm (L2 over a layer's weights)"
    )
    inches = figure.get_tightbbox(figure.canvas.get_renderer())
    width, height = figure.get_size_inches()
    assert inches.x0 >= 0
    assert inches.y0 >= 0
    assert inches.x1 <= width
    assert inches.y1 <= height
