"""Lab 17: how a network chooses among several classes."""

import numpy as np


def choices(Z, labels):
    """Reads off which classes a network chooses, and how often it is right.

        choice of a sample = the class with the largest logit
        accuracy = the share of samples whose choice is their label

    Args:
        Z: Logits, (m, classes): samples in rows, as in Keras.
        labels: The right classes, (m,), whole numbers from 0.

    Returns:
        The choices, (m,), and the accuracy, a number.
    """
    chosen = np.argmax(Z, axis=1)
    return chosen, np.mean(chosen == labels)


def stable_softmax(Z):
    """Turns logits into probabilities, however large the logits are.

        a_i = e^z_i / the sum of e^z_j over the classes
            = e^(z_i - c) / the sum of e^(z_j - c), for any number c

    e^z is infinite from 710 on. With the largest logit of the sample for c, no power is above 1.

    Args:
        Z: Logits, (m, classes).

    Returns:
        The probabilities, (m, classes); each row adds up to 1.
    """
    power = np.exp(Z - Z.max(axis=1, keepdims=True))
    return power / power.sum(axis=1, keepdims=True)


def cross_entropy(Z, labels):
    """Computes the cross-entropy from logits, also where a probability rounds to 0.

        J = 1/m · the sum over the samples of -log a_label
        -log a_label = log(the sum of e^z_j) - z_label

    As in the softmax, take the largest logit out first: log(sum of e^z_j) = c + log(sum of e^(z_j - c)).

    Args:
        Z: Logits, (m, classes).
        labels: The right classes, (m,), whole numbers from 0.

    Returns:
        J, a number.
    """
    top = Z.max(axis=1)
    log_sum = top + np.log(np.exp(Z - top[:, None]).sum(axis=1))
    return np.mean(log_sum - Z[np.arange(len(Z)), labels])


def logits_gradient(Z, labels):
    """Computes the gradient of the cross-entropy by the logits.

        dZ = 1/m · (A - Y)

    A is the softmax of each row, Y is 1 in the column of the label and 0 elsewhere.

    Args:
        Z: Logits, (m, classes), also large ones.
        labels: The right classes, (m,), whole numbers from 0.

    Returns:
        dZ, (m, classes).
    """
    power = np.exp(Z - Z.max(axis=1, keepdims=True))
    dZ = power / power.sum(axis=1, keepdims=True)
    dZ[np.arange(len(Z)), labels] -= 1
    return dZ / len(Z)


def softmax_backward(dA, A):
    """Goes back through the softmax itself, whatever the cost is.

        dz_i = the sum over j of da_j · ∂a_j/∂z_i,   ∂a_j/∂z_i = a_j (1 - a_i) if i = j, else -a_j a_i
             = a_i (da_i - the sum over j of da_j a_j)

    Args:
        dA: Derivative of a cost by the probabilities, (m, classes).
        A: The probabilities, (m, classes).

    Returns:
        dZ, the derivative by the logits, (m, classes).
    """
    return A * (dA - np.sum(dA * A, axis=1, keepdims=True))


def overconfidence(Z, labels, temperature):
    """Measures by how much a network is surer of itself than it is right.

        a = softmax(z / temperature), by row
        confidence of a sample = its largest probability
        overconfidence = the mean confidence - the accuracy

    Args:
        Z: Logits, (m, classes), also large ones.
        labels: The right classes, (m,), whole numbers from 0.
        temperature: Above 0; above 1 it makes the network less sure.

    Returns:
        The overconfidence, from -1 to 1.
    """
    power = np.exp((Z - Z.max(axis=1, keepdims=True)) / temperature)
    confidence = 1 / power.sum(axis=1)
    return np.mean(confidence) - np.mean(Z.argmax(axis=1) == labels)
