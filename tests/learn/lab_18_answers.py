"""Lab 18: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import keras
import numpy as np
import tensorflow as tf


def slope_of_a_watched_tensor(cost, w):
    tensor = tf.constant(w)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        value = cost(tensor)
    return np.array(tape.gradient(value, tensor))


def slope_by_keras_variable(cost, w):
    variable = keras.Variable(w, dtype="float64")
    with tf.GradientTape() as tape:
        value = cost(variable.value)
    return tape.gradient(value, variable.value).numpy()


def slope_by_jacobian(cost, w):
    variable = tf.Variable(w)
    with tf.GradientTape(persistent=True) as tape:
        value = cost(variable)[None]
    return tape.jacobian(value, variable)[0]


def hot_by_loop(labels, num_classes):
    Y = np.zeros((len(labels), num_classes), np.float32)
    for i, label in enumerate(labels.numpy()):
        Y[i, label] = 1
    return tf.constant(Y)


def forward_by_pairs(x, parameters):
    layers = list(zip(parameters[::2], parameters[1::2], strict=True))
    for i, (W, b) in enumerate(layers):
        x = tf.matmul(x, W) + b
        if i < len(layers) - 1:
            x = tf.maximum(x, 0)
    return x


def forward_recursively(x, parameters):
    W, b, *others = parameters
    z = tf.linalg.matmul(x, W) + b
    return forward_recursively(keras.ops.relu(z), others) if others else z


def forward_in_float32(x, parameters):
    x, *parameters = (tf.cast(own, tf.float32) for own in [x, *parameters])
    for i in range(0, len(parameters) - 2, 2):
        x = tf.nn.relu(tf.nn.bias_add(x @ parameters[i], parameters[i + 1]))
    return tf.nn.bias_add(x @ parameters[-2], parameters[-1])


def step_by_apply_gradients(model, x, y, loss, optimizer):
    with tf.GradientTape() as tape:
        value = loss(y, model(x, training=True))
    pairs = zip(tape.gradient(value, model.trainable_weights), model.trainable_weights, strict=True)
    optimizer.apply_gradients(pairs)
    return value.numpy()


def step_in_a_function(model, x, y, loss, optimizer):
    def step():
        with tf.GradientTape() as tape:
            value = loss(y, model(x, training=True))
        optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)
        return value

    return step()


def step_by_assign(model, x, y, loss, optimizer):
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=model(x, training=True))
        )
    for variable, g in zip(model.weights, tape.gradient(value, model.weights), strict=True):
        variable.assign_sub(optimizer.learning_rate * g)
    return float(value)


def loop_by_steps(model, x, y, loss, optimizer, batch_size, epochs):
    costs = np.zeros(epochs)
    for epoch in range(epochs):
        for start in range(0, len(x), batch_size):
            own = slice(start, min(start + batch_size, len(x)))
            share = (own.stop - own.start) / len(x)
            costs[epoch] += share * step_by_apply_gradients(model, x[own], y[own], loss, optimizer)
    return costs


def loop_by_data(model, x, y, loss, optimizer, batch_size, epochs):
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    found = []
    for _ in range(epochs):
        own = [(step_in_a_function(model, *batch, loss, optimizer), len(batch[1])) for batch in batches]
        found.append(np.average([float(value) for value, _ in own], weights=[size for _, size in own]))
    return found


def loop_by_split(model, x, y, loss, optimizer, batch_size, epochs):
    at, found = list(range(batch_size, len(x), batch_size)), []
    for _ in range(epochs):
        values = []
        for own_x, own_y in zip(np.split(x, at), np.split(y, at), strict=True):
            values += [step_by_assign(model, own_x, own_y, loss, optimizer)] * len(own_x)
        found.append(np.mean(values))
    return np.float32(found)


ANSWERS = {
    "slope_by_tape": (
        [
            ("cost(variable)", "-cost(variable)"),
            ("tf.Variable(w)", "tf.Variable(2 * w)"),
            ("cost(variable)", "cost(tf.constant(w))"),
            (".numpy()", ".numpy().sum()"),
            ("tape.gradient(", "2 * tape.gradient("),
        ],
        [slope_of_a_watched_tensor, slope_by_keras_variable, slope_by_jacobian],
    ),
    "one_hot": (
        [
            ("labels[:, None]", "labels[::-1, None]"),
            ("tf.range(num_classes)", "tf.range(num_classes + 1)"),
            ("labels[:, None]", "labels[:, None] + 1"),
        ],
        [
            hot_by_loop,
            lambda labels, num_classes: tf.one_hot(labels, num_classes),
            lambda labels, num_classes: tf.gather(tf.eye(num_classes), labels),
        ],
    ),
    "forward_propagation": (
        [("before[::2]", "before[-2::-2]"), ("x @ W + b", "x @ W - b")],
        [forward_by_pairs, forward_recursively, forward_in_float32],
    ),
    "training_step": (
        [("loss(y, model(x, training=True))", "loss(y, 2 * model(x))"), ("float(value)", "2 * float(value)")],
        [step_by_apply_gradients, step_in_a_function, step_by_assign],
    ),
    "training_loop": (
        [("total / len(x)", "total / len(y) / 2"), ("range(epochs)", "range(epochs + 1)")],
        [loop_by_steps, loop_by_data, loop_by_split],
    ),
}
