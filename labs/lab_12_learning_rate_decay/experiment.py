"""Does it pay to lower the learning rate while training, and which way of lowering it is the best?

Varies the way (the course's five, cosine, cosine after a warm-up, and none), the rate it starts from, and the
setting: less time, larger batches, Adam. Fixed: the network, and each seed's weights and batches. Look for
the floors of the first figure, and for how the order of the ways changes between the panels of the last one.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=data.CLASSIFICATION,
    dataset="digits",  # of the network; the quadratic has diabetes
    inputs=16,  # principal components of an image
    units=16,  # in the hidden layer
    penalty=0.001,  # of the squared weights: no weights are perfect, so the noise never ends
    batch_size=16,  # samples; large: 16 times as many
    epochs=20,  # a fifth of them where time is short
    rates=(0.0316, 0.1, 0.316, 1.0, 3.16, 10.0),  # α₀ of SGD; of Adam, a 32nd of them
    quadratic_epochs=300,
    seeds=range(20),
    quick={"epochs": 5, "rates": (1, 3.16), "quadratic_epochs": 30, "seeds": range(2)},
)

# %% One network in plain Keras: the cost after five epochs with a constant rate, and with one that falls
import keras
import numpy as np

images = data.load(settings.dataset)
components = np.linalg.svd(images.x_train, full_matrices=False)[2][: settings.inputs]
x, y = images.x_train @ components.T, images.y_train
x = x / x.std()  # (images, inputs)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def build(seed):
    penalty = keras.regularizers.L2(settings.penalty)
    first, second = (keras.initializers.GlorotUniform(2 * seed + i) for i in range(2))
    hidden = keras.layers.Dense(settings.units, "tanh", kernel_initializer=first, kernel_regularizer=penalty)
    output = keras.layers.Dense(images.num_classes, kernel_initializer=second, kernel_regularizer=penalty)
    return keras.Sequential([keras.Input(x.shape[1:]), hidden, output])


cosine = keras.optimizers.schedules.CosineDecay(1.0, decay_steps=5 * int(np.ceil(len(x) / 16)))  # 5 epochs
for name, rate in {"constant": 1.0, "cosine": cosine}.items():
    keras.utils.set_random_seed(0)  # the same batches for both
    model = build(0)
    model.compile(keras.optimizers.SGD(rate), loss)
    model.fit(x, y, batch_size=16, epochs=5, verbose=0)
    cost = loss(y, model(x)) + sum(model.losses)  # of all images, with the penalty
    print(f"{name:9} cost {float(cost):.3f}")

# %% The same for eight ways in four settings, from every rate
from quadratic import descend
from ways import WAYS, OwnRates

from dlkeras.population import Orders, Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product

SETTINGS = {  # optimizer, epochs, batch size
    "SGD": (keras.optimizers.SGD, settings.epochs, settings.batch_size),
    "SGD, a fifth of the time": (keras.optimizers.SGD, -(-settings.epochs // 5), settings.batch_size),
    "SGD, large batches": (keras.optimizers.SGD, settings.epochs, 16 * settings.batch_size),
    "Adam": (keras.optimizers.Adam, settings.epochs, settings.batch_size),
}


def train(setting):
    """Trains a network for each way and rate, all from the same weights on the same batches, seed by seed."""
    optimizer, epochs, batch_size = SETTINGS[setting]
    rates = settings.rates
    if setting == "Adam":  # smaller ones, such as 0.0316
        rates = [float(f"{rate / 31.6:.3g}") for rate in rates]
    cases = product(way=WAYS, rate=rates)
    network = build(0)  # its form is taken, its weights are set for each seed
    population = Population(lambda seed: network, [0] * len(cases))
    steps = int(np.ceil(len(x) / batch_size))  # in an epoch
    population.compile(optimizer(OwnRates(cases, epochs, steps)), loss)
    for seed in settings.seeds:
        start = build(seed).get_weights()
        population.set_weights([np.repeat(w[None], len(cases), axis=0) for w in start])
        population.orders = Orders([seed] * len(cases))  # of the images, the same for all
        for state in population.optimizer.variables:  # begins anew, with step 0
            state.assign(keras.ops.zeros_like(state))
        losses = np.array(population.fit(x, y, batch_size, epochs, verbose=0).history["loss"])
        costs = population.evaluate(x, y, len(x), verbose=0)
        costs = np.nan_to_num(np.float64(np.ravel(costs)), nan=np.inf)
        yield from by_replica(cases, {"setting": setting, "seed": seed}, cost=costs, losses=losses)


runs = lab.train_all(train, [(setting,) for setting in SETTINGS])
runs += descend(settings.seeds, settings.quadratic_epochs, settings.batch_size)  # a noisy quadratic, in NumPy

# %% Findings, figures and the page
from figures import figures
from findings import findings
from view import view

lab.write_page(flags, runs, findings(runs), figures(runs), view(runs))
