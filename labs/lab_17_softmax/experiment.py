"""How does a network choose among several classes?

Varies what stands between logits and loss, the loss, hidden layers, and how long training goes on. Fixed:
handwritten digits, networks of one hidden layer. Look at the gradient of a confidently wrong answer, and at
what a probability is worth after a long training.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=("digits", "wine", "moons", "circles", "spirals"),
    dataset="digits",
    scales=(1.0, 10.0, 100.0),  # of the last layer's first weights, times Glorot's
    rates=(0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0),  # of gradient descent, for each loss
    target=0.95,  # training accuracy to reach
    epochs=100,
    seeds=range(20),
    quick={"scales": (1.0, 100.0), "rates": (0.3, 3.0), "epochs": 10, "seeds": range(2)},
)

# %% Softmax by hand, then a softmax layer in plain Keras, which tells three clouds of points apart
import keras
import numpy as np
from keras.layers import Dense

powers = np.exp([2.0, 1.0, -1.0])
print("of logits 2, 1, -1: probabilities", (powers / powers.sum()).round(3))

blobs = data.load("blobs")
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((2,)), Dense(3, "softmax")])
model.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(blobs.x_train, blobs.y_train, batch_size=32, epochs=5, verbose=0)
print(
    "of two points: probabilities", *model.predict(np.array([[-1.0, -1.0], [0.0, -0.2]]), verbose=0).round(2)
)

# %% Many networks: what is between logits and loss, which loss, and what comes of long training
import itertools

from checks import gradients_by_gap, overflows, rows, two_classes
from regions import train_on_spirals

from dlkeras.layers import Softmax  # written out, as in the equation
from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product

table = data.load(settings.dataset)
x, y = table.x_train[:320], table.y_train[:320]
targets = keras.utils.to_categorical(y, table.num_classes)  # 1 for the right class, 0 for the others
SEEDS = product(seed=settings.seeds)
CROSS_ENTROPY = keras.losses.SparseCategoricalCrossentropy
LAST = {  # what turns logits into probabilities, and the loss of what comes out
    "logits": ([], CROSS_ENTROPY(from_logits=True)),
    "Keras’ softmax": ([keras.layers.Softmax], CROSS_ENTROPY()),
    "own softmax": ([Softmax], CROSS_ENTROPY()),
}


def build(seed, scale=1.0, last=(), hidden=32, like=table):
    """Makes a network from a seed; its last kernel starts at `scale` times Glorot's size."""
    starts = [keras.initializers.GlorotUniform(seed=2 * seed + i) for i in range(2)]
    layers = [Dense(hidden, "tanh", kernel_initializer=starts[0])] if hidden else []
    output = Dense(like.num_classes, kernel_initializer=starts[1])
    model = keras.Sequential([keras.Input(like.x_train.shape[1:]), *layers, output, *[own() for own in last]])
    output.kernel.assign(scale * output.kernel)
    return model


def train_between(between, scale):
    """Trains networks whose first answers are the surer, and mostly wrong, the larger the scale."""
    last, loss = LAST[between]
    population = Population(lambda seed: build(seed, scale, last), settings.seeds)
    population.compile(keras.optimizers.SGD(0.1), loss, ["accuracy"])
    history = population.fit(x, y, 32, settings.epochs, verbose=0).history
    about = {"part": "between", "between": between, "scale": scale}
    yield from by_replica(SEEDS, about, accuracy=history["accuracy"])


def train_loss(loss, start):
    """Trains with a loss at all rates; "wrong" starts sure that every sample is of the first class."""
    cases = product(rate=settings.rates, seed=settings.seeds)
    seeds, rates = zip(*[(case["seed"], case["rate"]) for case in cases], strict=True)
    population = Population(lambda seed: build(seed, last=[keras.layers.Softmax]), seeds, rates)
    weights = population.get_weights()
    weights[-1][:, 0] = 10.0 if start == "wrong" else 0.0  # the bias of the first class
    population.set_weights(weights)
    population.compile(keras.optimizers.SGD(), loss, ["categorical_accuracy"])
    history = population.fit(x, targets, 32, settings.epochs, verbose=0).history
    reached = np.array(history["categorical_accuracy"]) >= settings.target  # (epochs, networks)
    first = np.where(reached.any(axis=0), reached.argmax(axis=0) + 1.0, np.inf)
    about = {"part": "loss", "loss": loss, "start": start, "last_epoch": settings.epochs}
    yield from by_replica(cases, about, epochs=first)


def train_long():
    """Trains on and on, and keeps what the networks say of new images."""
    population = Population(build, settings.seeds)
    population.compile(keras.optimizers.Adam(0.003), LAST["logits"][1])
    ends = np.unique(np.geomspace(1, 4 * settings.epochs, 12).round().astype(int)).tolist()
    for start, end in itertools.pairwise([0, *ends]):
        population.fit(x, y, 32, end, initial_epoch=start, verbose=0)
        logits = np.moveaxis(population.predict(table.x_test), 0, -1)  # (images, classes, networks)
        about = {"part": "long", "after": end, "labels": table.y_test}
        yield from by_replica(SEEDS, about, logits=logits)


runs = lab.train_all(train_between, itertools.product(LAST, settings.scales))
runs += lab.train_all(train_loss, itertools.product(["categorical_crossentropy", "mse"], ["Glorot", "wrong"]))
runs += lab.train_all(train_long, [()])
runs += [*overflows(), *gradients_by_gap(), *rows(settings.seeds), *two_classes(settings.seeds)]
runs += lab.train_all(train_on_spirals, [(build, hidden, settings) for hidden in (0, 32)])

# %% Findings, figures and the page
from figures import figures
from findings import findings

lab.write_page(flags, runs, findings(runs), figures(runs))
