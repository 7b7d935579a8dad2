"""Why normalize inputs, and whose mean and spread are to be used in the test?

Varies the scale of the columns (as measured, centred, normalized), the optimizer and its learning rate, and
whose statistics normalize the test. Fixed: softmax regression on a table of wines, all samples in a step.
Look at the best learning rate of each column scale, and at the steps that it needs.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=("wine", "breast_cancer"),
    dataset="wine",
    target=0.1,  # cost to reach, nats
    rates=[10 ** (k / 4) for k in range(-28, 7)],  # learning rates, from 1e-7 to 30
    epochs=2000,  # steps at most, each on all samples
    stretches=(1.0, 3.0, 10.0, 30.0),  # what one normalized column is multiplied by
    counts=(1, 10, 40),  # samples of a test that is normalized by its own statistics
    sizes=(20, 60, 120),  # samples to train on, where the test's statistics leak
    on_images=("gradient descent", "Adam"),  # optimizers
    seeds=range(20),
    quick={
        **{"rates": [1e-5, 1e-2, 1.0], "epochs": 100, "stretches": (1.0, 10.0)},
        **{"counts": (1, 10), "sizes": (20,), "on_images": ("Adam",), "seeds": range(2)},
    },
)

# %% The same network in plain Keras, on columns as they were measured and on normalized ones
import keras
import numpy as np

raw = data.load(settings.dataset, normalize=False)
mean, std = raw.x_train.mean(axis=0), raw.x_train.std(axis=0)
n, y = len(raw.x_train), raw.y_train
for name, x in {"as measured": raw.x_train, "normalized": (raw.x_train - mean) / std}.items():
    print(f"{name}: columns from {x.std(axis=0).min():.2g} to {x.std(axis=0).max():.2g} wide")
    for rate in (1e-6, 1e-3, 1.0):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(raw.num_classes)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(rate), loss)
        cost = model.fit(x, y, batch_size=n, epochs=40, verbose=0).history["loss"][-1]
        print(f"  learning rate {rate:g}: cost {cost:.3g} after 40 steps")

# %% Every scale of the columns with every optimizer at every rate, from many seeds
import itertools

from curvature import UntilTarget, condition_number
from hard_columns import constants, images, wrong_numbers
from whose_statistics import leak, normalized_by

from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product

FORMS = {
    "as measured": raw.x_train,
    "mean 0": raw.x_train - mean,
    "spread 1": raw.x_train / std,
    "normalized": (raw.x_train - mean) / std,
}
OPTIMIZERS = {
    "gradient descent": keras.optimizers.SGD,
    "momentum": lambda: keras.optimizers.SGD(momentum=0.9),
    "RMSprop": keras.optimizers.RMSprop,
    "Adam": keras.optimizers.Adam,
}
IMAGES, digits = images()


def build(seed, shape=mean.shape, num_classes=raw.num_classes):
    """Makes a softmax regression whose kernel is drawn from a seed."""
    start = keras.initializers.GlorotUniform(seed=seed)
    return keras.Sequential([keras.Input(shape), keras.layers.Dense(num_classes, None, True, start)])


def train(x, y, optimizer, **about):
    """Trains from every seed at every rate, all samples in a step; notes the steps to the target."""
    cases = product(rate=settings.rates, seed=settings.seeds)
    seeds, rates = [case["seed"] for case in cases], [case["rate"] for case in cases]
    population = Population(lambda seed: build(seed, x.shape[1:], int(y.max()) + 1), seeds, rates)
    population.compile(OPTIMIZERS[optimizer](), loss)
    until = UntilTarget(settings.target, settings.seeds, len(cases))
    options = {"shuffle": False, "callbacks": [until], "verbose": 0}
    population.fit(x, y, len(x), 30, **options)  # a step an epoch
    if not population.stop_training:  # ten steps an epoch: the rows ten times
        population.fit(np.tile(x, (10, 1)), np.tile(y, 10), len(x), settings.epochs // 10, **options)
    about |= {"optimizer": optimizer, "condition": condition_number(x), "most": settings.epochs}
    yield from by_replica(cases, about, steps=until.reached)


def train_form(part, form, optimizer):
    """Trains on columns of a form, of wines or of images."""
    x, y = (FORMS[form], raw.y_train) if part == "form" else (IMAGES[form], digits)
    return train(x, y, optimizer, **{"part": part, part: form})


def train_stretched(stretch):
    """Trains on normalized columns of which the first is made larger."""
    x = FORMS["normalized"] * np.where(np.arange(len(mean)) == 0, stretch, 1)
    return train(x, raw.y_train, "gradient descent", part="stretch", stretch=stretch)


runs = lab.train_all(train_form, itertools.product(["form"], FORMS, OPTIMIZERS))
runs += lab.train_all(train_stretched, [(stretch,) for stretch in settings.stretches])
runs += lab.train_all(train_form, itertools.product(["image"], IMAGES, settings.on_images))

# %% Whose mean and spread; and columns that normalizing itself stumbles over
runs += [
    *normalized_by(build, loss, settings),
    *leak(settings),
    *wrong_numbers(settings),
    *constants(settings),
]

# %% Findings, figures and the page
from figures import figures
from findings import findings

lab.write_page(flags, runs, findings(runs), figures(runs))
