"""When can a gradient be trusted, and what does it cost to check it?

Varies the step of the differences, the precision, the bug in a backward pass, and the size of the network.
Fixed: three Dense layers with tanh, one batch of digits, weights at initialization and after some training.
Look for the slopes right of the valley: a decade less of step buys a decade less of error, or two.

Promised: two-sided differences have an error of order ε², one-sided ones of order ε; the course's ε = 1e-7
does in float64 and fails in float32; every planted bug is found and blamed on the right tensors, and no
correct gradient is; the relative difference over all parameters misses a small bug; dropout may stay on if
its masks do.

Source: the course's notes on gradient checking; Nocedal and Wright (2006), section 8.1.
"""

# %% Settings
import itertools
from dataclasses import dataclass

import numpy as np

from dlkeras import data, lab


@dataclass(frozen=True)
class Settings:
    """What a run of this lab uses."""

    dataset: str = "digits"
    width: int = 8  # units of each hidden layer
    widths: tuple[int, ...] = (2, 4, 8, 16)  # units, for the cost; the one above among them
    batch_size: int = 16  # images
    epochs: int = 5  # of training before the second check of the model
    seeds: int = 20


FULL = Settings()
QUICK = Settings(width=4, widths=(2, 4), epochs=1, seeds=2)
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=data.CLASSIFICATION)

# %% The formula: two losses for each parameter
import time

import keras

from dlkeras import plots, scratch
from dlkeras.findings import judge, judge_share
from dlkeras.gradcheck import check_gradients, check_model, relative_difference, sweep_model
from dlkeras.report import Exhibit


def numerical_gradient(loss, theta, epsilon=1e-5):
    """Steps along one parameter after the other: (J(θ + ε) − J(θ − ε)) / 2ε."""
    gradient = np.zeros_like(theta)
    for i in range(theta.size):
        step = np.zeros_like(theta)
        step[i] = epsilon
        gradient[i] = (loss(theta + step) - loss(theta - step)) / (2 * epsilon)
    return gradient


# %% A backward pass by hand, in which a bug can be planted; columns are samples
LAMBDA, KEEP, ACTIVATIONS = 0.2, 0.5, ["tanh", "tanh", "linear"]
TENSORS = ["W1", "b1", "W2", "b2", "W3", "b3"]
BUGS = {  # and the tensors whose gradients it makes wrong
    "none": [],
    "wrong sign": ["W2"],
    "1/m forgotten": TENSORS,
    "tanh′ forgotten": ["W1", "b1"],
    "one entry 1 % off": ["b2"],
    "L2 left out": ["W1", "W2", "W3"],
    "dropout not scaled": ["W1", "b1"],
    "W2 not transposed": ["W1", "b1"],
    "first layer detached": ["W1", "b1"],
}


def loss_by_hand(p, X, Y, masks):
    """Mean cross-entropy of softmax, with L2; dropout behind the first layer."""
    Z = scratch.forward(X, p, ACTIVATIONS, masks)["Z3"]
    return scratch.cross_entropy(Z, Y)[0] + scratch.frobenius(p, LAMBDA, X.shape[1])[0]


def gradients_by_hand(p, X, Y, masks, bug="none"):
    """The chain rule, from the loss back to the first layer."""
    m, D1 = X.shape[1], masks["D1"]
    A1 = np.tanh(p["W1"] @ X + p["b1"])
    A2 = np.tanh(p["W2"] @ (A1 * D1) + p["b2"])
    dZ3 = (scratch.ACTIVATIONS["softmax"].forward(p["W3"] @ A2 + p["b3"]) - Y) / (
        1 if bug == "1/m forgotten" else m
    )
    dZ2 = p["W3"].T @ dZ3 * (1 - A2**2)
    back = p["W2"] if bug == "W2 not transposed" else p["W2"].T  # it is square, so both fit
    dA1 = back @ dZ2 * (D1 > 0 if bug == "dropout not scaled" else D1)
    dZ1 = dA1 * (1 if bug == "tanh′ forgotten" else 1 - A1**2) * (bug != "first layer detached")
    g = {"W1": dZ1 @ X.T, "W2": dZ2 @ (A1 * D1).T, "W3": dZ3 @ A2.T}
    g |= {f"b{i}": dZ.sum(axis=1, keepdims=True) for i, dZ in enumerate((dZ1, dZ2, dZ3), start=1)}
    if bug == "wrong sign":
        g["W2"] = -g["W2"]
    if bug == "one entry 1 % off":
        g["b2"][0] *= 1.01
    penalty = 0 if bug == "L2 left out" else LAMBDA / m
    return {name: g[name] + penalty * p[name] * (name[0] == "W") for name in p}


