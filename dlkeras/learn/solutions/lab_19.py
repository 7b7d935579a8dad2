"""Lab 19: why a network does not learn."""

import numpy as np


def cost_of_guessing(classes):
    """Computes the cross-entropy of a network that knows nothing: the loss that one which stands still shows.

        it gives each of K classes the probability 1 / K
        cost = -ln(1 / K) = ln K

    Args:
        classes: K, a whole number of at least 2.

    Returns:
        The cost, a number.
    """
    return np.log(classes)


def dead_share(A):
    """Counts the units of a ReLU layer that are dead, as a share of all.

        a unit is dead where its activation is 0 for every sample
        share = dead units / all units

    Args:
        A: Activations behind ReLU, (m, units): samples in rows, as in Keras. None is below 0.

    Returns:
        The share, a number from 0 to 1.
    """
    return np.mean(np.all(A == 0, axis=0))


def skill(labels, predictions):
    """Rates the answers of a classifier: 0 for the same answer to every sample, 1 for right ones.

        recall of a class = the share of its samples that are predicted to be of it
        r = the mean of the recalls of the K classes
        skill = (r - 1/K) / (1 - 1/K)

    A rare class counts as much as a frequent one. So always naming the frequent one gains nothing.

    Args:
        labels: The right classes, (m,), whole numbers; K of them are different, at least 2.
        predictions: The predicted ones, (m,), whole numbers.

    Returns:
        The skill, a number; below 0 where the answers are worse than one and the same.
    """
    classes = np.unique(labels)
    recalls = [np.mean(predictions[labels == k] == k) for k in classes]
    chance = 1 / len(classes)
    return (np.mean(recalls) - chance) / (1 - chance)
