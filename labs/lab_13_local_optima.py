"""Does training get stuck in bad local optima, or in saddle points and plateaus, and who gets out?

Varies where training starts (near a saddle, on a plateau), the optimizer and its learning rate over three
decades. Fixed: a hundred images, all of them in every step, the other settings at Keras' defaults. Look for
saddles high up and minima at the bottom, and for optimizers that draw level once each has its own rate.

Promised: the higher the cost of a critical point, the more of its directions lead down; those high up are no
local minima; at equal rates Adam leaves saddle and plateau much sooner than gradient descent; at own rates it
still leaves the plateau sooner, but near the saddle momentum then has no advantage.

Source: the course on local optima; Dauphin et al. (2014); Fukumizu and Amari (2000), on units that are zero.
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

    dataset: str = "digits"
    samples: int = 100  # images
    inputs: int = 8  # principal components of an image
    units: int = 4  # in a hidden layer
    penalty: float = 0.01  # of half the sum of squared weights, where critical points are sought
    on_the_way: tuple[int, ...] = (2, 4, 5, 10, 25)  # steps of a descent from which a search sets out
    rates: tuple[float, ...] = (0.01, 0.0316, 0.1, 0.316, 1.0, 3.16, 10.0, 31.6)  # learning rates
    epochs: int = 400  # steps that a training has, each with all images
    seeds: int = 20


FULL = Settings()
QUICK = Settings(on_the_way=(2, 10), rates=(0.1, 1.0, 3.16), epochs=60, seeds=2)
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=("digits", "wine", "breast_cancer"))

# %% Data and models
import keras
import tensorflow as tf
from scipy import optimize, stats

from dlkeras import plots
from dlkeras.findings import judge
from dlkeras.models import depth_stack
from dlkeras.population import Population
from dlkeras.report import Exhibit

SGD, RMSprop, Adam = keras.optimizers.SGD, keras.optimizers.RMSprop, keras.optimizers.Adam
OPTIMIZERS = {"gradient descent": SGD, "momentum": functools.partial(SGD, momentum=0.9)}
OPTIMIZERS |= {"RMSprop": RMSprop, "Adam": Adam}
STARTS = {  # activation, hidden layers, factor of Glorot's weights
    "Saddle: weights near zero": ("tanh", 1, 0.01),
    "Plateau: 5 sigmoid layers": ("sigmoid", 5, 1.0),
}
SADDLE, PLATEAU = STARTS
PLAIN, EQUAL = "gradient descent", 0.1  # the learning rate at which all are compared
KINDS = ON_PATH, SMALLER, MINIMUM = "saddle by a path", "saddle, smaller network’s minimum", "local minimum"


def images(settings):
    """Gives the principal components of some images, labels, number of classes, and the cost of guessing."""
    table = data.load(settings.dataset)
    x, y = table.x_train[: settings.samples], table.y_train[: settings.samples]
    x = x - x.mean(axis=0)
    x = x @ np.linalg.svd(x, full_matrices=False)[2][: settings.inputs].T
    return x / x.std(), y, table.num_classes, stats.entropy(np.bincount(y))


def derivatives(settings):
    """Makes functions of all weights as one vector, in float64: the cost, its gradient and its Hessian."""
    x, y, classes, _ = images(settings)
    dense = functools.partial(keras.layers.Dense, dtype="float64")
    layers = [keras.Input(x.shape[1:], dtype="float64"), dense(settings.units, "tanh"), dense(classes)]
    model, loss = keras.Sequential(layers), keras.losses.SparseCategoricalCrossentropy(True, dtype="float64")
    shapes = [weight.shape for weight in model.weights]

    def cost(w):
        parts = tf.split(w, [int(np.prod(shape)) for shape in shapes])
        weights = [tf.reshape(part, shape) for part, shape in zip(parts, shapes, strict=True)]
        return loss(y, model.stateless_call(weights, [], x)[0]) + settings.penalty / 2 * tf.reduce_sum(w**2)

    functions = cost, lambda w: tf.gradients(cost(w), w)[0], lambda w: tf.hessians(cost(w), w)[0]
    compiled = [tf.function(f, jit_compile=True, autograph=False) for f in functions]
    return shapes, *((lambda w, f=f: f(tf.constant(w)).numpy()) for f in compiled)


# %% Critical points: where the gradient is zero
def critical_points(seed, settings, functions):
    """Searches them from a descent's path, and as minima of networks in which some units are zero."""
    shapes, cost, gradient, hessian = functions
    (inputs, units), (_, classes) = shapes[0], shapes[2]
    of_layers = np.tile(range(units), inputs + 1), np.repeat(range(units), classes), [-1] * classes
    unit = np.concatenate(of_layers)  # the unit to which a weight belongs; the last biases belong to none
    w = start = np.random.default_rng(seed).normal(0, 0.1, len(unit))
    origins = []
    for step in range(settings.on_the_way[-1] + 1):
        if step in settings.on_the_way:
            origins.append((ON_PATH, w))
        w = w - gradient(w)
    for used in range(units + 1):  # units that are zero have no gradient, and stay so
        smaller = np.where(unit < used, start, 0)
        origins.append((SMALLER, optimize.minimize(cost, smaller, jac=gradient, method="CG").x))
    for origin, w in origins:
        options = {"maxiter": 30, "xtol": 1e-13, "ftol": 1e-14}  # of Levenberg's and Marquardt's method
        point = optimize.root(gradient, w, jac=hessian, method="lm", options=options).x
        eigenvalues, slope = np.linalg.eigvalsh(hessian(point)), np.abs(gradient(point)).max()
        down = float(np.mean(eigenvalues < -1e-6))  # share of directions that lead down
        kind = "none" if slope > 1e-9 else origin if down else MINIMUM
        about = {"part": "critical", "seed": seed, "origin": origin, "kind": kind, "cost": float(cost(point))}
        theory = {"units": units, "weights": len(unit), "ways_per_unit": min(inputs, classes - 1)}
        yield {**about, "down": down, **theory}  # in theory, a unit that is zero has so many ways down


