"""The orders in which the replicas of a population see the samples."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dlkeras.population.arguments import checked_seeds

_SPAWN_KEY = 0x0BA7C4E5  # sets orders apart from whatever else is drawn from the same seed


class Orders:
    """Draws an order of samples for each replica and epoch, from the replica's seed and the epoch alone.

    Equal seeds have equal orders, in one population and in another, so that results are paired by seed.

    Args:
        seeds: What the orders of each replica are drawn from, an integer of at least 0; may repeat.
        epoch: How many epochs have been drawn before, of any number of samples.

    Attributes:
        seeds: The seeds, a tuple.
        epoch: How many epochs have been drawn; `draw` goes on from it, and it may be set.

    Raises:
        TypeError: If a seed is no integer.
        ValueError: If there are no seeds, or a seed is negative.

    Example:
        Replica 3 of a population fresh from `build`, repeated by plain `fit`:

        ```python
        orders, model = Orders([population.orders.seeds[3]]), build(population.seeds[3])
        model.compile("adam", loss)
        for _ in range(epochs):
            (order,) = orders.draw(len(x))
            model.fit(x[order], y[order], shuffle=False)
        ```
    """

    def __init__(self, seeds: Iterable[int], epoch: int = 0):
        self.seeds = checked_seeds(seeds)
        self.epoch = epoch

    def draw(self, num_samples: int, shared: bool = False) -> np.ndarray:
        """Draws the orders of the next epoch.

        Args:
            num_samples: Number of samples n.
            shared: Whether all replicas share the order of the first one.

        Returns:
            Permutations of 0 to n - 1, int32 of shape (R, n), or (n,) if shared.
        """
        seeds = self.seeds[:1] if shared else self.seeds
        drawn = {seed: self._order(seed, num_samples) for seed in dict.fromkeys(seeds)}
        self.epoch += 1
        return drawn[seeds[0]] if shared else np.stack([drawn[seed] for seed in seeds])

    def _order(self, seed: int, num_samples: int) -> np.ndarray:
        sequence = np.random.SeedSequence(seed, spawn_key=(_SPAWN_KEY, self.epoch))
        return np.random.default_rng(sequence).permutation(num_samples).astype(np.int32)
