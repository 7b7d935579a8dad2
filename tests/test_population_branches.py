"""Layers with branches (`ops.cond`), or that assign their weights, in a population, against plain `fit`."""

import keras
import numpy as np
import pytest

from dlkeras.population import Population

L, O, ops = keras.layers, keras.optimizers, keras.ops  # noqa: E741
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(30, 6)).astype("float32"), RNG.integers(0, 3, 30)
SEEDS = (1, 2)


class Switch(L.Layer):
    """Has a product in one branch and a sum in the other, and counts the batches."""

    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones")
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, x, training=False):
        if training:
            self.count.assign_add(1)
        return ops.cond(ops.mean(x) > 0, lambda: x * self.scale, lambda: x + self.scale)


class Assigns(Switch):
    """Moves its average in one branch alone."""

    def call(self, x, training=False):
        def moved():
            self.count.assign(0.9 * self.count + 0.1 * ops.mean(x))
            return x - self.count

        return ops.cond(ops.mean(x) > 0, moved, lambda: x - self.count) if training else x - self.count


class Draws(L.Layer):
    """Dropout in one branch."""

    def __init__(self):
        super().__init__()
        self.dropout = L.Dropout(0.5)

    def call(self, x, training=False):
        return ops.cond(ops.mean(x) > 0, lambda: self.dropout(x, training=training), lambda: x * 1.0)


def network(layer):
    def build(seed):
        keras.utils.set_random_seed(seed)
        return keras.Sequential([keras.Input((6,)), L.Dense(5, "tanh"), layer(), L.Dense(3)])

    return build


def trained(model, optimizer, batch_size):
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(X, Y, batch_size, 3, 0, shuffle=False)
    return model


@pytest.mark.parametrize("batch_size", [7, pytest.param(30, marks=pytest.mark.slow)])  # 7: the last one has 2
def test_a_branch_without_state(batch_size):
    population = trained(Population(network(Switch), SEEDS), O.Adam(0.01), batch_size)
    for replica, seed in enumerate(SEEDS):
        model = trained(network(Switch)(seed), O.Adam(0.01), batch_size)
        pairs = zip(population.member(replica).get_weights(), model.get_weights(), strict=True)
        for ours, plain in pairs:
            np.testing.assert_allclose(ours, plain, rtol=2e-5, atol=1e-6)
        assert float(model.layers[1].count) == 3 * -(-30 // batch_size)
    taken = [float(np.mean(model.layers[0](X[i : i + 7]))) > 0 for i in range(0, 30, 7)]
    assert len(set(taken)) == 2  # both branches


@pytest.mark.parametrize(("layer", "variable"), [(Assigns, "variable_1"), (Draws, "seed_generator_state")])
def test_a_branch_that_assigns_is_refused(layer, variable):
    message = (  # which Keras puts into words of its own
        "`build` must give layers that assign no variable, and draw no random numbers, inside of a branch or "
        rf"a loop. Received: layer '\w+' of class {layer.__name__}, which assigns '[\w/]+/{variable}' there. "
        r"Assign `ops.where\(condition, new, old\)` outside of it."
    )
    with pytest.raises(ValueError, match=message):
        trained(Population(network(layer), SEEDS), "sgd", 7)


def test_a_layer_that_assigns_its_kernel_is_refused():
    """Spectral normalization divides the kernel by its norm, and stops the gradient of that."""

    def build(seed):
        return keras.Sequential([keras.Input((6,)), L.SpectralNormalization(L.Dense(3))])

    population = Population(build, SEEDS)
    assert population.predict(X, verbose=0).shape == (2, 30, 3)
    message = (
        "`build` must give layers that assign no trainable weight in their call: the gradient of what comes "
        r"after would be another one. Received: layer '\w+' of class SpectralNormalization, which assigns "
        r"'\w+/\w+/dense\w*/kernel'. Train such models one by one."
    )
    with pytest.raises(ValueError, match=message):
        trained(population, "sgd", 30)
