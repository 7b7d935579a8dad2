"""Does it pay to lower the learning rate while training, and which way of lowering it is the best?

Varies the way (the course's five, cosine, cosine after a warm-up, and none), the rate it starts from, and the
setting: less time, larger batches, Adam. Fixed: the network, and each seed's weights and batches. Look for
the floors of the first figure, and for how the order of the ways changes between the panels of the last one.

Promised: with a constant rate the cost wanders at a floor in proportion to the rate, and decay goes below it;
a network ends lower with decay, with SGD and with Adam; given enough time, cosine beats inverse time decay.

Source: the course on learning-rate decay; Robbins and Monro (1951); Bottou, Curtis and Nocedal (2018), 4.2.
"""

# %% Settings
from dataclasses import dataclass

import numpy as np

from dlkeras import data, lab


@dataclass(frozen=True)
class Settings:
    """What a run of this lab uses."""

    dataset: str = "digits"  # of the network; the quadratic has diabetes
    inputs: int = 16  # principal components of an image
    units: int = 16  # in the hidden layer
    penalty: float = 0.001  # of the squared weights: no weights are perfect, so the noise never ends
    batch_size: int = 16  # samples; large: 16 times as many
    epochs: int = 20  # a fifth of them where time is short
    rates: tuple[float, ...] = (0.0316, 0.1, 0.316, 1.0, 3.16, 10.0)  # α₀ of SGD; of Adam, a 32nd of them
    tuning_seeds: int = 3  # others than those of the results; on these α₀ is chosen
    quadratic_epochs: int = 300
    seeds: int = 20


FULL = Settings()
QUICK = Settings(epochs=5, rates=(0.316, 1.0, 3.16), tuning_seeds=1, quadratic_epochs=30, seeds=2)
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=data.CLASSIFICATION)

# %% Ways to lower a rate: from α₀, the number of epochs and the steps in each to a schedule
import keras
from keras import ops
from keras.layers import Dense

from dlkeras import plots, schedules
from dlkeras.findings import judge
from dlkeras.population import Population
from dlkeras.report import Exhibit
from dlkeras.runs import Runs


