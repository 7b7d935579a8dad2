"""What does an activation function do to a deep network, and which of the seven can train one?

Varies the activation of the hidden layers (six of the seven; softmax has the output) and the depth.
Fixed: 32 units a layer, Glorot initialization, Adam at one rate, batches of 64, the number of epochs.
Look for slopes: a layer learns by what the slopes of the layers after it let through.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=data.CLASSIFICATION,
    dataset="digits",
    depths=(1, 3, 8),  # hidden layers, rising
    width=32,  # units
    batch_size=64,  # samples
    epochs=12,
    seeds=range(20),
    quick={"depths": (2,), "epochs": 2, "seeds": range(2)},
)

# %% Networks of eight layers in plain Keras, three epochs: what each activation function makes of them
import keras
from keras.layers import Dense

samples = data.load(settings.dataset)
x, y = samples.whole_batches(settings.batch_size)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
for activation in ("sigmoid", "tanh", "relu"):
    keras.utils.set_random_seed(0)
    hidden = [Dense(32, activation) for _ in range(8)]
    model = keras.Sequential([keras.Input(x.shape[1:]), *hidden, Dense(samples.num_classes)])
    model.compile(keras.optimizers.Adam(0.003), loss, metrics=["accuracy"])
    fitted = model.fit(x, y, batch_size=64, epochs=3, verbose=0)
    print(f"{activation:8} {fitted.history['accuracy'][-1]:.0%} right in the last epoch")

# %% The same for every activation at every depth, from many seeds
import itertools

import numpy as np
from functions import FUNCTIONS, HIDDEN, check_functions, share_flat, share_silent

from dlkeras.callbacks import ActivationStats
from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product


def build(activation, depth, seed):
    """Makes a network; each layer draws its weights from a seed of its own."""
    seeds = np.random.SeedSequence(seed).generate_state(depth + 1).tolist()
    *starts, last = [keras.initializers.GlorotUniform(own) for own in seeds]
    hidden = [Dense(settings.width, FUNCTIONS[activation], kernel_initializer=start) for start in starts]
    output = Dense(samples.num_classes, kernel_initializer=last)
    return keras.Sequential([keras.Input(x.shape[1:]), *hidden, output])


def norm(kernels):
    """L2 norm of the kernel of each of many networks, (networks, inputs, units) to (networks,)."""
    return np.linalg.norm(kernels, axis=(1, 2))


def train(activation, depth):
    """Trains a network from every seed, all at once, and looks into its hidden layers before and after."""
    seeds = product(seed=settings.seeds)
    cases = product(activation=[activation], depth=[depth], seed=settings.seeds)
    population = Population.from_cases(build, cases)
    population.compile(keras.optimizers.Adam(0.003), loss, metrics=["accuracy"])
    first, stats = population.get_weights(), ActivationStats(samples.x_test, every=settings.epochs)
    fitted = population.fit(x, y, settings.batch_size, settings.epochs, callbacks=[stats], verbose=0)
    last = population.get_weights()
    logits = population.predict(samples.x_test, len(samples.x_test))  # (networks, samples, classes)
    probabilities = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
    moved = [norm(end - start) / norm(start) for start, end in zip(first[::2], last[::2], strict=True)]
    measured = {
        "test_accuracy": np.mean(logits.argmax(-1) == samples.y_test, axis=1),
        "row_sums": np.abs(probabilities.sum(-1) - 1).T,  # distances from 1, (samples, networks)
        "least": probabilities.min(-1).T,
        "moved": np.array(moved),  # (layers, networks)
    }
    if depth:  # the last layer of the statistics is that of the logits
        for end, weights, row in (("start", first, 0), ("end", last, -1)):
            measured |= {f"mean_{end}": stats.mean[row, :-1], f"std_{end}": stats.std[row, :-1]}
            measured[f"dead_{end}"] = stats.dead_rate[row, :-1]  # (layers, networks)
            measured[f"silent_{end}"] = share_silent(activation, weights, samples.x_test)
            measured[f"flat_{end}"] = share_flat(activation, weights, samples.x_test)
    about = {"activation": activation if depth else "none", "depth": depth}
    yield from by_replica(seeds, about, **fitted.history, **measured)


cases = itertools.product(HIDDEN, sorted(settings.depths, reverse=True))
runs = lab.train_all(train, [*cases, ("linear", 0)])
for run in runs.where(depth=0):
    run |= check_functions(run["seed"])  # the functions and their slopes, at random points

# %% Findings, figures and the page
from figures import figures
from findings import findings

lab.write_page(flags, runs, findings(runs), figures(runs))
