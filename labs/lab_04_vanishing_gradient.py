"""Why do the early layers of a deep network learn slowest, and is ReLU the cure?

Varies the activation (sigmoid, tanh, ReLU), the depth, the optimizer and, for ReLU, the initialization.
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
    epochs: int = 20
    seeds: int = 5


FULL = Settings()
QUICK = Settings(depths=(2, 5), epochs=3, seeds=2)
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=data.CLASSIFICATION)

# %% Model: stacks of Dense layers, told apart by activation, depth and initialization
import keras
import tensorflow as tf

from dlkeras import plots
from dlkeras.callbacks import GradientNorms
from dlkeras.findings import judge
from dlkeras.models import depth_stack
from dlkeras.report import Exhibit

OPTIMIZERS = {
    "SGD": lambda: keras.optimizers.SGD(learning_rate=0.1),
    "Adam": lambda: keras.optimizers.Adam(learning_rate=0.003),
}
INITIALIZERS = {
    "sigmoid": ["glorot_uniform"],
    "tanh": ["glorot_uniform"],
    "relu": ["glorot_uniform", "he_uniform"],
}


def train(activation, depth, optimizer, settings, images):
    """Trains a network from every seed; a single compiled model serves them all."""
    sizes = {"width": settings.width, "input_dim": images.x_train.shape[1], "num_classes": images.num_classes}
    model = depth_stack(activation, depth, **sizes)
    model.compile(
        optimizer=OPTIMIZERS[optimizer](),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        steps_per_execution=-(-len(images.x_train) // settings.batch_size),
    )
    model.optimizer.build(model.trainable_variables)
    unused = [variable.numpy() for variable in model.optimizer.variables]
    norms = GradientNorms()

    for initializer, seed in itertools.product(INITIALIZERS[activation], range(settings.seeds)):
        start = depth_stack(
            activation, depth, kernel_initializer=initializer, seed=seed, **sizes
        ).get_weights()
        model.set_weights(start)
        for variable, value in zip(model.optimizer.variables, unused, strict=True):
            variable.assign(value)
        batches = tf.data.Dataset.from_tensor_slices((images.x_train, images.y_train)).cache()
        batches = batches.shuffle(len(images.x_train), seed=seed).batch(settings.batch_size)
        history = model.fit(
            batches, epochs=settings.epochs, shuffle=False, callbacks=[norms], verbose=0
        ).history
        predicted = np.argmax(model(images.x_test), axis=1)
        kernels = zip(start[::2], model.get_weights()[::2], strict=True)
        yield {
            "stack": "ReLU, He" if initializer == "he_uniform" else activation,
            **{"depth": depth, "optimizer": optimizer, "seed": seed},
            "loss": history["loss"],
            "accuracy": history["accuracy"],
            "test_accuracy": np.mean(predicted == images.y_test),
            "chance": np.bincount(images.y_test).max() / len(images.y_test),
            "norms": norms.norms,  # (steps, layers)
            "moved": np.array(
                [np.linalg.norm(np.float64(w) - w_0) / np.linalg.norm(w_0) for w_0, w in kernels]
            ),
        }


STACKS = ["sigmoid", "tanh", "relu", "ReLU, He"]
COLORS = {**plots.colors_for(STACKS[:3]), "ReLU, He": "#56B4E9"}


# %% Experiment: every stack at every depth, with both optimizers
def run(settings):
    """Trains all networks and returns one dict for each."""
    images = data.load(settings.dataset)
    cases = [(a, d, o) for o in OPTIMIZERS for d in settings.depths for a in INITIALIZERS]
    return [row for case in lab.progress(cases, "Training") for row in train(*case, settings, images)]


def pick(result, field, stack, depth, optimizer):
    """Stacks a field of the trainings of one kind: (seeds, ...)."""
    kind = (stack, depth, optimizer)
    return np.stack([row[field] for row in result if (row["stack"], row["depth"], row["optimizer"]) == kind])


def depths_of(result):
    """Lists the depths, rising."""
    return sorted({row["depth"] for row in result})


# %% Findings: what the course says, measured
def factor_per_layer(norms):
    """Fits a line to log norm by layer: the factor of a step towards the input, (seeds,), and R squared."""
    layers, logs = np.arange(norms.shape[1]), np.log(norms)
    slopes, offsets = np.polyfit(layers, logs.T, 1)
    rest = logs - np.outer(slopes, layers) - offsets[:, None]
    return np.exp(-slopes), 1 - rest.var(axis=1) / logs.var(axis=1)


def findings(result):
    """Judges the statements of the course."""
    depths = depths_of(result)
    shallow, middle, deep = depths[0], depths[1], depths[-1]
    first_step = {s: factor_per_layer(pick(result, "norms", s, deep, "SGD")[:, 0, :-1]) for s in STACKS}

    def judge_factor(statement, stack, promised, **claim):
        measured = (
            f"{plots.display_name(stack)}: factor per layer towards the input, first step, depth {deep}"
        )
        return judge(statement, measured, first_step[stack][0], unit="×", promised=promised, **claim)

    def judge_early_layers(optimizer, promised, **note):
        moved = pick(result, "moved", "sigmoid", middle, optimizer)
        measured = f"{optimizer}: weight change, first over last hidden layer, sigmoid, depth {middle}"
        statement = "Earlier layers are the slowest to learn."
        return judge(
            statement, measured, moved[:, 0] / moved[:, -2], below=0.5, unit="×", promised=promised, **note
        )

    def judge_gain(statement, this, other, promised=None, **claim):
        gain = pick(result, "test_accuracy", *this) - pick(result, "test_accuracy", *other)
        names = [f"{plots.display_name(s)} at depth {d}, {o}" for s, d, o in (this, other)]
        measured = f"test accuracy, {' minus '.join(names)}"
        return judge(statement, measured, gain, unit="share", promised=promised, **claim)

    half = {s: pick(result, "accuracy", s, middle, "Adam") >= 0.5 for s in ("sigmoid", "tanh")}
    epochs = {s: np.where(h.any(axis=1), h.argmax(axis=1), h.shape[1]) for s, h in half.items()}
    vanishing, cure = "Moving backward, gradients get smaller and smaller.", "Use ReLU for hidden layers."
    he, level = "He initialization suits ReLU.", "ReLU keeps gradients from vanishing."
    bound = "The slope of sigmoid is 1/4 at most; Glorot's weights neither add to it nor take from it."
    loss = pick(result, "loss", "ReLU, He", deep, "SGD")
    spiked = (loss.max(axis=1) > 10 * loss[:, 0]).sum()
    rate = f"With He, the loss of {spiked} of {len(loss)} runs rose to ten times its first at some epoch."
    straight = f"sigmoid: R² of a line through log norm by layer, depth {deep}"
    later = f"epochs later than tanh until half of the images are right, Adam, depth {middle}"
    return [
        judge_factor(vanishing, "sigmoid", "supported", below=0.5, note=bound),
        judge("They shrink exponentially.", straight, first_step["sigmoid"][1], above=0.95, unit="",
              promised="supported"),
        judge_factor("Functions like sigmoid are prone to it too.", "tanh", "contradicted", below=0.9,
                     note="The slope of tanh is 1 at the origin."),
        judge_factor(level, "relu", "contradicted", above=0.9, note="Half of the units are silent."),
        judge_factor(level, "ReLU, He", "supported", above=0.9, note="It doubles the variance of weights."),
        judge_early_layers("SGD", "supported"),
        judge_early_layers("Adam", "contradicted", note="Adam divides each gradient by its recent size."),
        judge_gain("Accuracy is compromised.", ("sigmoid", middle, "SGD"), ("sigmoid", shallow, "SGD"),
                   "supported", below=-0.05),
        judge("Training takes too long.", later, epochs["sigmoid"] - epochs["tanh"], above=1, unit="epochs",
              promised="supported"),
        judge_gain(cure, ("relu", deep, "SGD"), ("tanh", deep, "SGD"), "contradicted", above=0,
                   note="With Glorot initialization, and at this depth."),
        judge_gain(cure, ("relu", middle, "SGD"), ("tanh", middle, "SGD"), above=0),
        judge_gain(he, ("ReLU, He", deep, "Adam"), ("relu", deep, "Adam"), "supported", above=0.02),
        judge_gain(he, ("ReLU, He", deep, "SGD"), ("relu", deep, "SGD"), above=0.02, note=rate),
    ]  # fmt: skip


# %% Figures
def in_words(values):
    """Puts medians over seeds into words, for readers who cannot see a figure."""
    medians = {name: np.median(np.nan_to_num(found, nan=np.inf)) for name, found in values.items()}
    return ", ".join(f"{plots.display_name(name)} {median:.2g}" for name, median in medians.items())


def figures(result):
    """Draws the figures, with their words."""
    depths = depths_of(result)
    middle, deep, num_epochs = depths[1], depths[-1], len(result[0]["loss"])
    seeds = len({row["seed"] for row in result})
    chance = (result[0]["chance"], "chance")
    about, epochs = f"{seeds} seeds. {plots.BAND}", np.arange(1, num_epochs + 1)
    norms = {s: pick(result, "norms", s, deep, "SGD") for s in STACKS}  # (seeds, steps, layers)
    steps = np.arange(norms["tanh"].shape[1])
    last = {s: np.median(values[:, -len(steps) // num_epochs :], axis=1) for s, values in norms.items()}
    ends = {"First step": {s: values[:, 0] for s, values in norms.items()}, "Last epoch (median)": last}
    guide = [np.median(end["sigmoid"][:, -1]) * 0.25 ** np.arange(deep, -1.0, -1) for end in ends.values()]
    heat = {plots.display_name(s): np.median(values, axis=0) for s, values in norms.items()}

    def panels(field, chosen):
        return {
            f"{o}, depth {d}": {s: pick(result, field, s, d, o) for s in STACKS}
            for o in OPTIMIZERS
            for d in chosen
        }

    def by_depth(optimizer):
        return {
            s: np.stack([pick(result, "test_accuracy", s, d, optimizer) for d in depths], 1) for s in STACKS
        }

    def by_epoch(field, ylabel, title, **axis):
        end = {s: pick(result, field, s, middle, "SGD")[:, -1] for s in STACKS}
        alt = f"A panel for each optimizer and depth. At the end, SGD, depth {middle}: {in_words(end)}."
        drawn = plots.curves(epochs, panels(field, depths), xlabel="epoch", ylabel=ylabel, colors=COLORS,
                             columns=len(depths), **axis)  # fmt: skip
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
            plots.layer_by_step(heat, steps=steps, layer_labels=range(1, deep + 2),
                                colorbar_label="gradient norm (L2)"),
            f"Gradient norm by layer and step, {deep} hidden layers, SGD",
            f"Median over {seeds} seeds. {plots.cell_text(steps)}",
            "Heat maps of all layers over all steps. The first layer's norm at the last step: "
            f"{in_words({s: values[:, -1, 0] for s, values in norms.items()})}.",
        ),
        "accuracy-by-depth": Exhibit(
            plots.by_setting(depths, {o: by_depth(o) for o in OPTIMIZERS}, xlabel="depth (hidden layers)",
                             ylabel="test accuracy", colors=COLORS, reference=chance),
            "What depth costs",
            f"After {num_epochs} epochs, {seeds} seeds. {plots.DOTS}",
            f"At depth {deep} with SGD: "
            f"{in_words({s: pick(result, 'test_accuracy', s, deep, 'SGD') for s in STACKS})}.",
        ),
        "loss": by_epoch("loss", "training loss (mean, nats)", "Training loss", log_y=True),
        "accuracy": by_epoch("accuracy", "training accuracy", "Training accuracy", reference=chance),
        "weight-change": Exhibit(
            plots.by_layer(panels("moved", [middle]), ylabel="relative weight change", colors=COLORS),
            f"How far each layer moved, {middle} hidden layers",
            f"Norm of the whole training's change of a layer's kernel, over its norm at the start. {about}",
            "With SGD, the first hidden layer moved by "
            f"{in_words({s: pick(result, 'moved', s, middle, 'SGD')[:, 0] for s in STACKS})}.",
        ),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)
