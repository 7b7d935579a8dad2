"""What is wrong when the training error is low and the test error is not, and what helps?

Varies the width, the labels (clean, or a fifth of them wrong), and what is done against overfitting: L2,
dropout, shifted images, an early end. Fixed: 320 handwritten digits, Adam, one hidden layer. Look at bias and
variance: the first falls with width, the second does so only with clean labels or with a penalty.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=("digits",),
    dataset="digits",
    widths=(8, 32, 128),  # units
    noise=0.2,  # share of labels that are wrong
    penalties=(0.0, 0.001, 0.003, 0.01, 0.03),  # of L2, times the sum of all squared weights
    drops=(0.0, 0.2, 0.5, 0.8),  # dropout rate of the hidden layer
    epochs=60,
    seeds=range(20),
    quick={
        **{"widths": (8,), "penalties": (0.0, 0.01), "drops": (0.0, 0.5)},
        **{"epochs": 4, "seeds": range(2)},
    },
)

# %% A network that learns 320 images by heart, in plain Keras; then the same with dropout
import keras
import numpy as np
from keras.layers import Dense, Dropout

images = data.load(settings.dataset)
x, y = images.x_train[:320], images.y_train[:320]
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
for rate in (0.0, 0.5):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((64,)), Dense(128, "relu"), Dropout(rate), Dense(10)])
    model.compile(keras.optimizers.Adam(0.003), loss, metrics=["accuracy"])
    model.fit(x, y, batch_size=64, epochs=40, verbose=0)
    seen, new = (model.evaluate(*own, verbose=0)[1] for own in ((x, y), (images.x_test, images.y_test)))
    print(f"dropout {rate}: training error {1 - seen:.1%}, test error {1 - new:.1%}")

# %% Bias and variance: networks that each saw other images
from measures import OwnSamples, decays, expectations, relied_on, shifted
from moons import train_on_moons

from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product

SEEDS = product(seed=settings.seeds)
wrong = np.random.default_rng(0).random(len(images.y_train)) < settings.noise
others = (images.y_train + np.random.default_rng(1).integers(1, 10, len(wrong))) % 10
LABELS = {"clean": images.y_train, "noisy": np.where(wrong, others, images.y_train)}


def build(seed, width=128, penalty=0.0, drop=0.0, shape=(64,), num_classes=10):
    """Makes a network of one hidden layer; Keras' L2 is the penalty times the sum of squares."""
    starts = [keras.initializers.GlorotUniform(seed=2 * seed + i) for i in range(2)]
    shrink = keras.regularizers.L2(penalty) if penalty else None
    hidden = Dense(width, "relu", True, starts[0], kernel_regularizer=shrink)
    output = Dense(num_classes, None, True, starts[1], kernel_regularizer=shrink)
    return keras.Sequential([keras.Input(shape), hidden, Dropout(drop, seed=seed), output])


def fit(population, inputs, labels, epochs=settings.epochs):
    """Trains with Adam; gives costs and the logits of new images."""
    population.compile(keras.optimizers.Adam(0.003), loss, ["accuracy"])
    tested = {"validation_data": (images.x_test, images.y_test), "verbose": 0}
    history = population.fit(inputs, labels, 64, epochs, **tested).history
    logits = population.predict(images.x_test)
    kernels = population.get_weights()[::2]
    norms = sum(np.sum(kernel**2, axis=(1, 2)) for kernel in kernels) ** 0.5
    found = {name: history[name] for name in ("accuracy", "val_accuracy")}
    return {**found, "logits": np.moveaxis(logits, 0, -1), "norm": norms}


def train_own(width, labels, penalty, samples):
    """Trains networks on images that each seed draws for itself."""
    population = Population(lambda seed: build(seed, width, penalty), settings.seeds)
    population.orders = OwnSamples(settings.seeds, samples)  # as many as there are, of its own
    epochs = max(1, settings.epochs * samples // len(images.y_train))
    about = {"part": "own", "width": width, "labels": labels, "penalty": penalty, "samples": samples}
    about["labels_test"] = images.y_test
    yield from by_replica(SEEDS, about, **fit(population, images.x_train, LABELS[labels], epochs))


def train_with(way, strength):
    """Trains on the same images with something against overfitting, of a strength."""
    options = {"L2": {"penalty": strength}, "dropout": {"drop": strength}}.get(way, {})
    population = Population(lambda seed: build(seed, **options), settings.seeds)
    inputs, labels = shifted(x, y) if way == "shifts" else (x, y)
    found = fit(population, inputs, labels, max(1, settings.epochs * len(x) // len(inputs)))
    found |= relied_on(population, images)
    about = {"part": "with", "way": way, "strength": strength}
    yield from by_replica(SEEDS, about, **found)


kinds = [("clean", 0.0, 320), ("noisy", 0.0, 320), ("noisy", 0.01, 320), ("noisy", 0.0, 960)]
runs = lab.train_all(train_own, [(width, *kind) for width in settings.widths for kind in kinds])
ways = [("L2", p) for p in settings.penalties] + [("dropout", d) for d in settings.drops[1:]]
runs += lab.train_all(train_with, [*ways, ("shifts", 1.0)])
runs += lab.train_all(decays, [(build, name, x, y, images, settings) for name in ("SGD", "Adam")])
runs += lab.train_all(train_on_moons, [(build, p, settings) for p in settings.penalties])
runs += expectations(settings.seeds)

# %% Findings, figures and the page
from figures import figures
from findings import findings
from view import view

lab.write_page(flags, runs, findings(runs), figures(runs), view(runs))
