"""Inverted dropout, written out."""

import keras
from keras import ops

from dlkeras.base.checks import is_number


@keras.saving.register_keras_serializable(package="dlkeras")
class InvertedDropout(keras.layers.Layer):
    """Takes units away at random while training, as the course writes it.

        d = rand(shape of a) < keep_prob           1 where a unit is kept
        a = a · d / keep_prob

    Divided by the share that is kept, an activation has the same expectation as without dropout. So nothing
    is to be done in a test: there the layer gives what it gets.

    Args:
        keep_prob: Probability to keep a unit, in (0, 1]; Keras' `rate` is 1 - keep_prob.
        seed: Integer from which the draws follow; None draws anew.

    Call arguments:
        a: Activations, any shape; each number is kept or not on its own.
        training: Whether to take units away; `fit` says so.

    Raises:
        TypeError: If `keep_prob` is not a number.
        ValueError: If `keep_prob` is not in (0, 1].

    Example:
        >>> InvertedDropout(0.5, seed=0)(np.ones((1, 4)), training=True).numpy().tolist()
        [[2.0, 0.0, 0.0, 0.0]]

    References:
        Srivastava et al. (2014), Dropout, section 10 (scaled in training instead of in the test).
    """

    def __init__(self, keep_prob: float, seed: int | None = None, **kwargs):
        super().__init__(**kwargs)
        if not is_number(keep_prob):
            raise TypeError(f"`keep_prob` must be a number. Received: keep_prob={keep_prob!r}")
        if not 0 < keep_prob <= 1:
            raise ValueError(f"`keep_prob` must be above 0 and at most 1. Received: keep_prob={keep_prob}")
        self.keep_prob = float(keep_prob)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True

    def call(self, a, training=False):
        if not training:
            return a
        # Drawn in float32: of float16 there are too few numbers for a probability.
        d = keras.random.uniform(ops.shape(a), dtype="float32", seed=self.seed_generator) < self.keep_prob
        return ops.where(d, a / self.keep_prob, ops.zeros_like(a))

    def compute_output_shape(self, input_shape):
        return input_shape

    # Keras saves no states of generators, so that its own Dropout draws from the start again when reloaded.

    def save_own_variables(self, store):
        """Saves where the draws are."""
        store["seed_state"] = self.seed_generator.state

    def load_own_variables(self, store):
        """Goes on with the draws where they were."""
        self.seed_generator.state.assign(store["seed_state"])

    def get_config(self):
        return {**super().get_config(), "keep_prob": self.keep_prob, "seed": self.seed}
