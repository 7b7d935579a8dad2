"""How large may a step of gradient descent be, and what does a small one cost?

Varies the learning rate over six decades, the model (a ravine, linear regression, a small network) and the
start. Fixed: all samples in every step, plain SGD, mean squared error. Look for the wall: where all is lost.

Promised: linear regression diverges at 2/L, where L is the largest curvature of its error; a tenth of a rate
needs many times the epochs; a threshold ends training early, and says so; the four steps are what `fit` does;
the start decides where a network ends and not where linear regression does.

Source: the course's module; Nesterov (2004), section 2.1; Cohen et al. (2021), section 3.
"""

# %% Settings
import functools
import itertools
from dataclasses import dataclass

import numpy as np

from dlkeras import data, lab


@dataclass(frozen=True)
class Settings:
    """What a run of this lab uses."""

    dataset: str = "diabetes"
    rates_per_decade: int = 5  # learning rates, from 1e-5 to 10
    units: int = 8  # in the hidden layer of the network
    epochs: int = 500  # each a step with all samples
    margin: float = 0.05  # threshold: least error of linear regression, and this share of it
    allowed: int = 60  # epochs that StopAtError may use
    stop_rates: tuple[float, ...] = (0.01, 0.1, 0.3)  # learning rates, rising
    seeds: int = 20


FULL = Settings()
QUICK = Settings(rates_per_decade=2, epochs=200, allowed=20, seeds=2)
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=("diabetes", "breast_cancer"))

# %% Models: linear regression and a network with a hidden layer
import keras
import tensorflow as tf
from keras import ops

from dlkeras import plots
from dlkeras.callbacks import StopAtError
from dlkeras.findings import judge
from dlkeras.population import Population
from dlkeras.report import Exhibit

CURVATURES = np.array([1.0, 20.0], np.float32)  # of the ravine, along it and across: L is 20, 2/L is 0.1
RAVINE = {0.01: "small", 0.05: "1/L", 0.095: "below 2/L", 0.102: "above 2/L"}  # learning rates
SHOWN = 1000.0  # the largest error in a figure


def build(kind, num_inputs, units, seed):
    """Makes a model whose weights are drawn from the seed."""
    first, last = (keras.initializers.GlorotUniform(number) for number in (2 * seed, 2 * seed + 1))
    hidden = [keras.layers.Dense(units, "tanh", kernel_initializer=first)] if kind == "network" else []
    output = keras.layers.Dense(1, kernel_initializer=last)
    return keras.Sequential([keras.Input((num_inputs,)), *hidden, output])


def curvature_of(model, x, y):
    """Makes a function from weights to the largest eigenvalue L of the Hessian of the error."""
    shapes = [weight.shape for weight in model.weights]

    @tf.function
    def hessian(flat):
        parts = tf.split(flat, [int(np.prod(shape)) for shape in shapes])
        weights = [tf.reshape(part, shape) for part, shape in zip(parts, shapes, strict=True)]
        return tf.hessians(ops.mean(ops.square(y - model.stateless_call(weights, [], x)[0])), flat)[0]

    def largest(weights):
        flat = np.concatenate([np.ravel(weight) for weight in weights])
        return np.linalg.eigvalsh(hessian(flat).numpy())[-1] if np.isfinite(flat).all() else np.nan

    return largest


def descend(model, x, y, learning_rate, epochs, threshold):
    """The four steps of the course, until the epochs are used up or the error is below the threshold."""
    for used in range(1, epochs + 1):
        with tf.GradientTape() as tape:
            predicted = model(x)  # 1. forward propagation
            error = ops.mean(ops.square(y - predicted))  # 2. error
        gradients = tape.gradient(error, model.trainable_variables)  # 3. backpropagation
        for weight, gradient in zip(model.trainable_variables, gradients, strict=True):
            weight.assign_sub(learning_rate * gradient)  # 4. update
        if error < threshold:
            return used
    return epochs