# %% Experiment
def starting_point(seed, width, images, settings):
    """Draws parameters, a batch of each fourth pixel and the masks of dropout, for the pass by hand."""
    chosen, m = images.x_train[:, ::4], settings.batch_size
    sizes = [chosen.shape[1], width, width, images.num_classes]
    rows = np.random.default_rng(seed).permutation(len(chosen))[:m]
    X, Y = np.float64(chosen[rows].T), np.eye(images.num_classes)[images.y_train[rows]].T
    masks = {"D1": scratch.dropout_masks(sizes, m, KEEP, seed)["D1"]}
    return scratch.initialize(sizes, seed), X, Y, masks


def check_by_hand(seed, width, settings, images):
    """Checks a correct gradient and, at one width, every bug: which tensors are blamed, and what it costs."""
    p, *batch = starting_point(seed, width, images, settings)
    for bug in BUGS if width == settings.width else ["none"]:
        calls = []

        def loss(p, calls=calls):
            calls.append(1)
            return loss_by_hand(p, *batch)

        start = time.perf_counter()
        gradients = gradients_by_hand(p, *batch, bug)
        middle = time.perf_counter()
        check = check_gradients(loss, p, gradients)
        by_tensor = {tensor.name: tensor.relative_difference for tensor in check.tensors}
        yield {
            **{"part": "by hand", "seed": seed, "width": width, "bug": bug, "losses": len(calls)},
            **{"parameters": sum(value.size for value in p.values()), "overall": check.relative_difference},
            "is_right": sorted(check.wrong) == sorted(BUGS[bug]),
            "by_tensor": np.array([by_tensor[name] for name in TENSORS]),
            "seconds": np.array([time.perf_counter() - middle, middle - start]),
        }


def check_keras(settings, images):
    """Checks a Keras model from every seed, with dropout off and on and after training; sweeps the step."""
    dense = keras.layers.Dense
    model = keras.Sequential([
        keras.Input((images.x_train.shape[1],)), dense(settings.width, "tanh", kernel_regularizer="l2"),
        keras.layers.Dropout(1 - KEEP, seed=0), dense(settings.width, "tanh"), dense(images.num_classes),
    ])  # fmt: skip
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    for seed in range(settings.seeds):
        rng = np.random.default_rng(seed)
        model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
        rows = rng.permutation(len(images.x_train))[: settings.batch_size]
        x, y = images.x_train[rows], images.y_train[rows]
        checks = {"at start": check_model(model, x, y, training=False)}
        checks["dropout, masks kept"] = check_model(model, x, y, training=True)
        sweeps = {d: sweep_model(model, x, y, training=False, dtype=d) for d in ("float64", "float32")}
        model.fit(images.x_train, images.y_train, epochs=settings.epochs, shuffle=False, verbose=0)
        checks["after training"] = check_model(model, x, y, training=False)
        row = {"part": "model", "seed": seed, "passed": all(check.passed for check in checks.values())}
        row |= {name: check.relative_difference for name, check in checks.items()}
        row["dropout, masks redrawn"] = redrawn(seed, settings, images)
        for dtype, sweep in sweeps.items():
            row |= {
                f"{dtype}, one-sided": sweep.one_sided[::-1],
                f"{dtype}, two-sided": sweep.two_sided[::-1],
            }
            row["epsilons"] = sweep.epsilons[::-1]  # rising
        yield row


