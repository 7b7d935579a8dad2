"""What does backpropagation compute, and why does training on XOR sometimes get stuck?

Varies the learning rate, the number of hidden units, the gate (XOR, AND), the scale of two neurons' weights.
Fixed: sigmoid everywhere, first weights and biases uniform in [-1, 1], the gate's four rows as one batch.
Look for runs that end on the same few levels of error, and for a rate beyond which nothing is learned.
"""

# %% Settings
import numpy as np

from dlkeras import data, lab

X = data.xor_corners()[0].T.astype(np.float64)  # (2, 4): samples in columns, as in the notebook
GATES = {"xor": np.array([[0.0, 1, 1, 0]]), "and": np.array([[0.0, 0, 0, 1]])}  # (1, 4)
settings, flags = lab.read_settings(
    __file__,
    datasets=tuple(GATES),
    dataset="xor",  # gate of the map
    widths=(2, 3, 4),  # hidden units
    rates=(0.01, 0.1, 1.0, 10.0, 100.0),  # along half the sum of squared errors
    epochs=100_000,  # steps, each on all four rows
    scales=(0.5, 1.0, 2.0, 4.0, 8.0, 16.0),  # bounds of two neurons' weights
    seeds=range(40),
    quick={"widths": (2, 4), "epochs": 2000, "seeds": range(3)},
)

# %% XOR in plain Keras with two hidden units: one training from four random starts (Keras' own)
import keras
from keras.layers import Dense

Y = GATES[settings.dataset]
# The four rows 500 times: 500 steps an epoch.
rows, targets = np.tile(X.T, (500, 1)), np.tile(Y.T, (500, 1))
for seed in range(4):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((2,)), Dense(2, "sigmoid"), Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(5.0), "mse")
    model.fit(rows, targets, batch_size=4, epochs=4, shuffle=False, verbose=0)
    outputs = model(X.T).numpy().ravel()
    solved = "solved" if np.all(np.abs(outputs - Y) < 0.4) else "stuck"
    print(f"seed {seed}: {settings.dataset.upper()} gives {outputs.round(2)}, {solved}")


# %% Backpropagation by hand, as in the notebook, for many networks at once: W1 (networks, units, inputs)
def gradients_by_hand(W1, b1, W2, b2, Y):
    """Goes forward, takes the error, and goes back: the error, and the gradients of half its squares' sum."""
    A1 = 1 / (1 + np.exp(-(W1 @ X + b1)))  # (networks, units, 4)
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))  # (networks, 1, 4)
    dZ2 = (A2 - Y) * A2 * (1 - A2)
    dZ1 = W2.swapaxes(1, 2) @ dZ2 * A1 * (1 - A1)
    dW1, dW2 = dZ1 @ X.T, dZ2 @ A1.swapaxes(1, 2)
    return A2 - Y, [dW1, dZ1.sum(axis=2, keepdims=True), dW2, dZ2.sum(axis=2, keepdims=True)]


def train_by_hand(parameters, rates, Y, epochs):
    """Takes the notebook's steps; returns the mean squared error of every epoch, (epochs, networks)."""
    errors = []
    for _ in range(epochs):
        error, gradients = gradients_by_hand(*parameters, Y)
        errors.append(np.mean(error**2, axis=(1, 2)))
        parameters = [p - rates[:, None, None] * g for p, g in zip(parameters, gradients, strict=True)]
    return np.array(errors)


# %% The same in Keras, at all rates from all seeds at once, and some of them by hand
from checks import check_gradients, turned, watch, where_it_ended
from findings import SLOW, USUAL

from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import Runs, product

EVERY = max(1, settings.epochs // 200)  # steps of which a mean error is kept
FEW = (SLOW, USUAL)  # the notebook's rates, at which the narrowest networks are trained by hand too


def network(width, seed, num_inputs=2, dtype="float32"):
    """Makes the notebook's network: weights and biases start uniform in [-1, 1]."""
    starts = [keras.initializers.RandomUniform(-1, 1, seed=4 * seed + i) for i in range(4)]
    hidden = Dense(width, "sigmoid", True, *starts[:2], dtype=dtype)
    output = Dense(1, "sigmoid", True, *starts[2:], dtype=dtype)
    return keras.Sequential([keras.Input((num_inputs,), dtype=dtype), hidden, output])


def train(gate, width, rates):
    """Trains a network from every seed at every rate."""
    starts, x, y = product(rate=rates, seed=settings.seeds), np.float32(X.T), np.float32(GATES[gate].T)
    steps = np.array([start["rate"] for start in starts])
    # Half the sum of four squares is twice their mean, which Keras takes: so are its steps.
    seeds, doubled = range(len(starts)), list(2 * steps)
    population = Population(lambda i: network(width, starts[i]["seed"]), seeds, learning_rates=doubled)
    population.compile("sgd", "mse")
    first = turned(population.get_weights())
    x, y, epochs = np.tile(x, (EVERY, 1)), np.tile(y, (EVERY, 1)), settings.epochs // EVERY
    fitted = population.fit(x, y, 4, epochs, shuffle=False, verbose=0)
    errors, last = np.array(fitted.history["loss"]), turned(population.get_weights())  # (points, networks)
    by_hand = {}
    if width == settings.widths[0]:
        few = np.flatnonzero(np.isin(steps, FEW))
        found = train_by_hand([p[few] for p in first], steps[few], GATES[gate], epochs * EVERY)
        by_hand = dict(zip(few, found.reshape(-1, EVERY, len(few)).mean(axis=1).T, strict=True))
    told = np.unique(np.geomspace(1, len(errors), 25).round().astype(int)) - 1  # points that runs.csv lists
    for i, start in enumerate(starts):
        about = {"part": "training", "gate": gate, "width": width, **start}
        series = {"epoch": ((told + 1) * EVERY).tolist(), "error": errors[told, i].tolist()}
        ended = where_it_ended(X, GATES[gate], [p[i] for p in last], errors[-1, i])
        yield about | series | ended | {"errors": errors[:, i], "by_hand": by_hand.get(i, np.empty(0))}


cases = [(settings.dataset, width, settings.rates) for width in settings.widths]
cases += [(gate, settings.widths[0], FEW) for gate in GATES if gate != settings.dataset]
runs = Runs(check_gradients(network, gradients_by_hand, X, GATES[settings.dataset], settings))
runs += lab.train_all(train, cases)
runs += watch(network, gradients_by_hand, Y, settings)  # weights of a few networks, step by step

# %% Findings, figures and the page
from figures import figures
from findings import findings
from view import view

lab.write_page(flags, runs, findings(runs), figures(runs), view(runs, X, Y))
