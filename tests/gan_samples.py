"""A GAN with two optimizers, and the tape on its networks."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

X = np.random.default_rng(0).normal(size=(24, 5)).astype(np.float32)
LOSS = keras.losses.BinaryCrossentropy(from_logits=True)
ONES, ZEROS = np.ones((8, 1), np.float32), np.zeros((8, 1), np.float32)


class Gan(keras.Model):
    """Updates the discriminator some times, then the generator, and has no use for an optimizer of Keras'."""

    def __init__(self, d_optimizer, g_optimizer, num_times=1):
        super().__init__(name="gan")
        inner = [[layers.Dense(6, "tanh", name="hidden"), layers.Dense(n, name="out")] for n in (1, 5)]
        self.discriminator = keras.Sequential([keras.Input((5,)), *inner[0]], name="discriminator")
        self.generator = keras.Sequential([keras.Input((3,)), *inner[1]], name="generator")
        self.num_times = num_times
        self.norms = {"discriminator": [], "generator": []}  # of a run that is eager
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer

    def train_step(self, data):
        noise = data[:, :3]
        for _ in range(self.num_times):
            d_loss = self.update(self.discriminator, self.d_optimizer, self.d_loss, data, noise)
        g_loss = self.update(self.generator, self.g_optimizer, self.g_loss, data, noise)
        return {"d_loss": d_loss, "g_loss": g_loss}

    def d_loss(self, x, noise):
        real, fake = self.discriminator(x), self.discriminator(self.generator(noise))
        return LOSS(ONES, real) + LOSS(ZEROS, fake)

    def g_loss(self, x, noise):
        return LOSS(ONES, self.discriminator(self.generator(noise)))

    def update(self, network, optimizer, loss, *data):
        with tf.GradientTape() as tape:
            value = loss(*data)
        weights = network.trainable_weights
        gradients = tape.gradient(value, weights)
        optimizer.apply_gradients(zip(gradients, weights, strict=True))
        if tf.executing_eagerly():
            self.norms[network.name].append([float(tf.norm(g)) for g in gradients])
        return value


def trained(make_optimizers, *callbacks, num_times=1, **options):
    keras.utils.set_random_seed(1)
    model = Gan(*make_optimizers(), num_times)
    model.compile(**options)
    model.fit(X, batch_size=8, epochs=2, shuffle=False, verbose=0, callbacks=list(callbacks))
    return model
