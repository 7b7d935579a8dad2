"""Does training get stuck in bad local optima, or in saddle points and plateaus, and who gets out?

Varies where training starts (near a saddle, on a plateau), the optimizer and its learning rate over three
decades. Fixed: a hundred images, all of them in every step, the other settings at Keras' defaults. Look for
saddles high up and minima at the bottom, and for optimizers that draw level once each has its own rate.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=("digits", "wine", "breast_cancer"),
    dataset="digits",
    samples=100,  # images
    inputs=8,  # principal components of an image
    units=4,  # in a hidden layer
    penalty=0.01,  # of half the sum of squared weights, where critical points are sought
    on_the_way=[2, 4, 5, 10, 25],  # steps of a descent from which a search sets out
    rates=[0.01, 0.0316, 0.1, 0.316, 1.0, 3.16, 10.0, 31.6],  # learning rates
    epochs=400,  # steps that a training has, each with all images
    seeds=range(20),
    quick={"on_the_way": [2, 10], "rates": [0.1, 1.0], "epochs": 20, "seeds": range(2)},
)

# %% One network in plain Keras that starts near a saddle: the cost, step by step, by two optimizers
import keras
import numpy as np
from keras.layers import Dense

table = data.load(settings.dataset)
x, y = table.x_train[: settings.samples], table.y_train[: settings.samples]
x = x - x.mean(axis=0)
x = x @ np.linalg.svd(x, full_matrices=False)[2][: settings.inputs].T  # the first principal components
x = x / x.std()
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

for optimizer in [keras.optimizers.SGD(0.1), keras.optimizers.Adam(0.1)]:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(x.shape[1:]), Dense(4, "tanh"), Dense(table.num_classes)])
    model.set_weights([0.01 * w for w in model.get_weights()])  # all zero is the saddle
    model.compile(optimizer, loss)
    costs = model.fit(x, y, batch_size=len(x), epochs=30, verbose=0).history["loss"]
    for step in [1, 5, 10, 30]:
        print(f"{optimizer.name:4} step {step:2}: cost {costs[step - 1]:.2f}")

# %% Points without a gradient: where they are, and how many directions lead down from there
from critical_points import Cost, critical_point, origins

cost = Cost(x, y, table.num_classes, settings.units, settings.penalty)


def critical_points(seed):
    """Searches them from a descent's path, and as minima of networks in which some units are zero."""
    for origin, w in origins(cost, seed, settings.on_the_way):
        yield {"part": "critical", "seed": seed, **critical_point(cost, origin, w)}


# %% The way out: every optimizer at every learning rate, from many seeds
import functools
import itertools

from scipy import stats

from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import product

OPTIMIZERS = {
    "gradient descent": keras.optimizers.SGD,
    "momentum": functools.partial(keras.optimizers.SGD, momentum=0.9),
    "RMSprop": keras.optimizers.RMSprop,
    "Adam": keras.optimizers.Adam,
}
STARTS = {  # activation, hidden layers, factor of Glorot's weights
    "Saddle: weights near zero": ("tanh", 1, 0.01),
    "Plateau: 5 sigmoid layers": ("sigmoid", 5, 1.0),
}
guessing = stats.entropy(np.bincount(y))  # cost of guessing by the frequencies of the classes, nats


def build(activation, depth, scale, seed):
    """Makes a network; each layer draws its weights from a seed of its own."""
    seeds = np.random.SeedSequence(seed).generate_state(depth + 1).tolist()
    *starts, last = [keras.initializers.GlorotUniform(own) for own in seeds]
    hidden = [Dense(settings.units, activation, kernel_initializer=start) for start in starts]
    output = Dense(table.num_classes, kernel_initializer=last)
    model = keras.Sequential([keras.Input(x.shape[1:]), *hidden, output])
    model.set_weights([scale * w for w in model.get_weights()])
    return model


def escape(start, optimizer):
    """Trains from all seeds at all rates at once, and notes when the cost is 10 % below that of guessing."""
    cases = product(rate=settings.rates, seed=settings.seeds)
    make = functools.cache(functools.partial(build, *STARTS[start]))
    population = Population(make, [case["seed"] for case in cases], [case["rate"] for case in cases])
    population.compile(OPTIMIZERS[optimizer](), loss)
    fitted = population.fit(x, y, len(x), settings.epochs, shuffle=False, verbose=0)
    for case, costs in zip(cases, np.transpose(fitted.history["loss"]), strict=True):
        low = costs < 0.9 * guessing
        left = int(low.argmax()) + 1 if low[-1] else settings.epochs  # step
        costs = np.where(np.isfinite(costs), costs, np.inf)
        yield {"part": "escape", "start": start, "optimizer": optimizer, **case, "left": left, "costs": costs}


runs = lab.train_all(escape, itertools.product(STARTS, OPTIMIZERS))
runs += lab.train_all(critical_points, [(seed,) for seed in settings.seeds], "Searching")

# %% Findings, figures and the page
from figures import figures
from findings import findings

lab.write_page(flags, runs, findings(runs), figures(runs, cost))