# %% Experiment
def prepare(settings):
    """Gives inputs, targets, threshold, and the exact 2/L of linear regression."""
    table = data.load(settings.dataset)
    y = table.y_train.astype(np.float32)[:, None]
    y = (y - y.mean()) / y.std()
    ones = np.column_stack([table.x_train, np.ones(len(y))]).astype(np.float64)
    least = np.mean((ones @ np.linalg.lstsq(ones, y, rcond=None)[0] - y) ** 2)
    limit = 2 / np.linalg.eigvalsh(2 / len(y) * ones.T @ ones)[-1]  # the Hessian is the same everywhere
    return table.x_train, y, (1 + settings.margin) * least, limit


def row(model, rate, seed, epochs, losses, reason="", **arrays):
    """Describes a training; the arrays stay out of runs.csv."""
    about = {"model": model, "learning_rate": float(rate), "seed": seed, "reason": reason}
    return {**about, "epoch": [int(e) for e in epochs], "loss": [float(e) for e in losses], **arrays}


def sweep(kind, settings):
    """Trains a model at all rates from all starts, at once."""
    x, y, threshold, limit = prepare(settings)
    start = functools.cache(lambda seed: build(kind, x.shape[1], settings.units, seed))
    near = limit * np.geomspace(0.85, 1.3, 12)  # 4 % apart
    rates = np.sort([*np.geomspace(1e-5, 10, 6 * settings.rates_per_decade + 1), *near])
    replicas = [(rate, seed) for rate in rates for seed in range(settings.seeds)]

    population = Population(start, [s for _, s in replicas], learning_rates=[rate for rate, _ in replicas])
    population.compile(keras.optimizers.SGD(), keras.losses.MeanSquaredError())
    history = population.fit(x, y, len(x), settings.epochs, shuffle=False, verbose=0).history
    losses, weights = np.array(history["loss"]), population.get_weights()  # losses: (epochs, replicas)

    curvature = curvature_of(start(0), x, y)
    first = [curvature(start(seed).get_weights()) for seed in range(settings.seeds)]
    kept = np.unique(np.geomspace(1, settings.epochs, 30).round()).astype(int)  # epochs that runs.csv lists
    for i, (rate, seed) in enumerate(replicas):
        sharp = np.array([first[seed], curvature([weight[i] for weight in weights])])
        reached = np.append(np.flatnonzero(losses[:, i] < threshold) + 1.0, np.inf)[:1]
        yield row(kind, rate, seed, kept, losses[kept - 1, i], curvature=sharp, reached=reached)


def stop(settings):
    """Trains the network until its error is below the threshold, by `fit` and by the four steps."""
    x, y, threshold, _ = prepare(settings)
    model, own = (build("network", x.shape[1], settings.units, seed=0) for _ in range(2))
    model.compile(keras.optimizers.SGD(), keras.losses.MeanSquaredError())
    for seed, rate in itertools.product(range(settings.seeds), settings.stop_rates):
        start = build("network", x.shape[1], settings.units, seed).get_weights()
        model.set_weights(start)
        model.optimizer.learning_rate = rate
        stopper, options = StopAtError(threshold), {"shuffle": False, "verbose": 0}
        history = model.fit(x, y, len(x), settings.allowed, callbacks=[stopper], **options).history
        own.set_weights(start)
        epochs = descend(own, x, y, rate, settings.allowed, threshold)
        pairs = zip(own.get_weights(), model.get_weights(), strict=True)
        gap = np.array([max(np.abs(a - b).max() for a, b in pairs), abs(epochs - len(history["loss"]))])
        used = {"used": np.array([epochs / settings.allowed])}
        yield row("stop", rate, seed, range(1, epochs + 1), history["loss"], stopper.reason, gap=gap, **used)


def ravine():
    """Goes down (w₁² + 20 w₂²) / 2, forty steps from one start."""
    for rate in RAVINE:
        w, optimizer, path = keras.Variable([8.2, 1.25]), keras.optimizers.SGD(rate), []
        for _ in range(40):
            path.append(w.numpy())
            optimizer.apply([w * CURVATURES], [w])
        yield row("ravine", rate, 0, range(1, 41), np.square(path) @ CURVATURES / 2, path=np.array(path))


