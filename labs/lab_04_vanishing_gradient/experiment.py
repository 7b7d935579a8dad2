"""Why do the early layers of a deep network learn slowest, and is ReLU the cure?

Varies the activation (sigmoid, tanh, ReLU), the initialization (Glorot, He), the depth and the optimizer.
Fixed: 32 units a layer, batches of 64, the learning rate of each optimizer, the number of epochs.
Look for straight lines in the gradient norms (logarithmic axis): each layer multiplies by the same factor.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=data.CLASSIFICATION,
    dataset="digits",
    depths=(2, 5, 10, 20),  # hidden layers, rising
    width=32,  # units
    batch_size=64,  # images
    epochs=12,
    seeds=range(20),
    quick={"depths": (2, 5), "epochs": 3, "seeds": range(2)},
)

# %% One network in plain Keras: the norm of each kernel's gradient at the first step, from input to output
import keras
from keras.layers import Dense

from dlkeras.callbacks import GradientNorms

images = data.load(settings.dataset)
x, y = images.whole_batches(settings.batch_size)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

keras.utils.set_random_seed(0)
hidden = [Dense(32, "sigmoid") for _ in range(10)]
model = keras.Sequential([keras.Input(x.shape[1:]), *hidden, Dense(images.num_classes)])
model.compile(keras.optimizers.SGD(0.1), loss)
norms = GradientNorms()
model.fit(x, y, batch_size=64, epochs=1, callbacks=[norms], verbose=0)
for name, norm in zip(norms.variable_names, norms.variable_norms[0], strict=True):
    if name.endswith("kernel"):
        print(f"{name:16} {norm:.1e}")

# %% The same for every activation, initialization, depth and optimizer, from many seeds
import functools
import itertools

import numpy as np

from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product

ACTIVATIONS = ["sigmoid", "tanh", "ReLU"]
INITIALIZERS = {"Glorot": keras.initializers.GlorotUniform, "He": keras.initializers.HeUniform}
OPTIMIZERS = {"SGD": lambda: keras.optimizers.SGD(0.1), "Adam": lambda: keras.optimizers.Adam(0.003)}


def build(depth, stack, seed):
    """Makes a network, such as "ReLU, He"; each layer draws its weights from a seed of its own."""
    activation, initializer = stack.split(", ")
    seeds = np.random.SeedSequence(seed).generate_state(depth + 1).tolist()
    *starts, last = [INITIALIZERS[initializer](own) for own in seeds]
    hidden = [Dense(settings.width, activation.lower(), kernel_initializer=start) for start in starts]
    output = Dense(images.num_classes, kernel_initializer=last)
    return keras.Sequential([keras.Input(x.shape[1:]), *hidden, output])


def norm(kernels):
    """L2 norm of the kernel of each of many networks, (networks, inputs, units) to (networks,)."""
    return np.sqrt(np.square(kernels, dtype=np.float64).sum(axis=(1, 2)))


def train(activation, depth):
    """Trains the networks of one activation and depth, with each optimizer from the same weights."""
    stacks = [f"{activation}, {initializer}" for initializer in INITIALIZERS]
    starts = product(stack=stacks, seed=settings.seeds)
    population = Population.from_cases(functools.partial(build, depth), starts)
    first = population.get_weights()
    for name, optimizer in OPTIMIZERS.items():
        population.set_weights(first)
        population.orders.epoch = 0  # and in the same orders of the images
        population.compile(optimizer(), loss, metrics=["accuracy"])
        norms = GradientNorms()
        fitted = population.fit(x, y, settings.batch_size, settings.epochs, callbacks=[norms], verbose=0)
        right = population.predict(images.x_test, len(images.x_test)).argmax(-1) == images.y_test
        kernels = zip(first[::2], population.get_weights()[::2], strict=True)
        yield from by_replica(
            starts,
            {"depth": depth, "optimizer": name},
            **fitted.history,  # loss and accuracy, by epoch
            test_accuracy=right.mean(axis=1),
            norms=norms.variable_norms[:, ::2],  # of kernels, (steps, layers, networks)
            bias_norms=norms.variable_norms[:, 1::2],
            moved=np.stack([norm(end - start) / norm(start) for start, end in kernels]),  # (layers, networks)
        )


runs = lab.train_all(train, itertools.product(ACTIVATIONS, sorted(settings.depths, reverse=True)))

# %% Findings, figures and the page
from figures import figures
from findings import findings
from view import view

chance = np.bincount(images.y_test).max() / len(images.y_test)
lab.write_page(flags, runs, findings(runs), figures(runs, chance), view(runs))
