"""Curves over steps and results by setting show the numbers they are given."""

import numpy as np
import pytest
from plot_samples import ACTIVATIONS, figure_notes, line, tick_texts
from refusals import refuses

from dlkeras import plots
from dlkeras.plots import style


def test_curves_show_median_and_band():
    x = np.arange(1, 31)
    values = np.random.default_rng(0).random((5, 30))
    figure = plots.curves(x, {"depth 2": {"relu": values}}, xlabel="training step", ylabel="loss (nats)")
    (ax,) = figure.axes
    drawn = line(ax, "ReLU")
    np.testing.assert_array_equal(drawn.get_xdata(), x)
    np.testing.assert_array_equal(drawn.get_ydata(), np.median(values, axis=0))
    assert drawn.get_color() == style.ACTIVATION_COLORS["relu"]
    corners = ax.collections[0].get_paths()[0].vertices
    for step, low, high in zip(x, values.min(axis=0), values.max(axis=0), strict=True):
        at_step = corners[corners[:, 0] == step, 1]  # below ten seeds the band is the range
        assert {at_step.min(), at_step.max()} == {low, high}


def test_one_seed_has_no_band():
    figure = plots.curves([1, 2], {"p": {"a": [[1.0, 2.0]]}}, xlabel="epoch", ylabel="loss")
    assert not figure.axes[0].collections


def test_ticks_of_x_say_the_steps():
    x = np.arange(10, 4310, 10)
    figure = plots.curves(x, {"p": {"a": np.ones((2, 430))}}, xlabel="training step", ylabel="loss")
    axis = figure.axes[0].xaxis
    shown = [float(text.replace(",", "")) for text in tick_texts(axis)]
    assert shown == list(axis.get_majorticklocs())
    assert shown[0] == 10
    assert shown[-1] <= 4300


def test_reference_is_drawn_and_named():
    figure = plots.curves(
        [1, 2, 3], {"p": {"a": np.ones((2, 3))}}, xlabel="epoch", ylabel="accuracy", reference=(0.1, "chance")
    )
    (ax,) = figure.axes
    np.testing.assert_array_equal(line(ax, "chance").get_ydata(), [0.1] * 3)
    assert [text.get_text() for text in ax.texts] == ["chance", "a"]
    low, high = ax.get_ylim()
    assert low < 0.1 < 1 < high


def test_missing_runs_are_told():
    values = np.ones((5, 4))
    values[0, 2:] = np.nan
    figure = plots.curves([1, 2, 3, 4], {"p": {"relu": values}}, xlabel="epoch", ylabel="loss")
    assert figure_notes(figure) == "Left out where not finite: ReLU (1 of 5 runs)."


def test_nothing_missing_is_no_note():
    figure = plots.curves([1, 2], {"p": {"relu": np.ones((5, 2))}}, xlabel="epoch", ylabel="loss")
    assert figure_notes(figure) == ""


def test_a_line_with_nothing_finite_is_told_and_not_named():
    values = {"relu": np.full((3, 2), np.nan), "tanh": np.ones((3, 2))}
    figure = plots.curves([1, 2], {"p": values}, xlabel="epoch", ylabel="loss")
    assert [text.get_text() for text in figure.axes[0].texts] == ["tanh"]
    assert figure_notes(figure) == "Left out where not finite: ReLU (3 of 3 runs)."


def test_zeros_on_a_log_axis_stand_at_a_line_marked_zero():
    values = {"relu": np.zeros((3, 4)), "tanh": np.full((3, 4), 1e-3)}
    figure = plots.curves(
        [1, 2, 3, 4], {"p": values}, xlabel="training step", ylabel="gradient norm (L2)", log_y=True
    )
    (ax,) = figure.axes
    zero = ax.yaxis.get_majorticklocs()[tick_texts(ax.yaxis).index("0")]
    np.testing.assert_allclose(line(ax, "ReLU").get_ydata(), zero)
    assert zero <= 1e-4
    assert figure_notes(figure) == "Zeros stand at the line marked 0."


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ({}, {}, "`panels` must map at least one title to at least one labelled array. Received: panels={}."),
        (
            {"p": {"a": [1.0, 2.0]}},
            {},
            "`panels['p']['a']` must have shape (seeds, points), at least one of each. "
            "Received: shape=(2,). Pass values[None, :] for a single seed.",
        ),
        (
            {"p": {"a": np.ones((5, 3))}},
            {},
            "`x` must have one entry for each point of `panels['p']['a']`. "
            "Received: x of shape (2,), values of shape (5, 3).",
        ),
        (
            {"p": {"a": [[1.0, -2.0]]}},
            {"log_y": True},
            "`panels['p']['a']` must not be negative on a log axis. Received: minimum=-2.0. "
            "Pass log_y=False.",
        ),
        (
            {"p": {"a": [[0.0, np.nan]]}},
            {"log_y": True},
            "`panels` must hold a positive, finite value to set a log axis by. Received: none. "
            "Pass log_y=False.",
        ),
        (
            {"p": {"a": [[1.0, 2.0]]}},
            {"log_x": True},
            "`x` must be positive on a log axis. Received: minimum=0. Pass log_x=False.",
        ),
        (
            {"p": {"a": [[1.0, 2.0]]}},
            {"log_y": True, "reference": (0.0, "zero")},
            "Guide and reference lines must be positive on a log axis. Received: minimum=0. "
            "Pass log_y=False.",
        ),
    ],
)
def test_curves_refuse(values, options, message):
    with refuses(message):
        plots.curves([0, 1], values, xlabel="step", ylabel="loss", **options)


def test_every_seed_is_a_dot_at_its_setting():
    rng, depths = np.random.default_rng(0), [2, 5, 10, 20]
    values = {a: rng.random((7, 4)) for a in ACTIVATIONS}
    figure = plots.by_setting(depths, {"SGD": values}, xlabel="depth (layers)", ylabel="test accuracy")
    (ax,) = figure.axes
    assert dict(zip(ax.xaxis.get_majorticklocs(), tick_texts(ax.xaxis), strict=True)) == {
        i: str(depth) for i, depth in enumerate(depths)
    }
    dots = [found for found in ax.get_lines() if found.get_linestyle() == "None"]
    for found, (label, results) in zip(dots, values.items(), strict=True):
        np.testing.assert_array_equal(found.get_ydata(), results.ravel())
        np.testing.assert_array_equal(np.round(found.get_xdata()), np.tile(np.arange(4), 7))
        median = line(ax, plots.display_name(label))
        np.testing.assert_allclose(median.get_ydata(), np.median(results, axis=0))


def test_by_setting_draws_the_reference():
    figure = plots.by_setting(
        [2, 5],
        {"SGD": {"tanh": np.ones((2, 2))}},
        xlabel="depth",
        ylabel="accuracy",
        reference=(0.1, "chance"),
    )
    np.testing.assert_array_equal(line(figure.axes[0], "chance").get_ydata(), [0.1, 0.1])


def test_by_setting_refuses_other_lengths():
    message = (
        "`x` must have one entry for each point of `panels['SGD']['tanh']`. "
        "Received: x of shape (2,), values of shape (5, 3)."
    )
    with refuses(message):
        plots.by_setting([2, 5], {"SGD": {"tanh": np.ones((5, 3))}}, xlabel="depth", ylabel="accuracy")
