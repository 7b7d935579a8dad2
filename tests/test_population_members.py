"""Of what replicas a population is made."""

import keras
import numpy as np
from test_population import DENSE, FLOAT64, SEEDS, _float64, train  # noqa: F401 - a fixture

from dlkeras.models import depth_stack
from dlkeras.population import Population
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
