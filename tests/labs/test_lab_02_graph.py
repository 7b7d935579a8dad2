"""Computational graphs with their numbers, and eigenvalues on a signed axis."""

import numpy as np
import pytest
from lab_module import lab_module
from plot_samples import tick_texts
from refusals import refuses

graph = lab_module("lab_02_backpropagation", "graph")

NODES = {"x": (0, 0), "w": (1, 1), "·": (1, 0), "y": (2, 0)}
EDGES = [("x", "·", 2, -3), ("w", "·", 3, 2e-5), ("·", "y", 6, 1)]


def test_a_graph_has_nodes_arrows_from_border_to_border_and_both_numbers_of_every_edge():
    (ax,) = graph.computational_graph(NODES, EDGES, operations=["·"]).axes
    texts = {text.get_text(): text for text in ax.texts}
    assert set(NODES) | {"2", "−3", "3", "2e−05", "6", "1"} <= set(texts)
    colors = {text: texts[text].get_color() for text in ("2", "3", "6", "−3", "1")}
    assert colors["2"] == colors["3"] == colors["6"] != colors["−3"] == colors["1"]
    assert texts["·"].get_bbox_patch() is not None
    assert texts["x"].get_bbox_patch() is None
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None) is not None]
    (first, second, third) = [np.array([arrow.xyann, arrow.xy]) for arrow in arrows]
    assert 0 < first[0, 0] < first[1, 0] < 1  # from x to the right
    assert 1 > second[0, 1] > second[1, 1] > 0  # from w downward
    assert 1 < third[0, 0] < third[1, 0] < 2


def test_the_graph_of_two_neurons_has_all_numbers():
    names = ["w1", "b1", "w2", "b2", "x", "y", "z1", "a1", "z2", "a2", "E"]
    values, gradients = ({name: start + i for i, name in enumerate(names)} for start in (100, 200))
    (ax,) = graph.two_neurons(values, gradients).axes
    texts = [text.get_text() for text in ax.texts]
    assert {str(number) for number in (*values.values(), *gradients.values())} <= set(texts)


def spectra(groups):
    return graph.spectra(groups, xlabel="learning rate", ylabel="eigenvalue", linear=1e-6)


def test_spectra_draw_every_eigenvalue_and_count_the_matrices():
    (ax,) = spectra({"0.1": [[-1e-3, 0.2], [1e-4, 0.1]], "1": np.empty((0, 2))}).axes
    dots = [line.get_ydata() for line in ax.lines if line.get_marker() == "o"]
    assert sorted(np.concatenate(dots)) == [-1e-3, 1e-4, 0.1, 0.2]
    assert len([found for found in dots if len(found) and max(found) < 0]) == 1
    assert tick_texts(ax.xaxis) == ["0.1\n2 runs", "1\n0 runs"]
    assert ax.get_ylim() == (-1e-3, 1)
    ticks = dict(zip(tick_texts(ax.yaxis), ax.yaxis.get_majorticklocs(), strict=True))
    np.testing.assert_allclose([ticks["0"], ticks["10⁻⁶"], ticks["−10⁻⁴"]], [0, 1e-6, -1e-4])


REFUSALS = {
    "`edges` and `operations` must name nodes. Received: ['z'], not in `nodes`.": lambda: (
        graph.computational_graph(NODES, [("x", "z", 1, 1)])
    ),
    "`edges` must run along a row or a column. Received: 'x' to 'w'.": lambda: graph.computational_graph(
        NODES, [("x", "w", 1, 1)]
    ),
    "`groups` must be arrays of shape (matrices, n). Received: {'a': (2,)}.": lambda: spectra({"a": [1, 2]}),
}


@pytest.mark.parametrize("message", REFUSALS)
def test_refusals(message):
    with refuses(message):
        REFUSALS[message]()
