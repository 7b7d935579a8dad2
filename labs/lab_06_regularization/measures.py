"""Images of each network's own, shifted images, units taken away, and two ways to decay weights."""

import keras
import numpy as np

from dlkeras.layers import InvertedDropout
from dlkeras.population import Orders, Population
from dlkeras.runs import by_replica, product

MASKS = 2000  # dropout masks that an expectation is taken over


class OwnSamples(Orders):
    """Orders in which each network sees some of the samples alone, drawn from its seed, again and again.

    Args:
        seeds: Of the networks.
        num_own: Samples that a network sees.
    """

    def __init__(self, seeds, num_own):
        super().__init__(seeds)
        self.num_own = num_own

    def _order(self, seed, num_samples):
        rng = np.random.default_rng(seed)
        own = rng.choice(num_samples, self.num_own, replace=False)
        rounds = -(-num_samples // self.num_own)
        epoch = np.random.default_rng([seed, self.epoch])
        order = np.concatenate([epoch.permutation(own) for _ in range(rounds)])
        return order[:num_samples].astype(np.int32)


def shifted(x, y):
    """Adds to images of 8 by 8 pixels the same moved by a pixel, in four directions: five times as many."""
    square = np.pad(x.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)), mode="edge")
    corners = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
    moved = [square[:, top : top + 8, left : left + 8].reshape(x.shape) for top, left in corners]
    return np.concatenate(moved), np.tile(y, len(corners))


def relied_on(population, images):
    """What the network of each replica relies on, {field: (networks,)}.

    The effective number of some parts is the sum of their sizes, squared, over the sum of their squares: n
    equal parts are n, a single one is 1.

    Returns:
        with_half: Test accuracy with a random half of the hidden units taken away, a mean of ten draws.
        units: The effective number of hidden units whose parts add up to the logit of the right class.
        inputs: The effective number of inputs whose weights come into a hidden unit.
    """
    kept, rng, right = population.get_weights(), np.random.default_rng(0), []
    W1, b1, W2, _ = kept  # (networks, inputs, units), (networks, units), (networks, units, classes)
    for _ in range(10):
        weights = [weight.copy() for weight in kept]
        weights[2][:, rng.permutation(W2.shape[1])[: W2.shape[1] // 2]] = 0
        population.set_weights(weights)
        right.append(population.predict(images.x_test).argmax(axis=-1) == images.y_test)
    population.set_weights(kept)
    units = [
        effective_number(np.maximum(images.x_test @ w1 + b, 0) * w2.T[images.y_test]).mean()
        for w1, b, w2 in zip(W1, b1, W2, strict=True)
    ]
    inputs = effective_number(np.swapaxes(W1, 1, 2)).mean(axis=1)
    return {"with_half": np.mean(right, axis=(0, 2)), "units": np.array(units), "inputs": inputs}


def effective_number(parts):
    """The sum of sizes, squared, over the sum of squares, along the last axis: n for n equal parts."""
    return np.abs(parts).sum(axis=-1) ** 2 / np.maximum((parts**2).sum(axis=-1), 1e-30)


def decays(build, name, x, y, images, settings):
    """Trains with L2 in the loss, and with weights that shrink on their own, at each penalty.

    Keras' L2 is λ times the sum of squares, so its gradient is 2λw: weights that shrink by 2λ of themselves
    times the rate do the same, as long as a step is the gradient times the rate.
    """
    make = {"SGD": lambda **own: keras.optimizers.SGD(0.3, **own)}
    make["Adam"] = lambda **own: keras.optimizers.Adam(0.003, **own)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for penalty in settings.penalties[1:]:
        kernels, right = {}, {}
        for way, (in_loss, own) in {"L2": (penalty, 0.0), "decay": (0.0, 2 * penalty)}.items():
            population = Population(lambda seed, p=in_loss: build(seed, penalty=p), settings.seeds)
            optimizer = make[name](**({"weight_decay": own} if own else {}))
            optimizer.exclude_from_weight_decay(var_names=["bias"])
            population.compile(optimizer, loss)
            population.fit(x, y, 64, settings.epochs, verbose=0)
            kernels[way] = population.get_weights()[0].astype("float64")
            right[way] = np.mean(population.predict(images.x_test).argmax(axis=-1) == images.y_test, axis=1)
        apart = np.abs(kernels["L2"] - kernels["decay"]).max(axis=(1, 2))
        apart /= np.abs(kernels["L2"]).max(axis=(1, 2))
        about = {"part": "decay", "optimizer": name, "penalty": penalty}
        yield from by_replica(product(seed=settings.seeds), about, apart=apart, **right)


def expectations(seeds):
    """A layer that gets activations with dropout: its sums and what is behind its ReLU, over without."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        a = np.maximum(rng.normal(size=100), 0).astype("float32")
        W = rng.normal(0, np.sqrt(2 / 100), (100, 50)).astype("float32")
        z = a @ W
        for keep in (0.8, 0.5):
            dropout = InvertedDropout(keep, seed=seed)
            dropped = dropout(np.tile(a, (MASKS, 1)), training=True).numpy() @ W  # (masks, units)
            sums = dropped.mean(axis=0) @ z / (z @ z)
            behind = np.maximum(dropped, 0).mean(axis=0).sum() / np.maximum(z, 0).sum()
            yield {
                "part": "expectation",
                "seed": seed,
                "keep": keep,
                "sum": float(sums),
                "behind": float(behind),
            }
