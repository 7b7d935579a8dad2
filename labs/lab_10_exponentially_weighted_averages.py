"""How far back does an exponentially weighted average look, and when does its start need correction?

Varies β, the order of the samples and the moment of training. Averaged are costs of batches, with the weights
at rest, whose mean is known, and in training. Look at the trade: a large β is late, and a small one is noisy.

Promised: uncorrected, an average is 1 − β^t of the mean, a third short after a window; its noise is that of a
plain mean of two windows, unless batches hang together; Adam needs correction only at a large learning rate.

Source: the course's modules on exponentially weighted averages; Kingma and Ba (2015), section 3.
"""

# %% Settings
from dataclasses import dataclass

import numpy as np

from dlkeras import data, lab


@dataclass(frozen=True)
class Settings:
    """What a run of this lab uses."""

    dataset: str = "digits"
    batch_size: int = 16  # samples
    series: tuple[int, int] = (20, 400)  # with the weights at rest, for each seed: how many, steps
    epochs: int = 5
    seeds: int = 20
    learning_rates: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03)  # of Adam, rising


FULL = Settings()
QUICK = Settings(series=(4, 400), epochs=2, seeds=2, learning_rates=(0.003, 0.03))
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=data.CLASSIFICATION)

# %% Data, model, and the average
import keras

from dlkeras import plots
from dlkeras.findings import judge
from dlkeras.models import depth_stack
from dlkeras.population import Population
from dlkeras.report import Exhibit

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
BETAS = [0.5, 0.9, 0.98]  # the course's
WINDOWS = np.array([1.25, 2, 5, 10, 20, 50, 100])  # 1 / (1 − β), steps


def average(values, beta, corrected=True):
    """Averages along the last axis: v = β v + (1 − β) value; corrected, v / (1 − β^t)."""
    v, averages = 0.0, []
    for t in range(1, values.shape[-1] + 1):
        v = beta * v + (1 - beta) * values[..., t - 1]
        averages.append(v / (1 - beta**t) if corrected else v)
    return np.stack(averages, axis=-1)


def prepare(settings):
    """Gives inputs and labels in whole batches, and a builder of networks."""
    table = data.load(settings.dataset)
    n = len(table.x_train) // settings.batch_size * settings.batch_size
    x, y = table.x_train[:n], table.y_train[:n]
    shape = {"depth": 1, "width": 32, "input_dim": x.shape[1], "num_classes": table.num_classes}
    return x, y, lambda seed: depth_stack("tanh", seed=seed, **shape)


