"""How many samples should a step of gradient descent see, and what does their noise cost?

Varies the batch size from one sample to all, and the learning rate, since each size has its own best one.
Fixed: a network of 32 tanh units, plain SGD, the cost to reach. Look at the last panel of the trade: seconds
have a minimum between the ends. They vary from run to run, so they are in figures and not in findings.

Promised: gradient noise falls as 1/√size, but faster near all samples; it grows beside the gradient; all
samples at once take the most epochs, small as the set is.

Source: the course's modules on mini-batches; McCandlish et al. (2018), section 2.2; Shallue et al. (2019).
"""

# %% Settings
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from dlkeras import data, lab


@dataclass(frozen=True)
class Settings:
    """What a run of this lab uses."""

    dataset: str = "digits"
    samples: int = 1280  # at most
    sizes: tuple[int, ...] = (
        1,
        4,
        16,
        64,
        256,
    )  # samples in a batch, each a divisor of the next; all come last
    learning_rates: tuple[float, ...] = (0.02, 0.05, 0.2, 0.5, 1, 2, 5, 10, 20)
    target: float = 0.01  # cost to reach, nats
    epochs: int = 100  # at most
    seeds: int = 20
    noise_epochs: int = 10  # between the two moments at which noise is measured


FULL = Settings()
QUICK = Settings(samples=512, sizes=(4, 64), learning_rates=(0.5, 5), target=0.1, seeds=2)
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=data.CLASSIFICATION)

# %% Data and model
import keras
import tensorflow as tf

from dlkeras import plots
from dlkeras.findings import judge, mean_interval
from dlkeras.models import depth_stack
from dlkeras.population import Population
from dlkeras.report import Exhibit
from dlkeras.runs import Runs

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def prepare(settings):
    """Gives inputs, labels, all batch sizes, and a builder of networks."""
    table = data.load(settings.dataset)
    sizes = [size for size in settings.sizes if size < len(table.x_train)]
    n = min(settings.samples, len(table.x_train)) // sizes[-1] * sizes[-1]  # only whole batches
    x, y = table.x_train[:n], table.y_train[:n]
    shape = {"depth": 1, "width": 32, "input_dim": x.shape[1], "num_classes": table.num_classes}
    return x, y, [*sizes, n], lambda seed: depth_stack("tanh", seed=seed, **shape)


# %% Experiment
def train(size, settings):
    """Trains all seeds at all rates, until at one rate all seeds have reached the target."""
    x, y, _, build = prepare(settings)
    starts = [(rate, seed) for rate in settings.learning_rates for seed in range(settings.seeds)]
    # A keras.Model, with a replica for each start.
    population = Population(build, [seed for _, seed in starts], learning_rates=[rate for rate, _ in starts])
    population.compile(keras.optimizers.SGD(), LOSS)
    reached = np.full(len(starts), settings.epochs)

    def note(epoch, logs):
        reached[(logs["val_loss"] < settings.target) & (reached > epoch)] = epoch + 1
        population.stop_training = (reached <= epoch + 1).reshape(-1, settings.seeds).all(axis=1).any()

    # val_loss is the cost of all samples at the end of an epoch.
    options = {"validation_data": (x, y), "callbacks": [keras.callbacks.LambdaCallback(on_epoch_end=note)]}
    costs = population.fit(x, y, size, settings.epochs, verbose=0, **options).history["val_loss"]
    best = settings.learning_rates[reached.reshape(-1, settings.seeds).mean(axis=1).argmin()]
    for i, (rate, seed) in enumerate(starts):
        about = {"part": "train", "size": size, "rate": rate, "seed": seed, "target": settings.target}
        found = {"epochs": int(reached[i]), "cost": [float(cost[i]) for cost in costs]}
        yield {**about, "best": rate == best, **found}


