"""Which optimizer gets down fastest, and how much does its learning rate matter?

Varies the optimizer (gradient descent, momentum, RMSprop, Adam, each from its equations), the learning rate
over six decades, and the problem (a ravine, three networks). Fixed: the batches, and the other
hyperparameters at their defaults. Look for the valleys of the second figure: the rates that work.

Promised: our Adam takes the built-in's steps; momentum dampens the zigzag in a ravine, but is faster along it
only where the ravine is narrow; in the course's exercise it is no better than gradient descent.

Source: the course's week on optimization; Kingma and Ba (2015), algorithm 1; Sutskever et al. (2013).
"""

# %% Settings
import functools
from dataclasses import dataclass

import numpy as np

from dlkeras import data, lab


@dataclass(frozen=True)
class Settings:
    """What a run of this lab uses."""

    dataset: str = "digits"
    batch_size: int = 64
    epochs: int = 12
    rates_per_decade: int = 3  # learning rates, from 1e-5 to 10
    target: float = 0.1  # training loss that a good rate reaches, nats
    ravine_steps: int = 60
    compared_steps: int = 400  # of our Adam and the built-in
    seeds: int = 20


FULL = Settings()
QUICK = Settings(epochs=2, rates_per_decade=1, target=1.0, ravine_steps=25, compared_steps=50, seeds=2)
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=("digits", "wine", "breast_cancer"))

# %% Models and optimizers
import keras
import tensorflow as tf
from keras.layers import Dense

from dlkeras import plots
from dlkeras.findings import judge
from dlkeras.optimizers import Adam, GradientDescent, Momentum, RMSprop
from dlkeras.population import Population
from dlkeras.report import Exhibit

OPTIMIZERS = {"gradient descent": GradientDescent, "momentum": Momentum, "RMSprop": RMSprop, "Adam": Adam}
WIDE, NARROW = 20, 1000  # curvature L across a ravine; along it, 1
NETWORKS = ("one ReLU layer", "three sigmoid layers", "the exercise")
SHOWN = 10.0  # the largest loss in a figure
PLAIN, STEEP = "gradient descent", 1.8  # times 1/L, a rate just below 2/L
EXERCISE = 7e-4  # the learning rate of the course's optimizer exercise


def build(network, shape, classes, seed):
    """Makes a network whose weights are drawn from the seed."""

    def dense(units, activation=None):
        start = "he_normal" if activation == "relu" else "glorot_uniform"
        initializer = keras.initializers.get({"class_name": start, "config": {"seed": next(numbers)}})
        return Dense(units, activation, kernel_initializer=initializer)

    numbers = iter(range(100 * seed, 100 * seed + 100))
    hidden = {
        "one ReLU layer": lambda: [dense(32, "relu")],
        "three sigmoid layers": lambda: [dense(32, "sigmoid") for _ in range(3)],
        "the exercise": lambda: [dense(5, "relu"), dense(2, "relu")],
    }[network]()
    return keras.Sequential([keras.Input(shape), *hidden, dense(classes)])


