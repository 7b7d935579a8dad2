"""Which optimizer gets down fastest, and how much does its learning rate matter?

Varies the optimizer (gradient descent, momentum, RMSprop, Adam, each from its equations), the learning rate
over six decades, and the problem (a ravine, three networks). Fixed: the batches, and the other
hyperparameters at their defaults. Look for the valleys of the second figure: the rates that work.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=("digits", "wine", "breast_cancer"),
    dataset="digits",
    batch_size=64,  # images
    epochs=12,
    rates_per_decade=3,  # learning rates, from 1e-5 to 10
    target=0.1,  # training loss that a good rate reaches, nats
    ravine_rates=9,  # learning rates, from 0.2/L to 51.2/L
    ravine_steps=60,
    betas=(0.4, 0.7, 0.97),  # of momentum on a ravine, beside 0.9
    compared_steps=400,  # of our Adam and the built-in
    seeds=range(20),
    quick={
        **{"epochs": 2, "rates_per_decade": 1, "ravine_rates": 3, "ravine_steps": 25, "betas": (0.4,)},
        **{"compared_steps": 50, "seeds": range(2)},
    },
)

# %% One network in plain Keras: the loss with each optimizer, at a small and at a large learning rate
import keras
from keras.layers import Dense

from dlkeras.optimizers import Adam, GradientDescent, Momentum, RMSprop  # used as Keras' own are

OPTIMIZERS = {"gradient descent": GradientDescent, "momentum": Momentum, "RMSprop": RMSprop, "Adam": Adam}
images = data.load(settings.dataset)
x, y = images.whole_batches(64)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
for name, optimizer in OPTIMIZERS.items():
    for rate in (0.001, 0.1):
        keras.utils.set_random_seed(0)  # the same weights and batches for all
        model = keras.Sequential([keras.Input(x.shape[1:]), Dense(32, "relu"), Dense(images.num_classes)])
        model.compile(optimizer(rate), loss)
        losses = model.fit(x, y, batch_size=64, epochs=3, verbose=0).history["loss"]
        print(f"{name:16}  rate {rate:<5}  loss {losses[-1]:.2f}")

# %% Down a ravine, (w₁² + L w₂²) / 2: an optimizer needs no network
import functools
import itertools

import numpy as np
from same_steps import same_steps

from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product

MOMENTA = {f"momentum, β = {b}": functools.partial(Momentum, momentum=b) for b in settings.betas}
MOMENTA["momentum"] = Momentum  # β = 0.9


def descend(optimizer, curvature, multiple):
    """Goes down at the learning rate multiple / L, L the curvature across, from a start for each seed."""
    draws = np.random.default_rng(0).uniform([7, 0.7], [10, 1.3], (settings.seeds.stop, 2))
    w, rate, path = keras.Variable(draws[settings.seeds], dtype="float64"), float(multiple / curvature), []
    step = {**OPTIMIZERS, **MOMENTA}[optimizer](rate)
    for _ in range(settings.ravine_steps + 1):
        path.append(w.numpy().T)  # (2, seeds)
        step.apply([w * [1, curvature]], [w])  # its gradient, and the variable
    about = {"optimizer": optimizer, "problem": f"ravine, L = {curvature}", "rate": rate}
    heights = [(w1**2 + curvature * w2**2) / 2 for w1, w2 in path]  # (seeds,) after each step
    yield from by_replica(product(seed=settings.seeds), about, loss=heights, path=np.array(path))


multiples = [1.8, *np.geomspace(0.2, 51.2, settings.ravine_rates)]  # gradient descent diverges from 2 on
runs = lab.train_all(descend, itertools.product({**OPTIMIZERS, **MOMENTA}, [20], multiples))
runs += lab.train_all(descend, itertools.product(["gradient descent", *MOMENTA], [1000], multiples))

# %% Three networks: each optimizer at all learning rates from all seeds
NETWORKS = {  # data, epochs, hidden layers
    "one ReLU layer": (images, settings.epochs, [(32, "relu")]),
    "three sigmoid layers": (images, settings.epochs, 3 * [(32, "sigmoid")]),
    "the exercise": (data.load("moons"), 4 * settings.epochs, [(5, "relu"), (2, "relu")]),  # of the course
}
RATES = sorted([7e-4, *np.geomspace(1e-5, 10, 6 * settings.rates_per_decade + 1)])  # 7e-4: the exercise's


def build(network, seed):
    """Makes a network; each layer draws its weights from its own seed, ReLU's after He, others Glorot."""
    samples, _, hidden = NETWORKS[network]
    layers = [keras.Input(samples.x_train.shape[1:])]
    for i, (units, activation) in enumerate([*hidden, (samples.num_classes, None)]):
        start = keras.initializers.HeNormal if activation == "relu" else keras.initializers.GlorotUniform
        layers.append(Dense(units, activation, kernel_initializer=start(100 * seed + i)))
    return keras.Sequential(layers)


def train(optimizer, network):
    """Trains a network at all learning rates from all seeds, as one population."""
    samples, epochs, _ = NETWORKS[network]
    cases = product(rate=RATES, seed=settings.seeds)
    seeds, rates = [case["seed"] for case in cases], [case["rate"] for case in cases]
    population = Population(functools.partial(build, network), seeds, rates)
    population.compile(OPTIMIZERS[optimizer](), loss)
    x, y = samples.whole_batches(settings.batch_size)
    fitted = population.fit(x, y, settings.batch_size, epochs, verbose=0)
    yield from by_replica(cases, {"optimizer": optimizer, "problem": network}, **fitted.history)


runs += lab.train_all(train, itertools.product(OPTIMIZERS, NETWORKS))

# %% Our Adam beside the built-in one, from the same gradients: see same_steps.py
runs += lab.train_all(same_steps, [(build("one ReLU layer", s), s, images, settings) for s in settings.seeds])

# %% Findings, figures and the page
from figures import figures
from findings import findings
from view import view

lab.write_page(flags, runs, findings(runs, settings.target), figures(runs, settings.target), view(runs))
