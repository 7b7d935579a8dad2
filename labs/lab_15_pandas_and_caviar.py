"""Is it better to watch one model and adjust it, or to train many at once, and does a setting keep?

Varies the compute (epochs of all models together), the range from which the first learning rate comes, how
many trials of a search run at the same time, and the data on which yesterday's best setting is used. Fixed: a
network with two hidden layers for digits. Look for where the lines of the first figure cross, and for the
changes of the data after which a new search pays.

Promised: with little compute and a narrow range one model that is watched is ahead, with much compute and a
wide range the best of many; a search with eight trials at a time finds as good a setting as with one; after a
change of scale yesterday's setting loses.

Source: the course on pandas and caviar, and on re-testing hyperparameters; Jaderberg et al. (2017).
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
    epochs: int = 10  # of a model of the caviar kind, and of a trial of a search
    models: int = 16  # at most; one that is watched has as many epochs as they have together
    look: int = 2  # epochs after which the watched model is looked at
    rates: tuple[float, ...] = (1e-3, 3.16e-3, 0.01, 0.0316, 0.1, 0.316, 1.0, 3.16, 10.0)  # of the table
    decays: tuple[float, ...] = (1e-4, 1e-3, 0.01, 0.1, 1.0)
    units: tuple[int, ...] = (8, 16, 32)
    trainings: int = 5  # of each setting of the table
    trials: int = 32  # of a search
    seeds: int = 40


FULL = Settings()
FEWER = {"rates": (1e-3, 0.1, 10.0), "decays": (1e-4, 1.0), "units": (8, 32)}
QUICK = Settings(epochs=4, models=4, trials=12, seeds=2, **FEWER)
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=("digits",))

# %% Data and network
import keras
from keras_tuner import HyperParameters, Objective
from threadpoolctl import threadpool_limits

from dlkeras import plots
from dlkeras.findings import judge
from dlkeras.models import depth_stack
from dlkeras.population import Population
from dlkeras.report import Exhibit
from dlkeras.runs import Runs
from dlkeras.surfaces import Surface
from dlkeras.tuning import CoarseToFineOracle
from dlkeras.tuning.simulation import simulate

PANDA, CAVIAR = "one, watched", "many, as they are"
RANGES = {"First rate from 0.0001 to 10": (1e-4, 10.0), "First rate from 0.03 to 0.3": (0.03, 0.3)}
WIDE, NARROW = RANGES
SAME, NOISY, FEW = "the same data", "noise", "an eighth of the images"
HIDDEN, SCALED = "half of the pixels hidden", "a tenth of the scale"
CHANGES, AT_ONCE = (SAME, NOISY, FEW, HIDDEN, SCALED), (1, 2, 4, 8)
SPACE = HyperParameters()
SPACE.Float("learning_rate", 1e-3, 10.0, sampling="log")
SPACE.Float("weight_decay", 1e-4, 1.0, sampling="log")
SPACE.Int("units", 8, 32, step=2, sampling="log")
NAMES = RATE, DECAY, UNITS = [parameter.name for parameter in SPACE.space]


def images(settings, change=SAME):
    """Gives images and labels to train with, to validate with and to test with, perhaps changed."""
    table, rng = data.load(settings.dataset), np.random.default_rng(0)
    x, y = np.concatenate([table.x_train, table.x_test]), np.concatenate([table.y_train, table.y_test])
    if change == NOISY:
        x = x + rng.normal(size=x.shape)
    if change == FEW:  # each eight times, so that an epoch has as many steps
        x[:1024], y[:1024] = np.tile(x[:128], (8, 1)), np.tile(y[:128], 8)
    if change == HIDDEN:
        x = x * (rng.permutation(x.shape[1]) < x.shape[1] / 2)
    if change == SCALED:
        x = x / 10
    parts = slice(1024), slice(1024, 1408), slice(1408, 1792)  # whole batches of 64
    return [(x[part].astype("float32"), y[part]) for part in parts]


def population_of(units, seeds, rates):
    """Makes and compiles networks with a learning rate each."""
    build = functools.cache(lambda seed: depth_stack("relu", 2, units, seed=seed))
    population = Population(build, seeds, rates)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    population.compile(keras.optimizers.SGD(), loss, ["accuracy"])
    return population


def measure(population, pair):
    """Gives the loss, infinite where a network has diverged, and the error in %."""
    loss, accuracy = population.evaluate(*pair, 64, verbose=0)
    return np.nan_to_num(loss, nan=np.inf), 100 * (1 - accuracy)


# %% Pandas against caviar
def first_rates(settings):
    """Draws learning rates from both ranges, (ranges, seeds, models)."""
    shares = np.random.default_rng(0).random((settings.seeds, settings.models))
    return np.stack([low * (high / low) ** shares for low, high in RANGES.values()])


def watch(settings):
    """Trains one model of each range and seed, and every few epochs goes by a written rule."""
    train, validation, test = images(settings)
    rates = first = first_rates(settings)[..., 0].ravel()
    kinds = list(itertools.product(RANGES, range(settings.seeds)))
    population = population_of(32, [seed for _, seed in kinds], rates)
    best, steady, found = np.full(len(rates), np.inf), np.zeros(len(rates)), []
    kept, error = population.get_weights(), np.full(len(rates), 90.0)
    for _ in range(settings.models * settings.epochs // settings.look):
        population.optimizer.learning_rate = rates
        population.fit(*train, 64, settings.look, verbose=0)
        (loss, _), (_, tested) = measure(population, validation), measure(population, test)
        better = loss < best
        best, error = np.where(better, loss, best), np.where(better, tested, error)
        pairs = zip(population.get_weights(), kept, strict=True)
        kept = [np.where(better.reshape(-1, *[1] * (w.ndim - 1)), w, old) for w, old in pairs]
        population.set_weights(kept)  # if it was no better, back to the best so far
        steady = np.where(better, steady + 1, 0)
        rates = np.where(better, np.where(steady >= 2, 2 * rates, rates), rates / 2)
        found.append(error)
    every = settings.epochs // settings.look
    for (name, seed), rate, errors in zip(kinds, first, np.transpose(found), strict=True):
        about = {"part": "compute", "range": name, "way": PANDA, "seed": seed, "first": float(rate)}
        yield {**about, "found": errors[every - 1 :: every]}


def train_many(settings):
    """Trains many models of each seed with fixed rates, and takes the one with the least validation loss."""
    train, validation, test = images(settings)
    rates = first_rates(settings)
    population = population_of(32, np.tile(np.arange(rates[0].size), len(RANGES)), rates.ravel())
    population.fit(*train, 64, settings.epochs, verbose=0)
    (losses, _), (_, errors) = measure(population, validation), measure(population, test)
    losses, errors = losses.reshape(rates.shape), errors.reshape(rates.shape)
    for (i, name), seed in itertools.product(enumerate(RANGES), range(settings.seeds)):
        chosen = [errors[i, seed, np.argmin(losses[i, seed, :n])] for n in range(1, settings.models + 1)]
        yield {"part": "compute", "range": name, "way": CAVIAR, "seed": seed, "found": np.array(chosen)}


# %% Searches in a table of trainings, of the data as they are and as they are after changes
def train_table(units, settings):
    """Trains all settings with a number of units on all data, each several times."""
    grid = list(itertools.product(settings.rates, settings.decays, range(settings.trainings)))
    rates, decays, seeds = zip(*grid, strict=True)
    population = population_of(units, seeds, rates)
    population.optimizer.vary(weight_decay=decays)
    start = population.get_weights()
    for change in CHANGES:
        train, validation, _ = images(settings, change)
        population.set_weights(start)
        population.fit(*train, 64, settings.epochs, verbose=0)
        _, errors = measure(population, validation)
        for (rate, decay, seed), error in zip(grid, errors, strict=True):
            about = {"part": "table", "change": change, RATE: rate, DECAY: decay, UNITS: units}
            yield {**about, "training": seed, "error": float(error)}


def search(change, at_once, seed, surface, settings):
    """Searches from coarse to fine; returns the setting that looks best."""
    oracle = CoarseToFineOracle(Objective("val_error", "min"), settings.trials, seed, SPACE.copy())
    rng = np.random.default_rng(seed)
    trials = simulate(oracle, lambda values, *_: rng.choice(surface([values])[0]), at_once=at_once)
    return min(trials, key=lambda trial: trial[1])[0]


def search_all(seed, surfaces, settings):
    """Searches with several trials at once, and on changed data beside yesterday's best setting."""
    for at_once in AT_ONCE:
        chosen = search(SAME, at_once, seed, surfaces[SAME], settings)
        error = float(surfaces[SAME]([chosen]).mean())
        yield {"part": "workers", "at_once": at_once, "seed": seed, "error": error}
    yesterday = search(SAME, 1, seed, surfaces[SAME], settings)
    for change in CHANGES:
        today = search(change, 1, 1000 + seed, surfaces[change], settings)
        old, new = (float(surfaces[change]([own]).mean()) for own in (yesterday, today))
        yield {"part": "change", "change": change, "seed": seed, "old": old, "new": new}