# %% Experiment
def sweep(optimizer, network, settings):
    """Trains a network at all rates from all seeds, at once."""
    table = data.load("moons" if network == "the exercise" else settings.dataset)
    n = len(table.x_train) // settings.batch_size * settings.batch_size
    shape = table.x_train.shape[1:]
    rates = np.sort([EXERCISE, *np.geomspace(1e-5, 10, 6 * settings.rates_per_decade + 1)])
    runs = [(rate, seed) for rate in rates for seed in range(settings.seeds)]
    start = functools.cache(lambda seed: build(network, shape, table.num_classes, seed))

    population = Population(start, [seed for _, seed in runs], learning_rates=[rate for rate, _ in runs])
    population.compile(OPTIMIZERS[optimizer](), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    epochs = settings.epochs * (4 if network == "the exercise" else 1)
    x, y = table.x_train[:n], table.y_train[:n]
    losses = np.array(population.fit(x, y, settings.batch_size, epochs, verbose=0).history["loss"])
    for (rate, seed), loss in zip(runs, losses.T, strict=True):
        kept = [float(value) for value in loss]
        about = {"optimizer": optimizer, "problem": network, "rate": float(rate), "seed": seed}
        yield {**about, "target": settings.target, "loss": kept}


def ravine(optimizer, curvature, settings):
    """Goes down (w₁² + L w₂²) / 2 at all rates, from one start for each seed."""
    starts = np.random.default_rng(0).uniform([7, 0.7], [10, 1.3], (settings.seeds, 2))
    for rate in np.array([STEEP, *np.geomspace(0.2, 51.2, 9)]) / curvature:
        w, step, path = keras.Variable(starts, dtype="float64"), OPTIMIZERS[optimizer](float(rate)), []
        for _ in range(settings.ravine_steps + 1):
            path.append(w.numpy())
            step.apply([w * [1, curvature]], [w])
        for seed, own in enumerate(np.swapaxes(path, 0, 1)):  # (steps, 2) each
            loss = [float(value) for value in own**2 @ [1, curvature] / 2]
            about = {"optimizer": optimizer, "problem": f"ravine, L = {curvature}", "rate": float(rate)}
            yield {**about, "seed": seed, "loss": loss, "path": own}


def side_by_side(settings):
    """Trains with the built-in Adam, and gives the same gradients to ours."""
    table = data.load(settings.dataset)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for seed in range(settings.seeds):
        built_in, ours = (
            build("one ReLU layer", table.x_train.shape[1:], table.num_classes, seed) for _ in range(2)
        )
        updates = keras.optimizers.Adam(), Adam()
        for update, model in zip(updates, (built_in, ours), strict=True):
            update.build(model.trainable_variables)

        @tf.function
        def step(x, y, built_in=built_in, ours=ours, updates=updates):
            with tf.GradientTape() as tape:
                loss = loss_of(y, built_in(x))
            gradients = tape.gradient(loss, built_in.trainable_variables)
            updates[0].apply(gradients, built_in.trainable_variables)
            updates[1].apply(gradients, ours.trainable_variables)
            return loss, loss_of(y, ours(x))

        rows, losses, apart = np.random.default_rng(seed), [], []
        for _ in range(settings.compared_steps):
            batch = rows.integers(0, len(table.x_train), settings.batch_size)
            losses.append([float(loss) for loss in step(table.x_train[batch], table.y_train[batch])])
            pairs = list(zip(built_in.get_weights(), ours.get_weights(), strict=True))
            apart.append(float(max(np.max(np.abs(a - b) / np.spacing(np.abs(a).max())) for a, b in pairs)))
        for optimizer, loss in zip(("built-in", "ours"), np.transpose(losses).tolist(), strict=True):
            about = {"optimizer": optimizer, "problem": "side by side", "rate": 0.001, "seed": seed}
            yield {**about, "loss": loss, "apart": apart}


def run(settings):
    """Trains all and returns one dict for each run."""
    cases = [(sweep, optimizer, network, settings) for network in NETWORKS for optimizer in OPTIMIZERS]
    cases += [(ravine, optimizer, WIDE, settings) for optimizer in OPTIMIZERS]
    cases += [(ravine, optimizer, NARROW, settings) for optimizer in (PLAIN, "momentum")]
    cases += [(side_by_side, settings)]
    return lab.train_all(lambda train, *arguments: train(*arguments), cases, "Training")


# %% Findings
def at_end(result, problem, optimizer):
    """Gives the last losses, (rates, seeds), with infinity for runs that diverged."""
    losses = result.stack("loss", "rate", "seed", problem=problem, optimizer=optimizer)
    return np.nan_to_num(losses[..., -1], nan=np.inf)


def best(result, problem, optimizer):
    """Finds the rate with the least median of last losses, and log10 of the losses there, (seeds,)."""
    losses = at_end(result, problem, optimizer)
    place = np.median(losses, axis=1).argmin()
    return result.values("rate", problem=problem)[place], np.log10(losses[place])


def width(result, problem, optimizer):
    """Measures the decades of rates that reach the target, by seed."""
    decades = np.gradient(np.log10(result.values("rate", problem=problem)))  # that each rate stands for
    return decades @ (at_end(result, problem, optimizer) < result[0]["target"])


def zigzag(result, optimizer):
    """Gives the way across, in heights of the start, and log10 of the distance left along it, (seeds,)."""
    path = result.stack("path", "seed", problem=f"ravine, L = {WIDE}", optimizer=optimizer, rate=STEEP / WIDE)
    across = np.abs(np.diff(path[..., 1], axis=1)).sum(axis=1) / path[:, 0, 1]
    return across, np.log10(np.abs(path[:, 20, 0] / path[:, 0, 0]))


def findings(result):
    """Judges the statements of the course."""
    (across, along), (plain_across, plain_along) = (zigzag(result, name) for name in ("momentum", PLAIN))
    exercise = {
        name: result.stack("loss", "seed", problem="the exercise", optimizer=name, rate=EXERCISE)[:, -1]
        for name in ("momentum", PLAIN)
    }

    def gain(statement, problem, this, other, promised=None):
        (rate, losses), (other_rate, others) = (best(result, problem, name) for name in (this, other))
        return judge(statement, f"{problem}, each at its best rate: log10 of the last loss, {this} − {other}",
                     losses, baseline=others, below=-0.05, unit="decades", promised=promised,
                     note=f"Their rates are {rate:.2g} and {other_rate:.2g}.")  # fmt: skip

    def wider(problem):
        return judge("Adam needs little tuning of its learning rate.",
                     f"{problem}: decades of rates that reach the target, Adam − {PLAIN}",
                     width(result, problem, "Adam"), baseline=width(result, problem, PLAIN), above=0.25,
                     unit="decades", note=f"The target is {result[0]['target']:g} nats.")  # fmt: skip

    return [
        judge("Adam from the equations is the built-in.",
              "largest distance of a weight over all steps, from the same gradients",
              result.stack("apart", "seed", optimizer="ours").max(axis=1), below=256,
              unit="units of the last place", promised="supported",
              note="The built-in’s 1 − β₂ᵗ, in float32, puts it about as far from the exact recurrence."),
        judge("Momentum dampens oscillations across a ravine.",
              f"ravine, L = {WIDE}, rate {STEEP}/L: way across, momentum − {PLAIN}",
              across, baseline=plain_across, below=-0.5, unit="heights of the start", promised="supported"),
        judge("Momentum is faster along a ravine.",
              f"ravine, L = {WIDE}, rate {STEEP}/L: log10 of what is left after 20 steps, momentum − {PLAIN}",
              along, baseline=plain_along, below=-0.05, unit="decades", promised="contradicted",
              note="With the course’s 1 − β the steps of both are equal in the long run."),
        gain("Momentum is faster along a ravine.", f"ravine, L = {WIDE}", "momentum", PLAIN, "contradicted"),
        gain("Momentum is faster along a ravine.", f"ravine, L = {NARROW}", "momentum", PLAIN, "supported"),
        judge("Momentum works better than gradient descent.",
              f"the exercise at its own rate, {EXERCISE:g}: log10 of the last loss, momentum − {PLAIN}",
              np.log10(exercise["momentum"]), baseline=np.log10(exercise[PLAIN]), below=-0.05, unit="decades",
              promised="contradicted", note="There the rate is too small for either."),
        gain("Momentum works better than gradient descent.", "the exercise", "momentum", PLAIN),
        *(wider(problem) for problem in NETWORKS[:2]),
        *(gain("Adam works well on many problems.", problem, "Adam", "momentum") for problem in NETWORKS),
    ]  # fmt: skip


# %% Figures
def figures(result):
    """Draws the figures, with their words."""
    w1, w2 = np.linspace(-11, 11, 221), np.linspace(-2.6, 2.6, 105)
    heights, problem = (w1**2 + WIDE * w2[:, None] ** 2) / 2, f"ravine, L = {WIDE}"
    ways = {f"{name}, rate {STEEP / WIDE:g}": (name, STEEP / WIDE) for name in (PLAIN, "momentum")}
    for name in ("RMSprop", "Adam"):
        rate = best(result, problem, name)[0]
        ways[f"{name}, best rate {rate:.2g}"] = name, rate
    paths = {
        title: result.stack("path", "seed", problem=problem, optimizer=name, rate=rate)[0]
        for title, (name, rate) in ways.items()
    }
    chosen = {p: {name: best(result, p, name)[0] for name in OPTIMIZERS} for p in NETWORKS}
    by_epoch = {
        problem: {
            name: result.stack("loss", "seed", problem=problem, optimizer=name, rate=rate)
            for name, rate in own.items()
        }
        for problem, own in chosen.items()
        if problem != "the exercise"  # which has more epochs
    }
    ends = {p: {name: np.fmin(at_end(result, p, name), SHOWN).T for name in OPTIMIZERS} for p in NETWORKS}
    both = {name: result.stack("loss", "seed", optimizer=name) for name in ("built-in", "ours")}
    apart = result.stack("apart", "seed", optimizer="ours")
    seeds = f"{len(apart)} seeds. {plots.BAND}"
    return {
        "ravine": Exhibit(
            plots.descent_paths(paths, (w1, w2, heights), xlabel="w₁ (curvature 1)",
                                ylabel=f"w₂ (curvature {WIDE})", columns=2),
            "Down a ravine",
            "From one start. The best of the rates that were tried has the least error at the end. The error "
            "triples from contour to contour.",
            f"Paths in a long valley: {', '.join(paths)}.",
        ),
        "loss-by-rate": Exhibit(
            plots.curves(result.values("rate", problem=NETWORKS[0]), ends, xlabel="learning rate",
                         ylabel="training loss at the end (nats)", log_x=True, log_y=True,
                         reference=(result[0]["target"], "target")),
            "Which learning rates work",
            f"What diverged, or is above {SHOWN:g}, stands there. {seeds}",
            "Valleys over the learning rate. Best rates: " + "; ".join(
                f"{p}: {', '.join(f'{name} {rate:.2g}' for name, rate in own.items())}"
                for p, own in chosen.items()),
        ),
        "loss-by-epoch": Exhibit(
            plots.curves(np.arange(len(by_epoch[NETWORKS[0]]["Adam"][0])) + 1, by_epoch, xlabel="epoch",
                         ylabel="training loss (nats)", log_y=True),
            "Each at its best rate",
            f"The rate with the least median of last losses. {seeds}",
            "Training loss by epoch. At the end: " + "; ".join(
                f"{p}: {', '.join(f'{name} {np.median(loss[:, -1]):.2g}' for name, loss in own.items())}"
                for p, own in by_epoch.items()),
        ),
        "side-by-side": Exhibit(
            plots.with_difference(np.arange(apart.shape[1]) + 1, both, apart, xlabel="step",
                                  ylabel="training loss (nats)",
                                  difference_label="largest distance of a weight\n(units of the last place)"),
            "Adam, built-in and ours",
            f"Ours gets the built-in’s gradients. {seeds}",
            f"Two loss curves on one another; the weights are at most {apart.max():.2g} units apart.",
        ),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)
