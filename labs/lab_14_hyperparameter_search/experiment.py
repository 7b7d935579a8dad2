"""Which way of searching hyperparameters finds good ones soonest, and which of them matter?

Varies the way of searching, the scale of random values, and how many hyperparameters matter. Fixed: ranges
of five hyperparameters of a network for digits, and the cost. Look for a grid behind unless all matter.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=("digits",),
    dataset="digits",
    layers=(1, 2, 3),  # the levels of the table, of each of the five hyperparameters
    units=(4, 16, 32),
    beta_1=(0.9, 0.99, 0.999),
    weight_decay=(1e-4, 0.01, 1.0),
    learning_rate=(1e-4, 3.16e-4, 1e-3, 3.16e-3, 0.01, 0.0316, 0.1, 0.316, 1.0),
    trainings=5,  # of each setting, from other weights
    epochs=9,  # of a training; Hyperband stops some after a ninth or a third of them
    budget=40,  # full trainings whose epochs a search may spend
    draws=10,  # of a learning rate or β, on a log or a linear scale
    seeds=range(60),  # a search looks its errors up, so it costs little
    quick={
        **{"layers": (1, 3), "units": (4, 32), "beta_1": (0.9, 0.999), "weight_decay": (1e-4, 1.0)},
        **{"learning_rate": (1e-4, 0.01, 1.0), "epochs": 3, "budget": 12, "draws": 4, "seeds": range(2)},
    },
)

# %% A random search in plain Keras: four trials, each with values of its own, drawn on a log scale
import keras
import numpy as np
from keras.layers import Dense

images = data.load(settings.dataset)
x, y = images.x_train[:1024], images.y_train[:1024]
held_out = images.x_train[1024:1344], images.y_train[1024:1344]
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
keras.utils.set_random_seed(0)
for _ in range(4):
    rate = 10 ** np.random.uniform(-4, 0)  # from 0.0001 to 1
    units = round(2 ** np.random.uniform(2, 5))  # from 4 to 32
    model = keras.Sequential([keras.Input((64,)), Dense(units, "relu"), Dense(10)])
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    fitted = model.fit(x, y, batch_size=64, epochs=3, validation_data=held_out, verbose=0)
    error = 1 - fitted.history["val_accuracy"][-1]
    print(f"learning rate {rate:.4f}, {units:2} units: validation error {error:.0%}")

# %% A table of trainings: all settings of a grid, each several times
import itertools

from dlkeras.models import depth_stack  # layers, units -> a keras.Sequential
from dlkeras.optimizers import Momentum
from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product


def fit(population):
    """Trains many networks; returns their validation errors in %, (networks, epochs)."""
    fitted = population.fit(x, y, 64, settings.epochs, validation_data=held_out, verbose=0)
    return 100 * (1 - np.transpose(fitted.history["val_accuracy"]))


def train_table(layers, units):
    """Trains all settings of one form of network with Adam."""
    levels = {"beta_1": settings.beta_1, "weight_decay": settings.weight_decay}
    cases = product(**levels, learning_rate=settings.learning_rate, training=range(settings.trainings))
    own = {name: [case[name] for case in cases] for name in cases[0]}  # a value for each network
    starts, rates = own["training"], own["learning_rate"]
    population = Population(lambda seed: depth_stack("relu", layers, units, seed=seed), starts, rates)
    population.compile(keras.optimizers.Adam(), loss, ["accuracy"])
    population.optimizer.vary(beta_1=own["beta_1"], weight_decay=own["weight_decay"])
    errors = fit(population)
    about = {"part": "table", "layers": layers, "units": units}
    yield from by_replica(cases, about, error=errors[:, -1], errors=errors.T)


runs = lab.train_all(train_table, itertools.product(settings.layers, settings.units))


# %% Log scale against linear: networks of two layers of 16 units, one for each value that is drawn
def draw(low, high):
    """Draws values on both scales, (scales × seeds × draws,)."""
    shares = np.random.default_rng(0).random((settings.seeds.stop, settings.draws))[settings.seeds]
    return np.ravel([low * (high / low) ** shares, low + (high - low) * shares])


def train_drawn(case, optimizer, rates, others):
    """Trains with each value drawn; yields the least error of the draws so far, by scale and seed."""
    searches = product(scale=["log scale", "linear scale"], seed=settings.seeds)
    starts = [own["seed"] for own in searches for _ in range(settings.draws)]
    population = Population(lambda seed: depth_stack("relu", 2, 16, seed=seed), starts, rates)
    population.compile(optimizer, loss, ["accuracy"])
    population.optimizer.vary(**others)
    best = np.minimum.accumulate(fit(population)[:, -1].reshape(-1, settings.draws), axis=1)
    yield from by_replica(searches, {"part": "scale", "case": case}, found=best.T)


cases = [("Adam’s α", keras.optimizers.Adam(), draw(1e-4, 1.0), {})]
betas = 1 - draw(0.001, 0.1)
for alpha in (0.001, 0.1):  # averaged=False: momentum in Keras' form
    case = f"Momentum’s β, α = {alpha:g}"
    cases.append((case, Momentum(averaged=False), np.full(len(betas), alpha), {"momentum": betas}))
runs += lab.train_all(train_drawn, cases)

# %% Searches look errors up in the table: grid, random, coarse to fine, Bayesian, Hyperband
import searches

surface = searches.surface_of(runs, settings)
runs += lab.train_all(searches.nearest, [(num_matter, settings.seeds) for num_matter in (2, 3, 5)])
runs += lab.train_all(searches.grid_search, [(seed, surface) for seed in settings.seeds])
with searches.small_matrices():
    runs += lab.train_all(searches.search, searches.all_searches(surface, settings), "Searching")

# %% Findings, figures and the page
from figures import figures
from findings import findings
from view import view

lab.write_page(flags, runs, findings(runs), figures(runs), view(runs))