def run(settings):
    """Trains all models and returns one dict for each."""
    cases = [(sweep, "network", settings), (sweep, "linear", settings), (stop, settings), (ravine,)]
    return lab.train_all(lambda train, *arguments: train(*arguments), cases, "Training")


def pick(result, model, field):
    """Stacks a field of a model's trainings: (seeds, rates, ...), rates rising."""
    return result.stack(field, "seed", "learning_rate", model=model)


# %% Findings
def limits(result, model):
    """Finds for each seed the rate from which on all runs diverge, and 2/L at the start: (seeds,) each."""
    rates, losses = pick(result, model, "learning_rate")[0], pick(result, model, "loss")
    diverged = ~(losses[..., -1] < losses[..., 0])  # NaN too
    first = len(rates) - np.cumprod(diverged[:, ::-1], axis=1).sum(axis=1)
    return np.sqrt(rates[first] * rates[first - 1]), 2 / pick(result, model, "curvature")[:, 0, 0]


def findings(result):
    """Judges the statements of the course."""
    rates = pick(result, "linear", "learning_rate")[0]
    (wall, limit), (own_wall, own_limit) = limits(result, "linear"), limits(result, "network")
    good = np.abs(np.log(rates * 2 / limit[0])).argmin()  # 1/L
    tenth = np.abs(np.log(rates / rates[good] * 10)).argmin()
    needed = np.minimum(pick(result, "linear", "reached")[..., 0], result[0]["epoch"][-1])
    reasons = pick(result, "stop", "reason")[0]
    rate = pick(result, "stop", "learning_rate")[0]
    ends = {model: pick(result, model, "loss")[:, good, -1] for model in ("linear", "network")}
    sharp = pick(result, "network", "curvature")[..., 1]  # (seeds, rates)
    large = np.flatnonzero(np.isfinite(sharp).all(axis=0) & (rates < own_wall.min()))[-1]
    edge, used = rates[large] / 2 * sharp[:, large], pick(result, "stop", "used")[:, 1, 0]
    return [
        judge("Large rates can miss the minimum point.",
              "linear: distance of the rate from which on runs diverge from 2/L, over 2/L",
              np.abs(wall / limit - 1), below=0.04, unit="", promised="supported",
              note=f"It is {np.median(wall):.3g}, 2/L is {limit[0]:.3g}; rates there are 4 % apart."),
        judge("The same limit holds for a network.",
              "network: rate from which on runs diverge, over 2/L at the start", own_wall / own_limit,
              below=1.1, unit="×", note="Its curvature changes on the way."),
        judge("A network ends where the curvature allows the rate.",
              f"network, rate {rates[large]:.2g}: rate over 2/L at the end", edge, below=1.05, unit="×",
              note="At large rates the curvature ends close to 2 / rate."),
        judge("Small rates result in extremely slow convergence.",
              f"linear: epochs to the threshold at rate {rates[tenth]:.2g}, over those at {rates[good]:.2g}",
              needed[:, tenth] / needed[:, good], above=5, unit="×", promised="supported"),
        judge("Training ends when the epochs are used up or the error is below a threshold.",
              f"network, rate {rate[1]:g}: share of the allowed epochs that is used", used, below=0.9,
              unit="share", promised="supported", note=f"Seed 0: {reasons[1]}; {rate[0]:g}: {reasons[0]}."),
        judge("Training repeats four steps: forward, error, backward, update.",
              "largest difference of a weight, by `fit` and by the four steps written out",
              pick(result, "stop", "gap").max(axis=(1, 2)), below=1e-5, unit="", promised="supported",
              note="The rest is rounding; both end after the same epoch."),
        *(judge("Where training ends depends on the random start.",
                f"{model}, rate {rates[good]:.2g}: distance of a seed’s last error from the median, over it",
                np.abs(ends[model] / np.median(ends[model]) - 1), above=0.005, unit="", promised=promised)
          for model, promised in (("linear", "contradicted"), ("network", "supported"))),
    ]  # fmt: skip


