"""What the course says of lowering the learning rate, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import best_by_others, judge, judge_ratio

SETTINGS = SGD, SHORT, LARGE, ADAM = "SGD", "SGD, a fifth of the time", "SGD, large batches", "Adam"
CONSTANT, COSINE = "constant", "cosine"
COURSE = ("inverse time", "0.95^epoch", "k / √epoch", "staircase", "manual")
LECTURE = "Lecture on learning rate decay, in the outline of the course notes"
THEORY = "Mandt, Hoffman and Blei (2017), section 3"
BOUND = "Bottou, Curtis and Nocedal (2018), section 4.2"
OWN = "Asked here"


def lowest(runs, setting, ways):
    """Each seed’s cost at the way and α₀ that are the best for other seeds, and how often each way is it."""
    costs = np.array([runs.stack("cost", "rate", "seed", setting=setting, way=way) for way in ways])
    places, by_seed = best_by_others(costs.reshape(-1, costs.shape[-1]))
    return by_seed, np.bincount(places // costs.shape[1], minlength=len(ways))


def more(runs, setting, ways, than=(CONSTANT,)):
    """By how many percent the lowest cost with some ways is above that with others, (seeds,)."""
    return 100 * (lowest(runs, setting, ways)[0] / lowest(runs, setting, than)[0] - 1)


def heights(runs, way):
    """Height above the least error of the quadratic after each epoch, (seeds, epochs)."""
    return runs.stack("height", "seed", setting="quadratic", way=way)


def floor(runs, way):
    """Height at which theory sees the quadratic come to rest, at the rate of each epoch, (epochs,)."""
    return runs.where(setting="quadratic", way=way)[0]["floor"]


def at_rest(runs, way):
    """Mean height in the second half of the epochs, (seeds,)."""
    height = heights(runs, way)
    return height[:, height.shape[1] // 2 :].mean(axis=1)


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    lowered = [way for way in runs.values("way", setting=SGD) if way != CONSTANT]
    decay, constant = (lowered, "decay"), ((CONSTANT,), "the constant rate")
    cosine, course = ((COSINE,), COSINE), (COURSE, "the course’s ways")
    beats, yes = "Cosine beats the course’s ways.", "supported"
    return [
        *of_the_floor(runs),
        saved(runs, "Decay helps.", LECTURE, SGD, decay, constant, yes),
        saved(runs, "Decay helps.", LECTURE, ADAM, decay, constant, yes),
        saved(runs, "Decay helps.", LECTURE, SHORT, decay, constant, yes),
        saved(runs, "Decay helps.", LECTURE, LARGE, decay, constant, None),
        saved(runs, beats, OWN, SGD, cosine, course, None),
        saved(runs, beats, OWN, ADAM, cosine, course, None),
        saved(runs, beats, OWN, SHORT, cosine, course, None),
        saved(runs, beats, OWN, LARGE, cosine, course, "contradicted"),
    ]


def of_the_floor(runs):
    """A noisy quadratic, which comes to rest at a floor."""
    low, high = at_rest(runs, "0.01"), at_rest(runs, "0.1")
    over = low / floor(runs, "0.01")[-1]
    constant, decayed = (heights(runs, way)[:, -1] for way in ("0.1", "inverse time"))
    return [
        judge_ratio(
            "A small constant rate leaves the cost at a floor of rate × noise / (4 × batch size).",
            "quadratic, rate 0.01: mean height above the least error in the second half of the epochs, "
            "beside that of theory, the larger over the smaller",
            np.maximum(over, 1 / over),
            below=1.1,
            source=THEORY,
            expected=1.0,
            promised="supported",
            note=f"Ours is {np.mean(over):.3g} times theory’s (mean), and "
            f"{np.mean(high / floor(runs, '0.1')[-1]):.3g} times at 0.1. "
            "Noise: mean square of a sample’s gradient. The bound of Bottou et al. (2018), "
            "theorem 4.6, is twice theory’s.",
        ),
        judge_ratio(
            "With a constant rate the cost wanders around the minimum, the farther away the larger the rate.",
            "quadratic: mean height above the least error in the second half of the epochs, "
            "rate 0.1 over 0.01",
            high,
            low,
            above=5,
            source=BOUND,
            note="In proportion to the rate it would be 10.",
            promised="supported",
        ),
        judge_ratio(
            "With decay it comes closer to the minimum.",
            "quadratic: height above the least error at the end, constant 0.1 over inverse time from 0.1",
            constant,
            decayed,
            above=3,
            source=LECTURE,
            promised="supported",
        ),
    ]


def saved(runs, statement, source, setting, own, rival, promised):
    """Judges what the best of some ways saves beside the best of others; each is (ways, name)."""
    (ways, name), (others, other) = own, rival
    chosen = [
        " or ".join(way for way, count in zip(some, lowest(runs, setting, some)[1], strict=True) if count)
        for some in (ways, others)
        if len(some) > 1
    ]
    return judge(
        statement,
        f"network, {setting}: cost saved by {name} beside {other}, each the best way and α₀ for other seeds",
        -more(runs, setting, ways, others),
        "%",
        above=1,
        source=source,
        note=f"Best of {name if len(ways) > 1 else other}: {'; '.join(chosen)}.",
        promised=promised,
    )
