"""The same training twice: by hand and by fit."""

import keras
import numpy as np
import tensorflow as tf


def compare(model, optimizer, seed, start, train_by_hand, table, settings):
    """Trains both; yields the costs of all batches, what fit says, and how far the weights are apart.

    Args:
        model: A Keras model of the same form as the network by hand.
        optimizer: Name.
        seed: Of the order of the samples, which is the same in every epoch.
        start: First weights, one variable for each weight of the model.
        train_by_hand: From parameters, an optimizer and batches to costs (epochs, batches).
        table: The data.
        settings: Those of the lab.
    """
    samples = tf.data.Dataset.from_tensor_slices((table.x_train, table.y_train))
    order = {"seed": seed, "reshuffle_each_iteration": False}  # else every use of it has another
    batches = samples.shuffle(len(table.x_train), **order).batch(settings.batch_size)
    parameters = [tf.Variable(weight) for weight in start]
    twin = keras.models.clone_model(model)
    twin.set_weights(start)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    costs = train_by_hand(parameters, optimizer, batches)
    twin.compile(optimizer, loss, jit_compile=False)  # XLA would sum in another order
    said = twin.fit(batches, epochs=settings.epochs, shuffle=False, verbose=0).history["loss"]

    pairs = list(zip(parameters, twin.get_weights(), strict=True))
    apart = max(np.abs(p - w).max() for p, w in pairs) / max(np.abs(w).max() for _, w in pairs)
    about = {"part": "compare", "optimizer": optimizer, "seed": seed, "apart": float(apart), "fit": said}
    about |= {"batch_size": settings.batch_size, "last": len(table.x_train) % settings.batch_size}
    yield about | {"costs": costs}
