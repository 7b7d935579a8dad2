"""What the course says of mini-batches, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import judge, mean_interval


def epochs_by_size(runs):
    """Epochs to the target at each size's best rate: {size: (seeds,)}."""
    return runs.where(best=True).lines("epochs", "seed", size=runs.values("size", best=True))


def noises(runs):
    """Sizes, and the noise of the gradient over its norm, (moments, seeds, sizes)."""
    sizes = np.array(runs.values("size", part="noise"))
    return sizes, runs.stack("noise", "after", "seed", "size", part="noise")


def slope_of_noise(sizes, noise):
    """Slope of log noise over log size, (seeds,)."""
    return np.polyfit(np.log(sizes), np.log(noise).T, 1)[0]


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    epochs, (sizes, noise) = epochs_by_size(runs), noises(runs)
    few, middle, n = min(epochs), max(size for size in epochs if size <= 64), max(epochs)
    small = sizes <= n / 8
    slopes = slope_of_noise(sizes[small], noise[0][:, small])
    half = noise[0, :, -1] / noise[0, :, 0] * np.sqrt(sizes[-1] / sizes[0])
    start, later = noise[..., 0] ** 2 * sizes[0]  # sizes at which noise equals the gradient
    falls = "Noise falls as 1/√size."
    return [
        judge(
            falls,
            f"to size {sizes[small][-1]}: distance of the slope of log noise by log size from −1/2",
            np.abs(slopes + 0.5),
            "",
            below=0.05,
            promised="supported",
            note="The slope is {:.3f} [{:.3f}, {:.3f}].".format(slopes.mean(), *mean_interval(slopes)),
        ),
        judge(
            falls,
            f"noise at {sizes[-1]} of {n} samples, over what 1/√size says",
            half,
            "×",
            above=0.9,
            promised="contradicted",
            note="An epoch draws no sample twice.",
        ),
        judge(
            "Noise matters more as training goes on.",
            "size at which noise equals the gradient, later over at the start",
            later / start,
            "×",
            above=2,
            promised="supported",
            note=f"{np.median(start):.0f} samples at the start, {np.median(later):,.0f} later.",
        ),
        judge(
            "Larger batches need fewer steps.",
            f"epochs to the target, size {middle} over {few}",
            epochs[middle] / epochs[few],
            "×",
            below=1.5,
            note="While the best rate grows too.",
        ),
        judge(
            "Below 2,000 samples, use batch gradient descent.",
            f"epochs to the target, all over {middle}",
            epochs[n] / epochs[middle],
            "×",
            below=1.5,
            promised="contradicted",
        ),
    ]
