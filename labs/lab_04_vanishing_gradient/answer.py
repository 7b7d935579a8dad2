"""The answer in plain words, what to predict first, and which figure decides which statement."""


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            *("sigmoid, Glorot: factor", "of kernels"),
            text="With sigmoid, each layer on the way back to the input multiplies the gradient by {effect}.",
            supported="With sigmoid, each layer on the way back to the input multiplies the gradient by "
            "{effect}, so that little of it arrives at the first layers.",
        ),
        found.says(
            *("tanh, Glorot: factor", "of kernels"),
            text="tanh, which saturates too, multiplies it by {effect}: what counts is the slope of the "
            "function where it is used, together with the size of the first weights.",
        ),
        found.says(
            "ReLU, He: factor",
            supported="ReLU keeps the errors alive ({effect} per layer) if its weights start as He proposed.",
            contradicted="ReLU loses part of the errors even with He’s weights ({effect} per layer).",
            undecided="Whether ReLU with He’s weights keeps the errors alive is not decided in this run.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    depth = max(found.settings.depths)

    def by_layer(times):  # a factor from the last layer to the first, as a factor per layer
        return times ** (-1 / (depth - 1))

    return [
        found.question(
            f"{depth} layers of sigmoids: how much smaller is the gradient in the first layer than in the "
            f"last?",
            ("sigmoid, Glorot: factor", "of kernels"),
            {
                "Hardly smaller": (by_layer(3), by_layer(1 / 3)),
                "3 to 50 times": (by_layer(50), by_layer(3)),
                "50 to 100,000 times": (by_layer(1e5), by_layer(50)),
                "More than 100,000 times": (0, by_layer(1e5)),
            },
            "Each layer multiplies it by {effect}: one layer back is little, all of them together are much.",
            "gradient-norms",
        ),
        found.question(
            "tanh saturates as sigmoid does. Does its gradient vanish in the same way?",
            ("tanh, Glorot: factor", "of kernels"),
            {
                "Yes, as fast as sigmoid’s": (0, 0.4),
                "Yes, but more slowly": (0.4, 0.9),
                "No, its size stays about the same": (0.9, 1.2),
                "No, it grows on the way back": (1.2, 100),
            },
            "Per layer towards the input it is multiplied by {effect}.",
            "gradient-norms",
        ),
        found.question(
            "Adam divides each gradient by its recent size. Which layers of the sigmoid network move more "
            "then?",
            "Adam: weight change",
            {
                "The last ones, as with SGD": "supported",
                "The first ones, or all alike": "contradicted",
                "None: it does not train": "",
            },
            "The first hidden layer moves {effect} times as far as the last one.",
            "weight-change",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "gradient-norms": {
        "over the paper’s √(1/2)": "The factor by layer is off the paper’s 0.71 by a factor of {effect}.",
        "sigmoid, Glorot: factor per layer towards the input, gradients of kernels": "Per layer towards the "
        "input, sigmoid’s gradient is {effect} times as large.",
        "sigmoid, Glorot: factor": "Per layer towards the input, sigmoid’s error is {effect} times as large.",
        "tanh, Glorot: factor": "Per layer towards the input, tanh’s gradient is {effect} times as large.",
        "ReLU, Glorot: factor per layer towards the input, gradients of kernels": "Per layer towards the "
        "input, the gradient of ReLU’s kernels is {effect} times as large.",
        "ReLU, Glorot: factor": "Per layer towards the input, ReLU’s error is {effect} times as large.",
        "ReLU, He: factor": "With He’s weights, ReLU’s error is {effect} times as large per layer.",
        "how uneven": "The layers’ own factors differ by {percent} % of their mean: 0 % is one factor for "
        "all, 100 % a fall as by a power.",
    },
    "accuracy-by-depth": {
        "test accuracy, sigmoid": "The deeper network’s share of right images differs by {percent} points.",
        "more than half right": "{percent} % of the runs trained.",
        "test accuracy, ReLU, Glorot minus tanh": "ReLU’s share of right images less tanh’s: {percent} "
        "points.",
        "test accuracy, ReLU, He minus": "He’s share of right images less Glorot’s: {percent} points.",
    },
    "accuracy": {"epochs that sigmoid needs": "Sigmoid needs {effect} epochs more than tanh."},
    "weight-change": {
        "SGD: weight change": "With SGD the first hidden layer moves {effect} times as far as the last one.",
        "Adam: weight change": "With Adam the first hidden layer moves {effect} times as far as the last "
        "one.",
    },
}
