"""Why do the early layers of a deep network learn slowest, and is ReLU the cure?

Varies the activation (sigmoid, tanh, ReLU), the initialization (Glorot, He), the depth and the optimizer.
Fixed: 32 units a layer, batches of 64, the learning rate of each optimizer, the number of epochs.
Look for straight lines in the gradient norms (logarithmic axis): each layer multiplies by the same factor.

Promised: for sigmoid the gradient shrinks geometrically, early layers move less than late ones under SGD,
and depth costs accuracy; tanh does not share its fate; ReLU with Glorot initialization is no cure under SGD.

Source: the course's module on the vanishing gradient; Glorot and Bengio (2010), sections 3 and 4; He et al.
(2015), section 2.2 (a ReLU layer keeps half the variance, which their initialization makes up for).
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
    depths: tuple[int, ...] = (2, 5, 10, 20)  # hidden layers, rising
    width: int = 32  # units
    batch_size: int = 64  # images
    epochs: int = 12
    seeds: int = 20


FULL = Settings()
QUICK = Settings(depths=(2, 5), epochs=3, seeds=2)
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=data.CLASSIFICATION)

# %% Model: stacks of Dense layers, told apart by activation, depth and initialization
import keras

from dlkeras import plots
from dlkeras.callbacks import GradientNorms
from dlkeras.findings import judge
from dlkeras.models import depth_stack
from dlkeras.population import Population
from dlkeras.report import Exhibit

OPTIMIZERS = {
    "SGD": lambda: keras.optimizers.SGD(learning_rate=0.1),
    "Adam": lambda: keras.optimizers.Adam(learning_rate=0.003),
}
ACTIVATIONS = ["sigmoid", "tanh", "relu"]
INITIALIZERS = {"Glorot": "glorot_uniform", "He": "he_uniform"}
# What the curves show; the map has all pairs.
STACKS = ["sigmoid, Glorot", "tanh, Glorot", "ReLU, Glorot", "ReLU, He"]
COLORS = dict(zip(STACKS, [*plots.colors_for(ACTIVATIONS).values(), "#56B4E9"], strict=True))


def norm(kernels):
    """L2 norm of each replica's kernel: (replicas, inputs, outputs) to (replicas,)."""
    return np.sqrt(np.square(kernels, dtype=np.float64).sum(axis=(1, 2)))