def noise(settings):
    """Measures how far gradients of an epoch's batches are from that of all samples, over its norm."""
    x, y, sizes, build = prepare(settings)
    model, population = build(0), Population(build, range(settings.seeds))
    population.compile(keras.optimizers.SGD(0.2), LOSS)

    def gradient(sample):
        with tf.GradientTape() as tape:
            loss = LOSS(sample[1][None], model(sample[0][None]))
        return tf.concat([tf.reshape(g, [-1]) for g in tape.gradient(loss, model.trainable_variables)], 0)

    each = tf.function(lambda: tf.vectorized_map(gradient, (x, y)), jit_compile=True)
    for epochs in (0, settings.noise_epochs):
        for seed in range(settings.seeds):
            model.set_weights([weight[seed] for weight in population.get_weights()])
            gradients, rng = each().numpy(), np.random.default_rng(seed)  # (samples, weights)
            mean = gradients.mean(axis=0)
            for size in sorted({*sizes[:-1], len(x) // 2}):  # all samples have no noise
                squares = []
                for _ in range(4):
                    rng.shuffle(gradients)  # the gradient of a batch is the mean of its samples'
                    batches = gradients.reshape(-1, size, len(mean)).mean(axis=1)
                    squares.append(np.square(batches - mean).sum(axis=1).mean())
                about = {"part": "noise", "after": epochs, "seed": seed, "size": size}
                yield {**about, "noise": float(np.sqrt(np.mean(squares)) / np.linalg.norm(mean))}
        population.fit(x, y, 64, settings.noise_epochs, verbose=0)


def clock(settings):
    """Times an epoch of a plain `fit` at every size."""
    x, y, sizes, build = prepare(settings)
    for size in sizes:
        model, ends = build(0), []
        model.compile(keras.optimizers.SGD(), LOSS)
        watch = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_, ends=ends: ends.append(perf_counter()))
        model.fit(x, y, size, 6, callbacks=[watch], verbose=0)  # the first epoch is for the compiler
        yield {"part": "clock", "size": size, "seconds": np.diff(ends).min(keepdims=True)}


def run(settings):
    """Trains and measures, and returns one dict for each training."""
    cases = [(train, size, settings) for size in prepare(settings)[2]] + [(noise, settings)]
    rows = lab.train_all(lambda part, *case: part(*case), cases, "Training")
    return Runs([*rows, *clock(settings)])  # the clock alone, or it would time the others too


# %% Findings: what the course says, measured
def findings(runs):
    """Judges the statements of the course."""
    best, drawn = runs.where(best=True), np.array(runs.values("size", part="noise"))
    epochs = dict(zip(best.values("size"), best.stack("epochs", "size", "seed"), strict=True))
    few, middle, n = min(epochs), max(size for size in epochs if size <= 64), max(epochs)
    noises, small = runs.stack("noise", "after", "seed", "size", part="noise"), drawn <= n / 8
    slopes = np.polyfit(np.log(drawn[small]), np.log(noises[0][:, small]).T, 1)[0]
    half = noises[0, :, -1] / noises[0, :, 0] * np.sqrt(drawn[-1] / drawn[0])
    start, later = noises[..., 0] ** 2 * drawn[0]  # sizes at which noise equals the gradient
    return [
        judge("Noise falls as 1/√size.", f"to size {drawn[small][-1]}: distance of the slope of log noise "
              "by log size from −1/2", np.abs(slopes + 0.5), below=0.05, unit="", promised="supported",
              note="The slope is {:.3f} [{:.3f}, {:.3f}].".format(slopes.mean(), *mean_interval(slopes))),
        judge("Noise falls as 1/√size.", f"noise at {drawn[-1]} of {n} samples, over what 1/√size says", half,
              above=0.9, unit="×", promised="contradicted", note="An epoch draws no sample twice."),
        judge("Noise matters more as training goes on.", "size at which noise equals the gradient, later "
              "over at the start", later / start, above=2, unit="×", promised="supported",
              note=f"{np.median(start):.0f} samples at the start, {np.median(later):,.0f} later."),
        judge("Larger batches need fewer steps.", f"epochs to the target, size {middle} over {few}",
              epochs[middle] / epochs[few], below=1.5, unit="×", note="While the best rate grows too."),
        judge("Below 2,000 samples, use batch gradient descent.", f"epochs to the target, all over {middle}",
              epochs[n] / epochs[middle], below=1.5, unit="×", promised="contradicted"),
    ]  # fmt: skip


# %% Figures
def figures(runs):
    """Draws the figures, with their words."""
    best = runs.where(best=True)
    sizes, epochs = np.array(best.values("size")), best.stack("epochs", "seed", "size")
    n, names = sizes[-1], [*map(str, sizes[:-1]), "all"]
    seconds, rates = runs.stack("seconds", "size", part="clock")[:, 0], best.stack("rate", "size", seed=0)
    trade = {"Steps": epochs * (n / sizes), "Epochs": epochs, "Seconds": epochs * seconds}
    medians = {title: np.median(values, axis=0) for title, values in trade.items()}
    equal = {"Steps": sizes[0] / sizes, "Epochs": sizes / sizes, "Seconds": sizes[0] / sizes}
    mark = {"Seconds": {f"best: {size}": size for size in sizes[[medians["Seconds"].argmin()]]}}
    costs = [best.stack("cost", "seed", size=size) for size in best.values("size")]
    ends = [np.arange(1, values.shape[1] + 1) for values in costs]
    lines = {"By epoch": ends, "By second": [end * second for end, second in zip(ends, seconds, strict=True)]}
    lines = {t: dict(zip(names, zip(x, costs, strict=True), strict=True)) for t, x in lines.items()}
    drawn = np.array(runs.values("size", part="noise"))
    noises = {f"After {e} epochs": runs.stack("noise", "seed", "size", after=e) for e in runs.values("after")}

    def listed(values):
        return ", ".join(f"{value:.2g} at {name}" for value, name in zip(values, names, strict=True))

    about = f"{len(epochs)} seeds. {plots.BAND}"
    chosen = f"Each size at its best learning rate: {listed(rates)}. {about}"
    return {
        "trade": Exhibit(
            plots.mark_x(plots.against_theory(
                sizes, {t: {t.lower(): v} for t, v in trade.items()},
                {t: {t.lower(): medians[t][0] * v} for t, v in equal.items()}, xlabel="batch size (samples)",
                ylabel="until the cost is at the target", log_x=True, theory_name="all samples are worth as "
                "much, and all steps take as long, as at the smallest size"), mark),
            "The trade: few steps, or cheap ones", f"Seconds are those of plain `fit`. {chosen}",
            f"Epochs: {listed(medians['Epochs'])}. Seconds: {listed(medians['Seconds'])}.",
        ),
        "cost": Exhibit(
            plots.until_target(lines, target=(runs[0]["target"], "target"), ylabel="cost (nats)",
                               xlabels=["epoch", "seconds of plain fit on this machine"]),
            "Cost by epoch and by second", f"Of all samples, after each epoch. {chosen}",
            f"An epoch takes {listed(seconds)} seconds.",
        ),
        "noise": Exhibit(
            plots.against_theory(
                drawn, {t: {"noise": v} for t, v in noises.items()},
                {t: {"noise": np.median(v[:, 0]) * np.sqrt(drawn[0] / drawn)} for t, v in noises.items()},
                xlabel="batch size (samples)", ylabel="gradient noise, over the gradient’s norm", log_x=True,
                reference=(1.0, "as large as the gradient"), theory_name="1/√size"),
            "Gradient noise by batch size", f"RMS distance from the gradient of all {n:,} samples. {about}",
            f"At size {drawn[0]}: " + ", ".join(f"{t} {np.median(v[:, 0]):.2g}" for t, v in noises.items()),
        ),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)