# %% Escape: every optimizer at every rate from every start
def escape(start, optimizer, settings):
    """Trains from all seeds at all rates at once, and notes when the cost is 10 % below that of guessing."""
    x, y, classes, guessing = images(settings)
    activation, depth, scale = STARTS[start]
    sizes = {"input_dim": x.shape[1], "num_classes": classes}
    build = functools.cache(lambda seed: depth_stack(activation, depth, settings.units, seed=seed, **sizes))
    runs = list(itertools.product(settings.rates, range(settings.seeds)))
    population = Population(build, [seed for _, seed in runs], learning_rates=[rate for rate, _ in runs])
    population.set_weights([scale * w for w in population.get_weights()])
    population.compile(OPTIMIZERS[optimizer](), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = population.fit(x, y, len(x), settings.epochs, shuffle=False, verbose=0).history
    for (rate, seed), costs in zip(runs, np.transpose(history["loss"]), strict=True):
        low = costs < 0.9 * guessing
        left = int(low.argmax()) + 1 if low[-1] else settings.epochs
        about = {"part": "escape", "start": start, "optimizer": optimizer, "rate": rate, "seed": seed}
        yield {**about, "left": left, "costs": np.where(np.isfinite(costs), costs, np.inf)}


def run(settings):
    """Does all of it, and returns one dict for each search and each training."""
    functions = derivatives(settings)
    cases = [(escape, start, optimizer, settings) for start in STARTS for optimizer in OPTIMIZERS]
    cases += [(critical_points, seed, settings, functions) for seed in range(settings.seeds)]
    return lab.train_all(lambda part, *case: part(*case), cases, "Training")


def own_rate(result, start, optimizer):
    """Gives the rate whose cost, averaged over all steps, is the lowest for the median seed."""
    costs = result.stack("costs", "rate", "seed", start=start, optimizer=optimizer).mean(axis=2)
    return result.values("rate")[np.argmin(np.median(costs, axis=1))]


def steps(result, start, optimizer, rate):
    """Gives the steps that each seed needs to leave."""
    return result.stack("left", "seed", start=start, optimizer=optimizer, rate=rate)


# %% Findings
def findings(result):
    """Judges what the course says."""
    found = [row for row in result if row.get("kind", "none") != "none"]
    least, most = (extreme(row["cost"] for row in found) for extreme in (min, max))
    own = [[row for row in found if row["seed"] == seed] for seed in result.values("seed")]
    order = [stats.spearmanr([r["cost"] for r in rows], [r["down"] for r in rows]).statistic for rows in own]
    high = [np.mean([r["kind"] == MINIMUM for r in rows if 2 * r["cost"] > least + most]) for rows in own]
    minima = [np.mean([r["cost"] for r in rows if r["kind"] == MINIMUM] or most) for rows in own]

    def judge_steps(start, other, rate=None, promised=None, note=""):
        rates = [rate or own_rate(result, start, optimizer) for optimizer in (PLAIN, other)]
        slow, quick = (steps(result, start, *run) for run in zip((PLAIN, other), rates, strict=True))
        measured = f"{start}. Steps to leave: {PLAIN} at {rates[0]:g} over {other} at {rates[1]:g}"
        return judge("Momentum, RMSprop and Adam get off a plateau sooner.", measured, np.log10(slow / quick),
                     above=0.3, unit="decades", promised=promised, note=note)  # fmt: skip

    return [
        judge("Points without a gradient are mostly saddles, the more so the higher up.", "rank correlation "
              "of cost and share of negative eigenvalues, over a seed’s critical points", order, above=0.8,
              unit="", promised="supported"),
        judge("One is unlikely to get stuck in a bad local optimum.", "share of local minima among a seed’s "
              f"critical points in the upper half of costs, above {(least + most) / 2:.2g}", high, below=0.1,
              unit="share", promised="supported"),
        judge("Local minima are about as good as the best.", "a seed’s local minima: height above the lowest "
              "of all, over that of the highest saddle", (np.array(minima) - least) / (most - least),
              below=0.1, unit="", promised="supported"),
        *(judge_steps(start, "Adam", EQUAL, "supported", "At equal rates.") for start in STARTS),
        judge_steps(PLATEAU, "Adam", promised="supported", note="Each at its own best rate."),
        judge_steps(SADDLE, "Adam", note="Each at its own best rate; the saddle is no trap for either."),
        judge_steps(SADDLE, "momentum", promised="contradicted", note="Each at its own best rate."),
    ]  # fmt: skip


# %% Figures
def figures(result):
    """Draws the figures, with their words."""
    critical, seeds, rates = result.where(part="critical"), len(result.values("seed")), result.values("rate")
    points = {kind: [(r["cost"], r["down"]) for r in critical if r["kind"] == kind] for kind in KINDS}
    units, weights, ways = (critical[0][field] for field in ("units", "weights", "ways_per_unit"))
    levels = {f"{n} unit{'s' * (n > 1)} zero": n * ways / weights for n in range(1, units + 1)}
    missed = [row["kind"] == "none" for row in critical.where(origin=ON_PATH)]
    epochs, words = result.where(part="escape")[0]["costs"].size, []
    panels, left = {f"{s}, {at}": {} for at in (f"all at {EQUAL}", "own rates") for s in STARTS}, {}
    inverse = {start: {} for start in STARTS}
    for start, optimizer in itertools.product(STARTS, OPTIMIZERS):
        kind, own = {"start": start, "optimizer": optimizer}, own_rate(result, start, optimizer)
        words.append(
            f"{start[:7]}, {optimizer} at {own:g}: {np.median(steps(result, *kind.values(), own)):.0f}"
        )
        left.setdefault(start, {})[optimizer] = result.stack("left", "seed", "rate", **kind)
        median = np.median(left[start][optimizer], axis=0)
        line = (median * rates)[np.argmax(median < epochs)] / np.array(rates)  # from where they get out
        inverse[start][optimizer] = np.where((line > 2) & (line < epochs), line, np.nan)
        for at, rate in (f"all at {EQUAL}", EQUAL), ("own rates", own):
            panels[f"{start}, {at}"][optimizer] = result.stack("costs", "seed", rate=rate, **kind)
    about = f"{seeds} seeds. {plots.BAND}"
    return {
        "critical-points": Exhibit(
            plots.scatter(points, xlabel="cost at the critical point (nats, with the penalty)", levels=levels,
                          ylabel="share of negative eigenvalues of the Hessian"),
            "The higher the cost of a critical point, the more directions lead down",
            f"A dot: a point where the gradient is zero, of a network with {weights} weights; {seeds} seeds. "
            f"Dashed, theory: {ways} ways down for each unit that is zero. Left out: {sum(missed)} of "
            f"{len(missed)} searches from a path, which ended with a small gradient, but none of zero.",
            "; ".join(f"{kind}: cost {x:.2f}, share {y:.2f}" for kind, own in points.items()
                      for x, y in [min(own), max(own)][: len(own)]),
        ),
        "steps-by-rate": Exhibit(
            plots.against_theory(rates, left, inverse, xlabel="learning rate", ylabel="steps to leave",
                                 log_x=True, theory_name="in inverse proportion to the rate",
                                 reference=(epochs, "not yet")),
            "Steps to leave a saddle and a plateau",
            f"Left: the cost is 10 % below that of guessing, and is so at the end. {about}",
            f"Valleys over the rate. Median steps at each one’s own rate: {'; '.join(words)}.",
        ),
        "costs": Exhibit(
            plots.curves(np.arange(1, epochs + 1), panels, xlabel="step", ylabel="cost (nats)", log_x=True,
                         columns=2),
            "The way out, at equal rates and at each optimizer’s own",
            f"Own: the rate with the lowest mean cost over all steps. {about}",
            f"Costs over {epochs} steps. Rates and steps to leave: {'; '.join(words)}.",
        ),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)