def train(activation, depth, settings, images):
    """Trains a network from every initialization and seed, all at once, with each optimizer."""
    starts = [(name, seed) for name in INITIALIZERS for seed in range(settings.seeds)]

    def build(number):
        name, seed = starts[number]
        return depth_stack(
            activation, depth, settings.width, input_dim=images.x_train.shape[1],
            num_classes=images.num_classes, kernel_initializer=INITIALIZERS[name], seed=seed,
        )  # fmt: skip

    population = Population(build, seeds=range(len(starts)))  # a keras.Model, with a replica for each start
    whole = len(images.x_train) // settings.batch_size * settings.batch_size
    first = population.get_weights()
    for optimizer, make in OPTIMIZERS.items():
        population.set_weights(first)
        population.compile(make(), keras.losses.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"])
        recorder = GradientNorms()
        history = population.fit(
            images.x_train[:whole], images.y_train[:whole], batch_size=settings.batch_size,
            epochs=settings.epochs, callbacks=[recorder], verbose=0,
        ).history  # fmt: skip
        norms = recorder.norms  # (steps, layers, replicas)
        predicted = population.predict(images.x_test, len(images.x_test)).argmax(-1)  # (replicas, images)
        kernels = zip(first[::2], population.get_weights()[::2], strict=True)
        moved = np.stack([norm(end - start) / norm(start) for start, end in kernels])  # (layers, replicas)
        for i, (name, seed) in enumerate(starts):
            yield {
                "stack": f"{plots.display_name(activation)}, {name}",
                **{"depth": depth, "optimizer": optimizer, "seed": seed},
                "loss": [epoch[i] for epoch in history["loss"]],
                "accuracy": [epoch[i] for epoch in history["accuracy"]],
                "test_accuracy": np.mean(predicted[i] == images.y_test),
                "chance": np.bincount(images.y_test).max() / len(images.y_test),
                "norms": norms[:, :, i],  # (steps, layers)
                "moved": moved[:, i],
            }


# %% Experiment: every stack at every depth, with both optimizers
def run(settings):
    """Trains all networks and returns one dict for each."""
    images = data.load(settings.dataset)
    cases = itertools.product(ACTIVATIONS, sorted(settings.depths, reverse=True), [settings], [images])
    return lab.train_all(train, list(cases), "Training")


def pick(result, field, stack, depth, optimizer):
    """Stacks a field of the trainings of one kind: (seeds, ...)."""
    return result.stack(field, "seed", stack=stack, depth=depth, optimizer=optimizer)


# %% Findings: what the course says, measured
def factor_per_layer(norms):
    """Fits a line to log norm by layer: the factor of a step towards the input, (seeds,), and R squared."""
    layers, logs = np.arange(norms.shape[1]), np.log(norms)
    slopes, offsets = np.polyfit(layers, logs.T, 1)
    rest = logs - np.outer(slopes, layers) - offsets[:, None]
    return np.exp(-slopes), 1 - rest.var(axis=1) / logs.var(axis=1)


def findings(result):
    """Judges the statements of the course."""
    depths = result.values("depth")
    shallow, middle, deep = depths[0], depths[1], depths[-1]
    sigmoid, tanh, relu, relu_he = STACKS
    factor = {s: factor_per_layer(pick(result, "norms", s, deep, "SGD")[:, 0, :-1]) for s in STACKS}

    def judge_factor(statement, stack, promised, **claim):
        measured = f"{stack}: factor per layer towards the input, first step, depth {deep}"
        return judge(statement, measured, factor[stack][0], unit="×", promised=promised, **claim)

    def judge_early_layers(optimizer, promised, **note):
        moved = pick(result, "moved", sigmoid, middle, optimizer)
        measured = f"{optimizer}: weight change, first over last hidden layer, sigmoid, depth {middle}"
        return judge("Earlier layers are the slowest to learn.", measured, moved[:, 0] / moved[:, -2],
                     below=0.5, unit="×", promised=promised, **note)  # fmt: skip

    def judge_gain(statement, this, other, promised=None, **claim):
        gain = pick(result, "test_accuracy", *this) - pick(result, "test_accuracy", *other)
        names = [f"{stack} at depth {depth}, {optimizer}" for stack, depth, optimizer in (this, other)]
        measured = f"test accuracy, {' minus '.join(names)}"
        return judge(statement, measured, gain, unit="share", promised=promised, **claim)

    half = {s: pick(result, "accuracy", s, middle, "Adam") >= 0.5 for s in (sigmoid, tanh)}
    epochs = {s: np.where(h.any(axis=1), h.argmax(axis=1), h.shape[1]) for s, h in half.items()}
    cure, he = "Use ReLU for hidden layers.", "He initialization suits ReLU."
    level = "ReLU keeps gradients from vanishing."
    straight = f"sigmoid: R² of a straight line through log norm by layer, depth {deep}"
    later = f"epochs later than tanh until half of the images are right, Adam, depth {middle}"
    loss = pick(result, "loss", relu_he, deep, "SGD")
    spiked = (loss.max(axis=1) > 10 * loss[:, 0]).sum()
    rate = f"With He, the loss of {spiked} of {len(loss)} runs rose to ten times its first at some epoch."
    cure_midway = [judge_gain(cure, (relu, middle, "SGD"), (tanh, middle, "SGD"), above=0)]
    if middle == deep:  # a quick run has two depths
        cure_midway = []
    return [
        judge_factor("Moving backward, gradients get smaller and smaller.", sigmoid, "supported", below=0.5,
                     note="Its slope is 1/4 at most; Glorot's weights neither add to it nor take from it."),
        judge("They shrink exponentially.", straight, factor[sigmoid][1], above=0.95, unit="",
              promised="supported"),
        judge_factor("Functions like sigmoid are prone to it too.", tanh, "contradicted", below=0.9,
                     note="The slope of tanh is 1 at the origin."),
        judge_factor(level, relu, "contradicted", above=0.9, note="Half of the units are silent."),
        judge_factor(level, relu_he, "supported", above=0.9, note="It doubles the variance of weights."),
        judge_early_layers("SGD", "supported"),
        judge_early_layers("Adam", "contradicted", note="Adam divides each gradient by its recent size."),
        judge_gain("Accuracy is compromised.", (sigmoid, middle, "SGD"), (sigmoid, shallow, "SGD"),
                   "supported", below=-0.05),
        judge("Training takes too long.", later, epochs[sigmoid] - epochs[tanh], above=1, unit="epochs",
              promised="supported"),
        judge_gain(cure, (relu, deep, "SGD"), (tanh, deep, "SGD"), "contradicted", above=0,
                   note="With Glorot initialization, and at this depth."),
        *cure_midway,
        judge_gain(he, (relu_he, deep, "Adam"), (relu, deep, "Adam"), "supported", above=0.02),
        judge_gain(he, (relu_he, deep, "SGD"), (relu, deep, "SGD"), above=0.02, note=rate),
    ]  # fmt: skip


# %% Figures
def in_words(values):
    """Puts medians over seeds into words, for readers who cannot see a figure."""
    medians = {name: np.median(np.nan_to_num(found, nan=np.inf)) for name, found in values.items()}
    return ", ".join(f"{name} {median:.2g}" for name, median in medians.items())


def figures(result):
    """Draws the figures, with their words."""
    depths, seeds = result.values("depth"), len(result.values("seed"))
    middle, deep, num_epochs = depths[1], depths[-1], len(result[0]["loss"])
    about, chance = f"{seeds} seeds. {plots.BAND}", (result[0]["chance"], "chance")

    def each(field, depth, optimizer="SGD", stacks=STACKS):
        return {stack: pick(result, field, stack, depth, optimizer) for stack in stacks}

    norms = each("norms", deep)  # (seeds, steps, layers)
    steps = np.arange(norms[STACKS[0]].shape[1])
    last = {s: np.median(values[:, -len(steps) // num_epochs :], axis=1) for s, values in norms.items()}
    ends = {"First step": {s: values[:, 0] for s, values in norms.items()}, "Last epoch (median)": last}
    guide = [np.median(end[STACKS[0]][:, -1]) * 0.25 ** np.arange(deep, -1.0, -1) for end in ends.values()]

    def accuracies(stack, optimizer):
        return np.stack([pick(result, "test_accuracy", stack, d, optimizer) for d in depths], axis=1)

    rows = itertools.product(OPTIMIZERS, result.values("stack"))
    grid = {f"{s} · {o}": np.median(accuracies(s, o), axis=0) for o, s in rows}

    def by_epoch(field, ylabel, title, **axis):
        panels = {f"{o}, depth {d}": each(field, d, o) for o in OPTIMIZERS for d in depths}
        drawn = plots.curves(np.arange(1, num_epochs + 1), panels, xlabel="epoch", ylabel=ylabel,
                             colors=COLORS, columns=len(depths), **axis)  # fmt: skip
        alt = f"A panel for each optimizer and depth. At the end, SGD, depth {middle}: "
        alt += f"{in_words({s: values[:, -1] for s, values in each(field, middle).items()})}."
        return Exhibit(drawn, title, f"Over the batches of an epoch, while the weights move. {about}", alt)

    return {
        "gradient-norms": Exhibit(
            plots.by_layer(ends, ylabel="gradient norm (L2)", guides={"1/4 per layer": guide}, colors=COLORS),
            f"Gradient norm by layer, {deep} hidden layers, SGD",
            f"Dashed: back from sigmoid's last layer by 1/4 per layer, the most that σ′ allows. {about}",
            "At the first step the norm changes, per layer towards the input, by a factor of "
            f"{in_words({s: factor_per_layer(values[:, 0, :-1])[0] for s, values in norms.items()})}.",
        ),
        "gradient-norms-by-step": Exhibit(
            plots.layer_by_step({s: np.median(values, axis=0) for s, values in norms.items()}, steps=steps,
                                layer_labels=range(1, deep + 2), colorbar_label="gradient norm (L2)"),
            f"Gradient norm by layer and step, {deep} hidden layers, SGD",
            f"Median over {seeds} seeds. {plots.cell_text(steps)}",
            "Heat maps of all layers over all steps. The first layer's norm at the last step: "
            f"{in_words({s: values[:, -1, 0] for s, values in norms.items()})}.",
        ),
        "map": Exhibit(
            plots.grid_map(list(grid.values()), row_labels=list(grid), column_labels=depths,
                           xlabel="depth (hidden layers)", ylabel="stack · optimizer",
                           colorbar_label="test accuracy"),
            "What trains, by depth, activation, initialization and optimizer",
            f"Test accuracy after {num_epochs} epochs, median over {seeds} seeds. Chance is {chance[0]:.2f}.",
            f"A table. At depth {deep}: {in_words({name: row[-1] for name, row in grid.items()})}.",
        ),
        "accuracy-by-depth": Exhibit(
            plots.by_setting(depths, {o: {s: accuracies(s, o) for s in STACKS} for o in OPTIMIZERS},
                             xlabel="depth (hidden layers)", ylabel="test accuracy", colors=COLORS,
                             reference=chance),
            "What depth costs",
            f"After {num_epochs} epochs, {seeds} seeds. {plots.DOTS}",
            f"At depth {deep} with SGD: {in_words(each('test_accuracy', deep))}.",
        ),
        "loss": by_epoch("loss", "training loss (mean, nats)", "Training loss", log_y=True),
        "accuracy": by_epoch("accuracy", "training accuracy", "Training accuracy", reference=chance),
        "weight-change": Exhibit(
            plots.by_layer({o: each("moved", middle, o) for o in OPTIMIZERS}, ylabel="relative weight change",
                           colors=COLORS),
            f"How far each layer moved, {middle} hidden layers",
            f"Norm of the whole training's change of a layer's kernel, over its norm at the start. {about}",
            "With SGD, the first hidden layer moved by "
            f"{in_words({s: moved[:, 0] for s, moved in each('moved', middle).items()})}.",
        ),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)