def schedules_from(a, epochs, steps):
    """Makes the schedules that start from the rate a, by the names of the ways."""
    half, rest, warmup = -(-epochs // 2), -(-3 * epochs // 4), -(-epochs // 10)
    return {
        "constant": schedules.manual_decay({0: a}, steps),
        "inverse time": schedules.inverse_time_decay(a, 1.0, steps),
        "0.95^epoch": schedules.exponential_decay(a, 0.95, steps),
        "k / √epoch": schedules.inverse_sqrt_decay(a, steps),
        "staircase": schedules.exponential_decay(a, 0.5, steps, every_epochs=-(-epochs // 5)),
        "manual": schedules.manual_decay({0: a, half: a / 10, rest: a / 100}, steps),
        "cosine": schedules.cosine_decay(a, epochs, steps),
        "warm-up, cosine": schedules.cosine_decay(a, max(1, epochs - warmup), steps, warmup),
    }


WAYS, GREY = list(schedules_from(1.0, 20, 1)), {"constant": "#767676"}
PANELS = {"The course’s": WAYS[:6], "Today’s": ["constant", *WAYS[6:]]}
SETTINGS = BASE, SHORT, LARGE, ADAM = "SGD", "SGD, a fifth of the time", "SGD, large batches", "Adam"
QUADRATIC = {  # panel of the figure -> name -> way and α₀
    "Constant rates": {f"{rate:g}": ("constant", rate) for rate in (0.1, 0.03, 0.01)},
    "Decay from 0.1": {way: (way, 0.1) for way in ("inverse time", "0.95^epoch", "k / √epoch")},
}
SHOWN = 1.0  # the largest cost in a figure


class ForEachReplica(keras.optimizers.schedules.LearningRateSchedule):
    """Gives every replica of a `Population` the rate of its own schedule."""

    def __init__(self, own):
        self.own = own

    def __call__(self, step):
        return ops.stack([ops.cast(schedule(step), "float32") for schedule in self.own])  # (replicas,)


# %% A noisy quadratic: linear regression by mini-batches, its inputs rotated so that all curvatures are 2
def quadratic(settings):
    """Takes the steps with NumPy; yields the height above the least cost after each epoch."""
    table, size, num = data.load("diabetes"), settings.batch_size, settings.quadratic_epochs
    inputs, y = np.column_stack([table.x_train, np.ones(len(table.x_train))]), table.y_train
    x = np.linalg.svd(inputs, full_matrices=False)[0] * len(y) ** 0.5  # (n, 11), the mean of x xᵀ is 1
    best, rng = x.T @ y / len(y), np.random.default_rng(0)
    noise = 4 * np.mean((x @ best - y) ** 2 * np.sum(x**2, axis=1))  # mean square of a sample's gradient
    ways = {name: schedules_from(a, num, 1)[way] for p in QUADRATIC.values() for name, (way, a) in p.items()}
    rates = np.array([[float(schedule(epoch)) for epoch in range(num)] for schedule in ways.values()])
    w, heights = np.zeros((len(ways), settings.seeds, len(best))), []
    for rate in rates.T[..., None, None]:  # (ways, 1, 1)
        for _ in range(len(y) // size):
            rows = rng.integers(len(y), size=(settings.seeds, size))  # the same for all ways
            errors = np.einsum("sbi,wsi->wsb", x[rows], w) - y[rows]
            w = w - rate * 2 / size * np.einsum("sbi,wsb->wsi", x[rows], errors)
        heights.append(np.sum((w - best) ** 2, axis=2))
    for way, floor, by_seed in zip(ways, rates * noise / (4 * size), np.moveaxis(heights, 0, 2), strict=True):
        for seed, height in enumerate(by_seed):  # floor: where w comes to rest, if the rate is small
            about = {"setting": "quadratic", "way": way, "seed": seed, "end": float(height[-1])}
            yield {**about, "height": height, "floor": floor}


# %% A network: every way from every rate, then every way from its best rate
def train(setting, runs, seeds, settings):
    """Trains each way and rate, a replica of a population, from each seed; yields the cost at the end."""
    table, penalty = data.load(settings.dataset), keras.regularizers.L2(settings.penalty)
    epochs = -(-settings.epochs // 5) if setting == SHORT else settings.epochs
    batch_size = settings.batch_size * (16 if setting == LARGE else 1)
    x, y = table.x_train @ np.linalg.svd(table.x_train, False)[2][: settings.inputs].T, table.y_train
    x, steps = x / x.std(), -(-len(x) // batch_size)

    def build(seed):
        starts = [keras.initializers.GlorotUniform(2 * seed + i) for i in range(2)]
        hidden = Dense(settings.units, "tanh", kernel_initializer=starts[0], kernel_regularizer=penalty)
        logits = Dense(table.num_classes, kernel_initializer=starts[1], kernel_regularizer=penalty)
        return keras.Sequential([keras.Input(x.shape[1:]), hidden, logits])

    population = Population(lambda _: build(0), range(len(runs)))
    rates = ForEachReplica([schedules_from(rate, epochs, steps)[way] for way, rate in runs])
    optimizer = keras.optimizers.Adam(rates) if setting == ADAM else keras.optimizers.SGD(rates)
    population.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    for seed in seeds:  # in all replicas the same weights and batches
        population.set_weights([np.repeat(w[None], len(runs), axis=0) for w in build(seed).get_weights()])
        for state in population.optimizer.variables:
            state.assign(ops.zeros_like(state))
        population.fit(x, y, batch_size, epochs, verbose=0)
        costs = population.evaluate(x, y, len(x), verbose=0)
        for (way, rate), cost in zip(runs, np.nan_to_num(np.ravel(costs), nan=np.inf), strict=True):
            yield {"setting": setting, "way": way, "rate": rate, "seed": seed, "cost": float(cost)}


def tune_and_train(setting, settings):
    """Chooses the best α₀ of each way on some seeds, and trains from it on others."""
    rates = [float(f"{rate / 31.6:.3g}") if setting == ADAM else rate for rate in settings.rates]
    runs, others = [(way, rate) for way in WAYS for rate in rates], range(1000, 1000 + settings.tuning_seeds)
    tuning = Runs({"tuning": True, **row} for row in train(setting, runs, others, settings))
    costs = np.median([tuning.stack("cost", "rate", "seed", way=way) for way in WAYS], axis=2)
    best = [(way, rates[i]) for way, i in zip(WAYS, costs.argmin(axis=1), strict=True)]
    yield from tuning
    yield from ({"tuning": False, **row} for row in train(setting, best, range(settings.seeds), settings))


def run(settings):
    """Trains all, and returns one dict for each."""
    cases = [(tune_and_train, setting, settings) for setting in SETTINGS] + [(quadratic, settings)]
    return lab.train_all(lambda part, *case: part(*case), cases, "Training")


def more(result, setting, way, than="constant"):
    """Gives for each seed by how many percent the cost with a way is above that with another."""
    ours, theirs = (result.stack("cost", "seed", tuning=False, setting=setting, way=w) for w in (way, than))
    return 100 * (ours / theirs - 1)


# %% Findings
def findings(result):
    """Judges what the course says."""
    floor = result.where(setting="quadratic", way="0.01")[0]["floor"][-1]
    high, low, decayed = (result.stack("height", "seed", way=way, setting="quadratic")
                          for way in ("0.1", "0.01", "inverse time"))  # fmt: skip
    rest = [heights[:, heights.shape[1] // 2 :].mean(axis=1) for heights in (high, low)]

    def judge_less(statement, setting, way, than="constant", promised=None, note=""):
        measured = f"network, {setting}: cost saved by {way} beside {than}, each from its own best α₀"
        return judge(statement, measured, -more(result, setting, way, than), above=1, unit="%",
                     promised=promised, note=note)  # fmt: skip

    return [
        judge("With a constant rate the cost wanders around the minimum.", "quadratic: growth of the floor "
              "from rate 0.01 to 0.1, over that of the rate", np.log10(rest[0] / rest[1]), above=0.8, unit="",
              promised="supported", note=f"At 0.01 it is {np.mean(rest[1]) / floor:.2f} times theory’s."),
        judge("With decay it comes closer to the minimum.", "quadratic: height at the end, constant 0.1 over "
              "inverse time from 0.1", np.log10(high[:, -1] / decayed[:, -1]), above=0.5, unit="decades",
              promised="supported"),
        judge_less("Decay helps.", BASE, "0.95^epoch", promised="supported"),
        judge_less("Decay helps.", ADAM, "cosine", promised="supported", note="Adam keeps its rate."),
        judge_less("Decay helps.", LARGE, "inverse time", note="There is less noise, and steps are few."),
        judge_less("Cosine beats the course’s ways.", BASE, "cosine", "inverse time", "supported"),
        judge_less("Cosine beats the course’s ways.", SHORT, "cosine", "inverse time", note="Little time."),
    ]  # fmt: skip


# %% Figures
def figures(result):
    """Draws the figures, with their words."""
    seeds, others = (len(result.values("seed", tuning=tuning)) for tuning in (False, True))
    heights, floors, steps, shapes = {}, {}, np.arange(200), schedules_from(1.0, 20, 10)
    for title, panel in QUADRATIC.items():
        heights[title] = {way: result.stack("height", "seed", way=way, setting="quadratic") for way in panel}
        floor = {way: result.where(way=way, setting="quadratic")[0]["floor"] for way in panel}
        floors[title] = {way: np.where(own > 1e-5, own, np.nan) for way, own in floor.items()}
    ends = [f"{way} {np.median(h[:, -1]):.2g}" for panel in heights.values() for way, h in panel.items()]
    shapes = {way: [[float(schedule(step)) for step in steps]] for way, schedule in shapes.items()}
    costs = {way: result.stack("cost", "seed", "rate", tuning=True, setting=BASE, way=way) for way in WAYS}
    best = [f"{way} {result.where(tuning=False, setting=BASE, way=way)[0]['rate']:g}" for way in WAYS]
    ways = {setting: {way: more(result, setting, way) for way in WAYS} for setting in SETTINGS}
    medians = {s: [f"{way} {np.median(own):+.1f}" for way, own in by.items()] for s, by in ways.items()}
    words = "; ".join(f"{setting}: {', '.join(own)}" for setting, own in medians.items())
    return {
        "floor": Exhibit(
            plots.against_theory(np.arange(1, len(floor["inverse time"]) + 1), heights, floors, log_x=True,
                                 xlabel="epoch", ylabel="mean squared error above the least",
                                 theory_name="floor of the present rate, rate × mean square of a sample’s "
                                 "gradient / (4 × batch size)"),
            "A noisy quadratic: the floor of a constant rate, and how decay goes below it",
            f"Linear regression, mini-batches drawn with replacement. {seeds} seeds. {plots.BAND}",
            f"Height above the least error at the end: {', '.join(ends)}.",
        ),
        "rates": Exhibit(
            plots.curves(steps / 10, {t: {way: shapes[way] for way in own} for t, own in PANELS.items()},
                         xlabel="epoch", ylabel="rate / α₀", colors=GREY),
            "The ways to lower a rate, over 20 epochs",
            "The staircase is halved four times; manual: a tenth from the middle on, later a hundredth.",
            "The course’s ways fall at once, in steps or in jumps; today’s in half a wave.",
        ),
        "cost-by-rate": Exhibit(
            plots.curves(result.values("rate", setting=BASE), {
                t: {way: np.minimum(costs[way], SHOWN) for way in own} for t, own in PANELS.items()},
                xlabel="α₀", ylabel="cost at the end (nats, with the penalty)", log_x=True, log_y=True,
                colors=GREY),
            f"The cost by the rate that training starts from: {BASE}",
            f"{others} seeds, only to choose α₀. Above {SHOWN:g}: drawn there. {plots.BAND}",
            f"Valleys over α₀. Lowest at: {', '.join(best)}.",
        ),
        "ways": Exhibit(
            plots.rows(ways, xlabel="cost beside constant’s (%)", number_format="{:+.1f}", columns=2,
                       reference=(0, "the cost with the best constant rate"), colors=GREY),
            "Each way from its own best α₀, beside the best constant rate",
            f"Dot: one of {seeds} seeds; large dot and number: median; bar: 10th to 90th percentile. Each "
            "panel has a scale of its own.",
            f"Medians in percent: {words}.",
        ),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)
