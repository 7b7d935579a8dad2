"""The answer in plain words, what to predict first, and which figure decides which statement."""

HALVED = ("ReLU, Glorot, forward", "over the paper’s 1/2")


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            "sigmoid, zeros: largest difference of two units",
            text="Weights must be random: from zeros, the units of a layer stay the same for ever.",
        ),
        found.says(
            "ReLU, He, forward",
            text="And they must have the right size, by which the signal is multiplied in every layer: with "
            "ReLU and He’s scale its square changes by a factor of {effect} per layer,",
        ),
        found.says("ReLU, too small, forward", text="with too small weights it is {effect} per layer,"),
        found.says("ReLU, too large, forward", text="with too large ones {effect}."),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "All weights start at zero. What becomes of two units of one hidden layer?",
            "sigmoid, zeros: largest difference of two units",
            {"They stay the same": "holds", "They drift apart slowly": "", "One of them dies": ""},
            "The largest difference is {effect} of the largest weight.",
            "first-kernel",
        ),
        found.question(
            "ReLU with Glorot’s weights, of variance 1/n: what does a layer do to the mean square of the "
            "signal?",
            HALVED,
            {
                "It keeps it": "",
                "It halves it": "supported",
                "It doubles it": "",
                "Something else": "contradicted",
            },
            "It is the paper’s 1/2, up to a factor of {effect}.",
            "factor-by-scale",
        ),
        found.question(
            "Weights of tanh much too large: do signals explode on their way forward?",
            "tanh, too large, forward",
            {
                "Yes, they grow with every layer": "supported",
                "No: tanh is at most 1": "contradicted",
                "They vanish": "",
            },
            "Per layer the mean square is multiplied by {effect}.",
            "by-layer",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "map": {
        "test accuracy, Glorot minus zeros": "Random weights instead of zeros: {effect} in the share of "
        "right images.",
        "share of scales with more than half": "The share of scales that train changes by {effect} with "
        "depth.",
        "to the one with the best accuracy": "The best scale is a factor of {effect} off the named one.",
        "He ahead of Glorot": "In {percent} % of the seeds He is ahead.",
        "test accuracy, He minus Glorot": "He against Glorot: {percent} points in the share of right images.",
        "test accuracy, Glorot minus He": "Glorot against He: {percent} points in the share of right images.",
    },
    "factor-by-scale": {
        "over the paper’s 1/2": "A layer halves the mean square, up to a factor of {effect}.",
        "forward: factor of the mean square per layer, up or down": "Forward, a layer changes the mean "
        "square by a factor of {effect}, up or down.",
        "backward: factor of the mean square per layer, up or down": "Backward, a layer changes the mean "
        "square by a factor of {effect}, up or down.",
        "factor of the mean square": "A layer multiplies the mean square by {effect}.",
    },
    "first-kernel": {
        "largest difference of two units": "Two units of a layer differ by {effect} of the largest weight.",
        "largest change of a weight": "A weight of the first layer changes by {effect}.",
    },
}
