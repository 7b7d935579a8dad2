"""The answer in plain words, what to predict first, and which figure decides which statement."""

TOLD = "broken trainings told of"
WHY = "of which the right cause is among the first two"
ALARM = "repaired trainings told of"
LINEAR = "no activation inside: share of its first loss"


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(TOLD, text="Of the broken trainings the tool tells of {percent} %,"),
        found.says(WHY, text="with the right cause among its first two in {percent} %,"),
        found.says(ALARM, text="and it raises an alarm at {percent} % of the repaired ones."),
        found.says(
            LINEAR,
            text="The loss alone does not tell: without an activation a network loses {percent} % of it, and "
            "learns next to nothing.",
        ),
        found.says(
            "five sigmoid layers: gradient of the first layer over",
            text="A gradient that has vanished is small beside that of other layers ({effect} times the "
            "last one’s), not below a fixed number.",
        ),
    ]


def predictions(found):
    """Asks for a diagnosis first, and then what the figures show."""
    return [
        found.question(
            "All weights start at 0, and there are ten classes. Where does the loss stand at the end?",
            "all weights 0: loss at the end",
            {"At that of a guess": (0.95, 1.05), "Far below it": (0, 0.95), "Far above it": (1.05, 1e9)},
            "It is {effect} times that of a guess, which is ln 10: all units do the same, and stay the same.",
            "losses",
        ),
        found.question(
            "No layer has an activation. Does the loss of the broken training fall by more than a twentieth?",
            LINEAR,
            {"Yes": "contradicted", "No": "supported"},
            "It loses {percent} % of its first loss.",
            "losses",
        ),
        found.question(
            "One input of one sample is NaN. Is the loss NaN at the end, for most seeds?",
            "seeds whose loss is not finite",
            {"Yes": "supported", "No": "contradicted"},
            "It is for {percent} % of the seeds.",
            "found",
        ),
        found.question(
            "Columns are not scaled, and steps are far too long for them. What gains more: the change that "
            "the tool names first, or half of what scaling them gains?",
            "columns not scaled: skill gained by the change",
            {"The change": "supported", "Half of the repair": "contradicted"},
            "The change is ahead by {effect} of skill.",
            "gains",
        ),
        found.question(
            "Five sigmoid layers hardly learn. Is the gradient of the first one below a millionth, for most "
            "seeds?",
            "five sigmoid layers: seeds",
            {"Yes": "supported", "No": "contradicted"},
            "It is for {percent} % of the seeds.",
            "gradients",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "gains": {
        "skill gained by the repair": "The repair gains {effect} of skill.",
        "less half of the repair": "The change gains {effect} more than half of the repair.",
    },
    "found": {
        "repaired trainings told of": "It tells of {percent} % of the repaired trainings.",
        "broken trainings": "It does so for {percent} % of the broken trainings.",
        "seeds with an alarm": "{percent} % of the seeds have an alarm.",
        "loss is not finite": "The loss is NaN for {percent} % of the seeds.",
    },
    "losses": {
        "share of its first loss": "It loses {percent} % of its first loss.",
        "loss at the end": "The loss is {effect} times that of a guess.",
    },
    "gradients": {
        "a gradient below it": "{percent} % of the seeds have a gradient below it.",
        "gradient of the first layer over": "The first layer gets {effect} times the gradient of the last.",
    },
}
