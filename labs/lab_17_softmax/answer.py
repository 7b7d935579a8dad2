"""The answer in plain words, what to predict first, and which figure decides which statement."""

SOONER = "first weights by Glorot: epochs to the target"
SURE = "all start sure of the first class"
OWN = "logits minus own softmax"
CONFIDENT = ("mean confidence less accuracy", "Softmax gives the probabilities")


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            "Rows of softmax are probabilities",
            text="Softmax turns the outputs into probabilities, one for each class, which add up to 1 (but "
            "for {effect}).",
        ),
        found.says(
            SOONER,
            text="Squared error as the cost needs {effect} times as many epochs as cross-entropy, each at "
            "its best rate,",
        ),
        found.says(SURE, text="and {effect} times as many where the first answers are sure and wrong."),
        found.says(
            *CONFIDENT,
            text="On new images the probability of its answer, less the share that is right, is {effect} "
            "points.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "Softmax without a hidden layer: what do the borders between classes look like?",
            "Without a hidden layer, borders between classes are straight",
            {"Straight": "holds", "Curved": "fails", "Rings around each class": ""},
            "Of all segments between two points of a class, {percent} % leave it on the way.",
            "regions",
        ),
        found.question(
            "All first answers are sure and wrong. How many times as many epochs does squared error need, "
            "beside cross-entropy?",
            SURE,
            {"About as many": (0, 1.2), "1.2 to 2 times": (1.2, 2), "More than twice as many": (2, 1e9)},
            "{effect} times as many.",
            "losses",
        ),
        found.question(
            "The last weights start 100 times too large. Does a loss of logits end at a better accuracy "
            "than one of probabilities from a softmax written by hand?",
            OWN,
            {"Yes": "supported", "No, it is all the same": "contradicted"},
            "Its training accuracy is higher by {percent} points.",
            "between",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "regions": {
        "share of segments between points": "{percent} % of the segments leave their class on the way."
    },
    "gradient": {
        "gradient for the logit of the wrong class": "The gradient that is left is {effect}.",
        "largest distance of a sum from 1": "Rows add up to 1 but for {effect}.",
        "when 100 is added": "Probabilities change by {effect} at most.",
        "whose softmax is not a number": "The limit is off the theory’s by {effect}.",
        "logits of 10,000": "The largest error is {effect}.",
        "after training at equal rates": "At equal rates the weights differ by {percent} % of the largest.",
        "largest difference of a weight": "The weights differ by {effect} of the largest one.",
    },
    "losses": {"squared error over cross-entropy": "Squared error needs {effect} times as many epochs."},
    "calibration": {
        "cost on new images": "With a temperature the cost is {effect} times as large.",
        "less accuracy": "Confidence less accuracy, in points: {effect}.",
    },
    "between": {
        "logits minus own softmax": "Logits are ahead by {percent} points of training accuracy.",
        "logits minus Keras’ softmax": "Logits are ahead by {percent} points of training accuracy.",
    },
}
