"""The answer in plain words, what to predict first, and which figure decides which statement."""


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            "linear: distance of the rate",
            holds="Where the error is a bowl, the limit is sharp: with L for the largest curvature, every "
            "run goes down below the rate 2/L and diverges above it (the wall was found within {percent} % "
            "of it).",
            fails="Where the error is a bowl, runs should diverge from the rate 2/L on; here the wall is "
            "off by {percent} %.",
        ),
        found.says(
            "linear: epochs to the threshold",
            text="At a tenth of the rate, {effect} times as many epochs pass before the same error is "
            "reached.",
        ),
        found.says(
            "network: rate from which on",
            text="A network’s curvature changes while it trains, so its wall is off 2/L at the start by a "
            "factor of {effect}.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "The error is a bowl with the largest curvature L. From which learning rate on does gradient "
            "descent diverge?",
            "linear: distance of the rate",
            {"1/(2L)": "", "1/L": "", "2/L": "holds", "There is no such limit": ""},
            "Runs diverge from a rate on that is within {percent} % of 2/L.",
            "error-by-rate",
        ),
        found.question(
            "A tenth of the learning rate: how many times as many epochs until the same error is reached?",
            "linear: epochs to the threshold",
            {
                "About as many": (0, 1.5),
                "Three times as many": (1.5, 5),
                "Ten times as many": (5, 20),
                "A hundred times as many": (20, 1e9),
            },
            "It takes {effect} times as many.",
            "epochs-by-rate",
        ),
        found.question(
            "A network trains at a rate just below its wall. Where does its largest curvature L end?",
            "the largest at which no run diverges",
            {"Near 2 / rate, the limit itself": "supported", "Somewhere else": "contradicted", "At zero": ""},
            "It is off 2 / rate by a factor of {effect}.",
            "curvature",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "error-by-rate": {
        "linear: distance of the rate": "Linear regression diverges from a rate on that is {percent} % off "
        "2/L.",
        "runs whose last error is not below": "So many runs end no lower than they began: {percent} %.",
        "network: rate from which on": "The network’s wall is off 2/L at its start by a factor of {effect}.",
        "distance of a seed’s last error": "The last errors of the runs lie {effect} % from the one in the "
        "middle.",
        "largest difference of a weight": "`fit` and the four steps written out give the same weights but "
        "for {effect}.",
    },
    "epochs-by-rate": {
        "epochs to the threshold": "A tenth of the rate takes {effect} times as many epochs.",
        "share of the allowed epochs": "The runs used {percent} % of the epochs that they were allowed.",
    },
    "curvature": {
        "the largest at which no run diverges": "The curvature at the end is off 2 / rate by a factor of "
        "{effect}."
    },
}
