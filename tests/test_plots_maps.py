"""Maps of layers by step, tables and ways over a surface show the numbers they are given."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from plot_samples import figure_notes, line, tick_texts
from refusals import refuses

from dlkeras import plots
from dlkeras.plots import maps, style

X, Y = np.linspace(-8, 8, 33), np.linspace(-2, 2, 17)
HEIGHTS = (X**2 + 20 * Y[:, None] ** 2) / 2


def by_step(panels, steps=(1, 2, 3, 4), layers=(1, 2)):
    return plots.layer_by_step(panels, steps=steps, layer_labels=layers, colorbar_label="gradient norm (L2)")


def table(values, rows, columns):
    words = {"xlabel": "initialization", "ylabel": "depth (layers)", "colorbar_label": "test accuracy"}
    return plots.grid_map(values, row_labels=rows, column_labels=columns, **words)


def path(factor):
    return np.array([[7 * 0.9**t, 1.5 * factor**t] for t in range(12)])


def descent(panels, heights=HEIGHTS):
    return plots.descent_paths(panels, (X, Y, heights), xlabel="w1", ylabel="w2")


def mesh_of(ax):
    (mesh,) = ax.collections
    return mesh


def test_map_shows_the_values_at_the_steps_given():
    rng, steps = np.random.default_rng(0), np.arange(3, 43, 4)
    values = {"sigmoid": 10.0 ** rng.uniform(-9, 0, (10, 3)), "relu": rng.random((10, 3)) + 0.1}
    figure = by_step(values, steps, ["a", "b", "c"])
    first, second, bar = figure.axes
    for ax, expected in zip((first, second), values.values(), strict=True):
        mesh = mesh_of(ax)
        np.testing.assert_allclose(mesh.get_array(), expected.T, rtol=1e-12)
        edges = mesh.get_coordinates()[0, :, 0]
        np.testing.assert_allclose((edges[1:] + edges[:-1]) / 2, steps)
        np.testing.assert_array_equal(ax.yaxis.get_majorticklocs(), [1, 2, 3])
        assert [float(text) for text in tick_texts(ax.xaxis)] == list(ax.xaxis.get_majorticklocs())
    assert tick_texts(first.yaxis) == ["input  a", "b", "output  c"]
    assert mesh_of(first).norm is mesh_of(second).norm
    assert (first.get_title(loc="left"), second.get_title(loc="left")) == ("sigmoid", "ReLU")
    assert first.get_xlabel() == "training step"
    assert bar.get_ylabel() == "gradient norm (L2)"
    assert figure_notes(figure) == ""


def test_zero_and_missing_cells_are_grey_and_told():
    values = np.ones((4, 2))
    values[1, 0], values[2, 1] = 0, np.nan
    figure = by_step({"p": values})
    mesh = mesh_of(figure.axes[0])
    np.testing.assert_array_equal(np.argwhere(np.ma.getmaskarray(mesh.get_array())), [[0, 1], [1, 2]])
    assert mesh.cmap.get_bad()[:3] == pytest.approx(to_rgb(style.MISSING))
    assert figure_notes(figure) == maps.GREY_NOTE


def test_a_map_of_nothing_is_all_grey():
    assert mesh_of(by_step({"p": np.zeros((4, 2))}).axes[0]).get_array().mask.all()


def test_many_steps_become_medians_of_the_logarithm():
    steps = np.arange(1, 10_001)
    values = 10.0 ** np.random.default_rng(0).uniform(-9, 0, (10_000, 2))
    values[:25, 0] = 0  # a whole cell
    values[25:30, 0] = np.nan  # a fifth of a cell
    mesh = mesh_of(by_step({"p": values}, steps).axes[0])
    cells = mesh.get_array()
    assert cells.shape == (2, 400)
    np.testing.assert_allclose(cells[1, 7], 10 ** np.median(np.log10(values[175:200, 1])))
    assert cells.mask[0, 0]
    np.testing.assert_allclose(cells[0, 1], 10 ** np.median(np.log10(values[30:50, 0])))
    edges = mesh.get_coordinates()[0, :, 0]
    assert (edges[0], edges[1], edges[-1]) == (0.5, 25.5, 10_000.5)
    assert plots.cell_text(steps) == "Each cell is the median of the logarithm over 25 recorded steps."
    assert plots.cell_text(steps[:400]) == "Each cell is one recorded step."


def test_grid_map_writes_its_numbers():
    values = np.array([[0.1, 0.97, 0.5], [np.nan, 0.333, 0.2]])
    ax, bar = table(values, [2, 20], ["zeros", "Glorot", "He"]).axes
    assert [text.get_text() for text in ax.texts] == ["0.10", "0.97", "0.50", "–", "0.33", "0.20"]
    assert ax.texts[0].get_color() == "white"  # on the dark end of the scale
    assert ax.texts[1].get_color() == "black"
    assert tick_texts(ax.xaxis) == ["zeros", "Glorot", "He"]
    assert tick_texts(ax.yaxis) == ["2", "20"]
    assert ax.yaxis_inverted()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("initialization", "depth (layers)")
    assert bar.get_ylabel() == "test accuracy"


def test_a_path_is_drawn_as_it_is_over_contours_a_factor_of_three_apart():
    figure = descent({"one": path(-0.8)})
    (ax,) = figure.axes
    np.testing.assert_array_equal(line(ax, "one").get_xydata(), path(-0.8))
    assert line(ax, "one").get_marker() == "o"
    assert figure_notes(figure) == "Ring: start; dot: one step; cross: the minimum."
    (contours,) = [found for found in ax.collections if not found.filled]
    np.testing.assert_allclose(contours.levels[1:] / contours.levels[:-1], 3)


def test_a_path_that_leaves_is_admitted():
    figure = descent({"one": path(-0.8), "two": path(-1.2)})
    assert figure_notes(figure).endswith("A path leaves the frame.")
    assert [ax.get_ylim() for ax in figure.axes] == [(-2, 2), (-2, 2)]


REFUSALS = {
    "`panels` must map at least one title to values. Received: panels={}.": lambda: by_step({}),
    "`steps` must be increasing step numbers of shape (n,). Received: shape=(2,), steps=[2 2].": lambda: (
        by_step({"p": np.ones((2, 2))}, steps=[2, 2])
    ),
    "`panels['p']` must have shape (steps, layers) = (2, 3). Received: shape=(3, 2).": lambda: by_step(
        {"p": np.ones((3, 2))}, steps=[1, 2], layers=[1, 2, 3]
    ),
    "`panels['p']` must not be negative on a log scale. Received: minimum=-1.0.": lambda: by_step(
        {"p": -np.ones((4, 2))}
    ),
    "`values` must have shape (rows, columns), as many as `row_labels` and `column_labels`, at "
    "least one of each. Received: shape=(2, 2), labels for (1, 2).": lambda: table(
        np.ones((2, 2)), [1], [1, 2]
    ),
    "`panels['one']` must have shape (n, 2). Received: shape=(12,).": lambda: descent(
        {"one": path(0.5)[:, 0]}
    ),
    "`panels` must map at least one title to a path. Received: panels={}.": lambda: descent({}),
    "`surface` must have heights of shape (rows, columns) = (17, 33). Received: shape=(33, 17).": lambda: (
        descent({"one": path(0.5)}, HEIGHTS.T)
    ),
}


@pytest.mark.parametrize("message", REFUSALS)
def test_refusals(message):
    with refuses(message):
        REFUSALS[message]()


def test_regions_show_each_class_at_its_point():
    grid = np.linspace(-2, 2, 5)
    classes = np.arange(25).reshape(5, 5) % 3
    figure = plots.region_maps({"a": classes}, grid, [[-2.0, 1.0], [0.5, -1.5]], [0, 2])
    (ax,) = figure.axes
    (image,) = ax.images
    np.testing.assert_array_equal(image.get_array(), classes)
    left, right, bottom, top = image.get_extent()
    assert (left, right, bottom, top) == (-2.5, 2.5, -2.5, 2.5)
    assert image.origin == "lower"
    circles, squares, diamonds = ax.collections
    np.testing.assert_array_equal(circles.get_offsets(), [[-2.0, 1.0]])
    assert len(squares.get_offsets()) == 0
    np.testing.assert_array_equal(diamonds.get_offsets(), [[0.5, -1.5]])


def test_regions_refuse_what_has_no_point_or_no_colour():
    grid, points = np.linspace(-2, 2, 3), [[0, 0]]
    with refuses(
        "`panels` must hold a class for each point of the grid, (3, 3). Received: 'a' with shape (2, 3).",
        ValueError,
    ):
        plots.region_maps({"a": np.zeros((2, 3), int)}, grid, points, [0])
    with refuses("Classes must be 0, 1 or 2. Received: 'a' with [3].", ValueError):
        plots.region_maps({"a": np.full((3, 3), 3)}, grid, points, [0])
