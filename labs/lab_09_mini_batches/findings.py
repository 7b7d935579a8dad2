"""What is said of mini-batches, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import best_by_others, check, judge, judge_ratio

# Who says it.
LECTURE = "Course lecture: understanding mini-batch gradient descent"
SAMPLING = "Cochran (1977), Sampling Techniques, theorem 2.2"
NOISE_SCALE = "McCandlish et al. (2018), section 2.2"
SCALING = "Shallue et al. (2019), section 4.1"
LINEAR = "Goyal et al. (2017), section 2.1"


def by_rate(runs, size):
    """Epochs to the target, infinite where it is not reached, (rates, seeds)."""
    epochs, arrived = (
        runs.stack(field, "rate", "seed", part="train", size=size) for field in ("epochs", "arrived")
    )
    return np.where(arrived, epochs, np.inf)


def epochs_by_size(runs):
    """Epochs to the target at the rate that other seeds choose: {size: (seeds,)}."""
    return {size: best_by_others(by_rate(runs, size))[1] for size in runs.values("size", part="train")}


def slope_of_best_rates(runs, sizes):
    """Slope of the log of each seed's own best rate over log size, (seeds,); NaN if a size never arrives."""
    log_rates = np.log(runs.values("rate", part="train"))
    best = []
    for size in sizes:
        epochs = by_rate(runs, size)
        is_best = (epochs == epochs.min(axis=0)) & np.isfinite(epochs)
        with np.errstate(invalid="ignore"):
            best.append(log_rates @ is_best / is_best.sum(axis=0))  # the middle of those that are equal
    x = np.log(sizes) - np.mean(np.log(sizes))
    return x @ np.array(best) / (x @ x)


def noises(runs):
    """Sizes, and the noise of the gradient over its norm, (moments, seeds, sizes)."""
    sizes = np.array(runs.values("size", part="noise"))
    return sizes, runs.stack("noise", "after", "seed", "size", part="noise")


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    epochs, (sizes, noise) = epochs_by_size(runs), noises(runs)
    few, middle, n = min(epochs), max(size for size in epochs if size <= 64), max(epochs)
    most = max(float(run["epochs"]) for run in runs.where(part="train"))  # of a run that does not arrive
    theory = np.sqrt((n - sizes) / sizes)
    off = np.abs(noise / noise[..., :1] * theory[0] / theory - 1).max(axis=(0, 2))
    start, later = noise[..., 0] ** 2 * sizes[0]  # sizes at which noise equals the gradient
    slopes = slope_of_best_rates(runs, [size for size in epochs if size <= middle])

    def at_most(statement, words, size, other, limit, **options):
        """Judges whether a size needs at most `limit` times the epochs of another, which must arrive."""
        lost, fast = np.isinf(epochs[size]), np.where(np.isinf(epochs[other]), np.nan, epochs[other])
        bound = np.where(most / fast > limit, most, np.nan)  # enough to contradict, and else nothing
        times = np.where(lost, bound, epochs[size]) / fast
        at_least = f" {lost.sum()} runs of size {size} never arrive and count as {most:g} epochs."
        options["note"] = options.get("note", "") + at_least * bool(lost.any())
        words = f"epochs to the target, {words}, each at its best rate"
        return judge_ratio(statement, words, times, below=limit, **options)

    return [
        check(
            "The noise of a batch is that of one sample times √((n − B) / (n − 1)) / √B.",
            f"sizes {sizes[0]} to {sizes[-1]} of {n}: largest distance from it, as a share",
            off,
            below=0.25,
            source=SAMPLING,
            note="1/√B, times what it helps that an epoch draws no sample twice.",
        ),
        judge_ratio(
            "Noise matters more as training goes on.",
            "size at which noise equals the gradient, later over at the start",
            later,
            start,
            above=2,
            promised="supported",
            source=NOISE_SCALE,
            note=f"{np.median(start):.0f} samples at the start, {np.median(later):,.0f} later.",
        ),
        judge_ratio(
            "Larger batches need fewer steps.",
            f"steps to the target, size {few} over {middle}, each at its best rate",
            np.where(np.isinf(epochs[few]), most, epochs[few]) * (middle / few),
            np.where(np.isinf(epochs[middle]), np.nan, epochs[middle]),
            above=2,
            promised="supported",
            source=SCALING,
            note=f"A batch has {middle / few:g} times the samples.",
        ),
        at_most(
            "At first, twice the samples need half the steps.",
            f"size {middle} over {few}",
            middle,
            few,
            1.5,
            source=SCALING,
            note="Half the steps are as many epochs.",
        ),
        at_most(
            "Below 2,000 samples, use batch gradient descent.",
            f"all {n} over size {middle}",
            n,
            middle,
            1.5,
            promised="contradicted",
            source=LECTURE,
            note="Epochs, not seconds.",
        ),
        judge(
            "The best rate grows in proportion to the size.",
            f"sizes {few} to {middle}: slope of each seed’s log best rate by log size",
            slopes,
            "",
            above=0.75,
            source=LINEAR,
            expected=1.0,
            note="In proportion the slope is 1, with the root of the size 1/2.",
        ),
    ]
