"""What the course says of activation functions, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras import plots
from dlkeras.findings import check, judge, judge_ratio, judge_share

SUMMARY = "Course notes: summary of module 2"
ASKED, THEORY = "Asked here", "Theory"
LECUN = "LeCun et al. (1998), section 4.4"
GLOROT = "Glorot, Bordes and Bengio (2011), section 3.1"


def pick(runs, field, activation="none", depth=0):
    """Stacks a field of the trainings of one kind: (seeds, ...)."""
    return runs.stack(field, "seed", activation=activation, depth=depth)


def findings(runs):
    """Checks the functions, and judges what is said of networks that have them."""
    return [*checks(runs), *before_training(runs), *after_training(runs)]


def checks(runs):
    """What holds of the functions by their formulas, and of binary step by its slope of zero."""
    still = pick(runs, "moved", "binary_step", runs.values("depth")[-1])[:, :-1].max(axis=1)
    least = pick(runs, "least").min()

    def keeps(statement, measured, name, source, below=1e-6, **note):
        samples, measured = pick(runs, name)[:, 0], f"1,000 random inputs: {measured}"
        return check(statement, measured, samples, below=below, source=source, **note)

    return [
        keeps(
            "Each function has its derivative.", "largest gap of a slope, tape and closed form", "gap", THEORY
        ),
        keeps(
            "tanh is a scaled version of the sigmoid.",
            "largest |tanh(z) − (2σ(2z) − 1)|",
            "scaled",
            SUMMARY,
            note="The input is scaled too: σ at 2z.",
        ),
        keeps("tanh is symmetric over the origin.", "largest |tanh(−z) + tanh(z)|", "odd", SUMMARY),
        keeps("The slope of sigmoid is at most 1/4.", "largest slope", "slope of sigmoid", THEORY, 0.2501),
        keeps("The slope of tanh is at most 1.", "largest slope", "slope of tanh", THEORY, 1.0001),
        check(
            "With a binary step, the hidden layers do not learn.",
            f"depth {runs.values('depth')[-1]}: largest relative change of a hidden layer’s weights",
            still,
            below=1e-9,
            source=THEORY,
            note="A slope of zero makes all gradients zero.",
        ),
        check(
            "Softmax provides probabilities for each class.",
            "no hidden layer: largest |sum − 1| of a row",
            pick(runs, "row_sums").max(axis=1),
            below=1e-5,
            source=SUMMARY,
            note=f"The least is {least:.1g}.",
        ),
    ]


def before_training(runs):
    """What the outputs of hidden layers are at the start."""
    depths = runs.values("depth")[1:]
    middle, deep = depths[len(depths) // 2], depths[-1]
    zeros = pick(runs, "silent_start", "relu", middle).mean(axis=1)
    of_zeros = f"ReLU, depth {middle}, start: share of zeros in all hidden layers"

    def off_centre(activation):
        mean, std = (pick(runs, f"{name}_start", activation, deep) for name in ("mean", "std"))
        words = f"{activation}, depth {deep}, start: |mean| over standard deviation of a layer’s outputs"
        return words, np.abs(mean / std).mean(axis=1)

    return [
        judge_ratio(
            "Outputs of a sigmoid that is symmetric about the origin are on average close to zero.",
            *off_centre("tanh"),
            below=0.2,
            source=LECUN,
            promised="supported",
        ),
        judge_ratio(
            "Those of the logistic sigmoid are not.",
            *off_centre("sigmoid"),
            above=1,
            source=LECUN,
            promised="supported",
        ),
        judge(
            "ReLU does not activate all neurons simultaneously.",
            of_zeros,
            zeros,
            "share",
            above=0.1,
            source=SUMMARY,
            note="Weights are as often negative as positive.",
            promised="supported",
        ),
        judge(
            "At the start, around half of ReLU’s outputs are zeros.",
            f"{of_zeros}: distance from 0.5",
            np.abs(zeros - 0.5),
            "share",
            below=0.1,
            source=GLOROT,
            expected=0.0,
            note=f"0.5 in the paper, {zeros.mean():.3f} here.",
            promised="supported",
        ),
    ]


def after_training(runs):
    """What networks have learned; all from Glorot's weights, at one learning rate."""
    depths, epochs = runs.values("depth")[1:], len(runs[0]["loss"])
    middle, deep, shallow = depths[len(depths) // 2], depths[-1], depths[0]
    silent = {end: pick(runs, f"silent_{end}", "relu", middle).mean(axis=1) for end in ("start", "end")}
    dead = pick(runs, "dead_end", "relu", middle).mean()

    def gain(statement, activation, depth, other, source, **claim):
        base = pick(runs, "test_accuracy", other, 0 if other == "none" else depth)
        than = "no hidden layer" if other == "none" else plots.display_name(other)
        names = f"{plots.display_name(activation)} minus that of {than}, depth {depth}"
        return judge(
            statement,
            f"test accuracy of {names}, Glorot, one rate, {epochs} epochs",
            pick(runs, "test_accuracy", activation, depth),
            "share",
            baseline=base,
            source=source,
            **claim,
        )

    def last_fall(activation, depth):
        loss = pick(runs, "loss", activation, depth)
        return 1 - np.exp(np.log(loss[:, -1] / loss[:, -2]).mean())

    both = f"{last_fall('linear', deep):.0%} with the linear layers, {last_fall('none', 0):.0%} without"
    right = pick(runs, "accuracy", "sigmoid", deep)[:, -1]
    return [
        judge(
            "Training silences more of ReLU’s units.",
            f"ReLU, depth {middle}: share of zeros in all hidden layers, after training minus at the start",
            silent["end"],
            "share",
            baseline=silent["start"],
            above=0,
            source=ASKED,
            note=f"From {silent['start'].mean():.0%} to {silent['end'].mean():.0%}, {dead:.1%} are dead.",
            promised="contradicted",
        ),
        gain(
            "Layers of binary steps that do not learn are worse than none.",
            *("binary_step", deep, "none", ASKED),
            below=-0.02,
            promised="supported",
        ),
        gain(
            "In as many epochs, deep linear nets get no further than none.",
            *("linear", deep, "none", ASKED),
            below=0.01,
            note="They can represent no more, by theory; how far they are is another matter. "
            f"In the last epoch the training loss still fell by {both}.",
            promised="supported",
        ),
        judge_share(
            "Avoid sigmoid activation functions in deep networks.",
            f"sigmoid, depth {deep}, Glorot, one rate: half right in training after {epochs} epochs",
            right > 0.5,
            below=0.5,
            source=SUMMARY,
            promised="supported",
        ),
        gain(
            f"Sigmoid serves at depth {shallow}.",
            *("sigmoid", shallow, "tanh", ASKED),
            above=-0.02,
            note="The notes call it the most widely used in hidden layers.",
            promised="supported",
        ),
        gain("Use ReLU for hidden layers.", "relu", deep, "tanh", SUMMARY, above=0),
        gain(
            "Leaky ReLU is better than ReLU.",
            *("leaky_relu", deep, "relu", ASKED),
            above=0,
            note="Maas et al. (2013), section 3, found them nearly the same.",
        ),
    ]
