"""The answer in plain words, what to predict first, and which figure decides which statement."""

SOONER, LARGER = "It speeds up learning.", "It allows larger learning rates."
MOVES = "how far means move in a step, over the spread, with over without"
TINY = "minus by batches of 2"


def stack_with(found, statement):
    """Names the first stack of which a statement was judged, as the findings do; the first one if none."""
    names = ["{}, depth {}".format(*stack).replace("relu", "ReLU") for stack in found.settings.stacks]
    return next((name for name in names if found.get(statement, f"{name}:")), names[0])


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            *(SOONER, f"{stack_with(found, SOONER)}:"),
            text=f"Without it a network ({stack_with(found, SOONER)}) needs {{effect}} times as many epochs "
            f"to the same cost, each at its best rate.",
        ),
        found.says(
            *(LARGER, f"{stack_with(found, LARGER)}:"),
            text="With it, rates {effect} times as large still work.",
        ),
        found.says(
            MOVES,
            text="What comes into a layer moves {effect} times as far in a step with it as without it;",
        ),
        found.says(
            "how much its gradient changes",
            text="but the gradient of the layer changes {effect} times as much, so a still input is not the "
            "reason.",
            supported="and the gradient of the layer changes {effect} times as much.",
            undecided="whether its gradient changes less, too, is not decided in this run.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "Does batch normalization allow learning rates more than twice as large?",
            (LARGER, f"{stack_with(found, LARGER)}:"),
            {"Yes": "supported", "No": "contradicted"},
            "The largest rate that still works is {effect} times as large.",
            "rates",
        ),
        found.question(
            "It is said to help because what comes into a layer moves less. Does it move less?",
            MOVES,
            {"Yes": "supported", "No": "contradicted"},
            "In a step it moves {effect} times as far as without.",
            "",
        ),
        found.question(
            "A test by the statistics of batches of 2 instead of the averages: is more than 10 points of "
            "accuracy lost?",
            TINY,
            {"Yes": "supported", "No": "contradicted"},
            "{percent} points are lost.",
            "tests",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "rates": {
        "behind over before": "Behind the activation it takes {effect} times as many epochs as before it.",
        "epochs to the target": "Without it takes {effect} times as many epochs.",
        "largest rate that gets to the target": "The largest rate that works is {effect} times as large "
        "with it.",
        "seeds that get to the target": "{percent} % of the runs get to the target.",
        "how far means move": "Means move {effect} times as far in a step.",
        "how much its gradient changes": "The gradient changes {effect} times as much.",
    },
    "tests": {
        "by the averages minus by batches": "The averages are ahead by {percent} points.",
        "largest difference of an output": "Outputs differ by {effect}.",
        "largest gradient for a bias": "A bias gets a gradient of {effect} of that of a weight.",
        "largest change of an output": "Outputs change by {effect}.",
        "largest cosine": "The largest cosine is {effect}: 0 is a right angle.",
        "largest size of an output": "The largest output is {effect}.",
    },
    "small": {"test accuracy gained": "New images gain {effect} points."},
}
