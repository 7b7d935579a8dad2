"""The best learning rate of problems whose best is known; ranges, divergence, and what is said of them."""

import re

import keras
import numpy as np
import pytest
from refusals import refuses

from dlkeras import learning_rates
from dlkeras.data import load
from dlkeras.learning_rates import find


def linear(seed):
    start = keras.initializers.RandomNormal(seed=seed)
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, None, False, start)])


def bowl(num=64):
    """Inputs with curvatures 2 and 2, so that one step of rate 0.5 ends at the lowest point."""
    corners = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]], "float32")
    x = np.tile(corners, (num // 4, 1))
    return x, x @ np.array([[3.0], [-2.0]], "float32")


def test_the_best_rate_of_a_bowl_is_one_over_its_curvature():
    x, y = bowl()
    rates = [0.05, 0.1, 0.2, 0.5, 0.8, 1.1, 2.0]
    told = {"optimizer": "sgd", "loss": "mse", "rates": rates, "steps": 2, "batch_size": len(x)}
    found = find(linear, x, y, validation_data=(x, y), **told)
    assert found.at_once
    assert found.losses.shape == (7, 3)
    np.testing.assert_allclose(found.losses[3], 0, atol=1e-10)
    # The loss shrinks by (1 - 2 rate)² in each step: it grows from a rate of 1 on.
    expected = found.start * (1 - 2 * np.array(rates)[:, None]) ** 4
    np.testing.assert_allclose(found.losses, expected, rtol=1e-4, atol=1e-6)
    assert found.best == 0.5
    assert found.diverges == 1.1
    assert found.within == (0.5, 0.5)  # at 0.2 and 0.8 an eighth of the loss is left
    wide = find(linear, x, y, validation_data=(x, y), margin=0.2, **told)
    assert wide.within == (0.2, 0.8)
    assert str(found).startswith("Learning rate 0.5: the lowest loss (0.5 to 0.5 over 3 seeds). From 0.5 to ")
    assert str(found).endswith("; from 1.1 on nothing is.")


def test_plain_fits_say_the_same_as_a_population(monkeypatch):
    x, y = bowl()
    told = {"optimizer": keras.optimizers.SGD(9.0), "loss": "mse", "rates": [0.1, 0.3, 0.5, 0.9], "seeds": 2}
    told |= {"steps": 3, "batch_size": len(x), "validation_data": (x, y)}
    together = find(linear, x, y, **told)

    def functional(seed):
        start = keras.initializers.RandomNormal(seed=seed)
        x = keras.Input((2,))
        return keras.Model(x, keras.layers.Dense(1, None, False, start)(x))

    apart = find(functional, x, y, **told)
    assert (together.at_once, apart.at_once) == (True, False)
    np.testing.assert_allclose(apart.losses, together.losses, rtol=1e-4, atol=1e-7)
    assert apart.best == together.best


def test_digits_have_a_best_rate_between_too_small_and_too_large():
    digits = load("digits")

    def build(seed):
        starts = [keras.initializers.GlorotUniform(seed=2 * seed + i) for i in range(2)]
        hidden = keras.layers.Dense(16, "relu", kernel_initializer=starts[0])
        model = keras.Sequential([keras.Input((64,)), hidden, keras.layers.Dense(10, None, True, starts[1])])
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    rates = np.geomspace(1e-5, 10, 13)
    found = find(build, digits.x_train, digits.y_train, optimizer="adam", steps=60, rates=rates)
    assert 1e-3 < found.best < 0.3
    assert found.within[0] < found.best <= found.within[1]
    assert found.diverges is not None
    assert found.diverges > found.best
    (ax,) = found.plot().axes
    assert ax.get_xscale() == "log"
    assert any(f"best: {found.best:.2g}" in text.get_text() for text in ax.texts)


def test_an_end_that_is_the_best_is_told():
    x, y = bowl()
    told = {"optimizer": "sgd", "loss": "mse", "rates": [1e-4, 1e-3, 1e-2], "steps": 1}
    found = find(linear, x, y, **told, seeds=1)
    assert found.best == 1e-2
    assert found.diverges is None
    assert str(found).endswith("The best is at the end of the rates that were tried: try others beyond it.")
    assert "seeds" not in str(found)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"rates": [0.1, 0.1, 1]}, "`rates` must be at least three, increasing from above 0."),
        ({"margin": 1.0}, "`margin` must be in (0, 1). Received: margin=1.0"),
        (
            {"loss": None},
            "`loss` must be given where `build` does not compile its model. Received: loss=None",
        ),
    ],
)
def test_wrong_arguments_are_refused(told, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        find(linear, *bowl(), **{"loss": "mse"} | told)


def test_a_rate_at_which_one_seed_fails_is_not_the_best():
    rates = np.array([1, 2, 3, 4, 5, 6.0])
    ends = np.array([0.9, 0.5, 0.4, 0.3, 0.2, 0.1])
    losses = np.repeat(ends[:, None], 3, axis=1)
    best, *_ = learning_rates._read_off(rates, losses, np.ones(3), 0.1)
    assert best == 6
    losses[5, 1] = 30  # the median of the last rate is as low as before
    best, *_ = learning_rates._read_off(rates, losses, np.ones(3), 0.1)
    assert best == 4  # rates beside it count by a third
    losses[5, 1] = np.inf
    assert learning_rates._read_off(rates, losses, np.ones(3), 0.1)[0] == 4


def test_where_each_rate_fails_at_some_seed_the_median_decides():
    losses = np.repeat(np.array([0.9, 0.5, 0.4, 0.3, 0.6])[:, None], 3, axis=1)
    losses[[0, 2, 4], [0, 1, 2]] = np.inf
    assert learning_rates._read_off(np.arange(1, 6.0), losses, np.ones(3), 0.1)[0] == 3


def test_no_finite_loss_is_told():
    with refuses(
        "`rates` must have one whose loss stays finite. Received: none. Look at the inputs and labels, "
        "or try smaller rates.",
        ValueError,
    ):
        learning_rates._read_off(np.array([1, 2, 3.0]), np.full((3, 2), np.inf), np.ones(2), 0.1)


def test_an_interval_stays_among_the_rates_that_were_tried():
    rates = np.geomspace(1e-3, 10, 5)
    losses = np.ones((5, 2))
    losses[[1, 3], [0, 1]] = 0.1  # two seeds that do not agree: by themselves they say nothing
    _, interval, *_ = learning_rates._read_off(rates, losses, np.full(2, 2.0), 0.1)
    assert interval == (pytest.approx(1e-3), pytest.approx(10))
