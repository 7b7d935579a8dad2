"""Functions beside their derivatives."""

import numpy as np
from lab_module import lab_module
from plot_samples import figure_notes, line, tick_texts
from refusals import refuses

with_derivatives = lab_module("lab_03_activation_functions", "with_derivatives").with_derivatives

X, FEW = np.linspace(-4, 4, 81), np.linspace(-3, 3, 5)
TANH = np.tanh(X), 1 - np.tanh(X) ** 2
STEP = np.where(X > 0, 1.0, 0.0), np.zeros(81)


def draw(functions, dots=None):
    dots = FEW, dots or {name: np.zeros(5) for name in functions}
    return with_derivatives(X, functions, dots=dots, dots_name="by tape", xlabel="z", limits=(-1.2, 2.0))


def test_function_derivative_and_dots():
    figure = draw({"tanh": TANH}, {"tanh": 1 - np.tanh(FEW) ** 2})
    ax, key = figure.axes
    np.testing.assert_array_equal(line(ax, "function").get_ydata(), TANH[0])
    np.testing.assert_array_equal(line(ax, "derivative").get_ydata(), TANH[1])
    assert line(ax, "derivative").is_dashed()
    np.testing.assert_array_equal(line(ax, "by tape").get_xdata(), FEW)
    assert tick_texts(ax.xaxis) == ["−4", "0", "4"]
    assert [text.get_text() for text in key.get_legend().get_texts()] == ["function", "derivative", "by tape"]
    assert figure_notes(figure) == ""


def test_a_jump_is_a_gap_and_full_rows_have_no_key():
    values = line(draw({"binary_step": STEP}).axes[0], "function").get_ydata()
    np.testing.assert_array_equal(np.isnan(values), X[X > 0][0] == X)
    assert len(draw(dict.fromkeys("abcd", TANH)).axes) == 4


def test_what_is_cut_is_admitted():
    figure = draw({"linear": (X, np.ones(81)), "tanh": TANH})
    assert figure_notes(figure) == "A line leaves the frame."
    assert {ax.get_ylim() for ax in figure.axes[:2]} == {(-1.2, 2.0)}


def test_shapes_that_do_not_fit_are_refused():
    message = (
        "`functions['tanh']` must be two arrays of shape (81,), with `dots` of shape (5,). "
        "Received: (80,), (81,), (5,)."
    )
    with refuses(message):
        draw({"tanh": (TANH[0][:-1], TANH[1])})
    with refuses("`functions` must have at least one entry. Received: functions={}."):
        draw({})
