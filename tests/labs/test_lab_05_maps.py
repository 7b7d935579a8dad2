"""Maps over two settings and pictures of matrices show the numbers they are given."""

import numpy as np
import pytest
from lab_module import lab_module
from matplotlib.collections import LineCollection, QuadMesh
from plot_samples import figure_notes, tick_texts
from refusals import refuses

MAPS = lab_module("lab_05_initialization", "maps")

WORDS = {"xlabel": "scale", "ylabel": "depth (layers)", "colorbar_label": "test accuracy"}
X, Y = [0.5, 1.0, 2.0], [2, 10]
VALUES = np.array([[0.9, 0.8, 0.7], [0.1, 0.6, 0.2]])


def maps(panels, x=X, y=Y, **options):
    return MAPS.setting_maps(x, y, panels, limits=(0, 1), outlined=0.5, **WORDS, **options)


def matrices(panels):
    return MAPS.matrices(panels, xlabel="unit", ylabel="input", colorbar_label="weight / largest")


def mesh_of(ax):
    (mesh,) = [found for found in ax.collections if isinstance(found, QuadMesh)]
    return mesh


def outline_of(ax):
    """The pieces of the outline, as cell numbers and not in data units."""
    black, white = [found for found in ax.collections if isinstance(found, LineCollection)]
    np.testing.assert_array_equal(black.get_segments(), white.get_segments())
    edges = mesh_of(ax).get_coordinates()
    x, y = edges[0, :, 0], edges[:, 0, 1]
    return {
        tuple((int(np.abs(x - a).argmin()), int(np.abs(y - b).argmin())) for a, b in piece)
        for piece in white.get_segments()
    }


def test_cells_lie_round_their_settings():
    figure = maps({"tanh": VALUES, "relu": VALUES / 2})
    first, second, bar = figure.axes
    for ax, expected in zip((first, second), (VALUES, VALUES / 2), strict=True):
        mesh = mesh_of(ax)
        np.testing.assert_allclose(mesh.get_array(), expected)
        edges = np.log(mesh.get_coordinates())
        np.testing.assert_allclose((edges[0, 1:, 0] + edges[0, :-1, 0]) / 2, np.log(X), atol=1e-12)
        np.testing.assert_allclose((edges[1:, 0, 1] + edges[:-1, 0, 1]) / 2, np.log(Y), atol=1e-12)
        assert (mesh.norm.vmin, mesh.norm.vmax) == (0, 1)
        assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert (first.get_title(loc="left"), second.get_title(loc="left")) == ("tanh", "ReLU")
    assert [float(text) for text in tick_texts(first.xaxis)] == list(first.xaxis.get_majorticklocs())
    assert tick_texts(first.yaxis) == ["2", "10"]
    assert (first.get_xlabel(), first.get_ylabel(), bar.get_ylabel()) == tuple(WORDS.values())
    assert figure_notes(figure) == "Outlined: above 0.5."


def test_outline_goes_round_the_cells_above_the_level():
    # Cells (0, 0), (1, 0), (2, 0) and, over the middle one, (1, 1).
    expected = {((0, 0), (1, 0)), ((1, 0), (2, 0)), ((2, 0), (3, 0)), ((0, 0), (0, 1)), ((3, 0), (3, 1))}
    expected |= {((0, 1), (1, 1)), ((2, 1), (3, 1)), ((1, 1), (1, 2)), ((2, 1), (2, 2)), ((1, 2), (2, 2))}
    assert outline_of(maps({"tanh": VALUES}).axes[0]) == expected
    assert outline_of(maps({"tanh": VALUES / 2}).axes[0]) == set()  # none is above


def test_marks_and_curves_stand_where_they_are_put():
    figure = maps(
        {"tanh": VALUES, "relu": VALUES},
        marks={"Glorot": 1.0, "He": 2**0.5},
        curves={"tanh": ([0.5, 2.0], [3.0, 9.0])},
        curves_label="the limit",
    )
    first, second, _ = figure.axes
    (curve, *lines) = first.get_lines()
    np.testing.assert_array_equal(curve.get_xydata(), [[0.5, 3.0], [2.0, 9.0]])
    assert [line.get_xdata()[0] for line in lines] == [1.0, 2**0.5]
    assert [line.get_xdata()[0] for line in second.get_lines()] == [1.0, 2**0.5]
    names = {text.get_text(): text for text in first.texts}
    assert [names[name].xy[0] for name in ("Glorot", "He")] == [1.0, 2**0.5]
    boxes = [text.get_window_extent() for text in first.texts]
    assert not boxes[0].overlaps(boxes[1])
    assert figure_notes(figure) == "Outlined: above 0.5. Dashed: the limit."


def test_missing_cells_are_told_and_not_outlined():
    values = VALUES.copy()
    values[0, 0] = np.nan
    figure = maps({"tanh": values})
    assert np.ma.getmaskarray(mesh_of(figure.axes[0]).get_array()).sum() == 1
    assert ((0, 0), (1, 0)) not in outline_of(figure.axes[0])
    assert figure_notes(figure) == "Outlined: above 0.5. Grey: not finite (NaN, infinity)."


def test_a_single_setting_still_has_a_cell():
    (ax, _) = maps({"tanh": [[0.7]]}, x=[1.0], y=[5]).axes
    low, high = mesh_of(ax).get_coordinates()[0, :, 0]
    assert low < 1 < high


def test_matrices_are_shown_by_their_largest_entry():
    panels = {"zeros": np.zeros((2, 3)), "random": np.array([[1.0, -4.0, 2.0], [0.0, 3.0, 0.5]])}
    first, second, bar = matrices(panels).axes
    np.testing.assert_array_equal(first.images[0].get_array(), panels["zeros"])
    np.testing.assert_allclose(second.images[0].get_array(), panels["random"] / 4)
    assert {(image.norm.vmin, image.norm.vmax) for image in (*first.images, *second.images)} == {(-1, 1)}
    assert second.get_xlabel() == "unit\nlargest entry: 4"
    assert (tick_texts(first.xaxis), tick_texts(first.yaxis)) == (["1", "3"], ["1", "2"])
    assert first.get_ylim() == (1.5, -0.5)  # the first row on top
    assert (first.get_ylabel(), bar.get_ylabel()) == ("input", "weight / largest")


SHAPE = "must have shape (rows, columns) ="


REFUSALS = {
    "`panels` must map at least one title to values. Received: panels={}.": lambda: maps({}),
    "`x` must be positive and rising. Received: x=[1.0, 0.5, 2.0].": lambda: maps(
        {"tanh": VALUES}, x=[1.0, 0.5, 2.0]
    ),
    "`y` must be positive and rising. Received: y=[0.0, 1.0].": lambda: maps({"tanh": VALUES}, y=[0, 1]),
    f"`panels['tanh']` {SHAPE} (2, 3), at least one of each. Received: shape=(3, 2).": lambda: maps(
        {"tanh": VALUES.T}
    ),
    f"`panels['a']` {SHAPE} (3,), at least one of each. Received: shape=(3,).": lambda: matrices(
        {"a": np.zeros(3)}
    ),
}


@pytest.mark.parametrize("message", REFUSALS)
def test_refusals(message):
    with refuses(message):
        REFUSALS[message]()
