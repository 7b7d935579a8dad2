"""The answer in plain words, what to predict first, and which figure decides which statement."""

SIGMOID = ("sigmoid, depth", "half right in training")


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    deep = max(found.settings.depths)
    return [
        found.says(
            "test accuracy of binary step",
            text="A function without a slope cannot train what lies before it: with binary steps the share "
            "of right images differs by {percent} points from that of no hidden layer at all.",
        ),
        found.says(
            *SIGMOID,
            f"depth {deep}",
            text=f"With {deep} layers of sigmoids, {{percent}} % of the runs get half of the images right "
            f"in these epochs.",
        ),
        found.says(
            "test accuracy of ReLU minus that of tanh",
            f"depth {deep}",
            supported="ReLU is ahead of tanh by {points} points.",
            contradicted="ReLU is not ahead of tanh here (a difference of {points} points).",
            undecided="Between ReLU and tanh this run does not decide.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    deep = max(found.settings.depths)
    return [
        found.question(
            "Before training, how many of the outputs of ReLU layers are zero?",
            ("ReLU", "start: share of zeros in all hidden layers", "simultaneously"),
            {
                "Hardly any": (0, 0.1),
                "About a quarter": (0.1, 0.38),
                "About half": (0.38, 0.62),
                "Nearly all": (0.62, 1),
            },
            "{percent} % of them.",
            "flat",
        ),
        found.question(
            "Hidden layers of binary steps, whose slope is zero: do they serve better than no hidden layer?",
            "test accuracy of binary step",
            {"Better": "", "Just as well": "contradicted", "Worse": "supported"},
            "The share of right images differs by {percent} points.",
            "accuracy-by-depth",
        ),
        found.question(
            f"{deep} layers of sigmoids: do more than half of the runs learn to get half of the images "
            f"right?",
            (*SIGMOID, f"depth {deep}"),
            {"Yes": "contradicted", "No": "supported"},
            "{percent} % of the runs do.",
            "loss",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "functions": {
        "largest gap of a slope": "Slopes by closed form and by tape are the same but for {effect}.",
        "(2σ(2z) − 1)": "tanh and its form by the sigmoid are the same but for {effect}.",
        "tanh(−z) + tanh(z)": "tanh at −z and at z cancel but for {effect}.",
        "largest slope": "The largest slope is {effect}.",
        "|sum − 1|": "Softmax’s probabilities add up to 1 but for {effect}.",
    },
    "accuracy-by-depth": {
        "test accuracy of binary step": "Binary steps against no hidden layer: {effect} in the share of "
        "right images.",
        "test accuracy of linear": "Linear layers against no hidden layer: {effect} in the share of right "
        "images.",
        "test accuracy of sigmoid": "Sigmoid against tanh: {percent} points in the share of right images.",
        "test accuracy of ReLU": "ReLU against tanh: {percent} points in the share of right images.",
        "test accuracy of leaky ReLU": "Leaky ReLU against ReLU: {percent} points in the share of right "
        "images.",
        "test accuracy of": "The share of right images differs by {percent} points.",
    },
    "loss": {"half right in training": "{percent} % of the runs get half of the images right."},
    "flat": {
        "after training minus at the start": "The share of zeros changes by {effect} in training.",
        "distance from 0.5": "The share of zeros is {effect} off a half.",
        "share of zeros": "{percent} % of ReLU’s outputs are zeros.",
    },
    "centre": {
        "|mean| over standard deviation": "The mean of the outputs lies {effect} of their spread away from "
        "zero."
    },
    "weight-change": {"largest relative change": "Hidden layers of binary steps moved by {effect}."},
}
