"""The answer in plain words, what to predict first, and which figure decides which statement."""

SINGLE = ("relative difference at ε = 1e-7, float32",)
BUGS = "all eight bugs are found"
MASKS = "new masks for every loss"


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            BUGS,
            text="A gradient can be trusted when differences of the loss agree with it: in {percent} % of "
            "the seeds every planted bug was found, and in the right tensor.",
        ),
        found.says(
            *SINGLE,
            text="That takes 64-bit numbers: at a step of 1e-7 in 32 bits a correct gradient looks "
            "{percent} % wrong, because rounding drowns the difference.",
        ),
        found.says(
            "losses computed, over",
            text="It costs {effect} times as much as backpropagation even for this small network, so it is "
            "a tool for a test, not for training.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "A correct gradient, checked with a step of 1e-7 in 32-bit numbers: how far off does it look?",
            SINGLE,
            {"Less than 0.1 %": (0, 1e-3), "About 1 %": (1e-3, 0.1), "10 % or more": (0.1, 1)},
            "The relative difference is {effect}.",
            "error-by-step",
        ),
        found.question(
            "A single bias entry of the gradient is off by 1 %, all else is right. Is the difference over "
            "all tensors above 1e-3?",
            "one bias entry 1 % off",
            {"Yes, it is seen at once": "contradicted", "No, it hides among the others": "supported"},
            "It is {effect}.",
            "blame",
        ),
        found.question(
            "Dropout draws new masks for every loss. Does a correct gradient pass the check?",
            MASKS,
            {"Yes": "contradicted", "No": "supported"},
            "The relative difference is {effect}.",
            "blame",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "error-by-step": {
        "slope of log error": "The slope is off the expected one by {effect}.",
        "step with the smallest error": "The best step is a factor of {effect} off the one that theory "
        "names.",
        "relative difference at ε": "A correct gradient differs by {effect}.",
        "relative difference of a correct Keras model": "A correct gradient differs by {effect}.",
    },
    "blame": {
        "smallest of seven bugs": "The least of the bugs comes out at {effect}.",
        "one bias entry": "The smallest bug comes out at {effect}.",
        "all eight bugs are found": "In {percent} % of the seeds every bug is found on the right tensors.",
        "a correct gradient passes": "In {percent} % of the seeds a correct gradient passes.",
        "new masks for every loss": "With new masks a correct gradient differs by {effect}.",
        "the same masks": "With the same masks it differs by {effect}.",
    },
    "cost": {"losses computed": "The check costs {effect} times as much as backpropagation."},
}
