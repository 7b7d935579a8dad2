"""GradientNorms hears every optimizer that a training step calls, inside another one or several in a step."""

import threading

import gan_samples
import keras
import numpy as np
import pytest
import tensorflow as tf
from gradient_oracle import FLOAT32, X, Y, batches, compiled, dense_net, fit

from dlkeras.callbacks import GradientNorms

MODES = {
    "graph": {"jit_compile": False},
    "xla": {"jit_compile": True},
    "eager": {"run_eagerly": True},
    "graph, 2 steps": {"jit_compile": False, "steps_per_execution": 2},
}


class Lookahead(keras.optimizers.Optimizer):
    """Every third step goes halfway back to where the weights were three steps before."""

    def __init__(self, inner):
        super().__init__(learning_rate=0.0)
        self.inner = inner

    def build(self, variables):
        if not self.built:
            self.inner.build(variables)
            self.slow = [keras.Variable(v.numpy(), trainable=False) for v in variables]
            super().build(variables)

    def apply(self, grads, trainable_variables=None):
        self.inner.apply(grads, trainable_variables)
        self.iterations.assign_add(1)
        due = tf.cast(self.iterations.value % 3 == 0, tf.float32)
        for slow, fast in zip(self.slow, trainable_variables, strict=True):
            slow.assign_add(due * 0.5 * (fast - slow))
            fast.assign_add(due * (slow - fast))


class ByItself(keras.optimizers.Optimizer):
    """Moves weights in its own `apply`."""

    def apply(self, grads, trainable_variables=None):
        for gradient, variable in zip(grads, trainable_variables, strict=True):
            variable.assign_sub(0.1 * gradient)
        self.iterations.assign_add(1)


class Doubled(keras.optimizers.SGD):
    """Changes the gradients before it hands them to its parent."""

    def apply(self, grads, trainable_variables=None):
        return super().apply([2 * gradient for gradient in grads], trainable_variables)


def by_pattern():
    optimizers = keras.optimizers.OptimizerMap(
        keras.optimizers.SGD(0.1), {".*hidden/.*": keras.optimizers.Adam(0.01)}
    )
    return keras.optimizers.MultiOptimizer(optimizers)


def by_function():
    one, other = keras.optimizers.SGD(0.1), keras.optimizers.Adam(0.01)
    return keras.optimizers.MultiOptimizer(lambda variable: one if "kernel" in variable.path else other)


OPTIMIZERS = {
    "MultiOptimizer by pattern": by_pattern,
    "MultiOptimizer by function": by_function,
    "Lookahead": lambda: Lookahead(keras.optimizers.Adam(0.01)),
    "by itself": lambda: ByItself(0.1),
    "doubled": lambda: Doubled(0.05),
}


