"""How many samples should a step of gradient descent see, and what does their noise cost?

Varies the batch size from one sample to all, and the learning rate, since each size has its own best one.
Fixed: a network of 32 tanh units, plain SGD, the cost to reach. Look at the last panel of the trade: seconds
have a minimum between the ends. They vary from run to run, so they are in figures and not in findings.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=data.CLASSIFICATION,
    dataset="digits",
    samples=1280,  # at most
    sizes=(1, 4, 16, 64, 256),  # samples in a batch, each a divisor of the next; all come last
    learning_rates=(0.02, 0.036, 0.063, 0.11, 0.2, 0.36, 0.63, 1.1, 2, 3.6, 6.3, 11, 20),
    target=0.01,  # cost to reach, nats
    epochs=100,  # at most
    noise_epochs=10,  # between the two moments at which noise is measured
    seeds=range(20),
    quick={"samples": 512, "sizes": (4, 64), "learning_rates": (0.5, 5), "target": 0.1, "seeds": range(2)},
)

# %% One network in plain Keras, five epochs: few samples in a step, or all of them
from time import perf_counter

import keras
import numpy as np

table = data.load(settings.dataset)
sizes = [size for size in settings.sizes if size < len(table.x_train)]
n = min(settings.samples, len(table.x_train)) // sizes[-1] * sizes[-1]  # only whole batches
x, y = table.x_train[:n], table.y_train[:n]
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

for size in (4, 64, n):
    keras.utils.set_random_seed(0)
    hidden = keras.layers.Dense(32, "tanh")
    model = keras.Sequential([keras.Input(x.shape[1:]), hidden, keras.layers.Dense(table.num_classes)])
    model.compile(keras.optimizers.SGD(0.2), loss)
    start = perf_counter()
    model.fit(x, y, batch_size=size, epochs=5, verbose=0)
    seconds, cost = perf_counter() - start, model.evaluate(x, y, verbose=0)
    print(f"{size:4} samples a step: {5 * n // size:4} steps in {seconds:.1f} s, cost {cost:.3f}")

# %% Every size at every rate from many seeds, until at one rate all seeds have reached the target
from clock import seconds_of_epoch
from gradient_noise import gradients_of_samples, noise_by_size

from dlkeras.findings import best_by_others  # the rate that other seeds choose
from dlkeras.models import depth_stack
from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product

sizes = sorted({*sizes, n})


def build(seed):
    """Makes the network above from a seed."""
    return depth_stack("tanh", 1, 32, input_dim=x.shape[1], num_classes=table.num_classes, seed=seed)


class UntilTarget(keras.callbacks.Callback):
    """Notes the epoch at which each network gets to the target; ends when all have at the best rate."""

    def __init__(self, num_networks):
        super().__init__()
        self.reached = np.full(num_networks, np.inf)

    def on_epoch_end(self, epoch, logs=None):
        now = (logs["val_loss"] < settings.target) & (self.reached > epoch)
        self.reached[now] = epoch + 1
        _, epochs = best_by_others(self.reached.reshape(-1, len(settings.seeds)))  # of each seed
        self.model.stop_training = np.isfinite(epochs).all()


def train(size):
    """Trains from all seeds at all rates."""
    cases = product(rate=settings.learning_rates, seed=settings.seeds)
    rates, seeds = [case["rate"] for case in cases], [case["seed"] for case in cases]
    population = Population(build, seeds, rates)
    population.compile(keras.optimizers.SGD(), loss)
    until = UntilTarget(len(cases))
    options = {"validation_data": (x, y), "callbacks": [until], "verbose": 0}  # val_loss: of all samples
    costs = population.fit(x, y, size, settings.epochs, **options).history["val_loss"]
    epochs = np.fmin(until.reached, settings.epochs)
    best = settings.learning_rates[np.median(epochs.reshape(-1, len(settings.seeds)), axis=1).argmin()]
    found = {"best": best == np.array(rates), "epochs": epochs, "arrived": np.isfinite(until.reached)}
    about = {"part": "train", "size": size, "target": settings.target}
    yield from by_replica(cases, about, **found, cost=costs)


def measure_noise():
    """Measures the noise of the gradient at the start, and after some epochs."""
    model, population = build(0), Population(build, settings.seeds)
    gradients = gradients_of_samples(model, x, y)
    population.compile(keras.optimizers.SGD(0.2), loss)
    for after in (0, settings.noise_epochs):
        for seed, *weights in zip(settings.seeds, *population.get_weights(), strict=True):
            model.set_weights(weights)
            for size, noise in noise_by_size(gradients().numpy(), sorted({*sizes[:-1], n // 2}), seed):
                yield {"part": "noise", "after": after, "seed": seed, "size": size, "noise": noise}
        population.fit(x, y, 64, settings.noise_epochs, verbose=0)


runs = lab.train_all(train, [(size,) for size in sizes])
runs += measure_noise()

# %% The time of an epoch of plain fit at every size, alone on the machine
for size in sizes:
    model = build(0)
    model.compile(keras.optimizers.SGD(), loss)
    runs += [{"part": "clock", "size": size, "seconds": np.array([seconds_of_epoch(model, x, y, size)])}]

# %% Findings, figures and the page
from figures import figures
from findings import findings

lab.write_page(flags, runs, findings(runs), figures(runs))
