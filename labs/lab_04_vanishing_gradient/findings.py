"""What the course says of vanishing gradients, held against the runs of `experiment.py`."""

import dataclasses

import numpy as np

from dlkeras.findings import judge, judge_ratio, judge_share
from dlkeras.signal_propagation import factor_per_layer

SIGMOID, TANH, RELU, RELU_HE = STACKS = ("sigmoid, Glorot", "tanh, Glorot", "ReLU, Glorot", "ReLU, He")
SUMMARY, DID_YOU_KNOW = "Course notes: summary of module 2", "Course notes: module page, Did You Know?"
GLOROT, HE = "Glorot and Bengio (2010), section 4.2.1", "He et al. (2015), section 2.2"
ASKED = "Asked here"

# A straight line through log norm by layer has an unevenness of 0. A norm that falls as any power of l, the
# number of layers passed, has 1 over 20 layers, and as a power of l + 10, which bends little, still 0.29.
STRAIGHT = 0.25


def pick(runs, field, stack, depth, optimizer="SGD"):
    """What was measured of one kind of training, (seeds, ...)."""
    return runs.stack(field, "seed", stack=stack, depth=depth, optimizer=optimizer)


def first_norms(runs, stack, field="norms"):
    """Gradient norms of the deepest stacks' hidden layers at the first step, (seeds, layers)."""
    return pick(runs, field, stack, runs.values("depth")[-1])[:, 0, :-1]


def towards_input(norms):
    """By which factor a norm changes per layer on the way back to the input, (seeds,)."""
    return factor_per_layer(norms[:, ::-1])


def unevenness(norms):
    """Spread of the layers' own factors: of their logarithms, standard deviation over |mean|, (seeds,)."""
    logs = np.diff(np.log(norms))
    return logs.std(axis=1) / np.abs(logs.mean(axis=1))


def epochs_to_half(runs, stack, depth):
    """Epochs before half of the images are right with Adam, and whether they ever were, (seeds,) each."""
    half = pick(runs, "accuracy", stack, depth, "Adam") >= 0.5
    arrives = half.any(axis=1)
    return np.where(arrives, half.argmax(axis=1), half.shape[1]), arrives


def trained(runs, stack, depth, optimizer):
    """Whether more than half of the images were right in the last epoch of training, (seeds,)."""
    return pick(runs, "accuracy", stack, depth, optimizer)[:, -1] > 0.5


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    return [*of_gradients(runs), *of_learning(runs), *of_relu(runs)]


def of_gradients(runs):
    """What gradients do from layer to layer, at the first step of the deepest stacks."""
    deep = runs.values("depth")[-1]

    def factor(stack, field="bias_norms"):
        what = "kernels" if field == "norms" else "biases"
        words = f"{stack}: factor per layer towards the input, gradients of {what}, first step, depth {deep}"
        return words, towards_input(first_norms(runs, stack, field))

    level, relu = "ReLU’s gradients do not vanish.", factor(RELU)
    half = np.sqrt(1 / 2)
    return [
        judge_ratio(
            "Moving backward in the network, gradients get smaller and smaller.",
            *factor(SIGMOID, "norms"),
            below=0.5,
            source=DID_YOU_KNOW,
            promised="supported",
        ),
        judge_ratio(
            "A layer of sigmoids leaves a quarter of the error at most.",
            *factor(SIGMOID),
            below=0.25,
            source=GLOROT,
            note="In theory: its slope is 1/4 at most, and Glorot’s weights keep the variance.",
            promised="supported",
        ),
        judge(
            "Gradients shrink exponentially.",
            f"{SIGMOID}, biases, first step, depth {deep}: how uneven the layers’ factors are "
            "(of their logarithms, standard deviation over mean)",
            unevenness(first_norms(runs, SIGMOID, "bias_norms")),
            "",
            below=STRAIGHT,
            source=SUMMARY,
            note="0 if all were equal; about 1 if norms fell as a power of the depth.",
            promised="supported",
        ),
        judge_ratio(
            "Functions similar to sigmoid are prone to vanishing gradients.",
            *factor(TANH, "norms"),
            below=0.9,
            source=DID_YOU_KNOW,
            note="At this start: tanh has the slope 1 at the origin, and Glorot’s weights are made for it.",
            promised="contradicted",
        ),
        judge_ratio(
            level,
            *factor(RELU, "norms"),
            above=0.9,
            source=ASKED,
            note="Signals shrink forward as errors do backward, and a kernel’s gradient is their product.",
            promised="supported",
        ),
        judge_ratio(
            level,
            *relu,
            above=0.9,
            source=ASKED,
            note="A bias’s gradient is the error alone; half of the units are silent.",
            promised="contradicted",
        ),
        judge_ratio(
            "With weights of variance 1/n, ReLU halves the variance of errors in each layer.",
            f"{relu[0]}, over the paper’s √(1/2), up or down",
            np.exp(np.abs(np.log(relu[1] / half))),
            below=1.05,
            source=HE,
            expected=1.0,
            note=f"{half:.3f} in the paper, {np.exp(np.log(relu[1]).mean()):.3f} here.",
        ),
        judge_ratio(
            "With weights of variance 2/n, ReLU’s errors do not vanish.",
            *factor(RELU_HE),
            above=0.9,
            source=HE,
            promised="supported",
        ),
    ]


