"""What does batch normalization do, and why does it help?

Varies the activation, the depth, the learning rate and the batch size, each with and without batch
normalization. Fixed: handwritten digits, 32 units a layer, gradient descent. Look at the rates that train,
and at what the statistics of the batch are worth in a test.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=("digits", "wine", "breast_cancer"),
    dataset="digits",
    stacks=(("sigmoid", 5), ("relu", 5), ("relu", 2), ("sigmoid", 10)),  # activation, hidden layers
    rates=(0.01, 0.032, 0.1, 0.32, 1.0, 3.2, 10.0),  # of gradient descent
    target=0.1,  # cost of an epoch to reach, nats
    batch_sizes=(4, 32, 200),  # samples, of which 320 are trained on
    after=(1, 12),  # epochs after which networks are tested
    epochs=20,
    seeds=range(20),
    quick={
        **{"stacks": (("relu", 2),), "rates": (0.1, 1.0), "target": 0.5, "batch_sizes": (32, 200)},
        **{"after": (1, 2), "epochs": 4, "seeds": range(2)},
    },
)

# %% The layer written out, beside Keras' own; then a deep network of sigmoids, without it and with it
import keras
import numpy as np
from keras.layers import Activation, BatchNormalization, Dense

from dlkeras.layers import BatchNorm  # written out, as in the equations

z = np.array([[1.0, 100.0], [3.0, 300.0], [5.0, 200.0]], "float32")  # three samples of two units
for layer in BatchNorm(), BatchNormalization():
    in_training, in_test = (layer(z, training=own).numpy()[0].round(2) for own in (True, False))
    print(type(layer).__name__, "in training", in_training, "in test", in_test)

table = data.load(settings.dataset)
x, y = table.whole_batches(64)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
for norm in (keras.layers.Identity, BatchNormalization):
    keras.utils.set_random_seed(0)
    hidden = 5 * [lambda: Dense(32), norm, lambda: Activation("sigmoid")]
    layers = [*[make() for make in hidden], Dense(table.num_classes)]
    model = keras.Sequential([keras.Input(x.shape[1:]), *layers])
    model.compile(keras.optimizers.SGD(0.5), loss, metrics=["accuracy"])
    history = model.fit(x, y, batch_size=64, epochs=8, verbose=0).history
    print(f"{norm.__name__}: training accuracy {history['accuracy'][-1]:.2f}")

# %% Every stack at every rate, with and without, from many seeds
from in_tests import train_and_test
from invariances import invariances
from measures import quickest_rate, stack_name
from moments import ShiftingNoise, follow

from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product

PLACES = ("without", "before", "behind")  # the activation


def build(seed, activation, depth, place, momentum=0.99):
    """Makes a stack with batch normalization before or behind each activation, with noise, or without."""
    starts = [keras.initializers.GlorotUniform(seed=1000 * seed + i) for i in range(depth + 1)]
    layers = [keras.Input(x.shape[1:])]
    for start in starts[:-1]:
        parts = [Activation(activation)]
        if place != "without":
            parts.insert(place == "behind", BatchNormalization(momentum=momentum))
        if place == "noise":
            parts.insert(1, ShiftingNoise(seed=1000 * seed + len(layers)))
        layers += [Dense(32, use_bias=place in ("without", "behind"), kernel_initializer=start), *parts]
    return keras.Sequential([*layers, Dense(table.num_classes, kernel_initializer=starts[-1])])


def population_of(cases, *stack, momentum=0.99):
    """Makes a network for each case, which train as one."""
    seeds, rates = ([case[name] for case in cases] for name in ("seed", "rate"))
    population = Population(lambda seed: build(seed, *stack, momentum), seeds, rates)
    population.compile(keras.optimizers.SGD(), loss)
    return population


def train(stack, place, rates=settings.rates):
    """Trains a stack at all rates; notes the epochs to the target."""
    cases = product(rate=rates, seed=settings.seeds)
    history = population_of(cases, *stack, place).fit(x, y, 64, settings.epochs, verbose=0).history
    reached = np.array(history["loss"]) < settings.target  # (epochs, networks)
    epochs = np.where(reached.any(axis=0), reached.argmax(axis=0) + 1.0, np.inf)
    about = {"part": "speed", "stack": stack_name(*stack), "place": place, "last": settings.epochs}
    yield from by_replica(cases, about, epochs=epochs)


def train_small(batch_size, place):
    """Trains on 320 images at all rates; what new images gain is how batch normalization regularizes."""
    cases = product(rate=settings.rates, seed=settings.seeds)
    population = population_of(cases, "relu", 2, place, momentum=0.9)
    population.fit(x[:320], y[:320], batch_size, settings.epochs, verbose=0)
    right = population.predict(table.x_test).argmax(axis=-1) == table.y_test
    about = {"part": "small", "batch_size": batch_size, "place": place}
    yield from by_replica(cases, about, test_accuracy=right.mean(axis=1))


cases = [(stack, place) for stack in settings.stacks for place in PLACES[: 2 if stack[1] > 5 else 3]]
runs = lab.train_all(train, cases)
first = settings.stacks[0]
runs += lab.train_all(train, [(first, "noise", [quickest_rate(runs, first, "before")])])
runs += lab.train_all(train_small, [(size, p) for size in settings.batch_sizes for p in PLACES[:2]])
runs += lab.train_all(follow, [(build, p, settings, x, y) for p in (*PLACES[:2], "noise")])
runs += [*train_and_test(build, settings, table), *invariances(settings.seeds)]

# %% Findings, figures and the page
from figures import figures
from findings import findings
from view import view

lab.write_page(flags, runs, findings(runs), figures(runs), view(runs))
