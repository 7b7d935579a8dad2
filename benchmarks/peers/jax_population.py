"""The population of the benchmark by hand in JAX: `vmap` over replicas, `scan` over steps, `jit` of an epoch.

`python jax_population.py REPLICAS BATCH DATA.npz` trains one epoch for each line that comes in and answers
with its seconds, so that another process can take turns with it.
"""

import itertools
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

DEPTH, WIDTH, CLASSES = 10, 32, 10
RATE, BETA_1, BETA_2, EPSILON = 0.001, 0.9, 0.999, 1e-7


def initial_weights(key, num_inputs):
    """Draws kernels as Glorot and zero biases, for one replica."""
    sizes = [num_inputs, *[WIDTH] * DEPTH, CLASSES]
    weights = []
    for fan_in, fan_out in itertools.pairwise(sizes):
        key, own = jax.random.split(key)
        limit = (6 / (fan_in + fan_out)) ** 0.5
        kernel = jax.random.uniform(own, (fan_in, fan_out), minval=-limit, maxval=limit)
        weights.append((kernel, jnp.zeros(fan_out)))
    return weights


def loss_of(weights, x, y):
    """Mean cross-entropy of one replica on a batch."""
    for kernel, bias in weights[:-1]:
        x = jnp.tanh(x @ kernel + bias)
    kernel, bias = weights[-1]
    logits = x @ kernel + bias
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], axis=1).mean()


def step(state, batch):
    """One step of Adam for one replica; gives the loss and the gradient norm of each layer."""
    weights, m, v, t = state
    loss, gradients = jax.value_and_grad(loss_of)(weights, *batch)
    t = t + 1
    m = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, m, gradients)
    v = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, v, gradients)
    rate = RATE * jnp.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
    weights = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + EPSILON), weights, m, v)
    norms = jnp.stack([jnp.sqrt((dw**2).sum() + (db**2).sum()) for dw, db in gradients])
    return (weights, m, v, t), (loss, norms)


def epoch(state, x, y, orders, batch_size):
    """All steps of an epoch for all replicas, each over batches of its own: the orders are (R, n)."""
    batches = orders.reshape(len(orders), -1, batch_size).swapaxes(0, 1)  # (steps, R, B)
    over_replicas = jax.vmap(step)
    return jax.lax.scan(lambda state, rows: over_replicas(state, (x[rows], y[rows])), state, batches)


def main():
    """Answers each line with the seconds of an epoch; the first ones compile."""
    replicas, batch_size = int(sys.argv[1]), int(sys.argv[2])
    data = np.load(sys.argv[3])
    x, y = jnp.asarray(data["x"]), jnp.asarray(data["y"])
    keys = jax.random.split(jax.random.key(0), replicas)
    weights = jax.vmap(lambda key: initial_weights(key, x.shape[1]))(keys)
    zeros = jax.tree.map(jnp.zeros_like, weights)
    state = (weights, zeros, jax.tree.map(jnp.zeros_like, weights), jnp.zeros(replicas))
    compiled = jax.jit(epoch, static_argnums=4, donate_argnums=0)
    rng, rows = np.random.default_rng(0), np.tile(np.arange(len(x)), (replicas, 1))
    for _ in sys.stdin:
        start = time.perf_counter()
        orders = jnp.asarray(rng.permuted(rows, axis=1))
        state, (losses, norms) = compiled(state, x, y, orders, batch_size)
        np.asarray(losses), np.asarray(norms)  # waits, and brings them to the host as `fit` does
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