def run(settings):
    """Trains and searches; returns a dict for each training of the table, each model and each search."""
    cases = [(train_table, units, settings) for units in settings.units]
    cases += [(watch, settings), (train_many, settings)]
    trained = lab.train_all(lambda part, *case: part(*case), cases, "Training")
    axes, surfaces = dict(zip(NAMES, (settings.rates, settings.decays, settings.units), strict=True)), {}
    for change in CHANGES:
        errors = trained.stack("error", *NAMES, "training", part="table", change=change)
        surfaces[change] = Surface(axes, errors, dict.fromkeys(NAMES, "log"))
    with threadpool_limits(1):  # for small matrices threads only wait
        cases = [(seed, surfaces, settings) for seed in range(settings.seeds)]
        return Runs(trained + lab.train_all(search_all, cases, "Searching"))


# %% Findings
def findings(result):
    """Judges what the course says."""
    most = result.where(part="compute")[0]["found"].size

    def judge_compute(statement, name, models, ours, theirs, promised=None, note=""):
        found = [result.stack("found", "seed", range=name, way=way)[:, models - 1] for way in (theirs, ours)]
        measured = f"{name.lower()}, compute of {models}: error of {theirs} over {ours}"
        medians = f"In the median {np.median(found[1]):.2g} % instead of {np.median(found[0]):.2g} %. "
        return judge(statement, measured, np.log10(found[0] / found[1]), above=0, unit="decades",
                     promised=promised, note=medians + note)  # fmt: skip

    def judge_change(change, promised=None):
        old, new = (result.stack(field, "seed", part="change", change=change) for field in ("old", "new"))
        measured = f"{change}: error with yesterday’s setting over that with one of a new search"
        note = f"In the mean {old.mean():.1f} % instead of {new.mean():.1f} %."
        return judge("Settings get stale: search again.", measured, np.log10(old / new), above=0.02,
                     unit="decades", promised=promised, note=note)  # fmt: skip

    watch_one, many = "Watch one model if you cannot afford many.", "With enough compute, train many."
    stuck, falls = "Some of one never recover from a bad start.", "The one lowers its rate at the end."
    one, eight = (result.stack("error", "seed", part="workers", at_once=own) for own in (1, max(AT_ONCE)))
    return [
        judge_compute(watch_one, NARROW, 2, PANDA, CAVIAR, "supported"),
        judge_compute(watch_one, WIDE, 2, PANDA, CAVIAR),
        judge_compute(many, WIDE, most, CAVIAR, PANDA, "supported", stuck),
        judge_compute(many, NARROW, most, CAVIAR, PANDA, note=falls),
        judge("Several workers find what one finds.", f"search with {max(AT_ONCE)} trials at a time: error "
              "over that with one at a time", np.log10(eight / one), below=0.05, unit="decades",
              promised="supported", note=f"In the mean {eight.mean():.2f} % instead of {one.mean():.2f} %."),
        judge_change(SCALED, "supported"),
        *map(judge_change, (FEW, HIDDEN, NOISY)),
    ]  # fmt: skip