def by_hand(make_optimizer):
    """Norms of gradients, weights and changes by variable in a loop of one's own."""
    model, optimizer, rows = dense_net(), make_optimizer(), []
    compiled(model, optimizer)
    optimizer.build(model.trainable_variables)
    factor = 2 if isinstance(optimizer, Doubled) else 1
    for x, y in batches():
        with tf.GradientTape() as tape:
            loss = model.compute_loss(x, y, model(x, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        before = model.get_weights()
        optimizer.apply(gradients, model.trainable_variables)
        changes = [b - a for a, b in zip(before, model.get_weights(), strict=True)]
        rows.append([[np.linalg.norm(t) for t in kind] for kind in (gradients, before, changes)])
    rows = np.array(rows)
    rows[:, 0] *= factor
    return rows.transpose(1, 0, 2)


def layers_of(rows):
    return np.sqrt(np.stack([(rows[:, :2] ** 2).sum(1), (rows[:, 2:] ** 2).sum(1)], axis=1))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_inside_of_others(name, mode):
    ends = []
    for callbacks in ([], [GradientNorms(updates=True)]):
        optimizer = OPTIMIZERS[name]()
        model = compiled(dense_net(), optimizer, **MODES[mode])
        optimizer.build(model.trainable_variables)
        ends.append(fit(model, *callbacks).get_weights())
    for plain, recorded in zip(*ends, strict=True):
        rounding = {"rtol": 1e-5, "atol": 1e-7} if mode == "xla" else {"rtol": 0, "atol": 0}
        np.testing.assert_allclose(recorded, plain, **rounding)
    (norms,) = callbacks
    gradients, weights, changes = by_hand(OPTIMIZERS[name])
    assert norms.layer_names == ["hidden", "logits"]
    np.testing.assert_array_equal(norms.steps, np.arange(6))
    np.testing.assert_allclose(norms.variable_norms, gradients, **FLOAT32)
    np.testing.assert_allclose(norms.weight_norms, layers_of(weights), **FLOAT32)
    ratios = layers_of(changes) / layers_of(weights)
    np.testing.assert_allclose(norms.update_ratios, ratios, rtol=1e-3, atol=1e-6)
    assert norms.first_nonfinite is None


def two():
    return keras.optimizers.Adam(0.01), keras.optimizers.SGD(0.1)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("num_times", [1, 3])
def test_two_networks_with_an_optimizer_each(num_times, mode):
    norms = GradientNorms(updates=True)
    model = gan_samples.trained(two, norms, num_times=num_times, **MODES[mode])
    plain = gan_samples.trained(two, num_times=num_times, **MODES[mode])
    eager = gan_samples.trained(two, num_times=num_times, run_eagerly=True)
    for ours, theirs in zip(model.get_weights(), plain.get_weights(), strict=True):
        rounding = {"rtol": 1e-5, "atol": 1e-6} if mode == "xla" else {"rtol": 0, "atol": 0}
        np.testing.assert_allclose(ours, theirs, **rounding)
    networks = "discriminator", "generator"
    assert norms.layer_names == [f"{network}/{layer}" for network in networks for layer in ("hidden", "out")]
    np.testing.assert_array_equal(norms.steps, np.arange(6))
    # Of the discriminator's updates in a step, the last one.
    expected = [eager.norms["discriminator"][num_times - 1 :: num_times], eager.norms["generator"]]
    np.testing.assert_allclose(norms.variable_norms, np.concatenate(expected, axis=1), **FLOAT32)
    assert (norms.update_ratios > 0).all()


def test_a_network_that_nothing_updates_has_nan_and_no_alarm():
    class Half(gan_samples.Gan):
        def train_step(self, data):
            loss = self.update(self.generator, self.g_optimizer, self.g_loss, data, data[:, :3])
            return {"loss": loss}

    norms, model = GradientNorms(), Half(*two())
    model.compile(optimizer=None)
    model.fit(gan_samples.X, batch_size=8, verbose=0, callbacks=[norms])
    names = [name for name, value in zip(norms.layer_names, norms.norms[0], strict=True) if np.isnan(value)]
    assert names == ["discriminator/hidden", "discriminator/out"]
    assert norms.first_nonfinite is None
    assert np.isfinite(norms.total_norm).all()


def test_updates_at_every_other_step_have_rows_where_they_are():
    class EveryOther(keras.Sequential):
        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.compute_loss(x, y, self(x))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.steps.assign_add(1)
            keras.ops.cond(
                self.steps % 2 == 0,
                lambda: self.optimizer.apply(gradients, self.trainable_variables),
                lambda: None,
            )
            return {"loss": loss}

    for mode in ({"jit_compile": False}, {"run_eagerly": True}):
        model = EveryOther(dense_net().layers)
        model.steps = keras.Variable(0, dtype="int32", trainable=False)
        norms = GradientNorms()
        fit(compiled(model, **mode), norms, x=X, y=Y)
        np.testing.assert_array_equal(norms.steps, [1, 3, 5])


def test_trainings_that_are_traced_at_once_in_threads_hear_their_own_optimizers():
    """Two threads enter and leave in turn: neither hears the other, and the class is left as it was."""
    plain, met, recorded = keras.Optimizer.apply, threading.Barrier(2), {}

    class Meeting(keras.Sequential):
        def train_step(self, data):
            met.wait(60)  # while both are traced
            logs = super().train_step(data)
            met.wait(60)
            return logs

    def train(units):
        model = Meeting([keras.Input((3,)), keras.layers.Dense(units), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=False)
        norms = GradientNorms()
        model.fit(np.ones((8, 3)), np.ones((8, 1)), batch_size=4, epochs=2, verbose=0, callbacks=[norms])
        recorded[units] = norms.norms

    threads = [threading.Thread(target=train, args=(units,)) for units in (2, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {units: norms.shape for units, norms in recorded.items()} == {2: (4, 2), 5: (4, 2)}
    assert all(np.isfinite(norms).all() for norms in recorded.values())
    assert keras.Optimizer.apply is plain
