"""Embeddings of a population, with repeated tokens, against plain `fit` of each replica."""

import keras
import numpy as np
import pytest
from refusals import refuses
from slow_cases import some_now

from dlkeras import optimizers as ours
from dlkeras.population import Population

L, O = keras.layers, keras.optimizers  # noqa: E741
RNG = np.random.default_rng(0)
X, Y = RNG.integers(0, 4, (30, 6)), RNG.integers(0, 3, 30)  # each token many times in a batch
SEEDS = (1, 2)

OPTIMIZERS = {
    **{name: lambda name=name: getattr(O, name)(0.01) for name in ("Adam", "RMSprop", "Adagrad", "Adadelta")},
    **{
        name: lambda name=name: getattr(O, name)(0.01)
        for name in ("AdamW", "Adamax", "Nadam", "Lion", "Ftrl", "SGD")
    },
    "amsgrad": lambda: O.Adam(0.01, amsgrad=True),
    "momentum": lambda: O.RMSprop(0.01, momentum=0.5),
    "clipvalue": lambda: O.Adam(0.01, clipvalue=0.002),
    "clipnorm": lambda: O.SGD(0.5, clipnorm=0.05),
    "global_clipnorm": lambda: O.Adam(0.01, global_clipnorm=0.05),
    "schedule": lambda: O.Adam(O.schedules.ExponentialDecay(0.02, 3, 0.5)),
    "accumulation": lambda: O.Adam(0.01, gradient_accumulation_steps=2),
    "our Adam": lambda: ours.Adam(0.01),
    "our RMSprop": lambda: ours.RMSprop(0.01, epsilon_placement="outside_root"),
    "our Adam, dense": lambda: ours.Adam(0.01, dense_gradients=True),
    "our Momentum, clipped": lambda: ours.Momentum(0.05, clipnorm=0.05),
}
NOW = ("Adam", "RMSprop", "clipvalue", "clipnorm", "global_clipnorm", "our Adam, dense")


def network(**options):
    def build(seed):
        keras.utils.set_random_seed(seed)
        words = L.Embedding(7, 3, **options)
        return keras.Sequential([keras.Input((6,), dtype="int32"), words, L.Flatten(), L.Dense(3)])

    return build


def trained(model, optimizer, **options):
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True), **options)
    model.fit(X, Y, 8, 3, 0, shuffle=False)
    return model


def apart(build, make_optimizer, dense=False, rates=None):
    """Returns how far weights of a population are from those of plain models, at most."""
    population = Population(build, SEEDS, rates)
    trained(population, make_optimizer(), **({"dense_gradients": True} if dense else {}))
    found = []
    for replica, seed in enumerate(SEEDS):
        optimizer = make_optimizer()
        if rates:
            optimizer.learning_rate = rates[replica]
        model = trained(build(seed), optimizer)
        pairs = zip(population.member(replica).get_weights(), model.get_weights(), strict=True)
        found += [np.abs(a - b).max() for a, b in pairs]
    return max(found)


@pytest.mark.parametrize("name", some_now(OPTIMIZERS, *NOW))
def test_repeated_tokens_count_as_in_keras(name):
    assert apart(network(), OPTIMIZERS[name]) < 1e-4


@pytest.mark.parametrize("name", ["Adam", "clipnorm"])
def test_the_dense_gradient_on_request(name):
    assert apart(network(), OPTIMIZERS[name], dense=True) > 1e-3


def test_a_regularizer_makes_the_gradient_dense_in_keras_too():
    assert apart(network(embeddings_regularizer="l2"), OPTIMIZERS["Adam"]) < 1e-4


@pytest.mark.parametrize("name", ["Adam", "global_clipnorm"])
def test_low_rank_adaptation(name):
    def build(seed):
        model = network()(seed)
        model.layers[0].enable_lora(2)
        model.layers[0].lora_embeddings_b.assign(keras.random.normal((2, 3)))  # at 0 nothing reaches a
        return model

    assert apart(build, OPTIMIZERS[name]) < 1e-4


def test_a_rate_for_each_replica():
    assert apart(network(), OPTIMIZERS["Adam"], rates=[0.01, 0.03]) < 1e-4


def test_a_frozen_embedding():
    assert apart(network(trainable=False), OPTIMIZERS["Adam"]) < 1e-4


class Words(L.Embedding):
    """A class of its own, which might do anything."""


class Table(L.Layer):
    """Rows of a table, by the user's own hand."""

    def build(self, shape):
        self.table = self.add_weight(shape=(7, 3), name="table")

    def call(self, x):
        return keras.ops.take(self.table, x, axis=0)


class Tied(Table):
    """A table that is read and multiplied by, whose gradient plain Keras sums up."""

    def call(self, x):
        return super().call(x) @ keras.ops.transpose(self.table)


INSIDE = {
    "Table": Table,
    "Sequential": lambda: keras.Sequential([L.Embedding(7, 3), L.Flatten()]),
    "Words": lambda: Words(7, 3),
    "Embedding": lambda: L.Embedding(7, 3, dtype="mixed_bfloat16"),
}


@pytest.mark.parametrize("kind", INSIDE)
def test_an_embedding_whose_slices_are_not_known_is_refused_where_they_count(kind):
    def build(seed):
        keras.utils.set_random_seed(seed)
        return keras.Sequential([keras.Input((6,), dtype="int32"), INSIDE[kind](), L.Flatten(), L.Dense(3)])

    population = Population(build, SEEDS)
    name = population.stacked_layers[0].name
    for optimizer in (O.Adam(), O.SGD(clipnorm=1.0)):
        with refuses(
            "`build` must give what reads rows of a table as a keras.layers.Embedding of the model itself, "
            "that computes in the dtype of its weights, for repeated tokens to count as in a plain `fit`. "
            f"Received: layer {name!r} of class {kind}. Or compile with `dense_gradients=True`, which sums "
            "the gradients of equal tokens."
        ):
            population.compile(optimizer, "mse")
    population.compile("sgd", "mse")
    population.compile("adam", "mse", dense_gradients=True)


def test_a_table_whose_gradient_is_dense_is_not_refused():
    def build(seed):
        keras.utils.set_random_seed(seed)
        return keras.Sequential([keras.Input((6,), dtype="int32"), Tied(), L.Flatten(), L.Dense(3)])

    assert apart(build, OPTIMIZERS["Adam"]) < 1e-4


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras, in saving
def test_the_choice_is_saved(tmp_path):
    population = Population(network(), SEEDS)
    trained(population, O.Adam(0.01), dense_gradients=True).save(tmp_path / "population.keras")
    assert keras.models.load_model(tmp_path / "population.keras").optimizer.dense_gradients
