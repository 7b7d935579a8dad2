"""check_gradients: planted bugs in NumPy, forms of variables, kinks, rounding, and the text of a result."""

import doctest

import keras
import numpy as np
import pytest
import scipy.special
import tensorflow as tf
from gradcheck_bugs import IN_NUMPY, PARAMETERS, by_hand, cost

from dlkeras.gradcheck import Entry, check, check_gradients, relative_difference, result, sweep

METHODS = ("full", "directional")


@pytest.mark.parametrize(
    ("gradients", "blamed"), [bug[1:] for bug in IN_NUMPY], ids=[bug[0] for bug in IN_NUMPY]
)
def test_planted_bugs_are_found_and_blamed(gradients, blamed):
    for method in METHODS:
        result = check_gradients(cost, PARAMETERS, gradients(), method=method)
        assert result.wrong == blamed
        assert not result.passed


def test_right_gradients_pass():
    for method in METHODS:
        result = check_gradients(cost, PARAMETERS, by_hand(), method=method)
        result.assert_passed()
        assert result.relative_difference < 1e-9
        assert [tensor.name for tensor in result.tensors] == ["W1", "W2", "W3", "b1", "b2", "b3"]


EXACT = 2.0**-16  # a step with which differences of small squares have no rounding


def test_a_result_says_what_is_wrong_and_where():
    W, right = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[2.0, 4.0], [6.0, 8.0]])
    wrong = right.copy()
    wrong[1, 0] = -6
    result = check_gradients(
        lambda p: np.sum(p["W"] ** 2) + p["b"], {"W": W, "b": 5.0}, {"W": wrong, "b": 1}, epsilon=EXACT
    )
    assert str(result) == (
        "Gradient check failed for W.\n"
        "5 entries in 2 tensors; relative difference 5.5e-01 over all, tolerance 1e-06 for each:\n"
        "  W  5.5e-01  WRONG\n"
        "  b  0.0e+00  ok\n"
        "Worst entries:\n"
        "  W[1, 0]: analytic -6, numerical 6"
    )
    assert result.worst(1) == [Entry("W", "[1, 0]", -6.0, 6.0)]
    assert result.wrong == ["W"]
    assert result.loss == 35.0


def test_the_text_of_a_passed_check():
    result = check_gradients(lambda x: x[0] * 2.0, np.ones(1), np.array([2.0]), epsilon=EXACT)
    assert str(result) == (
        "Gradient check passed.\n"
        "1 entry in 1 tensor; relative difference 0.0e+00 over all, tolerance 1e-06 for each:\n"
        "  variables  0.0e+00  ok"
    )


def test_relative_difference_of_the_course():
    assert relative_difference(np.array([3.0, 4.0]), np.array([0.0, 0.0])) == 1
    assert relative_difference(np.array([[1.0]]), np.array([[1.0 + 2e-7]])) == pytest.approx(1e-7)
    assert relative_difference(np.zeros(3), np.zeros(3)) == 0
    assert np.isnan(relative_difference(np.array([np.inf]), np.array([np.inf])))


VARIABLES = {
    "an array": (np.ones((2, 3)), ["variables"]),
    "a number": (2.0, ["variables"]),
    "a list": ([np.ones(2), np.full((2, 2), 3)], ["0", "1"]),
    "named variables": (
        [keras.Variable(np.ones(2, "float32"), name="w"), tf.Variable([1.0], name="v")],
        ["w", "v:0"],
    ),
    "a nested dict": ({"b": [np.ones(2), np.ones(1)], "a": np.ones(3)}, ["a", "b/0", "b/1"]),
    "an empty array": ([np.ones(2), np.ones((0, 3))], ["0", "1"]),
}


@pytest.mark.parametrize(("variables", "names"), VARIABLES.values(), ids=VARIABLES)
def test_forms_of_variables(variables, names):
    def f(values):
        keras.tree.assert_same_structure(values, variables)
        leaves = keras.tree.flatten(values)
        return sum(tf.reduce_sum(tf.convert_to_tensor(leaf) ** 3) for leaf in leaves)

    gradients = keras.tree.map_structure(lambda v: 3 * np.asarray(v, np.float64) ** 2, variables)
    for options in ({}, {"gradients": gradients}, {"method": "directional"}):
        result = check_gradients(f, variables, **options)
        result.assert_passed()
        assert [tensor.name for tensor in result.tensors] == names


def test_variables_are_read_and_never_written():
    value, variable = np.ones(3), tf.Variable([1.0, 2.0])

    def greedy(values):
        values[0] *= 2  # a function that works in place
        return float(values[0].sum() + np.sum(values[1]))

    check_gradients(greedy, [value, variable], [np.full(3, 2.0), np.ones(2)]).assert_passed()
    np.testing.assert_array_equal(value, np.ones(3))
    np.testing.assert_array_equal(variable.numpy(), [1, 2])


def test_a_cut_off_tensor_is_blamed():
    result = check_gradients(
        lambda p: tf.reduce_sum(p["a"] * tf.stop_gradient(p["b"])), {"a": np.ones(3), "b": np.ones(3)}
    )
    assert result.wrong == ["b"]
    np.testing.assert_array_equal(result.tensors[1].analytic, 0)


