"""Whether what a network says with 90 % is right in 90 % of cases, and the temperature that mends it."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax


def overconfidence(logits, labels, temperature=1.0):
    """The mean confidence less the accuracy; above 0 where a network says more than it knows.

    Args:
        logits: (samples, classes).
        labels: (samples,).
        temperature: What logits are divided by, above 0; a number, or one for each sample.

    Returns:
        A share in [-1, 1].
    """
    confidence = np.exp(log_probabilities(logits, temperature).max(axis=-1))
    return confidence.mean() - np.mean(logits.argmax(axis=-1) == labels)


def cost(logits, labels, temperature=1.0):
    """The mean cross-entropy, nats."""
    return -log_probabilities(logits, temperature)[np.arange(len(labels)), labels].mean()


def log_probabilities(logits, temperature):
    """Logarithms of softmax, (samples, classes)."""
    return log_softmax(np.float64(logits) / np.reshape(temperature, (-1, 1)), axis=-1)


def best_temperature(logits, labels):
    """The temperature of the least cost, between 1/100 and 100.

    References:
        Guo et al. (2017), On Calibration of Modern Neural Networks, section 4.2.
    """
    bounds = np.log([0.01, 100])
    return np.exp(minimize_scalar(lambda t: cost(logits, labels, np.exp(t)), bounds, bounds=bounds).x)


def temperatures(logits, labels):
    """A temperature for each sample, found on the half of the samples that it is not in."""
    found = np.empty(len(labels))
    for half in (0, 1):
        found[half::2] = best_temperature(logits[1 - half :: 2], labels[1 - half :: 2])
    return found


def calibrations(runs):
    """Overconfidence and cost on new images by how long training went on, without and with a temperature.

    Returns:
        Four arrays (times, seeds): overconfidence without and with, cost without and with.
    """
    found = []
    for after in runs.values("after"):
        logits, labels = (
            runs.stack(field, "seed", part="long", after=after) for field in ("logits", "labels")
        )
        found.append([_calibration(*own) for own in zip(logits, labels, strict=True)])
    return np.moveaxis(np.array(found), -1, 0)


def _calibration(logits, labels):
    mended = temperatures(logits, labels)
    return [measure(logits, labels, t) for measure in (overconfidence, cost) for t in (1.0, mended)]
