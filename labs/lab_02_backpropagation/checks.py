"""Gradients by hand against GradientTape and `dlkeras.scratch`; what kind of point a training ended at."""

import keras
import numpy as np
import tensorflow as tf

from dlkeras.scratch import cost_and_gradients, hessian, kind_of_point, squared_error, two_neurons
from dlkeras.views import thinned

SOLVED = 0.04  # mean squared error; below it every output is within 0.4 of its target
WATCHED, WATCHED_STEPS, WATCHED_RATE = 4, 20_000, 1.0  # networks, steps and learning rate of the view
NAMES, LAYERS = ["W1", "b1", "W2", "b2"], ["sigmoid", "sigmoid"]


def turned(arrays):
    """Turns Keras' weights of many networks into the course's: kernels transposed, biases as columns."""
    return [a.swapaxes(1, 2) if a.ndim == 3 else a[..., None] for a in map(np.float64, arrays)]


def difference(model, inputs, targets, hand):
    """Gives the largest difference of gradients by hand from the tape's and `dlkeras.scratch`'s, relative."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.mean_squared_error(targets.T, model(inputs.T)))
    taped = turned([g.numpy()[None] for g in tape.gradient(loss, model.trainable_variables)])
    parameters = {n: w[0] for n, w in zip(NAMES, turned([w[None] for w in model.get_weights()]), strict=True)}
    written = cost_and_gradients(inputs, targets, parameters, LAYERS, squared_error)[1].values()
    hand, *others = (np.concatenate([np.ravel(g) for g in found]) for found in (hand, taped, written))
    tape, scratch = (np.abs(hand - other).max() / np.abs(other).max() for other in others)
    return {"tape": tape, "scratch": scratch}


def check_gradients(network, gradients_by_hand, X, Y, settings):
    """Draws weights for the notebook's network and, at every scale, for two neurons in a chain: float64."""
    model = network(settings.widths[0], 0, dtype="float64")
    two = network(1, 0, num_inputs=1, dtype="float64")  # sigmoid(w2 sigmoid(w1 x + b1) + b2)
    for seed in settings.seeds:
        rng = np.random.default_rng(seed)
        model.set_weights([rng.uniform(-1, 1, w.shape) for w in model.get_weights()])
        hand = gradients_by_hand(*turned([w[None] for w in model.get_weights()]), Y)[1]
        halved = [g / 2 for g in hand]  # half the sum of four squares is twice their mean
        yield {"part": "network", "seed": seed, **difference(model, X, Y, halved)}
        unit = [rng.uniform(-1, 1, w.shape) for w in two.get_weights()]
        for scale in settings.scales:
            two.set_weights([scale * w for w in unit])
            d = two_neurons(*(w.item() for w in two.get_weights()), x=1.0, y=0.0)[1]
            by_hand = [d["w1"], d["b1"], d["w2"], d["b2"]]
            apart = difference(two, np.ones((1, 1)), np.zeros((1, 1)), by_hand)
            ratio = abs(d["w1"] / d["w2"])
            chain = {"scale": scale, "gradient_w1": d["w1"], "gradient_w2": d["w2"], "w1_over_w2": ratio}
            yield {"part": "chain", "seed": seed, **chain, **apart}


def watch(network, gradients_by_hand, Y, settings):
    """Trains the narrowest network from a few seeds, and keeps its weights at some steps."""
    seeds, kept = settings.seeds[:WATCHED], thinned(min(settings.epochs, WATCHED_STEPS), 50) + 1
    starts = [network(settings.widths[0], seed).get_weights() for seed in seeds]
    parameters, found = turned([np.stack(own) for own in zip(*starts, strict=True)]), []
    for step in range(1, kept[-1] + 1):
        error, gradients = gradients_by_hand(*parameters, Y)
        parameters = [p - WATCHED_RATE * g for p, g in zip(parameters, gradients, strict=True)]
        if step in kept:
            found.append([np.mean(error**2, axis=(1, 2)), *parameters])
    series = [np.stack(own, axis=1) for own in zip(*found, strict=True)]  # (networks, steps, ...)
    for i, seed in enumerate(seeds):
        own = dict(zip(["errors", *NAMES], (values[i] for values in series), strict=True))
        yield {"part": "watched", "seed": seed, "steps": kept, **own}


def where_it_ended(X, Y, parameters, error):
    """Says what kind of point it is: solved, or stuck where, by the eigenvalues of the Hessian."""
    one = dict(zip(NAMES, parameters, strict=True))
    kind, eigenvalues, newton = kind_of_point(*hessian(X, Y, one, LAYERS, squared_error))
    return {
        "kind": "solved" if error < SOLVED else kind,
        "lowest_eigenvalue": eigenvalues[0],
        "newton_step": newton,
        "eigenvalues": eigenvalues,
    }
