"""What `keras.Model` offers and a population has no answer to."""

from __future__ import annotations

import keras


class WholeEpochsModel(keras.Model):
    """A Keras model that trains by whole epochs and is saved member by member."""

    def train_on_batch(self, *args, **kwargs):
        """Raises a NotImplementedError."""
        raise NotImplementedError(
            "`train_on_batch` must not be called on a population, which trains by whole epochs. "
            "Call `fit` with a single batch."
        )

    def test_on_batch(self, *args, **kwargs):
        """Raises a NotImplementedError."""
        raise NotImplementedError(
            "`test_on_batch` must not be called on a population, which measures whole data sets. "
            "Call `evaluate`."
        )

    def get_config(self):
        """Raises a NotImplementedError."""
        raise NotImplementedError(
            "`save` must not be called on a population, which holds a function. "
            "Save `population.member(i)`, or call `population.save_weights(path)`."
        )
