"""Exponentially weighted averages of series of costs, and what they are off by."""

import numpy as np

BETAS = [0.5, 0.9, 0.98]  # the course's
WINDOWS = np.array([1.25, 2, 5, 10, 20, 50, 100])  # 1 / (1 − β), steps


def average(values, beta, corrected=True):
    """Averages along the last axis: v = β v + (1 − β) value; corrected, v / (1 − β^t)."""
    v, averages = 0.0, []
    for t in range(1, values.shape[-1] + 1):
        v = beta * v + (1 - beta) * values[..., t - 1]
        averages.append(v / (1 - beta**t) if corrected else v)
    return np.stack(averages, axis=-1)


def misses(true, batch):
    """Splits what averages of the costs of batches are off by, RMS over steps, into lag and noise.

    Args:
        true: Cost of all samples, (seeds, steps).
        batch: Cost of the batch, (seeds, steps).

    Returns:
        Moment of training -> "lag", "noise" and "both" -> array (seeds, windows).
    """
    lag = np.stack([average(true, 1 - 1 / window) - true for window in WINDOWS], axis=1)
    noise = np.stack([average(batch - true, 1 - 1 / window) for window in WINDOWS], axis=1)
    n, parts = true.shape[1], {"lag": lag, "noise": noise, "both": lag + noise}  # averages are linear
    moments = {f"Steps 1 to {n // 10}": slice(n // 10), f"Steps {n // 2 + 1} to {n}": slice(n // 2, n)}
    return {
        title: {name: np.sqrt(np.mean(part[..., steps] ** 2, axis=-1)) for name, part in parts.items()}
        for title, steps in moments.items()
    }
