"""What does an activation function do to a deep network, and which of the seven can train one?

Varies the activation of the hidden layers (six of the seven; softmax has the output) and the depth.
Fixed: 32 units a layer, Glorot initialization, Adam at one rate, batches of 64, the number of epochs.
Look for slopes: a layer learns by what the slopes of the layers after it let through.

Promised: every slope is that of its closed form; tanh is a scaled sigmoid; binary step trains the last layer
alone; deep linear layers are no better than none; ReLU silences about half of its first units at the start;
the rows of softmax are probabilities.

Source: the course's module on activation functions; LeCun et al. (1998), section 4.4, on centred outputs;
Glorot, Bordes and Bengio (2011) on ReLU; Maas et al. (2013) on leaky ReLU.
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
    depths: tuple[int, ...] = (1, 3, 8)  # hidden layers, rising
    width: int = 32  # units
    batch_size: int = 64  # samples
    epochs: int = 12
    seeds: int = 20


FULL = Settings()
QUICK = Settings(depths=(1, 3), epochs=3, seeds=2)
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=data.CLASSIFICATION)

# %% The seven functions: in Keras, and by hand in NumPy
import keras
import tensorflow as tf
from keras import ops

from dlkeras import plots
from dlkeras.findings import judge
from dlkeras.population import Population
from dlkeras.report import Exhibit
from dlkeras.scratch import ACTIVATIONS


def binary_step(z):
    """1 above zero, else 0; its gradient is zero, and not missing."""
    return ops.relu(ops.sign(z))


FUNCTIONS = {
    "binary_step": binary_step,
    "linear": keras.activations.linear,
    "sigmoid": keras.activations.sigmoid,
    "tanh": keras.activations.tanh,
    "relu": keras.activations.relu,
    "leaky_relu": lambda z: keras.activations.leaky_relu(z, negative_slope=0.01),
    "softmax": lambda z: ops.softmax(ops.stack([z, 0 * z, 0 * z], axis=-1))[..., 0],  # the first of three
}
LAYERS = {name: lambda name=name: keras.layers.Activation(FUNCTIONS[name]) for name in FUNCTIONS}
LAYERS["leaky_relu"] = lambda: keras.layers.LeakyReLU(negative_slope=0.01)
STATISTICS = ("flat", "silent", "dead", "mean", "std")  # of the outputs of a layer
HIDDEN = [name for name in FUNCTIONS if name != "softmax"]
BY_HAND = {name: ACTIVATIONS[name.removeprefix("binary_")] for name in FUNCTIONS}


def by_tape(name, z):
    """Differentiates an activation with GradientTape, at every point of z."""
    z = tf.constant(z, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(z)
        a = FUNCTIONS[name](z)
    return tape.gradient(a, z).numpy()


def by_hand(name, z):
    """Computes an activation and its derivative by their closed forms, in float64."""
    Z = np.stack([z, 0 * z, 0 * z]) if name == "softmax" else z[None]
    first = np.zeros_like(Z)
    first[0] = 1
    return BY_HAND[name].forward(Z)[0], BY_HAND[name].backward(first, Z)[0]


def check_functions(seed):
    """Measures what the course says of the functions, on 1,000 random inputs."""
    z = np.random.default_rng(seed).normal(0, 3, 1000).astype(np.float32)
    sigmoid, tanh = keras.activations.sigmoid, keras.activations.tanh
    return {
        "gap": max(np.abs(by_tape(name, z) - by_hand(name, z.astype(float))[1]).max() for name in FUNCTIONS),
        "scaled": np.abs(tanh(z) - (2 * sigmoid(2 * z) - 1)).max(),
        "odd": np.abs(tanh(-z) + tanh(z)).max(),
        **{f"slope of {name}": by_tape(name, z).max() for name in ("sigmoid", "tanh")},
    }


# %% Experiment: every activation at every depth, all seeds at once
def build(activation, depth, settings, samples, seed):
    """Makes a stack of Dense layers, each followed by its activation, and a last one for the logits."""
    seeds = np.random.SeedSequence(seed).generate_state(depth + 1).tolist()
    *starts, last = [keras.initializers.GlorotUniform(each) for each in seeds]
    model = keras.Sequential([keras.Input((samples.x_train.shape[1],))])
    for start in starts:
        model.add(keras.layers.Dense(settings.width, kernel_initializer=start))
        model.add(LAYERS[activation]())
    model.add(keras.layers.Dense(samples.num_classes, kernel_initializer=last))
    return model


def measure(activation, weights, x):
    """Follows samples through the hidden layers of all replicas: each statistic, (replicas, layers)."""
    a, found = x, []
    top = 0.25 if activation == "sigmoid" else 1.0  # the largest slope
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        z = a @ kernel + bias[:, None]  # (replicas, samples, units)
        a = BY_HAND[activation].forward(z)
        slope = BY_HAND[activation].backward(np.ones_like(z), z)
        flat, silent = slope < 0.05 * top, a == 0
        parts = [flat, silent, silent.all(axis=1, keepdims=True), a]
        found.append([*(part.mean(axis=(1, 2)) for part in parts), a.std(axis=(1, 2))])
    return dict(zip(STATISTICS, np.transpose(found, (1, 2, 0)), strict=True))


def train(activation, depth, settings, samples):
    """Trains a stack from every seed, all at once."""
    start = functools.partial(build, activation, depth, settings, samples)
    population = Population(start, seeds=range(settings.seeds))  # a keras.Model, with a replica for each seed
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    population.compile(keras.optimizers.Adam(learning_rate=0.003), loss, ["accuracy"])
    whole = max(len(samples.x_train) // settings.batch_size, 1) * settings.batch_size
    first = population.get_weights()
    x, y = samples.x_train[:whole], samples.y_train[:whole]
    history = population.fit(x, y, settings.batch_size, settings.epochs, verbose=0).history
    last = population.get_weights()
    logits = population.predict(samples.x_test, len(samples.x_test))  # (replicas, samples, classes)
    probabilities = ops.convert_to_numpy(ops.softmax(logits))
    norm = functools.partial(np.linalg.norm, axis=(1, 2))
    moved = [norm(end - start) / norm(start) for start, end in zip(first[::2], last[::2], strict=True)]
    ends = {"start": first, "end": last} if depth else {}
    measured = {end: measure(activation, weights, samples.x_test) for end, weights in ends.items()}
    for seed in range(settings.seeds):
        yield {
            **{"activation": activation if depth else "none", "depth": depth, "seed": seed},
            "loss": [epoch[seed] for epoch in history["loss"]],
            "accuracy": [epoch[seed] for epoch in history["accuracy"]],
            "test_accuracy": np.mean(logits[seed].argmax(-1) == samples.y_test),
            "row_sums": np.abs(probabilities[seed].sum(-1) - 1),
            "least": probabilities[seed].min(-1),
            "moved": np.array(moved)[:, seed],  # (layers,)
            **{f"{name}_{end}": measured[end][name][seed] for end in measured for name in STATISTICS},
        }


def run(settings):
    """Trains all networks and returns one dict for each; those without hidden layers check the functions."""
    samples = data.load(settings.dataset)
    cases = itertools.product(HIDDEN, sorted(settings.depths, reverse=True), [settings], [samples])
    result = lab.train_all(train, [*cases, ("linear", 0, settings, samples)], "Training")
    for row in result.where(depth=0):
        row |= {name: np.array([value]) for name, value in check_functions(row["seed"]).items()}
    return result


def pick(result, field, activation="none", depth=0):
    """Stacks a field of the trainings of one kind: (seeds, ...)."""
    return result.stack(field, "seed", activation=activation, depth=depth)


# %% Findings: what the course says, measured
def findings(result):
    """Judges the statements of the course."""
    depths = result.values("depth")[1:]
    middle, deep = depths[len(depths) // 2], depths[-1]

    def check(statement, measured, name, below=1e-6, **note):
        samples, measured = pick(result, name)[:, 0], f"1,000 random inputs: {measured}"
        return judge(statement, measured, samples, below=below, unit="", promised="supported", **note)

    def gain(statement, activation, depth, other, promised=None, **claim):
        base = pick(result, "test_accuracy", other, 0 if other == "none" else depth)
        than = "no hidden layer" if other == "none" else plots.display_name(other)
        names = f"{plots.display_name(activation)} minus that of {than}, depth {depth}"
        return judge(statement, f"test accuracy of {names}", pick(result, "test_accuracy", activation, depth),
                     baseline=base, unit="share", promised=promised, **claim)  # fmt: skip

    def centre(activation, promised):
        mean, std = (pick(result, f"{name}_start", activation, deep) for name in ("mean", "std"))
        measured = f"{activation}, depth {deep}, start: |mean| over standard deviation of a layer’s outputs"
        return judge("Its outputs are centred on zero.", measured, np.abs(mean / std).mean(axis=1), below=0.2,
                     unit="×", promised=promised)  # fmt: skip

    silent = {end: pick(result, f"silent_{end}", "relu", middle) for end in ("start", "end")}
    zeros = {end: values.mean(axis=1) for end, values in silent.items()}
    dead = pick(result, "dead_end", "relu", middle).mean()
    still = pick(result, "moved", "binary_step", deep)[:, :-1].max(axis=1)
    step = "Binary step cannot train a deep network."
    return [
        check("Each function has its derivative.", "largest gap of a slope, tape and closed form", "gap"),
        check("tanh is a scaled version of the sigmoid.", "largest |tanh(z) − (2σ(2z) − 1)|", "scaled",
              note="The input is scaled too: σ at 2z."),
        check("tanh is symmetric over the origin.", "largest |tanh(−z) + tanh(z)|", "odd"),
        check("The slope of sigmoid is at most 1/4.", "largest slope of sigmoid", "slope of sigmoid", 0.2501),
        check("The slope of tanh is at most 1.", "largest slope of tanh", "slope of tanh", 1.0001),
        centre("sigmoid", "contradicted"),
        centre("tanh", "supported"),
        judge("ReLU does not activate all neurons at the same time.",
              f"ReLU, depth {middle}, start: share of zeros, first layer", silent["start"][:, 0], above=0.4,
              unit="share", promised="supported", note="Weights are as often negative as positive."),
        judge("Training silences more of ReLU’s units.",
              f"ReLU, depth {middle}: share of zeros in all layers, after training minus at the start",
              zeros["end"], baseline=zeros["start"], above=0, unit="share",
              note=f"From {zeros['start'].mean():.0%} to {zeros['end'].mean():.0%}, {dead:.1%} are dead."),
        judge(step, f"binary step, depth {deep}: largest relative change of a hidden layer’s weights", still,
              below=1e-9, unit="", promised="supported", note="A slope of zero makes all gradients zero."),
        gain(step, "binary_step", deep, "none", "supported", below=-0.02),
        gain("Deep linear nets are no better than none.", "linear", deep, "none", "supported", below=0.01),
        gain("Sigmoid serves in the hidden layers.", "sigmoid", deep, "tanh", above=-0.02),
        gain("Sigmoid serves in the hidden layers.", "sigmoid", depths[0], "tanh", above=-0.02),
        gain("Use ReLU for hidden layers.", "relu", deep, "tanh", above=0),
        gain("Leaky ReLU is the better ReLU.", "leaky_relu", deep, "relu", above=0),
        judge("Softmax gives the probabilities of the classes.",
              "no hidden layer: largest |sum − 1| of a row", pick(result, "row_sums").max(axis=1), below=1e-5,
              unit="", promised="supported", note=f"The least is {pick(result, 'least').min():.1g}."),
    ]  # fmt: skip


# %% Figures
def in_words(values):
    """Puts medians over seeds into words, for readers who cannot see a figure."""
    return ", ".join(f"{plots.display_name(name)} {np.median(found):.2g}" for name, found in values.items())


def figures(result):
    """Draws the figures, with their words."""
    depths = result.values("depth")[1:]
    deep, epochs, plain = depths[-1], len(result[0]["loss"]), pick(result, "test_accuracy")
    seeds, about = f"{len(plain)} seeds.", f"{len(plain)} seeds. {plots.BAND}"
    z, few = np.linspace(-4, 4, 401), np.linspace(-3.75, 3.75, 11)
    by_hands = {name: by_hand(name, z) for name in FUNCTIONS}
    dots = few, {name: by_tape(name, few) for name in FUNCTIONS}

    def each(field, depth=deep):
        return {name: pick(result, field, name, depth) for name in HIDDEN}

    def last(field, layer=-1):
        return in_words({name: values[:, layer] for name, values in each(field).items()})

    by_depth = {n: np.stack([pick(result, "test_accuracy", n, d) for d in depths], 1) for n in HIDDEN}
    return {
        "functions": Exhibit(
            plots.with_derivatives(z, by_hands, dots=dots, dots_name="derivative by\nGradientTape",
                                   xlabel="z", limits=(-1.15, 2.15)),
            "The seven activation functions and their derivatives",
            "Softmax: the first of three probabilities, the other two logits being zero. Nothing is random.",
            f"Largest slopes: {in_words({name: slope.max() for name, (_, slope) in by_hands.items()})}.",
        ),
        "accuracy-by-depth": Exhibit(
            plots.by_setting(depths, {"": by_depth}, xlabel="depth (hidden layers)", ylabel="test accuracy",
                             reference=(np.median(plain), "no hidden layer")),
            "What trains, by activation and depth", f"After {epochs} epochs, {seeds} {plots.DOTS}",
            f"At depth {deep}: {in_words(each('test_accuracy'))}. No hidden layer: {np.median(plain):.2g}.",
        ),
        "loss": Exhibit(
            plots.curves(range(1, epochs + 1), {f"Depth {d}": each("loss", d) for d in depths},
                         xlabel="epoch", ylabel="training loss (mean, nats)", log_y=True),
            "Training loss", f"Over the batches of an epoch, while the weights move. {about}",
            f"In the last epoch, depth {deep}: {last('loss')}.",
        ),
        "flat": Exhibit(
            plots.by_layer({"At the start": each("flat_start"), "After training": each("flat_end")},
                           log_y=False, ylabel="share of outputs on a flat part"),
            f"How much of each layer lets hardly any gradient through, {deep} hidden layers",
            f"Outputs whose slope is below 5 % of the largest: sigmoid saturated, ReLU silent. {about}",
            f"Share in the last hidden layer after training: {last('flat_end')}.",
        ),
        "centre": Exhibit(
            plots.by_layer({"Mean": each("mean_start"), "Standard deviation": each("std_start")}, log_y=False,
                           ylabel="of the outputs, at the start"),
            f"Are outputs centred on zero? {deep} hidden layers, before training",
            f"Over test samples and units. {about}", f"Mean in the last of them: {last('mean_start')}.",
        ),
        "weight-change": Exhibit(
            plots.by_layer({f"Depth {deep}": each("moved")}, ylabel="relative weight change"),
            f"How far each layer moved, {deep} hidden layers",
            f"Norm of the whole training’s change of a kernel, over its norm at the start. {about}",
            f"The first layer moved by {last('moved', 0)}.",
        ),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)
