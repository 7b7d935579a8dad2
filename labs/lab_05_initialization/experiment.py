"""How should the weights of a network start, and what can then be trained at all?

Varies the scale of the random initial weights (Glorot's and He's among them), the activation and the depth;
beside them, weights that all start alike. Fixed: Adam at a rate of 0.001, batches of 64, 32 units a layer.
Look at the map: deep networks train where theory says that layers pass gradients on unchanged.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=data.CLASSIFICATION,
    dataset="digits",
    depths=[2, 5, 10, 20, 50],  # hidden layers, rising
    scales=[2 ** (k / 2) for k in range(-3, 10)],  # std of a weight × √inputs; Glorot's is 1 and He's √2
    width=32,  # units
    batch_size=64,  # images
    epochs=8,
    seeds=range(20),
    quick={"depths": [2], "scales": [0.5, 1, 2**0.5, 2**1.5], "epochs": 2, "seeds": range(2)},
)

# %% One deep network in plain Keras: what it learns in 4 epochs from three kinds of first weights
import keras
from keras.layers import Dense

images = data.load(settings.dataset)
x, y = images.whole_batches(settings.batch_size)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
for start in ["zeros", "random_normal", "he_normal"]:
    keras.utils.set_random_seed(0)
    hidden = [Dense(32, "relu", kernel_initializer=start) for _ in range(6)]
    output = Dense(images.num_classes, kernel_initializer=start)
    model = keras.Sequential([keras.Input(x.shape[1:]), *hidden, output])
    spread = model.layers[1].kernel.numpy().std()
    model.compile(keras.optimizers.Adam(0.001), loss, metrics=["accuracy"])
    history = model.fit(x, y, batch_size=64, epochs=4, verbose=0).history
    print(f"{start:14} std of a weight {spread:.2f}, accuracy {history['accuracy'][-1]:.2f}")

# %% The same at every scale, activation and depth, from many seeds
import functools

import numpy as np
from signals import signals

from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product

ACTIVATIONS = ["sigmoid", "tanh", "relu"]
ALIKE = {"zeros": 0.0, "equal": 0.05}  # what every weight starts as


def build(activation, depth, width, seed):
    """Makes a network of the scale 1; each layer draws its weights from a seed of its own."""
    seeds = np.random.SeedSequence(seed).generate_state(depth + 1).tolist()
    *starts, last = [keras.initializers.LecunNormal(own) for own in seeds]  # std 1 / √inputs
    hidden = [Dense(width, activation, kernel_initializer=start) for start in starts]
    output = Dense(images.num_classes, kernel_initializer=last)
    return keras.Sequential([keras.Input(x.shape[1:]), *hidden, output])


def build_alike(activation, depth, start, seed):
    """Makes a network whose kernels all hold one number; its biases are zero."""
    model = build(activation, depth, settings.width, seed)
    for layer in model.layers:
        layer.kernel.assign(keras.ops.full_like(layer.kernel, ALIKE[start]))
    return model


def fit(population, inputs, labels):
    """Trains all networks at once; gives what became of each."""
    fitted = population.fit(inputs, labels, settings.batch_size, settings.epochs, verbose=0)
    right = population.predict(images.x_test, len(images.x_test)).argmax(-1) == images.y_test
    kernels = np.moveaxis(population.get_weights()[0], 0, -1)  # (inputs, units, networks)
    return {**fitted.history, "test_accuracy": right.mean(axis=1), "kernel": kernels}


def train_random(activation, depth):
    """Trains a network from every seed at every scale: the same random weights, times the scale."""
    starts = product(seed=settings.seeds, scale=settings.scales)
    unscaled = functools.cache(functools.partial(build, activation, depth, settings.width))
    population = Population(unscaled, [start["seed"] for start in starts])
    population.set_weights([(w.T * [s["scale"] for s in starts]).T for w in population.get_weights()])
    population.compile(keras.optimizers.Adam(0.001), loss, metrics=["accuracy"])
    about = {"start": "random", "activation": activation, "depth": depth}
    yield from by_replica(starts, about, **fit(population, x, y))


def train_alike(activation):
    """Trains from weights that are all one number; what a seed draws is the order of the images alone."""
    depth, starts = min(settings.depths), product(start=list(ALIKE), seed=settings.seeds)
    population = Population.from_cases(functools.partial(build_alike, activation, depth), starts)
    population.compile(keras.optimizers.Adam(0.001), loss, metrics=["accuracy"])
    about = {"activation": activation, "depth": depth}
    yield from by_replica(starts, about, **fit(population, x, y))


def measure(activation):
    """Measures, at every scale and before any training, what passes through 20 layers of 200 units."""
    model = build(activation, 20, 200, seed=0)
    for seed in settings.seeds:
        drawn = build(activation, 20, 200, seed).get_weights()
        for scale in settings.scales:
            model.set_weights([scale * w for w in drawn])
            forward, backward, flat = signals(model, x[:64], y[:64]).numpy()  # by layer, first to last
            case = {"start": "draw", "activation": activation, "scale": scale, "seed": seed}
            yield {**case, "forward": forward, "backward": backward[::-1] / backward[-1], "flat": flat}


runs = lab.train_all(train_random, [(a, d) for d in settings.depths[::-1] for a in ACTIVATIONS])
runs += lab.train_all(train_alike, [("sigmoid",), ("tanh",)])
runs += lab.train_all(measure, [(a,) for a in ACTIVATIONS], "Measuring")

# %% Findings, figures and the page
from figures import figures
from findings import findings
from view import view

lab.write_page(flags, runs, findings(runs), figures(runs), view(runs))
