"""How far back does an exponentially weighted average look, and when does its start need correction?

Varies β, the order of the samples and the moment of training. Averaged are costs of batches, with the weights
at rest, whose mean is known, and in training. Look at the trade: a large β is late, and a small one is noisy.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=data.CLASSIFICATION,
    dataset="digits",
    batch_size=16,  # samples
    series=[20, 400],  # with the weights at rest, for each seed: how many, steps
    epochs=5,
    seeds=range(20),
    learning_rates=[0.001, 0.003, 0.01, 0.03],  # of Adam, rising
    quick={"series": [4, 400], "epochs": 2, "seeds": range(2), "learning_rates": [0.003, 0.03]},
)

# %% The average while one network trains in Keras, step by step: too low at first, unless it is corrected
import keras
import numpy as np
import tensorflow as tf
from keras.layers import Dense

table = data.load(settings.dataset)
x, y = table.whole_batches(settings.batch_size)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input(x.shape[1:]), Dense(32, "tanh"), Dense(table.num_classes)])
optimizer, beta, v = keras.optimizers.SGD(0.1), 0.9, 0.0
for t in range(1, 81):
    batch = np.random.choice(len(x), 16)
    with tf.GradientTape() as tape:
        cost = loss(y[batch], model(x[batch]))
    optimizer.apply(tape.gradient(cost, model.trainable_variables), model.trainable_variables)
    v = beta * v + (1 - beta) * float(cost)
    if t in (1, 2, 5, 10, 20, 40, 80):
        print(f"step {t:2}: cost {cost:.2f}, average {v:.2f}, corrected {v / (1 - beta**t):.2f}")

# %% With the weights at rest: averages of costs whose true mean is known, in three orders of the samples
from averages import BETAS, WINDOWS, average


def build(seed):
    """Makes a network; each layer draws its weights from a seed of its own."""
    first, second = np.random.SeedSequence(seed).generate_state(2).tolist()
    start = keras.initializers.GlorotUniform
    hidden = Dense(32, "tanh", kernel_initializer=start(first))
    output = Dense(table.num_classes, kernel_initializer=start(second))
    return keras.Sequential([keras.Input(x.shape[1:]), hidden, output])


def rest(seed):
    """Averages costs of batches of an untrained network."""
    costs = keras.losses.sparse_categorical_crossentropy(y, build(seed)(x), from_logits=True).numpy()
    costs, rng = costs / costs.mean(), np.random.default_rng(seed)  # their mean is 1
    num_samples = np.prod(settings.series) * settings.batch_size
    epochs = (num_samples // len(x) + 1, 1)
    orders = {
        "drawn anew": rng.integers(len(x), size=num_samples),
        "shuffled": rng.permuted(np.tile(np.arange(len(x)), epochs), axis=1),
        "sorted by class": np.tile(np.argsort(y, kind="stable"), epochs),
    }
    for order, samples in orders.items():
        batches = costs[np.ravel(samples)[:num_samples]].reshape(-1, settings.batch_size).mean(axis=1)
        series = batches.reshape(settings.series)
        starts = [average(series, beta, corrected=False).mean(axis=0) for beta in BETAS]  # (betas, steps)
        late = [average(batches, 1 - 1 / window)[series.shape[1] :] for window in WINDOWS]
        left = np.mean((np.array(late) - 1) ** 2, axis=1) / batches.var()  # share of the variance, (windows,)
        yield {"part": "rest", "order": order, "seed": seed, "starts": np.array(starts), "left": left}


# %% In training: the cost of the batch, and the true cost, before every step of SGD
def train():
    """Trains from every seed."""
    model = build(seed=0)
    model.compile(keras.optimizers.SGD(0.1), loss)
    for seed in settings.seeds:
        model.set_weights(build(seed).get_weights())
        rng, costs = np.random.default_rng(seed), []
        order = np.concatenate([rng.permutation(len(x)) for _ in range(settings.epochs)])
        for batch in order.reshape(-1, settings.batch_size):
            model.reset_metrics()  # or Keras would go on averaging
            true = float(model.test_on_batch(x, y))
            model.reset_metrics()
            costs.append([true, float(model.train_on_batch(x[batch], y[batch]))])
        at_epochs = [true for true, _ in costs[:: len(x) // settings.batch_size]]
        yield {"part": "train", "seed": seed, "loss": at_epochs, "costs": np.transpose(costs)}


# %% Adam with and without the correction of its averages
from uncorrected import Uncorrected  # a learning rate that takes the corrections back

from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product


def adam(rate):
    """Trains from all seeds at once, with and without correction."""
    for kind, learning_rate in {"corrected": rate, "uncorrected": Uncorrected(rate)}.items():
        population = Population(build, settings.seeds)
        population.compile(keras.optimizers.Adam(learning_rate), loss)
        fitted = population.fit(x, y, settings.batch_size, settings.epochs, validation_data=(x, y), verbose=0)
        about = {"part": "adam", "kind": kind, "rate": rate}
        yield from by_replica(product(seed=settings.seeds), about, loss=fitted.history["val_loss"])


runs = lab.train_all(adam, [(rate,) for rate in settings.learning_rates])
runs += lab.train_all(train, [()])
runs += lab.train_all(rest, [(seed,) for seed in settings.seeds], "Averaging")

# %% Findings, figures and the page
from figures import figures
from findings import findings

lab.write_page(flags, runs, findings(runs), figures(runs))
