"""What the course says of vanishing gradients, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import judge
from dlkeras.signal_propagation import factor_per_layer

SIGMOID, TANH, RELU, RELU_HE = STACKS = ("sigmoid, Glorot", "tanh, Glorot", "ReLU, Glorot", "ReLU, He")


def pick(runs, field, stack, depth, optimizer="SGD"):
    """What was measured of one kind of training, (seeds, ...)."""
    return runs.stack(field, "seed", stack=stack, depth=depth, optimizer=optimizer)


def first_norms(runs, stack, field="norms"):
    """Gradient norms of the hidden kernels of the deepest stacks at the first step, (seeds, layers)."""
    return pick(runs, field, stack, runs.values("depth")[-1])[:, 0, :-1]


def towards_input(norms):
    """By which factor a norm changes per layer on the way back to the input, (seeds,)."""
    return factor_per_layer(norms[:, ::-1])


def straightness(norms):
    """R² of a straight line through log norm by layer, (seeds,)."""
    return np.corrcoef(np.arange(norms.shape[1]), np.log(norms))[0, 1:] ** 2


def epochs_to_half(runs, stack, depth):
    """Epochs before half of the images are right with Adam; all of them where that is never so, (seeds,)."""
    half = pick(runs, "accuracy", stack, depth, "Adam") >= 0.5
    return np.where(half.any(axis=1), half.argmax(axis=1), half.shape[1])


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    depths = runs.values("depth")
    shallow, middle, deep = depths[0], depths[1], depths[-1]

    def factor(stack, field="norms"):
        what = "kernels" if field == "norms" else "biases"
        words = f"{stack}: factor per layer towards the input, gradients of {what}, first step, depth {deep}"
        return words, towards_input(first_norms(runs, stack, field)), "×"

    def straight(stack):
        words = f"sigmoid: R² of a straight line through log norm of kernels by layer, depth {deep}"
        return words, straightness(first_norms(runs, stack)), ""

    def first_over_last(optimizer):
        moved = pick(runs, "moved", SIGMOID, middle, optimizer)
        words = f"{optimizer}: weight change, first over last hidden layer, sigmoid, depth {middle}"
        return words, moved[:, 0] / moved[:, -2], "×"

    def gain(*pair):
        ours, theirs = (pick(runs, "test_accuracy", *kind) for kind in pair)
        names = [f"{stack} at depth {depth}, {optimizer}" for stack, depth, optimizer in pair]
        return f"test accuracy, {' minus '.join(names)}", ours - theirs, "share"

    def delay(stack, other):
        words = f"epochs later than tanh until half of the images are right, Adam, depth {middle}"
        return words, epochs_to_half(runs, stack, middle) - epochs_to_half(runs, other, middle), "epochs"

    level, early = "ReLU keeps gradients from vanishing.", "Earlier layers are the slowest to learn."
    cure, he = "Use ReLU for hidden layers.", "He initialization suits ReLU."
    loss = pick(runs, "loss", RELU_HE, deep)
    spiked = f"{np.sum(loss.max(axis=1) > 10 * loss[:, 0])} of {len(loss)} runs"
    rose = f"With He, the loss of {spiked} rose to ten times its first at some epoch."
    found = [
        judge(
            "Moving backward, gradients get smaller and smaller.",
            *factor(SIGMOID),
            below=0.5,
            promised="supported",
            note="Its slope is 1/4 at most; Glorot's weights neither add to it nor take from it.",
        ),
        judge("They shrink exponentially.", *straight(SIGMOID), above=0.95, promised="supported"),
        judge(
            "Functions like sigmoid are prone to it too.",
            *factor(TANH),
            below=0.9,
            promised="contradicted",
            note="The slope of tanh is 1 at the origin.",
        ),
        judge(
            level,
            *factor(RELU),
            above=0.9,
            promised="supported",
            note="Signals shrink forward as errors do backward, and a kernel's gradient is their product.",
        ),
        judge(
            level,
            *factor(RELU, "bias_norms"),
            above=0.9,
            promised="contradicted",
            note="A bias's gradient is the error alone; half of the units are silent.",
        ),
        judge(
            level,
            *factor(RELU_HE, "bias_norms"),
            above=0.9,
            promised="supported",
            note="It doubles the variance of weights.",
        ),
        judge(early, *first_over_last("SGD"), below=0.5, promised="supported"),
        judge(
            early,
            *first_over_last("Adam"),
            below=0.5,
            promised="contradicted",
            note="Adam divides each gradient by its recent size.",
        ),
        judge(
            "Accuracy is compromised.",
            *gain((SIGMOID, middle, "SGD"), (SIGMOID, shallow, "SGD")),
            below=-0.05,
            promised="supported",
        ),
        judge("Training takes too long.", *delay(SIGMOID, TANH), above=1, promised="supported"),
        judge(
            cure,
            *gain((RELU, deep, "SGD"), (TANH, deep, "SGD")),
            above=0,
            promised="contradicted",
            note="With Glorot initialization, and at this depth.",
        ),
        judge(he, *gain((RELU_HE, deep, "Adam"), (RELU, deep, "Adam")), above=0.02, promised="supported"),
        judge(he, *gain((RELU_HE, deep, "SGD"), (RELU, deep, "SGD")), above=0.02, note=rose),
    ]
    if middle < deep:  # a quick run has two depths
        found.insert(11, judge(cure, *gain((RELU, middle, "SGD"), (TANH, middle, "SGD")), above=0))
    return found