class Uncorrected(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that takes back the corrections of Keras' Adam."""

    def __init__(self, rate):
        self.rate = rate

    def __call__(self, step):
        t = keras.ops.cast(step, "float32") + 1
        return self.rate * (1 - 0.9**t) / keras.ops.sqrt(1 - 0.999**t)


# %% Experiment
def rest(settings):
    """Averages costs of batches while the weights stand still, in three orders of the samples."""
    x, y, build = prepare(settings)
    num_samples = np.prod(settings.series) * settings.batch_size
    epochs = (num_samples // len(x) + 1, 1)
    for seed in range(settings.seeds):
        costs = keras.losses.sparse_categorical_crossentropy(y, build(seed)(x), from_logits=True).numpy()
        costs, rng = costs / costs.mean(), np.random.default_rng(seed)  # their mean is 1
        orders = {
            "drawn anew": rng.integers(len(x), size=num_samples),
            "shuffled": rng.permuted(np.tile(np.arange(len(x)), epochs), axis=1),
            "sorted by class": np.tile(np.argsort(y, kind="stable"), epochs),
        }
        for order, samples in orders.items():
            means = costs[np.ravel(samples)[:num_samples]].reshape(-1, settings.batch_size).mean(axis=1)
            series = means.reshape(settings.series)
            starts = [average(series, beta, corrected=False).mean(axis=0) for beta in BETAS]
            late = np.array([average(means, 1 - 1 / w)[series.shape[1] :] for w in WINDOWS]) - 1
            found = {"starts": np.array(starts), "left": np.mean(late**2, axis=1) / means.var()}
            yield {"part": "rest", "order": order, "seed": seed, **found}


def train(settings):
    """Trains by SGD and keeps, before every step, the cost of all samples and that of the batch."""
    x, y, build = prepare(settings)
    model = build(0)
    model.compile(keras.optimizers.SGD(0.1), LOSS)

    def cost(call, x, y):
        model.reset_metrics()  # or Keras would go on averaging
        return float(call(x, y))

    for seed in range(settings.seeds):
        model.set_weights(build(seed).get_weights())
        rng = np.random.default_rng(seed)
        order = np.concatenate([rng.permutation(len(x)) for _ in range(settings.epochs)])
        batches = order.reshape(-1, settings.batch_size)
        costs = [(cost(model.test_on_batch, x, y), cost(model.train_on_batch, x[i], y[i])) for i in batches]
        at_epochs = [of_all for of_all, _ in costs[:: len(x) // settings.batch_size]]
        yield {"part": "train", "seed": seed, "loss": at_epochs, "costs": np.transpose(costs)}


def adam(rate, settings):
    """Trains by Adam with and without correction, all seeds at once."""
    x, y, build = prepare(settings)
    for kind, learning_rate in {"corrected": rate, "uncorrected": Uncorrected(rate)}.items():
        population = Population(build, range(settings.seeds))  # a keras.Model, with a replica for each seed
        population.compile(keras.optimizers.Adam(learning_rate), LOSS)
        fitted = population.fit(x, y, settings.batch_size, settings.epochs, validation_data=(x, y), verbose=0)
        for seed, costs in enumerate(np.array(fitted.history["val_loss"], float).T):
            yield {"part": "adam", "kind": kind, "rate": rate, "seed": seed, "loss": costs.tolist()}


def run(settings):
    """Averages and trains, and returns one dict for each."""
    cases = [(train, settings), (rest, settings), *((adam, r, settings) for r in settings.learning_rates)]
    return lab.train_all(lambda part, *case: part(*case), cases, "Training")


def misses(runs):
    """Splits what averages are off by, RMS, into lag and noise: moment -> part -> (seeds, windows)."""
    cost, batch = np.moveaxis(runs.stack("costs", "seed", part="train"), 1, 0)  # (seeds, steps)
    lag = np.stack([average(cost, 1 - 1 / w) - cost for w in WINDOWS], axis=1)
    noise = np.stack([average(batch - cost, 1 - 1 / w) for w in WINDOWS], axis=1)
    n, squares = cost.shape[1], np.square([lag, noise, lag + noise])  # averages are linear
    moments = {f"Steps 1 to {n // 10}": slice(n // 10), f"Steps {n // 2 + 1} to {n}": slice(n // 2, n)}
    means = {title: np.sqrt(squares[..., steps].mean(axis=-1)) for title, steps in moments.items()}
    return {title: dict(zip(("lag", "noise", "both"), mean, strict=True)) for title, mean in means.items()}


# %% Findings: what the course says, measured
def findings(runs):
    """Judges the statements of the course."""
    shares = runs.stack("starts", "seed", part="rest", order="drawn anew")[:, 1]  # β 0.9, by step
    left = {o: runs.stack("left", "seed", part="rest", order=o)[:, 3] for o in runs.values("order")}  # β 0.9
    early, late = (WINDOWS[moment["both"].argmin(axis=1)] for moment in misses(runs).values())
    rates, costs = runs.values("rate"), runs.stack("loss", "kind", "rate", "seed", part="adam")[..., 0]
    return [
        judge("Uncorrected, it is 1 − β^t of the mean.", "β 0.9, step 10: distance from 1 − β^t",
              np.abs(shares[:, 9] - (1 - 0.9**10)), below=0.02, unit="", promised="supported"),
        judge("After 1/(1 − β) steps it has warmed up.", "β 0.9, step 10: share of the mean that is missing",
              1 - shares[:, 9], below=0.1, unit="share", promised="contradicted",
              note=f"Over 1 % in {np.sum(shares.mean(axis=0) < 0.99)} steps; ln 0.01 / ln β is 43.7."),
        judge("It averages 1/(1 − β) values.", "β 0.9, drawn anew: length of as noisy a mean, over 10",
              0.1 / left["drawn anew"], below=1.25, unit="×", promised="contradicted",
              note="In theory 19 values, (1 + β) / (1 − β); after 10, weights have fallen to 1/e."),
        judge("Averaging takes out the noise.", "β 0.9, sorted by class: share of the variance that is left",
              left["sorted by class"], below=0.1, unit="share", promised="contradicted"),
        judge("One β suits all of training.", "best window, second half of the steps over first tenth",
              late / early, below=2, unit="×"),
        *(judge("Few bother to correct.", f"Adam, rate {rates[i]:g}: cost after an epoch, uncorrected over "
                "corrected", costs[1, i] / costs[0, i], below=1.1, unit="×", promised=promised)
          for i, promised in ((0, "supported"), (-1, "contradicted"))),
    ]  # fmt: skip


# %% Figures
def figures(runs):
    """Draws the figures, with their words."""
    true, batch = runs.stack("costs", "seed", part="train")[0, :, None, :100]  # of seed 0
    starts = np.moveaxis(runs.stack("starts", "seed", part="rest", order="drawn anew"), 1, 0)
    missed, steps = misses(runs), np.arange(starts.shape[-1]) + 1
    reach = {f"β = {beta}": 1 - beta**steps for beta in BETAS}
    left = {o: runs.stack("left", "seed", part="rest", order=o) for o in runs.values("order")}
    adams = {k: runs.stack("loss", "seed", "rate", part="adam", kind=k) for k in runs.values("kind")}
    by_rate = {f"Epoch {e}": {k: v[..., e - 1] for k, v in adams.items()} for e in (1, len(runs[0]["loss"]))}
    about, axis = f"{starts.shape[1]} seeds. {plots.BAND}", {"xlabel": "window 1/(1 − β) (steps)"}
    return {
        "averages": Exhibit(plots.curves(
            np.arange(batch.shape[1]) + 1, {f"β = {b}, {1 / (1 - b):.0f} steps": {
                "batch": batch, "average": average(batch, b), "true": true} for b in BETAS},
            xlabel="step", ylabel="cost (nats)", log_y=True, colors={"batch": "#BDBDBD"}),
            "Averages in training", "One run: costs of batches, corrected averages, and the true cost.",
            f"At the end, β rising: {', '.join(f'{average(batch, b)[0, -1]:.2f}' for b in BETAS)}. "
            f"The true cost: {true[0, -1]:.2f}."),
        "bias": Exhibit(plots.mark_x(plots.against_theory(
            steps, {"": dict(zip(reach, starts, strict=True))}, {"": reach}, xlabel="step", log_x=True,
            ylabel="uncorrected average, over the true mean", theory_name="1 − β^t"),
            {"": {f"{t:.0f}": t for t in np.log(0.01) / np.log(BETAS)}}),
            "The start without correction", f"Weights at rest. Marked: steps until 1 % is missing. {about}",
            f"At step 10, β rising: {', '.join(f'{v:.2f}' for v in np.median(starts[..., 9], axis=1))}."),
        "noise": Exhibit(plots.against_theory(
            WINDOWS, {"": left}, {"": dict.fromkeys(left, 1 / (2 * WINDOWS - 1))}, log_x=True, **axis,
            ylabel="variance that is left (share)", theory_name="(1 − β) / (1 + β), for independent values"),
            "What is left of the noise, by the order of the samples", f"Weights at rest. {about}",
            f"At window 10: {', '.join(f'{order} {np.median(v[:, 3]):.2g}' for order, v in left.items())}."),
        "trade": Exhibit(plots.curves(
            WINDOWS, missed, ylabel="off the true cost by (nats, RMS)", log_x=True, log_y=True, **axis),
            "The trade: late or noisy", f"In training, corrected. {about}", "Best window: " + ", ".join(
            f"{WINDOWS[np.median(v['both'], axis=0).argmin()]:g} in {t}" for t, v in missed.items()) + "."),
        "adam": Exhibit(plots.curves(runs.values("rate"), by_rate, xlabel="learning rate of Adam",
                                     ylabel="cost of all samples (nats)", log_x=True, log_y=True),
            "Adam with and without correction", f"At the end of an epoch. {about}", "Epoch 1, largest rate: "
            + ", ".join(f"{kind} {np.median(v[:, -1, 0]):.2g}" for kind, v in adams.items())),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)
