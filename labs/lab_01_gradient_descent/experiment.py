"""How large may a step of gradient descent be, and what does a small one cost?

Varies the learning rate over six decades, the model (a ravine, linear regression, a small network) and the
start. Fixed: all samples in every step, plain SGD, mean squared error. Look for the wall: where all is lost.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=("diabetes", "breast_cancer"),
    dataset="diabetes",
    rates_per_decade=5,  # learning rates, from 1e-5 to 10
    units=8,  # in the hidden layer of the network
    epochs=500,  # each a step with all samples
    margin=0.05,  # threshold: least error of linear regression, and this share of it
    allowed=60,  # epochs that a training with a threshold may use
    stop_rates=(0.01, 0.1, 0.3),  # learning rates, rising
    seeds=range(20),
    quick={"rates_per_decade": 2, "epochs": 200, "allowed": 20, "seeds": range(2)},
)

# %% Linear regression in plain Keras: four steps by hand and one line of `fit`, at three learning rates
import keras
import numpy as np
import tensorflow as tf

table = data.load(settings.dataset)
x, y = table.x_train, table.y_train.astype(np.float32)[:, None]
y = (y - y.mean()) / y.std()
for rate in (0.01, 0.1, 1.0):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(1)])
    start = model.get_weights()
    for _ in range(20):
        with tf.GradientTape() as tape:
            predicted = model(x)  # 1. forward propagation
            error = tf.reduce_mean((y - predicted) ** 2)  # 2. error
        gradients = tape.gradient(error, model.trainable_variables)  # 3. backpropagation
        for weight, gradient in zip(model.trainable_variables, gradients, strict=True):
            weight.assign_sub(rate * gradient)  # 4. update
    model.set_weights(start)
    model.compile(keras.optimizers.SGD(rate), "mse")
    fitted = model.fit(x, y, batch_size=len(x), epochs=20, verbose=0)
    print(f"rate {rate:<4}: error {float(error):.3g} by hand, {fitted.history['loss'][-1]:.3g} by fit")

# %% Linear regression and a network with a hidden layer, at all rates from all seeds
from descent import curvature_of, limit_and_threshold, ravine, stop_by_both

from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product

limit, threshold = limit_and_threshold(x, y, settings.margin)  # 2/L, and an error to reach
RATES = [*np.geomspace(1e-5, 10, 6 * settings.rates_per_decade + 1), *(limit * np.geomspace(0.85, 1.3, 12))]
KEPT = np.unique(np.geomspace(1, settings.epochs, 30).round()).astype(int)  # epochs that runs.csv lists


def build_linear(seed):
    """Makes linear regression; its weights are drawn from the seed."""
    start = keras.initializers.GlorotUniform(2 * seed + 1)
    return keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(1, kernel_initializer=start)])


def build_network(seed):
    """Makes a network with a hidden layer."""
    first, last = (keras.initializers.GlorotUniform(number) for number in (2 * seed, 2 * seed + 1))
    hidden = keras.layers.Dense(settings.units, "tanh", kernel_initializer=first)
    output = keras.layers.Dense(1, kernel_initializer=last)
    return keras.Sequential([keras.Input(x.shape[1:]), hidden, output])


def sweep(kind, build):
    """Trains a model at all rates from all seeds, at once."""
    cases = product(learning_rate=np.sort(RATES).tolist(), seed=settings.seeds)
    seeds, rates = [case["seed"] for case in cases], [case["learning_rate"] for case in cases]
    population = Population(build, seeds, rates)
    start = [weights[: len(settings.seeds)] for weights in population.get_weights()]  # the same at all rates
    population.compile(keras.optimizers.SGD(), keras.losses.MeanSquaredError())
    fitted = population.fit(x, y, len(x), settings.epochs, shuffle=False, verbose=0)
    losses = np.array(fitted.history["loss"])  # (epochs, networks)
    curvature, below = curvature_of(build(0), x, y), losses < threshold
    first = np.tile(curvature(start), len(RATES))
    yield from by_replica(
        cases,
        {"model": kind, "reason": "", "epoch": KEPT.tolist()},
        loss=list(losses[KEPT - 1].astype(float)),
        curvature=np.array([first, curvature(population.get_weights())]),  # (2, networks)
        reached=np.where(below.any(axis=0), below.argmax(axis=0) + 1.0, np.inf),
    )


runs = lab.train_all(sweep, [("network", build_network), ("linear", build_linear)])
runs += stop_by_both(build_network, x, y, threshold, settings)  # with a threshold, by fit and by hand
runs += ravine()  # two weights, fifteen rates

# %% Findings, figures and the page
from figures import figures
from findings import findings
from view import view

lab.write_page(flags, runs, findings(runs), figures(runs), view(runs))
