"""The comparison with the oracle: which property fails, at which input, and its name."""

import numpy as np
import pytest

from dlkeras.learn import Draw, Exercise
from dlkeras.learn.comparing import difference
from dlkeras.learn.exercise import SIZES
from dlkeras.learn.grade import FAILED, PASSED, grade
from dlkeras.learn.variants import variant


class Strange:
    """Neither an array nor a text."""

    def __array__(self, *_, **__):
        raise TypeError

    __repr__ = __array__


RIGHT = np.array([[1.0, 2.0], [3.0, 5.0]])


@pytest.mark.parametrize(
    ("returned", "property", "named"),
    [
        (None, "value", "Nothing is returned: is `return` missing?"),
        ("four", "kind", ""),
        (RIGHT[0], "shape", ""),
        (RIGHT.T[:, :, None], "shape", ""),
        (RIGHT.T, "value", "This is the transpose."),
        (-RIGHT, "value", "The sign is the other way round."),
        (RIGHT / 2, "value", "Every number is 0.5 times what it must be."),
        (RIGHT + np.diag([0, 1e-2]), "value", ""),
        (RIGHT * np.array([[1, np.nan], [1, 1]]), "finite", ""),
        ([[1.0, 2.0], [3.0]], "kind", ""),
        (([RIGHT, 1.0], {"a": RIGHT}), "kind", ""),
        (object(), "kind", ""),
        (Strange(), "kind", ""),
        ([Strange()], "kind", ""),
        ([10**400], "kind", ""),
    ],
)
def test_differences(returned, property, named):
    found = difference(returned, RIGHT, 1e-4)
    assert (found.property, found.named) == (property, named)


@pytest.mark.parametrize(
    "same", [RIGHT, RIGHT.tolist(), RIGHT.astype("float32") * np.float32(1 + 1e-6), RIGHT.astype(int)]
)
def test_what_is_the_same(same):
    assert difference(same, RIGHT, 1e-4) is None


def test_parts_have_names():
    right = {"W1": RIGHT, "b1": np.zeros(2)}
    assert difference({"W1": RIGHT}, right, 1e-4).property == "keys"
    assert difference(right | {"b1": np.ones(2)}, right, 1e-4).property == "b1"
    assert difference((1.0, 2.0), (1.0, 3.0), 1e-4).property == "value 2"
    assert difference((1.0,), (1.0, 3.0), 1e-4).property == "number of values"
    assert difference(1.0, (1.0, 3.0), 1e-4).property == "kind"
    assert difference((1.0, np.zeros(3)), (1.0, np.zeros(2)), 1e-4).property == "value 2: shape"
    assert difference("slope", "saddle", 1e-4).must == "'saddle'"
    assert difference(Strange(), "saddle", 1e-4).returned == "an object of Strange"


def share(values):
    """Divides by the sum.

        p = values / sum

    Args:
        values: (n,).
    """
    return values / values.sum()


EXERCISE = Exercise(
    share,
    lambda draw: (np.abs(draw.normal(draw.dim())) + 0.1,),
    lambda values: np.array([value / sum(values) for value in values]),
    "figure",
    ("A hint.",),
    {"The sum is the largest.": ("values.sum()", "values.max()")},
)


def test_the_smallest_input_that_fails_is_shown():
    result = grade(variant(EXERCISE, "values.sum()", "values.max()"), EXERCISE)
    assert result.mistake == "The sum is the largest."
    first = next(values for values in (EXERCISE.inputs(Draw(size))[0] for size in SIZES) if len(values) > 1)
    assert result.given.count(", ") == 1  # two values: with a single one the largest is the sum
    assert len(result.given) <= len(f"values = [{', '.join(f'{value:.5g}' for value in first)}]")
    assert grade(share, EXERCISE).state == PASSED


def test_a_mistake_has_its_name_only_where_it_does_the_same_for_all_inputs():
    def largest_of_few(values):
        return values / (values.max() if len(values) < 3 else 1)

    result = grade(largest_of_few, EXERCISE)
    assert result.state == FAILED
    assert result.mistake.startswith("Every number is")


def test_other_seeds_are_other_inputs():
    first, again, other = (EXERCISE.inputs(Draw(9, seed))[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)


def test_a_piece_that_is_not_there_is_told():
    with pytest.raises(
        ValueError, match=r"`old` must stand in the solution of share\. Received: old='median'"
    ):
        variant(EXERCISE, "median", "mean")
