"""Networks that train as one `Population`, and a table of trainings: all settings of a grid."""

import changed_data
import keras
import numpy as np

from dlkeras.models import depth_stack
from dlkeras.population import Population
from dlkeras.runs import by_replica, product


def networks(units, seeds, rates):
    """Makes and compiles networks with two hidden layers, each with a seed and a learning rate of its own."""
    population = Population(lambda seed: depth_stack("relu", 2, units, seed=seed), seeds, rates)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    population.compile(keras.optimizers.SGD(), loss, ["accuracy"])
    return population


def measure(population, validation, test):
    """Gives the validation loss of each network, infinite where it has diverged, and its test error in %."""
    losses, _ = population.evaluate(*validation, 64, verbose=0)
    _, accuracies = population.evaluate(*test, 64, verbose=0)
    return np.nan_to_num(losses, nan=np.inf), 100 * (1 - accuracies)


def choose(is_new, new, old):
    """Takes the new weights (networks, ...) of some of the networks, and the old ones of the others."""
    pairs = zip(new, old, strict=True)
    return [np.where(np.expand_dims(is_new, tuple(range(1, w.ndim))), w, w_old) for w, w_old in pairs]


def train_table(units, settings):
    """Trains all settings with a number of units, each several times, on the data as they are and changed."""
    grid = product(
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        training=range(settings.trainings),
    )
    own = {name: [setting[name] for setting in grid] for name in grid[0]}  # a value for each network
    population = networks(units, own["training"], own["learning_rate"])
    population.optimizer.vary(weight_decay=own["weight_decay"])
    start = population.get_weights()
    for change in changed_data.CHANGES:
        train, validation, _ = changed_data.load(settings.dataset, change)
        population.set_weights(start)
        population.fit(*train, 64, settings.epochs, verbose=0)
        _, accuracies = population.evaluate(*validation, 64, verbose=0)
        about = {"part": "table", "change": change, "units": units}
        yield from by_replica(grid, about, error=100 * (1 - accuracies))
