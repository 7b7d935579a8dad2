"""Scales, axes and spaces: every value has a place, and every place a value."""

import math

import keras_tuner
import numpy as np
import pytest
from keras_tuner.engine import hyperparameters as kinds
from refusals import refuses

from dlkeras.base import scales
from dlkeras.tuning import OneMinusLog, one_minus_log
from dlkeras.tuning.space import Space, axis_of, choice_axis, grid_axis, range_axis, space_of

RANGES = {"linear": (-2.0, 3.0), "log": (1e-4, 1.0), "reverse_log": (0.5, 4.0), "one_minus_log": (0.9, 0.999)}


@pytest.mark.parametrize("scale", RANGES)
def test_a_place_comes_back_from_its_value(scale):
    low, high = RANGES[scale]
    for place in np.linspace(0, 1, 11):
        value = scales.to_value(scale, low, high, place)
        assert low <= value <= high
        assert scales.to_place(scale, low, high, value) == pytest.approx(place, abs=1e-9)
    assert scales.to_value(scale, low, high, 0.0) == low
    assert scales.to_value(scale, low, high, 1.0) == high


@pytest.mark.parametrize("sampling", ["linear", "log", "reverse_log"])
def test_scales_agree_with_keras_tuner(sampling):
    low, high = RANGES[sampling]
    hp = kinds.Float("x", low, high, sampling=sampling)
    for place in np.linspace(0, 0.99, 12):
        assert scales.to_value(sampling, low, high, place) == pytest.approx(
            hp.prob_to_value(place), rel=1e-12
        )


def test_the_scale_for_betas_is_that_of_the_course():
    middle = scales.to_value("one_minus_log", 0.9, 0.999, 0.5)
    assert middle == pytest.approx(0.99)
    # Ng's recipe: r uniform in [-3, -1], beta = 1 - 10^r.
    for r in np.linspace(-3, -1, 9):
        place = scales.to_place("one_minus_log", 0.9, 0.999, 1 - 10**r)
        assert place == pytest.approx((-1 - r) / 2, abs=1e-9)


@pytest.mark.parametrize(
    ("hp", "values"),
    [
        (kinds.Float("a", 0.0, 1.0, step=0.1), np.linspace(0, 1, 11)),  # keras-tuner leaves out 1.0
        (kinds.Float("a", 1e-3, 10.0, step=10, sampling="log"), [1e-3, 1e-2, 1e-1, 1, 10]),
        (kinds.Int("a", 6, 13, step=3), [6, 9, 12]),
        (kinds.Int("a", 2, 32, step=2, sampling="log"), [2, 4, 8, 16, 32]),
        (kinds.Int("a", 1, 4), [1, 2, 3, 4]),
        (kinds.Int("a", 1, 9, sampling="log"), range(1, 10)),
        (kinds.Choice("a", [32, 8, 16]), [8, 16, 32]),
        (kinds.Choice("a", ["x", "y"]), ["x", "y"]),
        (kinds.Boolean("a"), [False, True]),
        (kinds.Fixed("a", 7), [7]),
        (kinds.Int("a", 5, 5), [5]),
    ],
    ids=repr,
)
def test_a_discrete_axis_has_all_values(hp, values):
    axis = axis_of(hp)
    values = list(values)
    assert list(axis.values) == (pytest.approx(values) if isinstance(values[0], float) else values)
    assert [axis.to_value(axis.to_place(value)) for value in axis.values] == list(axis.values)
    drawn = {axis.to_value(place) for place in np.linspace(0, 1, 2001)}
    assert drawn == set(axis.values)
    assert all(type(value) is type(axis.values[0]) for value in axis.values)


def test_long_ranges_of_integers_are_rounded():
    for hp in (kinds.Int("a", 1, 10**6, sampling="log"), kinds.Int("a", 0, 10**6, step=10)):
        axis = axis_of(hp)
        values = [axis.to_value(place) for place in np.linspace(0, 1, 101)]
        assert values[0] == hp.min_value
        assert values[-1] == hp.max_value
        assert all(type(value) is int for value in values)
        assert all((value - hp.min_value) % (hp.step or 1) == 0 for value in values)


def test_a_point_has_nan_where_a_condition_is_not_met():
    space = Space(
        [
            range_axis("leaf", 0.0, 1.0, "linear", None, (("twig", ("yes",)), ("branch", ("a",)))),
            choice_axis("twig", ["yes", "no"], (("branch", ("a",)),)),
            choice_axis("branch", ["a", "b"]),
        ]
    )
    assert [axis.name for axis in space.axes] == ["branch", "twig", "leaf"]  # parents first
    points = space.snap(np.array([[0.1, 0.1, 0.3], [0.1, 0.9, 0.3], [0.9, 0.1, 0.3]]))
    expected = [{"branch": "a", "twig": "yes", "leaf": 0.3}, {"branch": "a", "twig": "no"}, {"branch": "b"}]
    assert [space.values(point) for point in points] == expected
    for point, values in zip(points, expected, strict=True):
        np.testing.assert_array_equal(space.point(values), point)


def test_hyperparameters_of_one_name_are_told_apart_by_their_conditions():
    hp = keras_tuner.HyperParameters()
    hp.Choice("kind", ["a", "b"])
    for kind in ("a", "b"):
        with hp.conditional_scope("kind", [kind]):
            hp.Boolean("extra", default=True)
            with hp.conditional_scope("extra", [True]):
                hp.Float("x", 0.0, 1.0)
    space = space_of(hp.space)
    points = space.snap(np.random.default_rng(0).random((200, len(space))))
    for point in points:
        values = space.values(point)
        check = hp.copy()
        check.values = values
        assert {p.name for p in hp.space if check.is_active(p)} == set(values)


def test_the_number_of_points():
    assert Space([grid_axis("a", [1, 2, 3]), choice_axis("b", ["x", "y"])]).size == 6
    assert Space([range_axis("a", 0.0, 1.0, "linear")]).size == math.inf
    assert Space([]).size == 1


def test_betas_go_through_the_files_of_keras_tuner():
    hp = keras_tuner.HyperParameters()
    with hp.name_scope("adam"):
        assert one_minus_log(hp, "beta_1", 0.9, 0.999, default=0.95) == 0.95
    hp.Choice("kind", ["a", "b"])
    assert one_minus_log(hp, "beta_2", 0.9, 0.999, parent_name="kind", parent_values=["b"]) is None
    copy = keras_tuner.HyperParameters.from_config(hp.get_config())
    assert copy.values == {"adam/beta_1": 0.95, "kind": "a"}
    assert [type(p) for p in copy.space] == [OneMinusLog, kinds.Choice, OneMinusLog]
    assert repr(copy.space[0]) == (
        "OneMinusLog(name: 'adam/beta_1', min_value: '0.9', max_value: '0.999', default: '0.95')"
    )
    assert hp.to_proto().space.float_space[0].name == "adam/beta_1"
    beta = copy.space[0]
    assert np.median([beta.random_sample(seed) for seed in range(2001)]) == pytest.approx(0.99, abs=1e-3)


def test_a_beta_of_one_is_refused():
    with refuses(
        "`min_value` must be at most `max_value`, and `max_value` below 1. "
        "Received: min_value=0.9, max_value=1.0"
    ):
        OneMinusLog("beta", 0.9, 1.0)


def test_an_unknown_kind_is_refused():
    class Other(kinds.HyperParameter):
        pass

    with refuses(
        "`hyperparameters` must be of kinds that keras-tuner has. Received: 'x' of class Other", TypeError
    ):
        axis_of(Other("x"))
