"""When can a gradient be trusted, and what does it cost to check it?

Varies the step of the differences, the precision, the bug in a backward pass, and the size of the network.
Fixed: three Dense layers with tanh, one batch of digits, weights at initialization and after some training.
Look for the slopes right of the valley: a decade less of step buys a decade less of error, or two.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=data.CLASSIFICATION,
    dataset="digits",
    width=8,  # units of each hidden layer
    widths=[2, 4, 8, 16],  # units, for the cost; the one above among them
    batch_size=16,  # images
    epochs=5,  # of training before the second check of the model
    seeds=range(20),
    quick={"width": 4, "widths": [2, 4], "epochs": 1, "seeds": range(2)},
)

# %% One network in plain Keras: the derivative by one bias, from two losses at b + ε and b − ε, and by tape
import keras
import numpy as np
import tensorflow as tf
from keras.layers import Dense, Dropout

from dlkeras.gradcheck import check_model

images = data.load(settings.dataset)
x, y = images.x_train[:16], images.y_train[:16]
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input(x.shape[1:]), Dense(8, "tanh"), Dense(images.num_classes)])
model.compile(keras.optimizers.SGD(0.1), loss)
model.fit(images.x_train, images.y_train, verbose=0)
with tf.GradientTape() as tape:
    cost = loss(y, model(x))
gradients = [g.numpy() for g in tape.gradient(cost, model.trainable_variables)]

bias, step = model.layers[-1].bias, np.eye(images.num_classes)[0]  # along the first bias
start = bias.numpy()
for epsilon in [1e-1, 1e-3, 1e-5, 1e-7]:
    bias.assign(start + epsilon * step)
    above = float(loss(y, model(x)))
    bias.assign(start - epsilon * step)
    below = float(loss(y, model(x)))
    print(f"ε = {epsilon:.0e}: {(above - below) / (2 * epsilon):.5f}, by tape {gradients[-1][0]:.5f}")
bias.assign(start)
print(check_model(model, x, y))  # the same for all weights, in float64
gradients[1][0] *= 1.01  # a bug
print(check_model(model, x, y, gradients).wrong)

# %% Backward passes by hand, right and with a bug: which tensors are blamed, and what it costs
import time

from by_hand import BUGS, TENSORS, Loss, gradients_by_hand, redrawn, starting_point

from dlkeras.gradcheck import check_gradients, sweep_model
from dlkeras.runs import Runs


def check_by_hand(seed, width):
    """Checks a correct gradient and, at one width, every bug."""
    p, *batch = starting_point(images, width, settings.batch_size, seed)
    for bug in BUGS if width == settings.width else ["none"]:
        loss, start = Loss(*batch), time.perf_counter()
        gradients = gradients_by_hand(p, *batch, bug)
        middle = time.perf_counter()
        check = check_gradients(loss, p, gradients)
        seconds = np.array([time.perf_counter() - middle, middle - start])
        by_tensor = {tensor.name: tensor.relative_difference for tensor in check.tensors}
        yield {
            **{"part": "by hand", "seed": seed, "width": width, "bug": bug, "losses": loss.calls},
            **{"parameters": sum(w.size for w in p.values()), "overall": check.relative_difference},
            "is_right": sorted(check.wrong) == sorted(BUGS[bug]),
            "by_tensor": np.array([by_tensor[name] for name in TENSORS]),
            "seconds": seconds,
        }


# %% A Keras model from many seeds, with dropout off and on and after training, and at many steps ε
def check_keras():
    """Checks and sweeps one model with the weights of every seed."""
    hidden = [Dense(settings.width, "tanh", kernel_regularizer="l2"), Dropout(0.5, seed=0)]
    hidden += [Dense(settings.width, "tanh")]
    model = keras.Sequential([keras.Input(x.shape[1:]), *hidden, Dense(images.num_classes)])
    model.compile("sgd", loss)
    for seed in settings.seeds:
        rng = np.random.default_rng(seed)
        model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
        rows = rng.permutation(len(images.x_train))[: settings.batch_size]
        batch = images.x_train[rows], images.y_train[rows]
        checks = {"at start": check_model(model, *batch, training=False)}
        checks["dropout, masks kept"] = check_model(model, *batch, training=True)
        by_hand = starting_point(images, 4, settings.batch_size, seed)
        row = {"part": "model", "seed": seed, "dropout, masks redrawn": redrawn(*by_hand, seed)}
        for dtype in ("float64", "float32"):
            sweep = sweep_model(model, *batch, training=False, dtype=dtype)
            row["epsilons"] = sweep.epsilons[::-1]  # rising
            row[f"{dtype}, one-sided"] = sweep.one_sided[::-1]
            row[f"{dtype}, two-sided"] = sweep.two_sided[::-1]
        model.fit(images.x_train, images.y_train, epochs=settings.epochs, shuffle=False, verbose=0)
        checks["after training"] = check_model(model, *batch, training=False)
        row |= {name: check.relative_difference for name, check in checks.items()}
        yield {**row, "passed": all(check.passed for check in checks.values())}


runs = Runs(check_keras())
for seed in settings.seeds:
    for width in settings.widths:  # one after the other, as they are timed
        runs += check_by_hand(seed, width)

# %% Findings, figures and the page
from figures import figures
from findings import findings

lab.write_page(flags, runs, findings(runs), figures(runs))