# %% Figures
def figures(result):
    """Draws the figures, with their words."""
    found = {name: {way: result.stack("found", "seed", range=name, way=way) for way in (PANDA, CAVIAR)}
             for name in RANGES}  # fmt: skip
    seeds, most = found[WIDE][PANDA].shape
    watched = result.where(range=WIDE, way=PANDA)
    after = {f"after a compute of {own}": [(np.log10(row["first"]), row["found"][own - 1])
                                           for row in watched] for own in (1, most)}  # fmt: skip
    workers = {
        f"{own} at a time": result.stack("error", "seed", part="workers", at_once=own) for own in AT_ONCE
    }
    lost = {change: 100 * (result.stack("old", "seed", part="change", change=change)
                           / result.stack("new", "seed", part="change", change=change) - 1)
            for change in CHANGES}  # fmt: skip
    dots = f"Dot: one of {seeds} seeds; large dot and number: median; bar: 10th to 90th percentile."

    def medians(groups):
        ends = {name: own if own.ndim == 1 else own[:, -1] for name, own in groups.items()}
        return ", ".join(f"{name} {np.median(end):.2g}" for name, end in ends.items())

    return {
        "compute": Exhibit(
            plots.curves(np.arange(1, most + 1), found, xlabel="compute (full trainings)", log_x=True,
                         log_y=True, ylabel="test error (%)"),
            "One model that is watched, and the best of many, at equal compute",
            f"Many: the one with the least validation loss. {seeds} seeds. {plots.BAND}",
            f"Test errors at the end: {'; '.join(f'{name}: {medians(own)}' for name, own in found.items())}.",
        ),
        "bad-starts": Exhibit(
            plots.scatter(after, xlabel="first learning rate (power of ten)", ylabel="test error (%)"),
            "What a bad start costs the one that is watched",
            f"A dot: one of {seeds} seeds, after a compute as large as that of so many full trainings.",
            "; ".join(f"{name}: errors from {min(y for _, y in own):.2g} to {max(y for _, y in own):.2g} %"
                      for name, own in after.items()),
        ),
        "workers": Exhibit(
            plots.rows({"": workers}, xlabel="validation error of the setting that is found (%)",
                       number_format="{:.2f}"),
            "A search from coarse to fine with several trials at a time",
            f"As many trials in all. {dots}",
            f"Medians in %: {medians(workers)}.",
        ),
        "changed-data": Exhibit(
            plots.rows({"": lost}, xlabel="error with yesterday’s setting beside a new search’s (%)",
                       reference=(0, "as good as a new search"), number_format="{:+.0f}"),
            "Yesterday’s best setting on changed data",
            dots,
            f"Medians of the error that is more, in %: {medians(lost)}.",
        ),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)