def of_learning(runs):
    """What vanishing gradients do to sigmoid's learning, at the second depth."""
    shallow, middle = runs.values("depth")[:2]
    early = "Earlier layers learn much slower than later layers."

    def first_over_last(optimizer):
        moved = pick(runs, "moved", SIGMOID, middle, optimizer)
        words = f"{optimizer}: weight change, first over last hidden layer, sigmoid, depth {middle}"
        return words, moved[:, 0], moved[:, -2]

    return [
        judge_ratio(early, *first_over_last("SGD"), below=0.5, source=SUMMARY, promised="supported"),
        judge_ratio(
            early,
            *first_over_last("Adam"),
            below=0.5,
            source=SUMMARY,
            note="Adam divides each gradient by its recent size.",
            promised="contradicted",
        ),
        judge(
            "Prediction accuracy is compromised.",
            f"test accuracy, sigmoid, SGD, depth {middle} minus depth {shallow}",
            pick(runs, "test_accuracy", SIGMOID, middle),
            "share",
            baseline=pick(runs, "test_accuracy", SIGMOID, shallow),
            below=-0.05,
            source=DID_YOU_KNOW,
            promised="supported",
        ),
        _takes_too_long(runs, middle),
    ]


def _takes_too_long(runs, depth):
    (ours, ours_arrive), (theirs, theirs_arrive) = (epochs_to_half(runs, s, depth) for s in (SIGMOID, TANH))
    censored = theirs_arrive & ~ours_arrive
    words = f"epochs that sigmoid needs after tanh until half of the images are right, Adam, depth {depth}"
    lost = f"{censored.sum()} runs with sigmoid never got there, and count as all the epochs."
    found = judge(
        "The training process takes too long.",
        words + ", at least" * bool(censored.any()),
        ours - theirs,
        "epochs",
        trained=theirs_arrive,
        above=1,
        source=DID_YOU_KNOW,
        note=lost if censored.any() else "",
        promised="supported",
    )
    if censored.any() and found.verdict == "contradicted":  # by a lower bound
        return dataclasses.replace(found, verdict="undecided")
    return found


def of_relu(runs):
    """What ReLU and He's initialization do for learning; a run may stay at chance."""
    depths = runs.values("depth")
    cure, he = "Use ReLU for hidden layers.", "He initialization suits ReLU."

    def both(statement, depth, optimizer, this, other, above, source, promised):
        """Judges the share that trained where not all did, and how much better those are that did."""
        learned = np.array([trained(runs, stack, depth, optimizer) for stack in (this, other)])
        ours, theirs = (pick(runs, "test_accuracy", stack, depth, optimizer) for stack in (this, other))
        where, about = f"depth {depth}, {optimizer} at one rate", {"source": source, "promised": promised}
        words = f"{this}, {where}: more than half right at the end of training"
        note = f"{other}: {learned[1].sum()} of {len(ours)}."
        found = []
        if not learned.all():
            found.append(judge_share(statement, words, learned[0], above=0.5, note=note, **about))
        if learned.all(axis=0).any():
            words, gains = f"test accuracy, {this} minus {other}, {where}", ours - theirs
            only = learned.all(axis=0)
            found.append(judge(statement, words, gains, "share", trained=only, above=above, **about))
        return found

    return [
        *both(cure, depths[1], "SGD", RELU, TANH, 0, SUMMARY, "contradicted"),
        *(both(cure, depths[-1], "SGD", RELU, TANH, 0, SUMMARY, "contradicted") if depths[2:] else []),
        *both(he, depths[-1], "Adam", RELU_HE, RELU, 0.02, HE, "supported"),
        *both(he, depths[-1], "SGD", RELU_HE, RELU, 0.02, HE, None),
    ]
