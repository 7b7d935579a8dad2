"""The answer in plain words, what to predict first, and which figure decides which statement."""

RAVINE = ("each at its best rate: error of gradient descent over momentum", "ravine, L = 20")
WIDTH = ("one ReLU layer", "Adam − gradient descent")
SIGMOIDS = ("three sigmoid layers", "last loss of Adam over momentum")


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            *RAVINE,
            text="Down a ravine, each at its best rate, gradient descent ends with {effect} times the error "
            "of momentum.",
        ),
        found.says(
            *SIGMOIDS,
            supported="On three layers of sigmoids Adam is no worse than momentum (its last loss is "
            "{effect} times as large);",
            contradicted="On three layers of sigmoids Adam is worse than momentum (its last loss is "
            "{effect} times as large);",
            undecided="Between Adam and momentum this run does not decide on three layers of sigmoids;",
        ),
        found.says(
            *WIDTH,
            text="and the rates at which Adam works span {effect} decades more than those of gradient "
            "descent, a decade being a factor of ten.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "A long narrow valley, each optimizer at its best rate: how much higher does gradient descent "
            "end than momentum?",
            RAVINE,
            {
                "It ends lower": (0, 0.9),
                "About level": (0.9, 1.1),
                "Up to ten times higher": (1.1, 10),
                "More than ten times": (10, 1e99),
            },
            "Its error is {effect} times as large.",
            "ravine",
        ),
        found.question(
            "Is Adam less sensitive to its learning rate than gradient descent: does it work over a wider "
            "range of rates?",
            WIDTH,
            {"Yes, over a wider one": "supported", "No": "contradicted"},
            "Its range is wider by {effect} decades; a decade is a factor of ten.",
            "loss-by-rate",
        ),
        found.question(
            "Adam written from its equations, beside the built-in one: how far apart are the weights after "
            "all steps?",
            "units of the last place"
            if found.get("units of the last place")
            else "largest distance of a weight",
            {
                "By some of the last digits": "holds",
                "By a few percent": "",
                "They go different ways": "fails",
            },
            "At most {effect} units of the last place, the smallest step between two numbers of this size.",
            "side-by-side",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "ravine": {
        "way across": "Gradient descent goes {effect} times as far across the valley.",
        "left of the way": "Momentum has {effect} times as much of the way left.",
        "error of gradient descent over momentum": "At the end gradient descent’s error is {effect} times "
        "as large.",
    },
    "loss-by-rate": {"decades of rates": "Adam’s range of rates is wider by {effect} decades."},
    "loss-by-epoch": {
        "last loss of momentum": "Momentum’s last loss is {effect} times gradient descent’s.",
        "last loss of Adam": "Adam’s last loss is {effect} times momentum’s.",
    },
    "side-by-side": {
        "largest distance of a weight": "The weights are at most {effect} units of the last place apart."
    },
}