# %% Figures
def figures(result):
    """Draws the figures, with their words."""
    titles = {"linear": "Linear regression", "network": "Network"}
    walls = {model: np.median(limits(result, model), axis=1) for model in titles}
    marks = {title: {"2 / L": walls[model][1]} for model, title in titles.items()}
    rates, epochs = pick(result, "linear", "learning_rate")[0], np.array(result[0]["epoch"])

    def each(field):  # (seeds, rates, ...); only where all have one: a median over the others would flatter
        found = {title: pick(result, model, field) for model, title in titles.items()}
        return {t: np.where(np.isfinite(v).all(axis=0), v, np.nan) for t, v in found.items()}

    losses = {t: np.fmin(pick(result, model, "loss"), SHOWN) for model, t in titles.items()}  # NaN too
    after = [int(np.abs(epochs - share * epochs[-1]).argmin()) for share in (0.01, 0.1, 1)]
    reached = {t: v[..., 0] for t, v in each("reached").items()}
    product = {t: np.nanmedian(v * rates) for t, v in reached.items()}
    curvature, large = each("curvature"), rates > 9e-4
    x, y = np.linspace(-11, 11, 221), np.linspace(-2.6, 2.6, 105)
    ways = pick(result, "ravine", "path")[0]  # (rates, steps, 2)
    heights = CURVATURES[0] * x**2 / 2 + CURVATURES[1] * y[:, None] ** 2 / 2
    paths = {
        f"Rate {rate:g}: {words}": path for (rate, words), path in zip(RAVINE.items(), ways, strict=True)
    }
    ends = [f"{end:.2g}" for end in pick(result, "ravine", "loss")[0, :, -1]]
    about, by_rate = (
        f"{len(losses['Network'])} seeds. {plots.BAND}",
        {"xlabel": "learning rate", "log_x": True},
    )
    moments = ("at the start", "at the end")
    return {
        "ravine": Exhibit(
            plots.descent_paths(paths, (x, y, heights), xlabel="w₁ (curvature 1)",
                                ylabel="w₂ (curvature 20)", columns=2),
            "Down a ravine at four rates",
            "Forty steps of keras.optimizers.SGD from one start. The error triples from contour to contour.",
            f"Four paths in a long valley: {', '.join(paths)}. Errors at the last step: {', '.join(ends)}.",
        ),
        "error-by-rate": Exhibit(
            plots.mark_x(plots.curves(
                rates, {t: {f"epoch {epochs[i]}": v[..., i] for i in after} for t, v in losses.items()},
                ylabel="mean squared error, of the target’s variance", log_y=True, **by_rate), marks),
            "Error by learning rate",
            f"Dotted: 2/L at the start. What is above {SHOWN:,.0f}, or no number, stands there. {about}",
            f"The error falls up to a wall, at {walls['linear'][0]:.3g} and {walls['network'][0]:.3g}.",
        ),
        "epochs-by-rate": Exhibit(
            plots.mark_x(plots.against_theory(
                rates, {t: {"measured": v} for t, v in reached.items()},
                {t: {"measured": value / rates} for t, value in product.items()}, **by_rate,
                ylabel="epochs until the error is below the threshold",
                theory_name="inversely proportional to the rate"), marks),
            "What a small rate costs",
            f"Only rates at which all runs get there in {epochs[-1]} epochs. {about}",
            f"Epochs times rate: {', '.join(f'{t} {value:.2g}' for t, value in product.items())}.",
        ),
        "curvature": Exhibit(
            plots.against_theory(
                rates[large],
                {t: {m: v[:, large, i] for i, m in enumerate(moments)} for t, v in curvature.items()},
                {t: dict.fromkeys(moments, 2 / rates[large]) for t in curvature}, **by_rate,
                ylabel="L, largest curvature of the error",
                theory_name="2 / rate; with a larger curvature, steps overshoot by more and more"),
            "The largest curvature, before and after training",
            f"Largest eigenvalue of the Hessian. Where a run diverged there is no end. {about}",
            f"The network’s is {np.median(curvature['Network'][..., 0]):.2g} at the start.",
        ),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)
