"""Of what replicas a population is made."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from test_population import DENSE, FLOAT64, SEEDS, _float64, train  # noqa: F401 - a fixture

from dlkeras.models import depth_stack
from dlkeras.population import Population
from dlkeras.population.replica_metrics import ReplicaLoss
from dlkeras.runs import product


def test_a_replica_for_each_case():
    def build(units, seed):
        return depth_stack("tanh", 1, units, input_dim=6, num_classes=3, seed=seed)

    population = Population.from_cases(build, product(seed=SEEDS, units=[4]))
    assert population.seeds == (0, 1, 2)
    for i, seed in enumerate(SEEDS):
        for ours, plain in zip(population.member(i).get_weights(), build(4, seed).get_weights(), strict=True):
            np.testing.assert_array_equal(ours, plain)


def test_replicas_of_one_seed_are_built_once():
    asked = []

    def build(seed):
        asked.append(seed)
        return DENSE(seed)

    population = Population(build, seeds=[3, 5, 3], learning_rates=[0.1, 0.1, 0.2])
    assert asked == [3, 5]
    first = population.get_weights()
    assert all(np.array_equal(w[0], w[2]) for w in first)
    assert not np.array_equal(first[0][0], first[0][1])
    train(population, keras.optimizers.SGD())
    for i, rate in enumerate([0.1, 0.1, 0.2]):
        single = DENSE([3, 5, 3][i])
        train(single, keras.optimizers.SGD(rate))
        for ours, theirs in zip(population.get_weights(), single.get_weights(), strict=True):
            np.testing.assert_allclose(ours[i], theirs, **FLOAT64)


@pytest.mark.parametrize("loss", ["mse", "MeanAbsoluteError", "huber", keras.losses.mean_squared_error])
def test_a_known_loss_is_taken_for_all_replicas_at_once(loss):
    def num_operations(num_replicas):
        y = tf.zeros([4, 3])
        replica_loss = ReplicaLoss(loss, y, tf.zeros([4, 3]))
        traced = tf.function(replica_loss).get_concrete_function(y, tf.zeros([num_replicas, 4, 3]))
        return len(traced.graph.get_operations())

    assert num_operations(2) == num_operations(20)


def test_a_loss_given_by_name_is_that_given_by_class():
    rng = np.random.default_rng(0)
    y, y_pred = tf.constant(rng.random((4, 3))), tf.constant(rng.random((5, 4, 3)))
    names = {"mse": "MeanSquaredError", "mae": "MeanAbsoluteError", "poisson": "Poisson", "hinge": "Hinge"}
    names |= {
        "binary_crossentropy": "BinaryCrossentropy",
        "categorical_crossentropy": "CategoricalCrossentropy",
    }
    for name, kind in names.items():
        by_class = [float(getattr(keras.losses, kind)()(y, own)) for own in y_pred]
        np.testing.assert_allclose(ReplicaLoss(name, y, y_pred[0])(y, y_pred), by_class, **FLOAT64)