def test_nothing_compared_is_not_a_pass():
    result = check_gradients(lambda x: np.sum(0 * x), np.ones(3), np.zeros(3))
    assert result.wrong == []
    assert not result.passed
    assert str(result) == (
        "Gradient check failed: both gradients are zero everywhere, so nothing was compared.\n"
        "3 entries in 1 tensor; relative difference 0.0e+00 over all, tolerance 1e-06 for each:\n"
        "  variables  0.0e+00  ok, zero to rounding"
    )


def test_what_is_not_finite_fails():
    for bad in (np.nan, np.inf):
        result = check_gradients(lambda x: np.sum(x**2), np.ones(3), np.array([2.0, bad, 2.0]))
        assert result.wrong == ["variables"]
        assert result.worst(1)[0].place == "[1]"
    # The loss is infinite a step away.
    result = check_gradients(lambda x: np.sum(np.log(x)), np.array([1.0, 1e-6]), np.array([1.0, 1e6]))
    assert result.wrong == ["variables"]


# Kinks


def relu_sum(x):
    return np.sum(np.maximum(x, 0) * [1, 2, -3, 4])


def test_an_entry_on_a_kink_is_reported_and_not_judged():
    x = np.array([1.0, 0.0, 0.0, -1.0])
    result = check_gradients(relu_sum, x, np.array([1.0, 0.0, 0.0, 0.0]))
    result.assert_passed()
    assert [(kink.place, kink.analytic) for kink in result.kinks] == [("[1]", 0), ("[2]", 0)]
    assert [kink.left for kink in result.kinks] == pytest.approx([0, 0], abs=1e-6)
    assert [kink.right for kink in result.kinks] == pytest.approx([2, -3], abs=1e-6)
    assert "On a kink of the loss, not judged: 2" in str(result)


def test_a_kink_does_not_excuse_a_wrong_gradient():
    x = np.array([1.0, 0.0, 0.0, -1.0])
    for wrong in (-0.5, 2.5):
        result = check_gradients(relu_sum, x, np.array([1.0, wrong, 0.0, 0.0]))
        assert result.wrong == ["variables"]
        assert result.worst(1)[0].place == "[1]"


def test_a_kink_within_a_step_is_judged_at_a_smaller_one():
    x = np.array([1.0, 3e-6, -3e-7, 3e-8])
    right = np.array([1.0, 2.0, 0.0, 4.0])
    result = check_gradients(relu_sum, x, right)
    result.assert_passed()
    assert result.kinks == ()
    assert "Next to a kink or in a sharp bend, judged at a smaller step: 3" in str(result)
    for index in range(4):
        result = check_gradients(relu_sum, x, right + 0.001 * (np.arange(4) == index))
        assert result.wrong == ["variables"]
        assert result.worst(1)[0].place == f"[{index}]"


def test_a_jump_and_a_tie_of_a_maximum_are_kinks():
    for f, x, gradient, places in (
        (lambda x: np.sum(np.heaviside(x, 1) + x), [0.0, 1.0], [1.0, 1.0], ["[0]"]),
        (lambda x: np.max(x) + x[2], [1.0, 1.0, 0.0], [1.0, 0.0, 1.0], ["[0]", "[1]"]),
    ):
        result = check_gradients(f, np.array(x), np.array(gradient))
        result.assert_passed()
        assert [kink.place for kink in result.kinks] == places


def sure_and_right(z):
    """Cross-entropy of a network that is so: two logits of about 1e6 whose difference is all."""
    return np.log1p(np.exp((1e6 + z[0]) - (1e6 + 12 + z[1])))


X, P = np.linspace(0.1, 1, 5), scipy.special.expit(-12.0)
NO_ALARM = {  # function, point, right gradient, wrong one
    "a sharp bend": (
        lambda x: np.sin(3e3 * x[0]) / 3e3 + x[1],
        np.array([0.3, 1.0]),
        np.array([np.cos(900), 1.0]),
        np.array([np.cos(900) * (1 + 1e-4), 1.0]),
    ),
    "small beside a large loss": (lambda x: 1e4 + 1e-3 * np.sum(x**2), X, 2e-3 * X, -2e-3 * X),
    "cancellation inside the loss": (sure_and_right, np.zeros(2), np.array([P, -P]), np.array([-P, P])),
    "a TensorFlow function": (lambda x: tf.reduce_sum(tf.sin(x)), X, np.cos(X), -np.cos(X)),
}


@pytest.mark.parametrize(("f", "x", "right", "wrong"), NO_ALARM.values(), ids=NO_ALARM)
def test_what_rounds_or_bends_is_no_alarm_and_hides_no_bug(f, x, right, wrong):
    check_gradients(f, x, right).assert_passed()
    assert check_gradients(f, x, wrong).wrong == ["variables"]


def test_the_examples_run():
    for module in (check, result, sweep):
        assert doctest.testmod(module, extraglobs={"np": np, "keras": keras}).failed == 0