def redrawn(seed, settings, images):
    """Relative difference where dropout draws new masks for every loss, as a plain forward pass would."""
    p, X, Y, masks = starting_point(seed, 4, images, settings)
    rng = np.random.default_rng(seed)

    def loss(theta):
        drawn = {"D1": (rng.random(masks["D1"].shape) < KEEP) / KEEP}
        return loss_by_hand(p | {"W2": theta.reshape(4, 4)}, X, Y, drawn)

    exact = gradients_by_hand(p, X, Y, masks)["W2"].ravel()
    return relative_difference(exact, numerical_gradient(loss, p["W2"].ravel()))


def run(settings):
    """Checks by hand, of several widths, and with Keras; one by one, as they are timed."""
    images = data.load(settings.dataset)
    cases = itertools.product(range(settings.seeds), settings.widths)
    by_hand = [row for seed, width in cases for row in check_by_hand(seed, width, settings, images)]
    return [*by_hand, *check_keras(settings, images)]


# %% Findings: what the course says, measured
def of_bug(by_hand, bug):
    """Picks the rows of one bug, at the width that has all of them."""
    widths = [row["width"] for row in by_hand if row["bug"] == "wrong sign"]
    return [row for row in by_hand if row["bug"] == bug and row["width"] in widths]


def slopes(models, name, low, high):
    """Fits log error over log ε between two steps: the order of the error, by seed."""
    epsilons = models[0]["epsilons"]
    chosen = (epsilons >= low) & (epsilons <= high)
    return [np.polyfit(np.log(epsilons[chosen]), np.log(row[name][chosen]), 1)[0] for row in models]


def error_at(models, name, epsilon):
    """Relative difference at a step, by seed."""
    return np.array([row[name][np.argmin(abs(row["epsilons"] - epsilon))] for row in models])


def findings(result):
    """Judges the statements of the course."""
    by_hand, models = ([row for row in result if row["part"] == part] for part in ("by hand", "model"))
    is_right = {bug: [row["is_right"] for row in of_bug(by_hand, bug)] for bug in BUGS}
    every_bug = np.all([found for bug, found in is_right.items() if bug != "none"], axis=0)
    small = [row["overall"] for row in of_bug(by_hand, "one entry 1 % off")]
    most = max(row["parameters"] for row in by_hand)
    passes = [row["losses"] / 3 for row in by_hand if row["parameters"] == most]
    two, one, single = "float64, two-sided", "float64, one-sided", "float32, two-sided"
    off, step = "Gradient checking does not work with dropout.", "ε = 1e-7 is a good step."
    smaller = np.median(error_at(models, two, 1e-7) / error_at(models, two, 1e-5))
    slow = f"losses computed, over the three that backpropagation is worth; {most:,} parameters"
    no_alarm = np.array(is_right["none"]) & np.array([row["passed"] for row in models])

    def judge_log(statement, measured, values, promised, **claim):
        return judge(statement, measured, np.log10(values), unit="decades", promised=promised, **claim)

    return [
        judge("The error of a two-sided difference is O(ε²).", "slope of log error over log ε, 1e-3 to 1e-1",
              slopes(models, two, 9e-4, 0.2), above=1.9, unit="", promised="supported"),
        judge("The error of a one-sided difference is O(ε).", "slope of log error over log ε, 1e-5 to 1e-1",
              slopes(models, one, 9e-6, 0.2), below=1.1, unit="", promised="supported"),
        judge_log(step, "log10 of the error at ε = 1e-7, float64", error_at(models, two, 1e-7), "supported",
                  below=-6, note=f"At ε = 1e-5 it is {smaller:.0f} times smaller (median)."),
        judge_log(step, "log10 of the error at ε = 1e-7, float32", error_at(models, single, 1e-7),
                  "contradicted", below=-3, note="Keras computes in float32 unless told otherwise."),
        judge_log("A relative difference of 1e-7 is great.", "log10 of it, correct Keras model, ε = 1e-5",
                  [row["at start"] for row in models], "supported", below=-7),
        judge_share("A bug shows.", "seeds at which all eight bugs are found on the right tensors", every_bug,
                    above=0.8, promised="supported"),
        judge_share("What is correct passes.", "seeds at which a correct gradient passes, by hand and Keras",
                    no_alarm, above=0.8, promised="supported"),
        judge_log("Above 1e-3, worry.", "log10 of the relative difference over all, one bias entry 1 % off",
                  small, "contradicted", above=-3, note="It shows tensor by tensor."),
        judge_log(off, "log10 of the relative difference, new masks for every loss",
                  [row["dropout, masks redrawn"] for row in models], "supported", above=-3),
        judge_log(off, "log10 of the relative difference, the same masks for every loss",
                  [row["dropout, masks kept"] for row in models], "contradicted", above=-3,
                  note="It is the redrawing that fails, not dropout."),
        judge("It is slow: for debugging only.", slow, passes, above=100, unit="×", promised="supported",
              note="Two losses for each parameter."),
    ]  # fmt: skip


# %% Figures
def figures(result):
    """Draws the figures, with their words."""
    by_hand, models = ([row for row in result if row["part"] == part] for part in ("by hand", "model"))
    about = f"{len(models)} seeds. {plots.BAND}"
    epsilons, sweeps, best = models[0]["epsilons"], {"float64": {}, "float32": {}}, []
    for dtype, side in itertools.product(sweeps, ("one-sided", "two-sided")):
        errors = sweeps[dtype][side] = np.array([row[f"{dtype}, {side}"] for row in models])
        best.append(f"{dtype}, {side} {epsilons[np.median(errors, axis=0).argmin()]:.0e}")
    found = {bug: [[*row["by_tensor"], row["overall"]] for row in of_bug(by_hand, bug)] for bug in BUGS}
    table = {bug: np.median(rows, axis=0) for bug, rows in found.items()}
    correct = [row for row in by_hand if row["bug"] == "none"]
    sizes = sorted({row["parameters"] for row in correct})
    seconds = np.array([[row["seconds"] for row in correct if row["parameters"] == n] for n in sizes])
    times = dict(zip(("numerical", "backpropagation"), seconds.T, strict=True))  # (seeds, sizes) each
    ratio = np.median(seconds[-1, :, 0] / seconds[-1, :, 1])
    return {
        "error-by-step": Exhibit(
            plots.curves(epsilons, sweeps, xlabel="step ε", ylabel="relative difference", log_x=True,
                         log_y=True),
            "The error of numerical gradients",
            f"Relative difference ‖g − ĝ‖ / (‖g‖ + ‖ĝ‖) from the gradient by tape, Keras model. {about}",
            f"From large steps down the error falls, then rises. Best steps: {', '.join(best)}.",
        ),
        "blame": Exhibit(
            plots.grid_map(np.log10(np.maximum(list(table.values()), 1e-16)), row_labels=list(table),
                           column_labels=[*TENSORS, "all"], xlabel="tensor", ylabel="bug",
                           colorbar_label="log10 relative difference", number_format=".1f"),
            "Which tensors are blamed for which bug",
            f"Median over {len(models)} seeds of the relative difference; above 1e-6 a tensor fails. "
            "Right: all parameters as one vector.",
            f"A table. Over all parameters: {', '.join(f'{b} {row[-1]:.0e}' for b, row in table.items())}.",
        ),
        "cost": Exhibit(
            plots.curves(sizes, {"In NumPy": times}, xlabel="parameters", ylabel="time (s)", log_x=True,
                         log_y=True),
            "What a check costs",
            f"Two losses for each parameter, and one pass of backpropagation, by hand. {about}",
            f"At {sizes[-1]:,} parameters the check takes {ratio:,.0f} times as long as backpropagation.",
        ),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)
